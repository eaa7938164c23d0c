// What a coordinator says to a participant: Prepare, Commit, Abort and Status, alone or inside a session frame.
// Deadlines travel as the time that is left, because clocks differ.

import type { Abort, Commit, Instant, Member, Prepare, Status, StorageId, ToParticipant } from '../protocol/index.ts'
import { protocolNumbers, readProtocol } from './codec-enums.ts'
import {
  readBoot,
  readBranchNumber,
  readInstant,
  readName,
  readOptionalStorageId,
  readParticipantName,
  readSequence,
  readStorageId,
  readText,
  readTransactionId,
  uuidBytes,
  writeSequence,
  writeText,
} from './codec-ids.ts'
import { gateway, malformed } from './decoded.ts'
import type { Abort as WireAbort } from './generated/concordat/v1/Abort.ts'
import type { Commit as WireCommit } from './generated/concordat/v1/Commit.ts'
import type { Member as WireMember } from './generated/concordat/v1/Member.ts'
import type { Prepare as WirePrepare } from './generated/concordat/v1/Prepare.ts'
import type { Status as WireStatus } from './generated/concordat/v1/Status.ts'
import type { ToParticipant as WireToParticipant } from './generated/concordat/v1/ToParticipant.ts'

const uint32Max = 0xffff_ffff
const membersMax = 128

function writeMember(member: Member): WireMember {
  return {
    participant: member.participant,
    address: member.address,
    storageId: uuidBytes(member.storageId),
    boot: member.boot,
    branches: [...member.branches],
  }
}

function readMember(wire: WireMember, path: string): Member {
  return {
    participant: readParticipantName(wire.participant, `${path}.participant`),
    address: readName(wire.address, `${path}.address`),
    storageId: readStorageId(wire.storageId, `${path}.storageId`),
    boot: readBoot(wire.boot),
    branches: (wire.branches ?? []).map((branch, index) => readBranchNumber(branch, `${path}.branches.${index}`)),
  }
}

export function encodePrepare(message: Prepare, now: Instant): WirePrepare {
  const wire: WirePrepare = {
    transactionId: uuidBytes(message.transactionId),
    branch: message.branch,
    sequence: writeSequence(message.sequence),
    protocol: protocolNumbers[message.protocol],
    operation: message.operation,
    input: writeText(message.input),
    startedAtMs: message.startedAt,
    voteWithinMs: Math.min(Math.max(message.voteBy - now, 0), uint32Max),
    onePhase: message.onePhase,
    members: message.members.map(writeMember),
    traceParent: message.traceParent,
    attempt: message.attempt,
  }
  if (message.expectedStorageId !== undefined) wire.expectedStorageId = uuidBytes(message.expectedStorageId)
  return wire
}

function readPrepare(wire: WirePrepare, now: Instant): Prepare {
  const members = wire.members ?? []
  if (members.length > membersMax) malformed('REQUEST_INVALID', 'prepare.members', `has more than ${membersMax}`)
  const message: Prepare & { expectedStorageId?: StorageId } = {
    type: 'prepare',
    transactionId: readTransactionId(wire.transactionId, 'prepare.transactionId'),
    branch: readBranchNumber(wire.branch, 'prepare.branch'),
    sequence: readSequence(wire.sequence, 'prepare.sequence'),
    protocol: readProtocol(wire.protocol, 'prepare.protocol'),
    operation: readName(wire.operation, 'prepare.operation'),
    input: readText(wire.input),
    startedAt: readInstant(wire.startedAtMs, 'prepare.startedAtMs'),
    voteBy: (now + (wire.voteWithinMs ?? 0)) as Instant,
    onePhase: wire.onePhase ?? false,
    members: members.map((member, index) => readMember(member, `prepare.members.${index}`)),
    traceParent: readName(wire.traceParent, 'prepare.traceParent'),
    attempt: wire.attempt ?? 0,
  }
  const expectedStorageId = readOptionalStorageId(wire.expectedStorageId, 'prepare.expectedStorageId')
  if (expectedStorageId !== undefined) message.expectedStorageId = expectedStorageId
  return message
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

export function encodeToParticipant(message: ToParticipant, now: Instant): WireToParticipant {
  switch (message.type) {
    case 'prepare':
      return { prepare: encodePrepare(message, now) }
    case 'commit':
      return { commit: encodeCommit(message) }
    case 'abort':
      return { abort: encodeAbort(message) }
    case 'status':
      return { status: encodeStatus(message) }
  }
}

function readToParticipant(wire: WireToParticipant, now: Instant): ToParticipant {
  if (wire.prepare) return readPrepare(wire.prepare, now)
  if (wire.commit) return readCommit(wire.commit)
  if (wire.abort) return readAbort(wire.abort)
  if (wire.status) return readStatus(wire.status)
  return malformed('REQUEST_INVALID', 'message', 'is missing, or of a kind that this version does not know')
}

/** Of a message in a session frame. A unary request is decoded by handing over its one field: `{ commit: ... }`. */
export const decodeToParticipant = gateway(readToParticipant)
