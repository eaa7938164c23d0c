// The last gate before an answer leaves: what it rests on must be durable.
//
// Owns: which turn each answer needs, the answers that wait for a force, and the assertion at the moment of leaving.
// Does not own: what is answered, when a turn is forced.
//
// R1 Nothing leaves before the turn that it needs is durable. This is asserted here, whatever the store claimed before.
// R2 A vote that binds (yes, no, committed) rests on a record, and needs the turn of that record; so does a ballot answer.
//    Only two answers need none: the database is another one, and the transaction has ended; they stay true by themselves.
// R3 A step that promises something has asked for a force itself (`checkStep`).
// R4 `applied` may leave early in a session, because it names its turn and the header says which turns are durable; over
//    a unary call it waits (design rule 8).

import { type FromParticipant, invariant, type participantSide } from '../protocol/index.ts'
import type { ErrorCode } from '../wire/index.ts'
import type { Branch } from './branches.ts'

/** Whoever asked something, on the way the question came. */
export interface Asker {
  /** Its answer stands alone, without a session's header that tells later what has become durable. */
  readonly isUnary: boolean
  answer(message: FromParticipant): void
  /** It will get no answer, and why. */
  refuse(code: ErrorCode, message: string): void
  /** Its question was taken up, and whatever it set off at once is done. */
  handled(): void
}

export interface Outgoing {
  readonly message: FromParticipant
  readonly asker: Asker
  /** The turn that must be durable. */
  readonly needs: number
}

/** Codes of a no that needs no record (R2). */
const lastingReasons: readonly string[] = ['STORAGE_CHANGED', 'BELOW_WATERMARK']

/** Which turn must be durable before this answer may leave. */
export function needsOf(message: FromParticipant, branch: Branch, asker: Asker): number {
  return Math.max(branch.forceTurn, restsOn(message, branch, asker))
}

function restsOn(message: FromParticipant, branch: Branch, asker: Asker): number {
  switch (message.type) {
    case 'vote': {
      const { vote } = message
      if (vote.vote === 'read-only' || vote.vote === 'failed') return 0
      if (vote.vote === 'no' && lastingReasons.includes(vote.reason.code)) return 0
      invariant(branch.recordTurn !== undefined, () => `R2: a vote ${vote.vote} of ${branch.key} rests on no record`)
      return branch.recordTurn
    }
    case 'decision-answer':
      return message.answer.answer === 'applied' && asker.isUnary ? message.answer.turn : 0
    case 'status-answer':
      return message.knowledge.knows === 'aborted' || message.knowledge.knows === 'committed'
        ? (branch.recordTurn ?? 0)
        : 0
    case 'ballot-answer':
      return message.answer.answer === 'nothing' ? 0 : (branch.recordTurn ?? 0)
  }
}

/** Whether a step that promises something asked for a force with a record (R3). */
export function checkStep(before: participantSide.State, step: participantSide.ParticipantStep): void {
  for (const sent of step.messages) {
    if (sent.to !== 'asker' || !isPromise(before, sent.message)) continue
    const holds = step.force && step.records.length > 0
    invariant(holds, () => `R3: ${sent.message.type} in state ${before.state} without a forced record`)
  }
}

function isPromise(before: participantSide.State, message: FromParticipant): boolean {
  const hadNoRecord = before.state === 'none' || before.state === 'active' || before.state === 'read-only'
  switch (message.type) {
    case 'vote': {
      const { vote } = message
      if (vote.vote === 'committed') return before.state === 'prepared'
      if (vote.vote === 'no' && lastingReasons.includes(vote.reason.code)) return false
      return hadNoRecord && vote.vote !== 'read-only' && vote.vote !== 'failed'
    }
    case 'decision-answer':
      return hadNoRecord && message.answer.answer === 'applied'
    case 'status-answer':
      return hadNoRecord && message.knowledge.knows === 'aborted'
    case 'ballot-answer': {
      const { answer } = message.answer
      return answer === 'promised' || (hadNoRecord && answer === 'aborted')
    }
  }
}

export class Outbox {
  readonly #forcedTurn: () => number
  #held: Outgoing[] = []

  constructor(forcedTurn: () => number) {
    this.#forcedTurn = forcedTurn
  }

  /** Lets out what may leave now, and keeps the rest for a later force. */
  release(outgoing: readonly Outgoing[]): void {
    const forcedTurn = this.#forcedTurn()
    if (this.#held.length > 0) {
      const held = this.#held
      this.#held = held.filter(({ needs }) => needs > forcedTurn)
      for (const one of held) if (one.needs <= forcedTurn) this.#leave(one)
    }
    for (const one of outgoing) {
      if (one.needs <= forcedTurn) this.#leave(one)
      else this.#held.push(one)
    }
  }

  get isHolding(): boolean {
    return this.#held.length > 0
  }

  #leave({ message, asker, needs }: Outgoing): void {
    const forcedTurn = this.#forcedTurn()
    invariant(needs <= forcedTurn, () => `R1: a ${message.type} needs turn ${needs}, and only ${forcedTurn} is durable`)
    asker.answer(message)
  }
}
