// When to try again. Pure: randomness and time come in.

import type { Reason } from '../protocol/outcome.ts'

/** A delay that doubles from `fromMs` up to `toMs`. */
export interface Backoff {
  readonly fromMs: number
  readonly toMs: number
}

/** Between two tries of one transaction: short, because the other holder of a lock is usually done in milliseconds. */
export const retryBackoff: Backoff = { fromMs: 5, toMs: 200 }

/** Between two attempts to reach the coordinator. */
export const reconnectBackoff: Backoff = { fromMs: 100, toMs: 500 }

/**
 * The delay after attempt number `attempt` (from 1) has failed. The upper half is chance, so that transactions that met
 * once do not meet again; `random` is in [0, 1).
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  // 2 ** 31 is past every limit in use; without the bound a large attempt would give Infinity.
  const full = Math.min(backoff.toMs, backoff.fromMs * 2 ** Math.min(attempt - 1, 31))
  return full / 2 + (full / 2) * random
}

export interface RetryBudget {
  /** How many tries may follow the first. */
  readonly retries: number
  /** Monotonic milliseconds after which no new try begins. */
  readonly until: number
}

/** How long to wait before the next try; undefined when this was the last. */
export function nextTryMs(
  reason: Pick<Reason, 'retryable'>,
  attempt: number,
  budget: RetryBudget,
  now: number,
  random: number,
): number | undefined {
  if (!reason.retryable || attempt > budget.retries) return undefined
  const delay = backoffMs(retryBackoff, attempt, random)
  return now + delay < budget.until ? delay : undefined
}
