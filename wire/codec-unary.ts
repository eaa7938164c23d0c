// The participant's unary methods: one message and a header in each direction. For participants without a session and
// for members that ask each other.

import type { FromParticipant, Instant, LogId, Status, StatusAnswerMessage, ToParticipant } from '../protocol/index.ts'
import {
  decodeFromParticipant,
  encodeDecisionAnswer,
  encodeStatusAnswer,
  encodeVote,
} from './codec-from-participant.ts'
import {
  type CoordinatorHeader,
  encodeCoordinatorHeader,
  encodeParticipantHeader,
  type ParticipantHeader,
  readCoordinatorHeader,
  readParticipantHeader,
} from './codec-header.ts'
import { readLogId, uuidBytes } from './codec-ids.ts'
import { decodeToParticipant, encodeStatus, encodeToParticipant } from './codec-to-participant.ts'
import { type Decoded, gateway } from './decoded.ts'
import type { CoordinatorHeader as WireCoordinatorHeader } from './generated/concordat/v1/CoordinatorHeader.ts'
import type { DecisionResponse } from './generated/concordat/v1/DecisionResponse.ts'
import type { FromParticipant as WireFromParticipant } from './generated/concordat/v1/FromParticipant.ts'
import type { ParticipantHeader as WireParticipantHeader } from './generated/concordat/v1/ParticipantHeader.ts'
import type { StatusRequest } from './generated/concordat/v1/StatusRequest.ts'
import type { StatusResponse } from './generated/concordat/v1/StatusResponse.ts'
import type { ToParticipant as WireToParticipant } from './generated/concordat/v1/ToParticipant.ts'
import type { VoteResponse } from './generated/concordat/v1/VoteResponse.ts'

/** Any of PrepareRequest, CommitRequest, AbortRequest and StatusRequest. */
export type ParticipantRequest = WireToParticipant & { header?: WireCoordinatorHeader | null }
/** Any of VoteResponse, DecisionResponse and StatusResponse. */
export type ParticipantResponse = VoteResponse | DecisionResponse | StatusResponse

export interface AddressedRequest {
  readonly header: CoordinatorHeader
  readonly message: ToParticipant
}

export interface AddressedResponse {
  readonly header: ParticipantHeader
  readonly message: FromParticipant
}

const readHeaderOfRequest = gateway((wire: ParticipantRequest) => readCoordinatorHeader(wire.header))
const readHeaderOfResponse = gateway((wire: { header?: WireParticipantHeader | null }) =>
  readParticipantHeader(wire.header),
)

/** The method to call is `message.type`. */
export function encodeParticipantRequest(header: CoordinatorHeader, message: ToParticipant, now: Instant) {
  const request: ParticipantRequest = encodeToParticipant(message, now)
  request.header = encodeCoordinatorHeader(header)
  return request
}

export function decodeParticipantRequest(wire: ParticipantRequest, now: Instant): Decoded<AddressedRequest> {
  const header = readHeaderOfRequest(wire)
  if (!header.ok) return header
  const message = decodeToParticipant(wire, now)
  return message.ok ? { ok: true, value: { header: header.value, message: message.value } } : message
}

export function encodeParticipantResponse(header: ParticipantHeader, message: FromParticipant): ParticipantResponse {
  const wireHeader = encodeParticipantHeader(header)
  switch (message.type) {
    case 'vote':
      return { header: wireHeader, vote: encodeVote(message) }
    case 'decision-answer':
      return { header: wireHeader, answer: encodeDecisionAnswer(message) }
    case 'status-answer':
      return { header: wireHeader, answer: encodeStatusAnswer(message) }
  }
}

/** What was asked says what kind of answer stands in the response. */
export function decodeParticipantResponse(
  asked: ToParticipant['type'],
  wire: ParticipantResponse,
): Decoded<AddressedResponse> {
  const header = readHeaderOfResponse(wire)
  if (!header.ok) return header
  const message = decodeFromParticipant(answerOf(asked, wire))
  return message.ok ? { ok: true, value: { header: header.value, message: message.value } } : message
}

function answerOf(asked: ToParticipant['type'], wire: ParticipantResponse): WireFromParticipant {
  switch (asked) {
    case 'prepare':
      return { vote: (wire as VoteResponse).vote ?? null }
    case 'commit':
    case 'abort':
      return { decisionAnswer: (wire as DecisionResponse).answer ?? null }
    case 'status':
      return { statusAnswer: (wire as StatusResponse).answer ?? null }
  }
}

/** A member asks another about a transaction of this log; there is no coordinator's header to show. */
export function encodeMemberStatus(logId: LogId, message: Status): StatusRequest {
  return { logId: uuidBytes(logId), status: encodeStatus(message) }
}

export interface MemberStatus {
  readonly logId: LogId
  readonly message: Status
}

/** Whether a StatusRequest comes from another member, not from a coordinator. */
export const isMemberStatus = (wire: StatusRequest): boolean => wire.header === null || wire.header === undefined

const readMemberLogId = gateway((wire: StatusRequest) => readLogId(wire.logId, 'logId'))

export function decodeMemberStatus(wire: StatusRequest, now: Instant): Decoded<MemberStatus> {
  const logId = readMemberLogId(wire)
  if (!logId.ok) return logId
  const message = decodeToParticipant({ status: wire.status ?? null }, now)
  return message.ok ? { ok: true, value: { logId: logId.value, message: message.value as Status } } : message
}

export function decodeMemberStatusAnswer(wire: StatusResponse): Decoded<StatusAnswerMessage> {
  const message = decodeFromParticipant({ statusAnswer: wire.answer ?? null })
  return message.ok ? { ok: true, value: message.value as StatusAnswerMessage } : message
}
