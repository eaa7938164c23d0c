// Watch: every change of state of one transaction, until it has ended.

import type { TransactionId } from '../protocol/index.ts'
import {
  decodeWatchEvent,
  encodeWatch,
  fromServiceError,
  isTransactionError,
  transactionError,
  type WatchEvent,
} from '../wire/index.ts'
import type { Stub } from './link.ts'
import { type KnownOutcome, toKnownOutcome } from './outcome.ts'
import { backoffMs, reconnectBackoff } from './retry.ts'
import { now, pause } from './waiting.ts'

/** A change of state. */
export interface TransactionEvent {
  readonly transactionId: TransactionId
  /** active, running (a saga), preparing, pre-committing, delegated, committing, aborting or ended. */
  readonly state: string
  /** Milliseconds since the Unix epoch by the coordinator's clock. */
  readonly at: number
  /** One line for people. */
  readonly event: string
  /** In the last one. */
  readonly outcome?: KnownOutcome
}

export interface Watched {
  readonly transactionId: TransactionId
  readonly signal: AbortSignal | undefined
  /** How long it is tried to take up a broken watch. */
  readonly reconnectMs: number
}

/** Goes on after a broken connection; the first event then is the state at that time. */
export async function* watch(stub: Stub, watched: Watched): AsyncGenerator<TransactionEvent, void, void> {
  const { signal, reconnectMs } = watched
  let lostAt = now()
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted()
    try {
      for await (const event of watchOnce(stub, watched)) {
        lostAt = now()
        attempt = 0
        yield event
        if (event.outcome !== undefined) return
      }
    } catch (error) {
      signal?.throwIfAborted()
      const isLost = isTransactionError(error) && error.retryable
      if (!isLost || now() - lostAt > reconnectMs) throw error
    }
    const delay = backoffMs(reconnectBackoff, Math.max(1, attempt), Math.random())
    await pause(delay, { signal, until: Number.POSITIVE_INFINITY }).catch(() => signal?.throwIfAborted())
  }
}

async function* watchOnce(stub: Stub, { transactionId, signal }: Watched): AsyncGenerator<TransactionEvent> {
  const stream = stub.watch(encodeWatch({ transactionId }))
  const cancel = (): void => stream.cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    for await (const wire of stream) {
      const decoded = decodeWatchEvent(wire as Parameters<typeof decodeWatchEvent>[0])
      if (!decoded.ok) throw transactionError('INTERNAL', `the event cannot be read: ${decoded.error.message}`)
      yield toEvent(decoded.value)
    }
  } catch (error) {
    throw fromServiceError(error)
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel()
  }
}

function toEvent({ outcome, ...event }: WatchEvent): TransactionEvent {
  return outcome === undefined ? event : { ...event, outcome: toKnownOutcome(outcome) }
}
