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

/** setTimeout takes no more, and fires at once. A wall clock that was set back makes a recorded timeout as far away. */
const timerMsMax = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Instant(performance.timeOrigin + performance.now()),
  wakeAt(at, run) {
    let timeout: NodeJS.Timeout
    const wait = (): void => {
      const left = Math.max(0, at - systemClock.now())
      timeout = left > timerMsMax ? setTimeout(wait, timerMsMax) : setTimeout(run, left)
    }
    wait()
    return () => clearTimeout(timeout)
  },
  random: () => Math.random(),
  soon(run) {
    setImmediate(run)
  },
}
