// When the next turn is taken: as soon as something has arrived, when a timer is due, and a little after the last turn
// if that left something to force or to drop. One wake-up for all of it.

import { after, type Instant } from '../protocol/index.ts'
import type { Environment, WakeUp } from './environment.ts'

/** What the next turn would be for. */
export interface Reasons {
  readonly hasEvents: boolean
  readonly timersAt: readonly (Instant | undefined)[]
  /** Something is unforced, or may be dropped, and nothing else may come that takes it along. */
  readonly hasLeftovers: boolean
}

export class Pace {
  readonly #environment: Environment
  readonly #idleMs: number
  readonly #run: () => void
  #isScheduled = false
  #isStopped = false
  #idleAt: Instant | undefined
  #pausedUntil: Instant | undefined
  #wakeUp: { readonly at: Instant; readonly wake: WakeUp } | undefined

  constructor(environment: Environment, idleMs: number, run: () => void) {
    this.#environment = environment
    this.#idleMs = idleMs
    this.#run = run
  }

  /** A turn, once everything that has arrived by now was handed over. */
  soon(): void {
    if (this.#isScheduled || this.#isStopped) return
    this.#isScheduled = true
    this.#environment.soon(() => {
      this.#isScheduled = false
      if (!this.#isStopped) this.#run()
    })
  }

  /** No turn before that: another connection writes to the database. */
  pauseFor(ms: number): void {
    this.#pausedUntil = after(this.#environment.now(), ms)
  }

  isPaused(now: Instant): boolean {
    if (this.#pausedUntil !== undefined && this.#pausedUntil <= now) this.#pausedUntil = undefined
    return this.#pausedUntil !== undefined
  }

  /** Leftovers have waited long enough: this turn takes them along. */
  isIdleDue(now: Instant): boolean {
    return this.#idleAt !== undefined && this.#idleAt <= now
  }

  plan({ hasEvents, timersAt, hasLeftovers }: Reasons): void {
    if (this.#isStopped) return
    if (hasLeftovers) this.#idleAt ??= after(this.#environment.now(), this.#idleMs)
    else this.#idleAt = undefined
    if (this.#pausedUntil !== undefined) {
      this.#wake(this.#pausedUntil)
    } else if (hasEvents) {
      this.soon()
    } else {
      const instants = [...timersAt, this.#idleAt].filter((at) => at !== undefined)
      if (instants.length > 0) this.#wake(Math.min(...instants) as Instant)
    }
  }

  stop(): void {
    this.#isStopped = true
    this.#wakeUp?.wake.cancel()
  }

  /** An earlier wake-up does no harm, and moving it for each turn would cost more. */
  #wake(at: Instant): void {
    if (this.#wakeUp !== undefined && this.#wakeUp.at <= at) return
    this.#wakeUp?.wake.cancel()
    const wake = this.#environment.wakeAt(at, () => {
      this.#wakeUp = undefined
      if (!this.#isScheduled && !this.#isStopped) this.#run()
    })
    this.#wakeUp = { at, wake }
  }
}
