// The judge watches everything that becomes durable, and says at once when a predicate of protocols.md
// section 4 is broken. It knows more than any process: what each disk would show after a power cut right now.
//
// Owns: AC1, AC2, AC3, GC, one committed transaction for each key. What leaves a process is judged in judge-telling.ts,
// ballots in judge-ballots.ts, sagas in judge-sagas.ts, what clients were told in judge-clients.ts, the end of the world
// in judge-end.ts.

import type { LogEntry } from '../log/index.ts'
import type { StoredBranch } from '../participant/store.ts'
import {
  type BranchAddress,
  compareSequences,
  type DecidedBranch,
  type Decision,
  type ParticipantRecord,
  type PreparedBranch,
  type Sequence,
  type TransactionFacts,
} from '../protocol/index.ts'
import type { Appended } from './disk-store.ts'
import { BallotJudge } from './judge-ballots.ts'
import { SagaJudge } from './judge-sagas.ts'
import { Losses } from './losses.ts'
import type { ParticipantNode } from './participant-node.ts'
import { addressKey, type StoreDisk } from './store-disk.ts'
import type { World } from './world.ts'

interface Decided {
  readonly decision: Decision
  readonly by: string
}

export class Judge {
  readonly #world: World
  /** By id and sequence: a second try of an id is another transaction. */
  readonly #decided = new Map<string, Decided>()
  readonly #dropped = new Set<string>()
  readonly #committed = new Set<string>()
  readonly #keys = new Map<string, string>()
  readonly ballots: BallotJudge
  readonly sagas: SagaJudge
  /** Every database that there ever was. */
  readonly disks = new Map<string, StoreDisk>()
  readonly losses: Losses
  /** How many decisions of each kind became durable. */
  readonly counts = { commit: 0, abort: 0 }

  constructor(world: World) {
    this.#world = world
    this.ballots = new BallotJudge(world)
    this.sagas = new SagaJudge(world)
    this.losses = new Losses(world, this)
  }

  /** What only the lost disk held was decided by nobody, unless somebody was told. */
  forget(loser: string, copy?: StoreDisk): void {
    const { coordinator, clientJudge } = this.#world
    for (const [key, { by }] of this.#decided) {
      const [transactionId = ''] = key.split('@')
      const recorded = loser === 'c' ? undefined : coordinator.disk.transactions.get(transactionId)
      const isAtCoordinator = recorded?.first.record === 'decision' || recorded?.outcome !== undefined
      if (by !== loser || isAtCoordinator || clientJudge.final.has(transactionId)) continue
      if (this.#isDecidedElsewhere(transactionId, loser) || (copy && isDecidedOn(copy, transactionId))) continue
      this.#decided.delete(key)
      this.#committed.delete(transactionId)
    }
  }

  #isDecidedElsewhere(transactionId: string, loser: string): boolean {
    return this.#world.participants.some(({ name, disk }) => name !== loser && isDecidedOn(disk, transactionId))
  }

  watch(disk: StoreDisk, name: string): void {
    this.disks.set(disk.storageId, disk)
    disk.onDurable = (row) => this.#branchDurable(row, name)
  }

  // What becomes durable.

