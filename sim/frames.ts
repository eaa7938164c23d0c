// What happens to a message on the wire: instants become spans and instants again, by the clock of whoever reads them.

import type { Coordinator } from '../coordinator/coordinator.ts'
import type { Participant } from '../participant/participant.ts'
import type { FromParticipant, Instant, ToParticipant } from '../protocol/index.ts'

export type CoordinatorHeader = Parameters<Participant['hear']>[0]
export type ParticipantHeader = Parameters<Coordinator['heard']>[1]

export interface ToParticipantFrame {
  readonly header: CoordinatorHeader
  readonly messages: readonly ToParticipant[]
}

export interface FromParticipantFrame {
  readonly header: ParticipantHeader
  readonly messages: readonly FromParticipant[]
}

/** The message as its receiver reads it. */
export function received(message: ToParticipant, sentAt: Instant, readAt: Instant): ToParticipant {
  if (message.type !== 'prepare') return message
  const moved = (at: Instant): Instant => (readAt + Math.max(0, at - sentAt)) as Instant
  const { abandonAt } = message
  return {
    ...message,
    voteBy: moved(message.voteBy),
    ...(abandonAt === undefined ? {} : { abandonAt: moved(abandonAt) }),
  }
}

/** What a message is called in the matrix of faults (matrix-table.ts). */
export function kindOf(message: ToParticipant | FromParticipant): string {
  switch (message.type) {
    case 'vote':
      return `vote ${message.vote.vote}`
    case 'decision-answer':
      return `${message.decision} answer`
    case 'ballot-answer':
      return `${message.to} answer`
    case 'status-answer':
      return 'status answer'
    default:
      return message.type
  }
}

/** A word or two for the trace. */
export function wordOf(message: ToParticipant | FromParticipant): string {
  switch (message.type) {
    case 'vote':
      return message.vote.vote === 'no' || message.vote.vote === 'failed'
        ? `${message.vote.vote} ${message.vote.reason.code}`
        : message.vote.vote
    case 'decision-answer':
      return `${message.decision} ${message.answer.answer}`
    case 'status-answer':
      return `knows ${message.knowledge.knows}`
    case 'ballot-answer':
      return `${message.to} ${message.ballot.number} ${message.answer.answer}`
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return `${message.type} ${message.ballot.number}`
    case 'prepare':
      return message.onePhase ? 'prepare one-phase' : 'prepare'
    default:
      return message.type
  }
}
