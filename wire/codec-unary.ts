// The participant's unary methods: one message and a header in each direction, for participants without a session. What
// members ask each other is in codec-member-request.ts.

import type { FromParticipant, Instant, ToParticipant } from '../protocol/index.ts'
import { encodeBallotAnswer } from './codec-ballot.ts'
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
import { decodeToParticipant, encodeToParticipant } from './codec-to-participant.ts'
import { type Decoded, gateway } from './decoded.ts'
import type { BallotResponse } from './generated/concordat/v1/BallotResponse.ts'
import type { CoordinatorHeader as WireCoordinatorHeader } from './generated/concordat/v1/CoordinatorHeader.ts'
import type { DecisionResponse } from './generated/concordat/v1/DecisionResponse.ts'
import type { FromParticipant as WireFromParticipant } from './generated/concordat/v1/FromParticipant.ts'
import type { ParticipantHeader as WireParticipantHeader } from './generated/concordat/v1/ParticipantHeader.ts'
import type { StatusResponse } from './generated/concordat/v1/StatusResponse.ts'
import type { ToParticipant as WireToParticipant } from './generated/concordat/v1/ToParticipant.ts'
import type { VoteResponse } from './generated/concordat/v1/VoteResponse.ts'

/** Any of the requests, such as PrepareRequest: each has its message in a field named as in a session frame. */
export type ParticipantRequest = WireToParticipant & { header?: WireCoordinatorHeader | null }
/** Any of VoteResponse, DecisionResponse, StatusResponse and BallotResponse. */
export type ParticipantResponse = VoteResponse | DecisionResponse | StatusResponse | BallotResponse

/** The method of a stub that takes a message: of `participantStub`, and, for a ballot's questions, of `coordinatorStub`. */
export const unaryMethods = {
  prepare: 'prepare',
  commit: 'commit',
  abort: 'abort',
  status: 'status',
  collect: 'collect',
  'pre-commit': 'preCommit',
  'pre-abort': 'preAbort',
} as const satisfies Record<ToParticipant['type'], string>

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

/** The method to call is `unaryMethods[message.type]`. */
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
    case 'ballot-answer':
      return { header: wireHeader, answer: encodeBallotAnswer(message) }
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
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return { ballotAnswer: (wire as BallotResponse).answer ?? null }
  }
}
