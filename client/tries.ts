// The loop around the tries of one piece of work: each under a new transaction id, with the age of the first.

import type { Instant, Protocol } from '../protocol/index.ts'
import { isNotBegun } from './connection.ts'
import type { AbortedOutcome, EndedOutcome } from './outcome.ts'
import { nextTryMs, type RetryBudget } from './retry.ts'
import { now, pause } from './waiting.ts'

/** What came of one try. */
export interface Tried<Outcome> {
  readonly outcome: Outcome
  /** When the coordinator first saw it. */
  readonly startedAt: Instant | undefined
  /** The outcome of another transaction with the same idempotency key, which was in flight. */
  readonly isOther: boolean
}

export interface Work extends RetryBudget {
  readonly protocol: Protocol
  readonly signal: AbortSignal | undefined
}

/** Tries until there is an outcome that another try would not change, or the budget is used up. */
export async function tryAgain<Outcome extends EndedOutcome<unknown>>(
  { signal, protocol, ...budget }: Work,
  attempt: (firstStartedAt: Instant | undefined) => Promise<Tried<Outcome>>,
): Promise<Outcome> {
  let firstStartedAt: Instant | undefined
  for (let number = 1; ; number += 1) {
    signal?.throwIfAborted()
    let came: Tried<Outcome> | Error
    try {
      came = await attempt(firstStartedAt)
    } catch (error) {
      if (!isNotBegun(error)) throw error
      came = error
    }
    const tried = came
    const isRefused = tried instanceof Error
    if (!isRefused && tried.outcome.outcome !== 'aborted') return tried.outcome
    if (!isRefused && !tried.isOther) firstStartedAt ??= tried.startedAt
    const retryable = isRefused || mayTryAgain(tried.outcome as AbortedOutcome, tried.isOther, protocol)
    const delay = nextTryMs({ retryable }, number, budget, now(), Math.random())
    if (delay === undefined) {
      if (isRefused) throw tried
      return tried.outcome
    }
    await pause(delay, { signal, until: Number.POSITIVE_INFINITY }).catch(() => signal?.throwIfAborted())
  }
}

/** After an abort the key is free. What another client gave up says nothing about this one's work. */
function mayTryAgain({ reason, applied }: AbortedOutcome, isOther: boolean, protocol: Protocol): boolean {
  // Two runs of the same work would meet each other, one being taken back and one being done.
  if (protocol === 'saga' && !applied) return false
  return reason.retryable || (isOther && reason.code === 'ABORTED_BY_CLIENT')
}