  coordinatorAppended(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.type === 'participant') continue
      const about = 'facts' in entry ? entry.facts.transactionId : entry.transactionId
      this.#world.history.add('c', `appends ${entry.type}`, about)
      if (entry.type === 'hazard' || entry.type === 'resolved') this.losses.hazards.add(about)
      if (entry.type === 'end') this.#ends(about, entry.outcome.outcome === 'committed')
    }
  }

  coordinatorForced(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.type === 'pre-committed') {
        const { facts, members, ballot } = entry
        this.ballots.sealed(keyOf(facts), members)
        const pledge = { promised: ballot, adopted: { ballot, choice: 'pre-commit' } } as const
        this.ballots.bound(keyOf(facts), facts.transactionId, 'coordinator', pledge)
      } else if (entry.type === 'pledged') {
        const facts = this.#world.coordinator.disk.transactions.get(entry.transactionId)?.facts
        if (facts !== undefined) this.ballots.bound(keyOf(facts), facts.transactionId, 'coordinator', entry.pledge)
      } else if (entry.type === 'decision') {
        if (entry.facts.protocol === 'three-phase')
          this.ballots.decided(keyOf(entry.facts), entry.facts.transactionId, 'commit')
        this.#decide(entry.facts.transactionId, entry.facts.sequence, 'commit', 'c')
        this.#checkVotes(entry.facts, entry.branches)
        this.#checkKey(entry.facts)
      } else if (entry.type === 'compensating') this.sagas.turned(entry.transactionId)
      else if (entry.type === 'aborted') this.#decide(entry.facts.transactionId, entry.facts.sequence, 'abort', 'c')
    }
  }

  #branchDurable({ record }: StoredBranch, name: string): void {
    if (record.type !== 'aborted') this.#bound(record.branch, name)
    switch (record.type) {
      case 'committed':
        if (record.branch.protocol === 'three-phase' && !record.branch.onePhase) {
          this.ballots.decided(keyOf(record.branch), record.branch.transactionId, 'commit')
        }
        return this.#decide(record.branch.transactionId, record.branch.sequence, 'commit', name)
      case 'aborted':
        // After a read-only vote that is not remembered: it stands for this branch's Prepare alone.
        if (!record.isEvidence) return
        return this.#decide(record.transactionId, record.sequence, 'abort', name)
      case 'prepared':
        if (record.branch.protocol === 'saga') this.sagas.prepared(record.branch)
        return
      case 'heuristic':
        this.losses.decidedAlone.set(addressKey(record.branch), { did: record.did, sequence: record.branch.sequence })
        return
      case 'pledged':
        return
      default:
        record satisfies never
    }
  }

  #bound(branch: PreparedBranch, name: string): void {
    const { pledge, transactionId } = branch
    if (pledge === undefined) return
    const { storageId } = this.#world.participant(name).disk
    this.ballots.bound(keyOf(branch), transactionId, { storageId, branch: branch.branch }, pledge)
  }

  #decide(transactionId: string, sequence: Sequence, decision: Decision, by: string): void {
    const key = keyOf({ transactionId, sequence })
    if (decision === 'abort' && this.#world.settings.protocol === 'three-phase') {
      this.ballots.decided(key, transactionId, decision)
    }
    const known = this.#decided.get(key)
    if (known === undefined) {
      this.#decided.set(key, { decision, by })
      if (decision === 'commit') this.#committed.add(transactionId)
      this.counts[decision] += 1
    } else if (known.decision !== decision) {
      const predicate = known.by === by ? 'AC2' : 'AC1'
      const sentence = `${by} has ${pastOf(decision)} it, and ${known.by} had ${pastOf(known.decision)} it`
      this.#world.history.violated(predicate, sentence, transactionId)
    }
  }

  /** AC3: nothing is committed without a durable yes of each branch, by the database that was counted. */
  #checkVotes({ transactionId, sequence }: TransactionFacts, branches: readonly DecidedBranch[]): void {
    for (const { branch, participant, vote, voter } of branches) {
      if (vote !== 'yes' || this.losses.lost.has(voter.storageId)) continue
      const row = this.disks.get(voter.storageId)?.durable.get(addressKey({ transactionId, branch }))
      if (row !== undefined && isYes(row.record) && isOf(row.record, sequence)) continue
      const found = row === undefined ? 'no record' : `the record '${row.record.type}'`
      const sentence = `committed, and branch ${branch} at ${participant} has ${found} instead of a yes`
      this.#world.history.violated('AC3', sentence, transactionId)
    }
  }

  #checkKey({ transactionId, idempotencyKey }: TransactionFacts): void {
    if (idempotencyKey === undefined) return
    const known = this.#keys.get(idempotencyKey)
    if (known === undefined) this.#keys.set(idempotencyKey, transactionId)
    else if (known !== transactionId) {
      this.#world.history.violated(
        'KEY',
        `the key ${idempotencyKey} has committed twice; the first is ${known}`,
        transactionId,
      )
    }
  }

  /** The coordinator forgets it: every share of it must be safe (ACKB4FORCE, FORGETEARLY). */
  #ends(transactionId: string, isCommitted: boolean): void {
    const recorded = this.#world.coordinator.disk.transactions.get(transactionId)
    if (!isCommitted || recorded === undefined || recorded.first.record !== 'decision') return
    for (const { branch, participant, vote, voter } of recorded.first.branches) {
      if (vote !== 'yes' || this.losses.lost.has(voter.storageId)) continue
      const row = this.disks
        .get(voter.storageId)
        ?.durable.get(addressKey({ transactionId: recorded.facts.transactionId, branch }))
      if (row?.record.type === 'committed' || row?.record.type === 'heuristic') continue
      const found = row === undefined ? 'no record' : `the record '${row.record.type}'`
      const sentence = `the coordinator ends it, and branch ${branch} at ${participant} has ${found} on its disk`
      this.#world.history.violated('DUR', sentence, transactionId)
    }
  }

  participantCommitted(node: ParticipantNode, records: readonly Appended[], dropped: readonly BranchAddress[]): void {
    for (const { record } of records) {
      const { transactionId, branch } = record.type === 'aborted' ? record : record.branch
      this.#world.history.add(node.name, `appends ${record.type} of ${branch}`, transactionId)
    }
    for (const address of dropped) this.#checkDropped(node, address)
  }

  /** GC: what is dropped can be asked for by nobody any more. */
  #checkDropped(node: ParticipantNode, address: BranchAddress): void {
    const { transactionId } = address
    const record = node.disk.durable.get(addressKey(address))?.record
    this.#world.history.add(node.name, `drops ${address.branch}`, transactionId)
    this.#dropped.add(`${node.disk.storageId} ${addressKey(address)}`)
    if (record === undefined) return
    const { disk, running } = this.#world.coordinator
    const recorded = disk.transactions.get(transactionId)
    const isOpenInLog =
      recorded?.outcome === undefined && recorded !== undefined && isOf(record, recorded.facts.sequence)
    const inFlight = running?.coordinator.transactions.get(transactionId)
    const isInFlight =
      inFlight !== undefined && inFlight.state.phase !== 'ended' && isOf(record, inFlight.facts.sequence)
    if (!isOpenInLog && !isInFlight) return
    const sentence = `${node.name} drops branch ${address.branch} while the transaction is open at the coordinator`
    this.#world.history.violated('GC', sentence, transactionId)
  }

  /** Whether it was dropped because its transaction had ended: what was true of it may still be said. */
  isDropped({ disk }: ParticipantNode, address: BranchAddress): boolean {
    return this.#dropped.has(`${disk.storageId} ${addressKey(address)}`)
  }

  /** Whether some disk holds that it was committed. */
  isCommitted(transactionId: string): boolean {
    return this.#committed.has(transactionId)
  }

  /** The decision of this try of the id that is durable somewhere. */
  decisionOf(transactionId: string, sequence: Sequence): Decision | undefined {
    return this.#decided.get(keyOf({ transactionId, sequence }))?.decision
  }
}

export const keyOf = ({
  transactionId,
  sequence,
}: {
  readonly transactionId: string
  readonly sequence: Sequence
}): string => `${transactionId}@${sequence.epoch}.${sequence.number}`

export const pastOf = (decision: Decision): string => (decision === 'commit' ? 'committed' : 'aborted')

const isDecidedOn = ({ durable }: StoreDisk, transactionId: string): boolean =>
  [...durable].some(
    ([row, { record }]) => row.startsWith(transactionId) && (record.type === 'committed' || record.type === 'aborted'),
  )

const isYes = ({ type }: ParticipantRecord): boolean => type !== 'aborted'

export function isOf(record: ParticipantRecord, sequence: Sequence): boolean {
  return compareSequences(record.type === 'aborted' ? record.sequence : record.branch.sequence, sequence) === 0
}
