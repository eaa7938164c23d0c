// The timers of a transaction: buckets with one wake-up for all (coordinator/timers.ts), and a timeout of Node for each.

import { Timers } from '../../coordinator/timers.ts'
import type { Instant } from '../../protocol/index.ts'
import type { Part } from './part.ts'

const names = ['vote-deadline', 'resend', 'applied-wait'] as const
const inFlight = 256
const deadlineMs = 5_000
/** Sent again after 50 ms and up to a quarter more, so that what failed together does not come back together. */
const waitOf = (name: (typeof names)[number], number: number): number =>
  name === 'resend' ? 50 + (number % 13) : deadlineMs

export function timerParts(): readonly Part[] {
  const now = (): Instant => Math.floor(performance.now()) as Instant
  const clock = { now, random: () => 0, soon: setImmediate, wakeAt: () => () => {} }
  const timers = new Timers<object, (typeof names)[number]>(clock, () => {})
  const owners = Array.from({ length: inFlight }, () => ({}))
  const ofNode = new Map<object, NodeJS.Timeout[]>()

  const inBuckets = (count: number): void => {
    for (let done = 0; done < count; done += 1) {
      const owner = owners[done % inFlight] as object
      timers.clear(owner)
      for (const name of names) timers.set(owner, name, (now() + waitOf(name, done)) as Instant)
    }
  }
  const oneEach = (count: number): void => {
    for (let done = 0; done < count; done += 1) {
      const owner = owners[done % inFlight] as object
      for (const timeout of ofNode.get(owner) ?? []) clearTimeout(timeout)
      ofNode.set(
        owner,
        names.map((name) => setTimeout(() => {}, waitOf(name, done))),
      )
    }
  }
  return [
    {
      title: 'timers in buckets with one wake-up; plain: one of Node’s for each',
      unit: 'transaction with three timers',
      count: 5_000,
      special: inBuckets,
      plain: oneEach,
      close() {
        timers.close()
        for (const timeouts of ofNode.values()) for (const timeout of timeouts) clearTimeout(timeout)
      },
    },
  ]
}
