// When many branches wait for the same thing: their retries do not come in step, and they do not all ask at once.

import { after, type Instant } from '../protocol/index.ts'
import type { Branch } from './branches.ts'
import type { Environment } from './environment.ts'
import type { Timers } from './timers.ts'
import type { TimerChange } from './turn.ts'

/** Up to this share of a wait is added to it; more where members would otherwise outbid each other in step. */
const jitterShare = 0.2
const proposerJitterShare = 1

/**
 * So many inquiries a millisecond at most. Of a hundred thousand branches in doubt each then asks every 25 seconds, while
 * nobody answers; a coordinator that has told all that it can is asked about the rest much faster.
 */
const inquiriesPerMs = { slowly: 4, 'at-once': 20 }

/** Each wait grows by a random share, and none is shortened. */
export function withJitter({ timer, at }: TimerChange, now: Instant, random: () => number): Instant | 'never' {
  if (at === 'never' || timer === 'lock-wait' || at <= now) return at
  const share = timer === 'in-doubt' ? proposerJitterShare : jitterShare
  return Math.ceil(at + (at - now) * share * random()) as Instant
}

const whenAsked = (at: Instant, others: number, how: keyof typeof inquiriesPerMs): Instant =>
  after(at, Math.floor(others / inquiriesPerMs[how]))

/** What a turn arms and cancels. None asks again before all others could have asked since it last did. */
export function arm(timers: Timers, changes: readonly TimerChange[], environment: Environment): void {
  const now = environment.now()
  const asked = whenAsked(now, timers.armed('in-doubt'), 'slowly')
  for (const change of changes) {
    const at = withJitter(change, now, () => environment.random())
    const isEarly = change.timer === 'in-doubt' && at !== 'never' && at < asked
    timers.set(change.key, change.timer, isEarly ? asked : at)
  }
}

/** All of these ask from this instant on, in this order. */
export function askInTurn(
  timers: Timers,
  branches: readonly Branch[],
  at: Instant,
  how: keyof typeof inquiriesPerMs,
): void {
  for (const [others, { key }] of branches.entries()) timers.set(key, 'in-doubt', whenAsked(at, others, how))
}
