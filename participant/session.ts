// One session with a coordinator: its frames become messages for the driver, the driver's answers become frames.
//
// Owns: the age of what has arrived, and telling which turns are durable. Does not own: the protocol.
//
// N1 A frame's answers leave with the header of the moment in which it is written, so `forcedTurn` is never behind them.
// N2 When a turn becomes durable after its `applied` has left, a header says so without being asked.
// N3 A Prepare that sat in a stopped process, or in a buffer, is as old as it is: its deadline counts from its sending.

import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { FromParticipant, Instant, LogId, Prepare, ToParticipant } from '../protocol/index.ts'
import {
  type CoordinatorHeader,
  type ErrorCode,
  type ParticipantHeader,
  type ParticipantSession,
  participantSession,
  transactionError,
} from '../wire/index.ts'
import type { ParticipantConfig } from './config.ts'
import type { Environment, Logger } from './environment.ts'
import type { Facts } from './facts.ts'
import type { Asker } from './outbox.ts'
import type { Participant, TurnListener } from './participant.ts'

type Stream = ServerDuplexStream<object, object>

export interface SessionSurroundings {
  readonly driver: Participant
  readonly facts: Facts
  readonly environment: Environment
  readonly config: ParticipantConfig
  readonly logger: Logger
  /** A coordinator has spoken, and was believed. */
  onHeard(header: CoordinatorHeader): void
  onClose(session: Session): void
}

export class Session implements Asker, TurnListener {
  readonly isUnary = false
  readonly #around: SessionSurroundings
  readonly #channel: ParticipantSession
  #logId: LogId | undefined
  /** The shortest way that a frame of this session took, by two clocks that need not agree. */
  #leastDelayMs = Number.POSITIVE_INFINITY
  #appliedTurn = 0
  #announcedTurn = 0
  #handled = 0

  constructor(stream: Stream, around: SessionSurroundings) {
    this.#around = around
    const { environment, driver, facts } = around
    const owner = {
      header: () => this.#header(),
      onOpen: (header: CoordinatorHeader) => this.#open(header),
      onMessages: (messages: readonly ToParticipant[], header: CoordinatorHeader) => this.#receive(messages, header),
      onMalformed: (error: { readonly code: string; readonly message: string }) =>
        around.logger.warn({ ...error }, 'a malformed message was dropped'),
      onClose: () => this.#close(),
    }
    const options = { now: () => environment.now(), handledBy: 'owner' as const }
    this.#channel = participantSession(stream as never, owner, options, facts.description(undefined))
    driver.listen(this)
  }

  answer(message: FromParticipant): void {
    if (message.type === 'decision-answer' && message.answer.answer === 'applied') {
      this.#appliedTurn = Math.max(this.#appliedTurn, message.answer.turn)
    }
    this.#channel.send(message)
  }

  /** A session has no answer for "no answer": its messages are sent again, or a person reads why not. */
  refuse(code: ErrorCode, message: string): void {
    this.#around.logger.warn({ code, logId: this.#logId }, message)
  }

  handled(): void {
    this.#handled += 1
  }

  turnEnded(forcedTurn: number): void {
    if (this.#channel.isClosed) return
    if (this.#handled > 0) this.#channel.handled(this.#handled)
    this.#handled = 0
    if (this.#appliedTurn > this.#announcedTurn && forcedTurn > this.#announcedTurn) this.#channel.announce()
    this.#channel.flush()
  }

  end(): void {
    this.#channel.close()
  }

  #header(): ParticipantHeader {
    const header = this.#around.facts.header(this.#logId)
    this.#announcedTurn = header.forcedTurn
    return header
  }

  #open(header: CoordinatorHeader): void {
    this.#logId = header.logId
    // Says how far the coordinator's log was seen to have come, which the first frame could not.
    if (this.#hear(header)) this.#channel.announce()
  }

  #receive(messages: readonly ToParticipant[], header: CoordinatorHeader): void {
    if (header.logId !== this.#logId) {
      this.#channel.fail(transactionError('REQUEST_INVALID', 'a session belongs to one coordinator log'))
      return
    }
    if (!this.#hear(header) || messages.length === 0) return
    const { environment, driver, config } = this.#around
    const delayMs = environment.now() - header.sentAt
    this.#leastDelayMs = Math.min(this.#leastDelayMs, delayMs)
    const ageMs = delayMs - this.#leastDelayMs
    const aged = messages.map((message) =>
      message.type === 'prepare' ? withAge(message, ageMs, config.voteMarginMs, environment.now()) : message,
    )
    driver.receive(header.logId, aged, this)
  }

  #hear(header: CoordinatorHeader): boolean {
    const refusal = this.#around.driver.hear(header)
    if (refusal === undefined) {
      this.#around.onHeard(header)
      return true
    }
    const { code, message, epoch, mustAnswer } = refusal
    if (mustAnswer === true) {
      this.#channel.announce()
      this.#channel.flush()
    }
    this.#channel.fail(transactionError(code, message, epoch === undefined ? {} : { epoch }))
    return false
  }

  #close(): void {
    this.#around.driver.unlisten(this)
    this.#around.onClose(this)
  }
}

/** Its deadline as it stands now, with time left for the vote to arrive; a short one gives up a tenth for that. */
export function withAge(message: Prepare, ageMs: number, marginMs: number, now: Instant): Prepare {
  const left = message.voteBy - now - ageMs
  return { ...message, voteBy: Math.floor(now + left - Math.min(marginMs, Math.max(left, 0) / 10)) as Instant }
}
