// What a coordinator says to a participant: Prepare, Commit, Abort and Status, alone or inside a session frame; the
// questions of three-phase are in codec-ballot.ts. Deadlines travel as the time that is left, because clocks differ.

import {
  type Abort,
  after,
  type Commit,
  type Instant,
  type Prepare,
  type participantSide,
  type Status,
  type ToParticipant,
} from '../protocol/index.ts'
import { encodeCollect, encodePropose, readBallot, readCollect, readPropose, writeBallot } from './codec-ballot.ts'
import { protocolNumbers, readProtocol } from './codec-enums.ts'
import {
  readBoot,
  readBranchNumber,
  readInstant,
  readName,
  readOptionalStorageId,
  readSequence,
  readStorageId,
  readText,
  readTransactionId,
  storageIdBytes,
  uuidBytes,
  writeSequence,
  writeText,
} from './codec-ids.ts'
import { readMembers, readVotingSet, writeMembers } from './codec-member.ts'
import { gateway, malformed } from './decoded.ts'
import type { Abort as WireAbort } from './generated/concordat/v1/Abort.ts'
import type { Commit as WireCommit } from './generated/concordat/v1/Commit.ts'
import type { Prepare as WirePrepare } from './generated/concordat/v1/Prepare.ts'
import type { Status as WireStatus } from './generated/concordat/v1/Status.ts'
import type { ToParticipant as WireToParticipant } from './generated/concordat/v1/ToParticipant.ts'

/** What is left until then, at least so much; a field of 0 may mean another thing. */
const msUntil = (at: Instant, now: Instant, least: number): number => Math.min(Math.max(at - now, least), 0xffff_ffff)

