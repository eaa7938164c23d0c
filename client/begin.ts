// Begin: an open transaction, or the one that has the idempotency key already.

import { uuidv7 } from 'uuidv7'
import { type Instant, TransactionId } from '../protocol/index.ts'
import type { OutcomeReport } from '../wire/index.ts'
import { Unanswered } from './connection.ts'
import { withId } from './finding-out.ts'
import type { BeginOptions, Client } from './options.ts'
import { hasEnded } from './outcome.ts'
import { beginQuestion } from './question.ts'
import { newTraceParent } from './trace-parent.ts'
import { Transaction } from './transaction.ts'
import { type Limits, now } from './waiting.ts'

/** What a begin may carry besides what its caller chose. */
export interface BeginFacts extends Pick<BeginOptions, 'protocol' | 'traceParent'> {
  readonly idempotencyKey?: string | undefined
  readonly firstStartedAt?: Instant | undefined
}

/** `existing` has the key: nothing was begun. */
export type BeginResult = { readonly transaction: Transaction } | { readonly existing: OutcomeReport }

/** The transaction's timeout is what the limits leave. */
export async function begin(client: Client, facts: BeginFacts, limits: Limits): Promise<BeginResult> {
  for (;;) {
    const transactionId = TransactionId(uuidv7())
    try {
      return await beginOnce(client, transactionId, facts, limits)
    } catch (error) {
      if (!(error instanceof Unanswered)) throw withId(error, transactionId)
      // What was begun in the earlier epoch had no branch yet: it is simply left, and a new one begun.
      if (error.because === 'restart') continue
      if (error.because === 'signal') throw limits.signal?.reason
      throw withId(error.because === 'refused' ? error.cause : client.connection.unreachable(error), transactionId)
    }
  }
}

async function beginOnce(
  client: Client,
  transactionId: TransactionId,
  { protocol = 'two-phase', traceParent, idempotencyKey, firstStartedAt }: BeginFacts,
  limits: Limits,
): Promise<BeginResult> {
  const options = {
    protocol,
    timeoutMs: Math.max(1, Math.ceil(limits.until - now())),
    waitFor: 'applied',
    traceParent: traceParent ?? newTraceParent(),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(firstStartedAt === undefined ? {} : { firstStartedAt }),
  } as const
  const { value, from } = await client.connection.ask(beginQuestion({ transactionId, options }), limits)
  const { existing, startedAt } = value
  // A begin that was sent twice may meet itself.
  if (existing !== undefined && (existing.transactionId !== transactionId || hasEnded(existing))) return { existing }
  const { until } = limits
  return { transaction: new Transaction(client, { transactionId, startedAt, reign: from, until }) }
}
