// Records as rows of text and numbers, so that a person can read the log with the sqlite3 shell, and a thread can be
// handed them without copying objects. The only place that knows the form; decoding validates every id.
//
// A transaction is one row. Its first record makes it; `pledged`, `saga-branch` and `compensating` change what stands in it;
// a `decision` takes the place of `pre-committed` or `saga`, so that an open row always says what has to be done next.

import {
  type Ballot,
  Boot,
  type CoordinatorRecord,
  type DecidedBranch,
  Epoch,
  Instant,
  type Outcome,
  ParticipantName,
  type Pledge,
  StorageId,
  type TransactionFacts,
  TransactionId,
  unreachable,
} from '../protocol/index.ts'
import type { LogEntry, RecordedParticipant, RecordedTransaction } from './log.ts'

/** The first record of a transaction, or the decision that took its place. */
type FirstKind = RecordedTransaction['first']['record']

/** What one entry writes. */
export type Row =
  | {
      readonly write: 'first'
      readonly id: string
      readonly epoch: number
      readonly number: number
      readonly startedAt: number
      readonly kind: FirstKind
      readonly key: string | null
      readonly facts: string
      readonly outcome: string | null
    }
  | { readonly write: 'pledged'; readonly id: string; readonly pledge: string }
  | { readonly write: 'saga-branch'; readonly id: string; readonly branch: string }
  | { readonly write: 'compensating'; readonly id: string; readonly reason: string }
  | { readonly write: 'end'; readonly id: string; readonly outcome: string; readonly freesKey: boolean }
  | { readonly write: 'hazard'; readonly id: string; readonly hazard: string }
  | { readonly write: 'forgotten'; readonly id: string }
  | {
      readonly write: 'participant'
      readonly name: string
      readonly seen: number
      readonly facts: string
    }

/** A transaction as it is read back. */
export interface TransactionRow {
  readonly id: string
  readonly epoch: number
  readonly number: number
  readonly startedAt: number
  readonly kind: string
  readonly facts: string
  readonly outcome: string | null
  readonly hazards: string | null
}

export function encodeEntry(entry: LogEntry): Row {
  switch (entry.type) {
    case 'decision':
      return firstRow(entry.facts, 'decision', { branches: entry.branches }, null)
    case 'delegated':
      return firstRow(entry.facts, 'delegated', { branch: entry.branch }, null)
    case 'pre-committed': {
      const { branches, members } = entry
      return firstRow(entry.facts, 'pre-committed', { branches, members, pledge: firstPledge(entry.ballot) }, null)
    }
    case 'pledged':
      return { write: 'pledged', id: entry.transactionId, pledge: JSON.stringify(entry.pledge) }
    case 'saga':
      return firstRow(entry.facts, 'saga', { branches: entry.branches, isOpen: entry.isOpen }, null)
    case 'saga-branch':
      return { write: 'saga-branch', id: entry.transactionId, branch: JSON.stringify(entry.branch) }
    case 'compensating':
      return { write: 'compensating', id: entry.transactionId, reason: JSON.stringify(entry.reason) }
    case 'aborted': {
      const outcome: Outcome = { outcome: 'aborted', reason: entry.reason }
      return firstRow(entry.facts, 'aborted', {}, JSON.stringify(outcome))
    }
    case 'end': {
      // With a hazard it may have been done in part: nobody may do it again under the same key before a person has looked.
      const freesKey = entry.outcome.outcome === 'aborted'
      return { write: 'end', id: entry.transactionId, outcome: endText(entry.outcome), freesKey }
    }
    case 'hazard':
    case 'resolved':
      return { write: 'hazard', id: entry.transactionId, hazard: JSON.stringify(hazardOf(entry)) }
    case 'forgotten':
      return { write: 'forgotten', id: entry.transactionId }
    case 'participant': {
      const { participant, seenRecordSequence, ...facts } = entry.facts
      return { write: 'participant', name: participant, seen: seenRecordSequence, facts: JSON.stringify(facts) }
    }
    default:
      return unreachable(entry)
  }
}

/** The record is the coordinator's own adoption at its first ballot. */
export const firstPledge = (ballot: Ballot): Pledge => ({
  promised: ballot,
  adopted: { ballot, choice: 'pre-commit' },
})

