// The only clock of the coordinator. The simulator hands in another one.

import { Instant } from '../protocol/index.ts'

export interface Clock {
  /** Grows with real time whatever happens to the wall clock, from the wall clock's value at start. */
  now(): Instant
  /** Runs once at that time or later; returns how to cancel it. */
  wakeAt(at: Instant, run: () => void): () => void
  /** 0 to 1, for jitter only. */
  random(): number
  /** Runs once everything that has arrived by now has been seen. */
  soon(run: () => void): void
}

export const systemClock: Clock = {
  now: () => Instant(performance.timeOrigin + performance.now()),
  wakeAt(at, run) {
    const timeout = setTimeout(run, Math.max(0, at - this.now()))
    return () => clearTimeout(timeout)
  },
  random: () => Math.random(),
  soon(run) {
    setImmediate(run)
  },
}
