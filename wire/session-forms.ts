// The two ends of a session: what a coordinator and a participant put into their frames.

import type * as grpc from '@grpc/grpc-js'
import type { FromParticipant, ToParticipant } from '../protocol/index.ts'
import { decodeFromParticipant, encodeFromParticipant } from './codec-from-participant.ts'
import {
  type CoordinatorHeader,
  decodeCoordinatorHeader,
  decodeParticipantHeader,
  encodeCoordinatorHeader,
  encodeParticipantHeader,
  type ParticipantHeader,
} from './codec-header.ts'
import { toCount } from './codec-ids.ts'
import { type Description, encodeDescription, readDescription } from './codec-participant-facts.ts'
import { decodeToParticipant, encodeToParticipant } from './codec-to-participant.ts'
import { gateway } from './decoded.ts'
import type { DuplexStream } from './duplex.ts'
import type { CoordinatorFrame, CoordinatorFrame__Output } from './generated/concordat/v1/CoordinatorFrame.ts'
import type { ParticipantFrame, ParticipantFrame__Output } from './generated/concordat/v1/ParticipantFrame.ts'
import { type Frame, FrameChannel, type FrameChannelOptions, type FrameForm, type FrameOwner } from './session.ts'

/** The coordinator's end. The opening is what the participant says of itself, if it does. */
export type CoordinatorSession = FrameChannel<
  ToParticipant,
  FromParticipant,
  CoordinatorHeader,
  ParticipantHeader,
  Description | undefined
>
export type CoordinatorSessionOwner = FrameOwner<
  FromParticipant,
  CoordinatorHeader,
  ParticipantHeader,
  Description | undefined
>

/** The participant's end. */
export type ParticipantSession = FrameChannel<FromParticipant, ToParticipant, ParticipantHeader, CoordinatorHeader>
export type ParticipantSessionOwner = FrameOwner<ToParticipant, ParticipantHeader, CoordinatorHeader, undefined>

/** Ids, numbers and framing of a message; only texts make one larger. */
const bareMessageBytes = 128

function sizeOf(message: ToParticipant | FromParticipant): number {
  switch (message.type) {
    case 'prepare':
      return bareMessageBytes + message.input.length + message.members.length * 64
    case 'collect':
      return bareMessageBytes + message.members.length * 64
    case 'vote':
      return bareMessageBytes + ('result' in message.vote ? message.vote.result.length : 0)
    default:
      return bareMessageBytes
  }
}

const decodeHandled = gateway((frame: Frame): number => toCount(frame.handled, 'handled'))

/** A participant's description may leave out its header: the frame has one. */
const decodeOpening = gateway((frame: ParticipantFrame): Description | undefined => {
  if (!frame.description) return undefined
  return readDescription({ ...frame.description, header: frame.description.header ?? frame.header ?? null })
})

const coordinatorForm: FrameForm<
  ToParticipant,
  FromParticipant,
  CoordinatorHeader,
  ParticipantHeader,
  Description | undefined
> = {
  unreachable: 'PARTICIPANT_UNREACHABLE',
  encodeMessage: encodeToParticipant,
  decodeMessage: decodeFromParticipant,
  encodeHeader: (header, last) =>
    encodeCoordinatorHeader(header.watermark === last?.watermark ? { ...header, watermark: undefined } : header),
  decodeHeader: decodeParticipantHeader,
  openingFields: () => ({}),
  decodeOpening: (frame) => decodeOpening(frame as ParticipantFrame),
  decodeHandled,
  sizeOf,
}

const participantForm = (
  description: Description | undefined,
): FrameForm<FromParticipant, ToParticipant, ParticipantHeader, CoordinatorHeader, undefined> => ({
  unreachable: 'COORDINATOR_UNREACHABLE',
  encodeMessage: encodeFromParticipant,
  decodeMessage: decodeToParticipant,
  encodeHeader: encodeParticipantHeader,
  decodeHeader: decodeCoordinatorHeader,
  openingFields: () => (description === undefined ? {} : { description: encodeDescription(description) }),
  decodeOpening: () => ({ ok: true, value: undefined }),
  decodeHandled,
  sizeOf,
})

// What grpc-js types as a stream of one kind of frame is handled as a stream of frames: the forms know which.
type AnyFrames = DuplexStream<object, Frame>

/** Over `stub.session()`. */
export function coordinatorSession(
  stream: grpc.ClientDuplexStream<CoordinatorFrame, ParticipantFrame__Output>,
  owner: CoordinatorSessionOwner,
  options: FrameChannelOptions,
): CoordinatorSession {
  return new FrameChannel(stream as unknown as AnyFrames, coordinatorForm, owner, options)
}

/** In the handler of Session. */
export function participantSession(
  stream: grpc.ServerDuplexStream<CoordinatorFrame__Output, ParticipantFrame>,
  owner: ParticipantSessionOwner,
  options: FrameChannelOptions,
  description?: Description,
): ParticipantSession {
  return new FrameChannel(stream as unknown as AnyFrames, participantForm(description), owner, options)
}
