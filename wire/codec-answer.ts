// What the coordinator answers to its clients, besides the outcome itself (codec-outcome.ts).

import type { Epoch, Instant, LogId, ParticipantName, Reason, TransactionId } from '../protocol/index.ts'
import {
  readEpoch,
  readInstant,
  readLogId,
  readName,
  readParticipantName,
  readSentence,
  readText,
  readTransactionId,
  uuidBytes,
  writeText,
} from './codec-ids.ts'
import { encodeOutcome, encodeReason, type OutcomeReport, readOutcome, readReason } from './codec-outcome.ts'
import { gateway } from './decoded.ts'
import type { BeginResponse } from './generated/concordat/v1/BeginResponse.ts'
import type { CallResponse } from './generated/concordat/v1/CallResponse.ts'
import type { HelloResponse } from './generated/concordat/v1/HelloResponse.ts'
import type { WatchResponse } from './generated/concordat/v1/WatchResponse.ts'

export interface HelloAnswer {
  readonly logId: LogId
  readonly epoch: Epoch
  readonly participants: readonly ParticipantName[]
  readonly payloadBytesMax: number
  readonly branchesMax: number
}

export interface BeginAnswer {
  /** The idempotency key belongs to this one, which has committed or is in flight: nothing was begun. */
  readonly existing?: OutcomeReport
  readonly startedAt: Instant
}

export type CallAnswer =
  /** JSON text of what prepare returned. */
  | { readonly answer: 'result'; readonly result: string; readonly startedAt: Instant }
  /** The branch said no and the transaction is aborted. */
  | { readonly answer: 'no'; readonly reason: Reason; readonly startedAt: Instant }

export interface WatchEvent {
  readonly transactionId: TransactionId
  /** active, preparing, pre-committing, delegated, running, committing, aborting or ended. */
  readonly state: string
  readonly at: Instant
  /** One line for people. */
  readonly event: string
  /** In the last one. */
  readonly outcome?: OutcomeReport
}

export function encodeHello(answer: HelloAnswer): HelloResponse {
  return {
    logId: uuidBytes(answer.logId),
    epoch: answer.epoch,
    participants: [...answer.participants],
    payloadBytesMax: answer.payloadBytesMax,
    branchesMax: answer.branchesMax,
  }
}

export const decodeHello = gateway(
  (wire: HelloResponse): HelloAnswer => ({
    logId: readLogId(wire.logId, 'logId'),
    epoch: readEpoch(wire.epoch),
    participants: (wire.participants ?? []).map((name, index) => readParticipantName(name, `participants.${index}`)),
    payloadBytesMax: wire.payloadBytesMax ?? 0,
    branchesMax: wire.branchesMax ?? 0,
  }),
)

export function encodeBeginAnswer(answer: BeginAnswer): BeginResponse {
  return {
    startedAtMs: answer.startedAt,
    ...(answer.existing === undefined ? {} : { existing: encodeOutcome(answer.existing) }),
  }
}

export const decodeBeginAnswer = gateway(
  (wire: BeginResponse): BeginAnswer => ({
    startedAt: readInstant(wire.startedAtMs, 'startedAtMs'),
    ...(wire.existing ? { existing: readOutcome(wire.existing) } : {}),
  }),
)

export function encodeCallAnswer(answer: CallAnswer): CallResponse {
  const startedAtMs = answer.startedAt
  return answer.answer === 'no'
    ? { reason: encodeReason(answer.reason), startedAtMs }
    : { result: writeText(answer.result), startedAtMs }
}

export const decodeCallAnswer = gateway((wire: CallResponse): CallAnswer => {
  const startedAt = readInstant(wire.startedAtMs, 'startedAtMs')
  if (wire.reason) return { answer: 'no', reason: readReason(wire.reason, 'reason'), startedAt }
  return { answer: 'result', result: readText(wire.result), startedAt }
})

export function encodeWatchEvent(event: WatchEvent): WatchResponse {
  return {
    transactionId: uuidBytes(event.transactionId),
    state: event.state,
    atMs: event.at,
    event: event.event,
    ...(event.outcome === undefined ? {} : { outcome: encodeOutcome(event.outcome) }),
  }
}

export const decodeWatchEvent = gateway(
  (wire: WatchResponse): WatchEvent => ({
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    state: readName(wire.state, 'state'),
    at: readInstant(wire.atMs, 'atMs'),
    event: readSentence(wire.event, 'event'),
    ...(wire.outcome ? { outcome: readOutcome(wire.outcome) } : {}),
  }),
)
