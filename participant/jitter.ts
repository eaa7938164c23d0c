// Retries of many branches must not come in step: each wait grows by a random share, and none is shortened.

import type { Instant } from '../protocol/index.ts'
import type { TimerChange } from './turn.ts'

/** Up to this share of a wait is added to it; more where members would otherwise outbid each other in step. */
const jitterShare = 0.2
const proposerJitterShare = 1

export function withJitter({ timer, at }: TimerChange, now: Instant, random: () => number): Instant | 'never' {
  if (at === 'never' || timer === 'lock-wait' || at <= now) return at
  const share = timer === 'in-doubt' ? proposerJitterShare : jitterShare
  return Math.ceil(at + (at - now) * share * random()) as Instant
}
