// Begin: an open transaction, or the one that has the idempotency key already.

import { uuidv7 } from 'uuidv7'
import { type Instant, TransactionId } from '../protocol/index.ts'
import type { OutcomeReport } from '../wire/index.ts'
import { type Reign, Unanswered } from './connection.ts'
import { withId } from './finding-out.ts'
import { type BeginOptions, type Client, leftMs, protocolDefault } from './options.ts'
import { hasEnded } from './outcome.ts'
import { beginQuestion } from './question.ts'
import { newTraceParent } from './trace-parent.ts'
import { Transaction } from './transaction.ts'
import type { Limits } from './waiting.ts'

/** What a begin may carry besides what its caller chose. */
export interface BeginFacts extends Pick<BeginOptions, 'protocol' | 'traceParent'> {
  readonly idempotencyKey?: string | undefined
  readonly firstStartedAt?: Instant | undefined
}

/** `existing` has the key: nothing was begun. */
export type BeginResult =
  | { readonly transaction: Transaction }
  | { readonly existing: OutcomeReport; readonly from: Reign }

/** The transaction's timeout is what the limits leave. */
export async function begin(client: Client, facts: BeginFacts, limits: Limits): Promise<BeginResult> {
  for (;;) {
    const transactionId = TransactionId(uuidv7())
    try {
      return await beginOnce(client, transactionId, facts, limits)
    } catch (error) {
      if (!(error instanceof Unanswered)) throw withId(error, transactionId)
      // What was begun there had no branch yet: it is simply left, and a new one begun.
      if (error.because === 'restart') continue
      if (error.because === 'signal') throw limits.signal?.reason
      throw withId(error.because === 'refused' ? error.cause : client.connection.unreachable(error), transactionId)
    }
  }
}

async function beginOnce(
  client: Client,
  transactionId: TransactionId,
  { protocol = protocolDefault, traceParent, idempotencyKey, firstStartedAt }: BeginFacts,
  limits: Limits,
): Promise<BeginResult> {
  const options = {
    protocol,
    timeoutMs: leftMs(limits.until),
    waitFor: 'applied',
    traceParent: traceParent ?? newTraceParent(),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(firstStartedAt === undefined ? {} : { firstStartedAt }),
  } as const
  const { value, from } = await client.connection.ask(beginQuestion({ transactionId, options }), limits)
  const { existing, startedAt } = value
  // A begin that was sent twice may meet itself.
  if (existing !== undefined && (existing.transactionId !== transactionId || hasEnded(existing)))
    return { existing, from }
  const { until } = limits
  return { transaction: new Transaction(client, { transactionId, protocol, startedAt, reign: from, until }) }
}