export function encodePrepare(message: Prepare, now: Instant): WirePrepare {
  const wire: WirePrepare = {
    transactionId: uuidBytes(message.transactionId),
    branch: message.branch,
    sequence: writeSequence(message.sequence),
    protocol: protocolNumbers[message.protocol],
    operation: message.operation,
    input: writeText(message.input),
    startedAtMs: message.startedAt,
    voteWithinMs: msUntil(message.voteBy, now, 0),
    onePhase: message.onePhase,
    members: writeMembers(message.members),
    traceParent: message.traceParent,
    attempt: message.attempt,
  }
  if (message.expectedStorageId !== undefined) wire.expectedStorageId = storageIdBytes(message.expectedStorageId)
  if (message.ballot !== undefined) wire.ballot = writeBallot(message.ballot)
  if (message.abandonAt !== undefined) wire.abandonWithinMs = msUntil(message.abandonAt, now, 1)
  if (message.saga !== undefined) {
    wire.sagaTry = message.saga.tryNumber
    wire.sagaRetriable = message.saga.isRetriable
  }
  return wire
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

function readPrepare(wire: WirePrepare, now: Instant): Prepare {
  const message: Writable<Prepare> = {
    type: 'prepare',
    transactionId: readTransactionId(wire.transactionId, 'prepare.transactionId'),
    branch: readBranchNumber(wire.branch, 'prepare.branch'),
    sequence: readSequence(wire.sequence, 'prepare.sequence'),
    protocol: readProtocol(wire.protocol, 'prepare.protocol'),
    operation: readName(wire.operation, 'prepare.operation'),
    input: readText(wire.input),
    startedAt: readInstant(wire.startedAtMs, 'prepare.startedAtMs'),
    voteBy: after(now, wire.voteWithinMs ?? 0),
    onePhase: wire.onePhase ?? false,
    members: wire.ballot
      ? readVotingSet(wire.members, 'prepare.members')
      : readMembers(wire.members, 'prepare.members'),
    traceParent: readName(wire.traceParent, 'prepare.traceParent'),
    attempt: wire.attempt ?? 0,
  }
  const expectedStorageId = readOptionalStorageId(wire.expectedStorageId, 'prepare.expectedStorageId')
  if (expectedStorageId !== undefined) message.expectedStorageId = expectedStorageId
  if (wire.ballot) {
    if (message.protocol !== 'three-phase') malformed('REQUEST_INVALID', 'prepare.ballot', 'is for three-phase only')
    message.ballot = readBallot(wire.ballot, 'prepare.ballot')
  }
  if (wire.abandonWithinMs) message.abandonAt = after(now, wire.abandonWithinMs)
  readTry(wire, message)
  return message
}

/** Without a number a failed try could not be told from the next one. One-phase decides: it is tried once. */
function readTry(wire: WirePrepare, message: Writable<Prepare>): void {
  const tryNumber = wire.sagaTry ?? 0
  if (message.protocol !== 'saga') {
    if (tryNumber !== 0) malformed('REQUEST_INVALID', 'prepare.sagaTry', 'is for sagas only')
    return
  }
  if (tryNumber !== 0) message.saga = { tryNumber, isRetriable: wire.sagaRetriable ?? false }
  else if (!message.onePhase) malformed('REQUEST_INVALID', 'prepare.sagaTry', 'wants a number from 1')
}

export function encodeCommit(message: Commit): WireCommit {
  return {
    transactionId: uuidBytes(message.transactionId),
    branch: message.branch,
    sequence: writeSequence(message.sequence),
    expectedStorageId: uuidBytes(message.expectedStorageId),
  }
}

function readCommit(wire: WireCommit): Commit {
  return {
    type: 'commit',
    transactionId: readTransactionId(wire.transactionId, 'commit.transactionId'),
    branch: readBranchNumber(wire.branch, 'commit.branch'),
    sequence: readSequence(wire.sequence, 'commit.sequence'),
    expectedStorageId: readStorageId(wire.expectedStorageId, 'commit.expectedStorageId'),
  }
}

export function encodeAbort(message: Abort): WireAbort {
  return {
    transactionId: uuidBytes(message.transactionId),
    branch: message.branch,
    sequence: writeSequence(message.sequence),
  }
}

function readAbort(wire: WireAbort): Abort {
  return {
    type: 'abort',
    transactionId: readTransactionId(wire.transactionId, 'abort.transactionId'),
    branch: readBranchNumber(wire.branch, 'abort.branch'),
    sequence: readSequence(wire.sequence, 'abort.sequence'),
  }
}

export function encodeStatus(message: Status): WireStatus {
  const storageId = message.expected?.storageId ?? message.expectedStorageId
  return {
    transactionId: uuidBytes(message.transactionId),
    branch: message.branch,
    sequence: writeSequence(message.sequence),
    abortIfNone: message.abortIfNone,
    ...(storageId === undefined ? {} : { expectedStorageId: uuidBytes(storageId) }),
    ...(message.expected === undefined ? {} : { expectedBoot: message.expected.boot }),
  }
}

/** A storage id with a boot is an identity; without one, any boot will do. */
function readExpected(wire: WireStatus): Pick<Status, 'expected' | 'expectedStorageId'> {
  const storageId = readOptionalStorageId(wire.expectedStorageId, 'status.expectedStorageId')
  if (storageId === undefined) return {}
  const boot = readBoot(wire.expectedBoot)
  return boot === 0 ? { expectedStorageId: storageId } : { expected: { storageId, boot } }
}

function readStatus(wire: WireStatus): Status {
  return {
    type: 'status',
    transactionId: readTransactionId(wire.transactionId, 'status.transactionId'),
    branch: readBranchNumber(wire.branch, 'status.branch'),
    sequence: readSequence(wire.sequence, 'status.sequence'),
    abortIfNone: wire.abortIfNone ?? false,
    ...readExpected(wire),
  }
}

/** Everything but Prepare; other members send these, too. */
export function encodeToMember(message: participantSide.ToMember): WireToParticipant {
  switch (message.type) {
    case 'commit':
      return { commit: encodeCommit(message) }
    case 'abort':
      return { abort: encodeAbort(message) }
    case 'status':
      return { status: encodeStatus(message) }
    case 'collect':
      return { collect: encodeCollect(message) }
    case 'pre-commit':
      return { preCommit: encodePropose(message) }
    case 'pre-abort':
      return { preAbort: encodePropose(message) }
  }
}

export function readToMember(wire: WireToParticipant): participantSide.ToMember {
  if (wire.commit) return readCommit(wire.commit)
  if (wire.abort) return readAbort(wire.abort)
  if (wire.status) return readStatus(wire.status)
  if (wire.collect) return readCollect(wire.collect)
  if (wire.preCommit) return readPropose(wire.preCommit, 'pre-commit', 'preCommit')
  if (wire.preAbort) return readPropose(wire.preAbort, 'pre-abort', 'preAbort')
  return malformed('REQUEST_INVALID', 'message', 'is missing, or of a kind that this version does not know')
}

export const encodeToParticipant = (message: ToParticipant, now: Instant): WireToParticipant =>
  message.type === 'prepare' ? { prepare: encodePrepare(message, now) } : encodeToMember(message)

/** Of a message in a session frame. A unary request is decoded by handing over its one field: `{ commit: ... }`. */
export const decodeToParticipant = gateway(
  (wire: WireToParticipant, now: Instant): ToParticipant =>
    wire.prepare ? readPrepare(wire.prepare, now) : readToMember(wire),
)
