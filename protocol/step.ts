// The one shape of everything that the protocols do.

import type { Instant } from './ids.ts'

/**
 * What one event does to one transaction or branch. Performed in this order and no other.
 *
 * S1 `records` are appended before anything below happens.
 * S2 if `force`, they are durable before any message or reply of this step, or of a later step of the same transaction
 *    or branch, leaves the process (design rule 8).
 * S3 a record that is not forced is *deferred*: visible at once, durable with the next force.
 */
export interface Step<State, Work, Record, Message, Reply, TimerName extends string> {
  readonly state: State
  /** 1 Operations to run; their results come back as events in the same turn. */
  readonly work: readonly Work[]
  /** 2 Appended. */
  readonly records: readonly Record[]
  /** 3 If true, durable before anything below leaves the process. */
  readonly force: boolean
  /** 4 Handed to the network. */
  readonly messages: readonly Message[]
  /** 5 Callers answered. */
  readonly replies: readonly Reply[]
  /** 6 Armed or cancelled. */
  readonly timers: readonly Timer<TimerName>[]
}

/** Arms the named timer of this transaction or branch, replacing an earlier one; `never` cancels it. */
export interface Timer<Name extends string> {
  readonly timer: Name
  readonly at: Instant | 'never'
}

/** Delay before the given attempt (from 1): `first`, doubling, at most `max`. The driver adds jitter. */
export function backoffMs(policy: BackoffPolicy, attempt: number): number {
  return Math.min(policy.maxMs, policy.firstMs * 2 ** Math.min(attempt - 1, 30))
}

export interface BackoffPolicy {
  readonly firstMs: number
  readonly maxMs: number
}

export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** A broken invariant: the process must stop, because what it does next would be wrong. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Where it is checked for each message, the sentence is a function: making it would cost more than the check. */
export function invariant(holds: boolean, sentence: string | (() => string)): asserts holds {
  if (!holds) throw new InvariantError(`invariant broken: ${typeof sentence === 'string' ? sentence : sentence()}`)
}