const committedText = JSON.stringify({ outcome: 'committed' })

/** Only a decision has several branches, and its row has their results already: they are not written twice. */
const endText = (outcome: Outcome): string =>
  outcome.outcome === 'committed' && outcome.results.length > 1 ? committedText : JSON.stringify(outcome)

function readEnd(text: string, branches: readonly DecidedBranch[] | undefined): Outcome {
  if (text !== committedText || branches === undefined) return JSON.parse(text) as Outcome
  return { outcome: 'committed', results: branches.map(({ branch, result }) => ({ branch, result })) }
}

/** What a first record has besides the facts, whichever it is. */
interface First {
  readonly branches?: readonly object[]
  readonly branch?: object
  readonly members?: readonly object[]
  readonly pledge?: Pledge
  readonly isOpen?: boolean
}

type InColumns = 'transactionId' | 'sequence' | 'startedAt'

function firstRow(facts: TransactionFacts, kind: FirstKind, first: First, outcome: string | null): Row {
  const { transactionId, sequence, startedAt, protocol, timeoutAt, idempotencyKey, digest, traceParent } = facts
  // An aborted transaction never holds its key: the key is free for a new id (design rule 10).
  const key = kind === 'aborted' ? null : (idempotencyKey ?? null)
  // Written out, because a spread costs more than all of the JSON. What is undefined is not written.
  const { branches, branch, members, pledge, isOpen } = first
  const rest = { protocol, timeoutAt, idempotencyKey, digest, traceParent, branches, branch, members, pledge, isOpen }
  const text = JSON.stringify(rest satisfies Record<keyof Omit<TransactionFacts, InColumns>, unknown>)
  const { epoch, number } = sequence
  return { write: 'first', id: transactionId, epoch, number, startedAt, kind, key, facts: text, outcome }
}

function hazardOf(record: Extract<CoordinatorRecord, { type: 'hazard' | 'resolved' }>) {
  const { branch, detail } = record
  return record.type === 'hazard'
    ? { branch, hazard: record.hazard, detail }
    : { branch, hazard: 'mixed', detail, resolved: record.decision }
}

export function decodeTransaction(row: TransactionRow): RecordedTransaction {
  const { branches, branch, members, pledge, isOpen, compensating, ...others } = JSON.parse(row.facts)
  const facts: TransactionFacts = {
    ...others,
    transactionId: TransactionId(row.id),
    sequence: { epoch: Epoch(row.epoch), number: row.number },
    startedAt: Instant(row.startedAt),
  }
  const hazards: RecordedTransaction['hazards'] = row.hazards === null ? [] : latestOf(JSON.parse(row.hazards))
  const outcome = row.outcome === null ? {} : { outcome: readEnd(row.outcome, branches) }
  switch (row.kind) {
    case 'decision':
      return { facts, first: { record: 'decision', branches }, hazards, ...outcome }
    case 'delegated':
      return { facts, first: { record: 'delegated', branch }, hazards, ...outcome }
    case 'pre-committed':
      return { facts, first: { record: 'pre-committed', branches, members, pledge }, hazards, ...outcome }
    case 'saga': {
      const turned = compensating === undefined ? {} : { compensating }
      return { facts, first: { record: 'saga', branches, isOpen, ...turned }, hazards, ...outcome }
    }
    case 'aborted':
      return { facts, first: { record: 'aborted' }, hazards, ...outcome }
    default:
      throw new Error(`the log holds a record of unknown kind '${row.kind}'; was it written by a newer version?`)
  }
}

/** Hazards are appended; of each branch the newest counts. */
function latestOf(hazards: RecordedTransaction['hazards']): RecordedTransaction['hazards'] {
  return [...new Map(hazards.map((hazard) => [hazard.branch, hazard])).values()]
}

export function decodeParticipant(name: string, seen: number, text: string): RecordedParticipant {
  const { storageId, boot, ...facts } = JSON.parse(text)
  return {
    ...facts,
    participant: ParticipantName(name),
    seenRecordSequence: seen,
    ...(storageId === undefined ? {} : { storageId: StorageId(storageId) }),
    ...(boot === undefined ? {} : { boot: Boot(boot) }),
  }
}
