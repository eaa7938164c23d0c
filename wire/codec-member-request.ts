// What members send each other, and ask the coordinator as one of them, when nobody else ends their transaction. A member
// has no coordinator's header to show: it names the log that the transaction belongs to.

import type { BallotAnswerMessage, Collect, LogId, Propose, participantSide } from '../protocol/index.ts'
import { encodeBallotAnswer, readBallotAnswer } from './codec-ballot.ts'
import {
  type CoordinatorHeader,
  encodeCoordinatorHeader,
  encodeParticipantHeader,
  type ParticipantHeader,
  readCoordinatorHeader,
  readParticipantHeader,
} from './codec-header.ts'
import { readLogId, required, uuidBytes, type WireBytes } from './codec-ids.ts'
import { encodeToMember, readToMember } from './codec-to-participant.ts'
import { gateway, malformed } from './decoded.ts'
import type { ParticipantHeader as WireParticipantHeader } from './generated/concordat/v1/ParticipantHeader.ts'
import type { ToParticipant as WireToParticipant } from './generated/concordat/v1/ToParticipant.ts'
import type { VotingResponse } from './generated/concordat/v1/VotingResponse.ts'

type ToMember = participantSide.ToMember

/** Any of StatusRequest, CollectRequest, PreCommitRequest, PreAbortRequest, CommitRequest and AbortRequest. */
export type MemberRequest = WireToParticipant & { header?: object | null; logId?: WireBytes }
/** Any of VotingCollectRequest, VotingPreCommitRequest and VotingPreAbortRequest. */
export type VotingRequest = WireToParticipant & { header?: WireParticipantHeader | null; logId?: WireBytes }

export interface MemberMessage {
  /** That the transaction belongs to. */
  readonly logId: LogId
  readonly message: ToMember
}

export interface VotingMessage {
  readonly header: ParticipantHeader
  readonly logId: LogId
  readonly message: Collect | Propose
}

export interface VotingAnswer {
  readonly header: CoordinatorHeader
  readonly message: BallotAnswerMessage
}

/** To another participant. The method to call is `unaryMethods[message.type]`; the answer is as to a coordinator. */
export function encodeMemberRequest(logId: LogId, message: ToMember): MemberRequest {
  const request: MemberRequest = encodeToMember(message)
  request.logId = uuidBytes(logId)
  return request
}

/** Whether a participant's unary request comes from another member, not from a coordinator. */
export const isMemberRequest = ({ header }: { readonly header?: unknown }): boolean =>
  header === null || header === undefined

export const decodeMemberRequest = gateway(
  (wire: MemberRequest): MemberMessage => ({ logId: readLogId(wire.logId, 'logId'), message: readToMember(wire) }),
)

/** To the coordinator as one of the voting members. The method to call is `unaryMethods[message.type]`. */
export function encodeVotingRequest(header: ParticipantHeader, logId: LogId, message: Collect | Propose) {
  const request: VotingRequest = encodeToMember(message)
  request.header = encodeParticipantHeader(header)
  request.logId = uuidBytes(logId)
  return request
}

export const decodeVotingRequest = gateway((wire: VotingRequest): VotingMessage => {
  const header = readParticipantHeader(wire.header)
  const logId = readLogId(wire.logId, 'logId')
  const message = readToMember(wire)
  switch (message.type) {
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return { header, logId, message }
    default:
      return malformed('REQUEST_INVALID', message.type, 'is no question to a voting member')
  }
})

export const encodeVotingAnswer = (header: CoordinatorHeader, message: BallotAnswerMessage): VotingResponse => ({
  header: encodeCoordinatorHeader(header),
  answer: encodeBallotAnswer(message),
})

export const decodeVotingAnswer = gateway(
  (wire: VotingResponse): VotingAnswer => ({
    header: readCoordinatorHeader(wire.header),
    message: readBallotAnswer(required(wire.answer, 'answer')),
  }),
)
