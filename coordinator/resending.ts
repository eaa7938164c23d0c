// What may be lost is sent again: to a participant that can be reached again, all that it has not answered; by the timers of
// transactions, what is unanswered for long.
//
// H1 A participant that comes back is sent as much as it takes, the oldest first, and no more: a hundred thousand messages at
//    once would stop everything else, and its session would be taken for dead.
// H2 No second copy is sent behind the first: what a timer sends again is left out while the first copy is still to be
//    handled, and the connection it was sent over lives. When that breaks, H1 sends it.
// H3 What is left out is no answer: the timer goes on, and sends it when the first copy must have been handled.

import { after, type Instant, type ParticipantName, type ToParticipant } from '../protocol/index.ts'
import type { Clock } from './clock.ts'
import type { Known } from './directory.ts'
import type { InFlight, Transactions } from './in-flight.ts'
import type { Network } from './sending.ts'
import type { Turns } from './turns.ts'

interface CatchingUp {
  readonly known: Known
  readonly open: Iterator<InFlight>
  /** Those that are begun meanwhile have lost nothing. */
  left: number
}

const transactionsPerTurn = 500
/** While so many messages have not left, no more are made. */
const queuedMax = 2_000
const pauseMs = 5

export class Resending {
  readonly #turns: Turns
  readonly #clock: Clock
  readonly #network: Network
  readonly #transactions: Transactions
  readonly #resend: (inFlight: InFlight, participant: ParticipantName) => void
  readonly #catchingUp = new Map<ParticipantName, CatchingUp>()
  #isClosed = false

  /** `resend` sends again what this participant has not answered of a transaction. */
  constructor(
    turns: Turns,
    clock: Clock,
    network: Network,
    transactions: Transactions,
    resend: (inFlight: InFlight, participant: ParticipantName) => void,
  ) {
    this.#turns = turns
    this.#clock = clock
    this.#network = network
    this.#transactions = transactions
    this.#resend = resend
  }

  /** It can be reached; whatever it was sent before may be lost. */
  connected(known: Known): void {
    const catchingUp = { known, open: this.#transactions.all(), left: this.#transactions.size }
    this.#catchingUp.set(known.facts.participant, catchingUp)
    this.#turns.arrive(() => this.#goOn(catchingUp))
  }

  /** Whether the copy that was sent at this time, or is about to be, will still be handled (H2). */
  isUnderWay(participant: ParticipantName, message: ToParticipant, sentAt: Instant): boolean {
    // It may be the first of a new try.
    if (message.type === 'prepare' && message.protocol === 'saga') return false
    if (this.#catchingUp.has(participant)) return true
    const since = this.#network.unhandledSince(participant)
    return since !== undefined && since < sentAt
  }

  close(): void {
    this.#isClosed = true
  }

  #goOn(catchingUp: CatchingUp): void {
    const { known, open } = catchingUp
    const { participant } = known.facts
    // It has come once more since, or has gone.
    if (this.#catchingUp.get(participant) !== catchingUp) return
    if (this.#isClosed || !known.isConnected) {
      this.#catchingUp.delete(participant)
      return
    }
    for (let count = 0; count < transactionsPerTurn; count += 1) {
      const next = open.next()
      if (catchingUp.left === 0 || next.done === true) {
        this.#catchingUp.delete(participant)
        return
      }
      catchingUp.left -= 1
      this.#resend(next.value, participant)
    }
    const goOn = (): void => this.#turns.arrive(() => this.#goOn(catchingUp))
    if (this.#network.queued(participant) < queuedMax) goOn()
    else this.#clock.wakeAt(after(this.#clock.now(), pauseMs), goOn)
  }
}
