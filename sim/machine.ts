// A machine and the processes that live on it one after another: their clocks, their pauses, their ends.
//
// M1 What a process has asked for happens only while it lives: a dead one does nothing more, whatever it had begun.
// M2 A process that is busy or paused does nothing; what comes meanwhile waits, in order.
// M3 Its clock never goes back while it lives; from one process to the next it may jump, and it may drift.

import type { Instant } from '../protocol/index.ts'
import { cancel, type Scheduled, type Scheduler } from './scheduler.ts'

/** Virtual time zero by a clock that is right. */
export const startOfTime = 1_700_000_000_000

export interface ClockError {
  /** How far off the clock is when the process starts. */
  readonly offsetMs: number
  /** How fast it runs; 1 is right. */
  readonly rate: number
}

export class Process {
  readonly name: string
  isAlive = true
  diedAt = Number.POSITIVE_INFINITY
  /** Until then it does nothing. */
  busyUntil = 0
  readonly #scheduler: Scheduler
  readonly #startedAt: number
  readonly #base: number
  readonly #rate: number
  readonly #onDeath: (() => void)[] = []

  constructor(name: string, scheduler: Scheduler, clock: ClockError) {
    this.name = name
    this.#scheduler = scheduler
    this.#startedAt = scheduler.now
    this.#base = startOfTime + scheduler.now + clock.offsetMs
    this.#rate = clock.rate
  }

  now(): Instant {
    return Math.floor(this.#base + (this.#scheduler.now - this.#startedAt) * this.#rate) as Instant
  }

  /** In virtual time. */
  after(ms: number, run: () => void): Scheduled {
    return this.#scheduler.at(this.#scheduler.now + ms, () => this.happen(run))
  }

  /** By its own clock. */
  wakeAt(at: Instant, run: () => void): () => void {
    const due = this.#startedAt + (at - this.#base) / this.#rate + 0.001
    const scheduled = this.#scheduler.at(due, () => this.happen(run))
    return () => cancel(scheduled)
  }

  soon(run: () => void): void {
    this.after(0, run)
  }

  /** Something reaches the process now, or once it is no longer busy. */
  happen(run: () => void): void {
    if (!this.isAlive) return
    if (this.busyUntil <= this.#scheduler.now) run()
    else this.#scheduler.at(this.busyUntil, () => this.happen(run))
  }

  /** Blocks the process, as a force or a stop does. */
  block(ms: number): void {
    this.busyUntil = Math.max(this.busyUntil, this.#scheduler.now) + ms
  }

  onDeath(run: () => void): void {
    this.#onDeath.push(run)
  }

  die(): void {
    if (!this.isAlive) return
    this.isAlive = false
    this.diedAt = this.#scheduler.now
    for (const run of this.#onDeath) run()
  }
}
