// Transact: begin, run the caller's function, commit; again under a new id when it was aborted for a passing reason.

import { isTransactionError, transactionError } from '../wire/index.ts'
import { Aborted } from './aborted.ts'
import { type BeginFacts, type BeginResult, begin } from './begin.ts'
import { untilEnded } from './finding-out.ts'
import { type Client, endOf, protocolDefault, retriesDefault, type TransactOptions } from './options.ts'
import {
  type AbortedOutcome,
  aborted,
  type CallResult,
  type CommittedOutcome,
  type ContradictedOutcome,
  type EndedOutcome,
  hasEnded,
  toOutcome,
} from './outcome.ts'
import { newTraceParent } from './trace-parent.ts'
import type { Transaction } from './transaction.ts'
import { type Tried, tryAgain } from './tries.ts'
import { type Limits, WaitOver, within } from './waiting.ts'

type CommittedCalls = CommittedOutcome<readonly CallResult[]>

/** What came of {@link Coordinator.transact}. */
export type TransactOutcome<Value> =
  /** The function ran, and what it did is committed. */
  | (CommittedCalls & { readonly replayed: false; readonly value: Value })
  /** The key had committed before: the function did not run, so there is no value, only the recorded results. */
  | (CommittedCalls & { readonly replayed: true; readonly value: undefined })
  | AbortedOutcome
  | ContradictedOutcome

export type TransactFunction<Value> = (transaction: Transaction) => Promise<Value> | Value

export async function transact<Value>(
  client: Client,
  options: TransactOptions,
  fn: TransactFunction<Value>,
): Promise<TransactOutcome<Value>> {
  const { protocol = protocolDefault, signal, idempotencyKey, retries = retriesDefault } = options
  const { traceParent = newTraceParent() } = options
  const limits: Limits = { signal, until: endOf(options, client) }
  return tryAgain({ retries, until: limits.until, signal, protocol }, async (firstStartedAt) => {
    const facts: BeginFacts = { protocol, traceParent, idempotencyKey, firstStartedAt }
    const begun = await begin(client, facts, limits)
    if ('existing' in begun) return attach<Value>(client, begun, limits)
    const { transaction } = begun
    const outcome = await run(transaction, fn, options)
    return { outcome, startedAt: transaction.startedAt, isOther: false }
  })
}

/** The key is another transaction's: its outcome is this one's, too. */
async function attach<Value>(
  client: Client,
  { existing, from }: Extract<BeginResult, { existing: unknown }>,
  limits: Limits,
): Promise<Tried<TransactOutcome<Value>>> {
  const { transactionId } = existing
  const report = hasEnded(existing) ? existing : await untilEnded(client, transactionId, limits, from)
  const outcome = toOutcome(report, transactionId)
  const replayed =
    outcome.outcome === 'committed' ? ({ ...outcome, replayed: true, value: undefined } as const) : outcome
  return { outcome: replayed, startedAt: undefined, isOther: true }
}

async function run<Value>(
  transaction: Transaction,
  fn: TransactFunction<Value>,
  { waitFor, signal }: TransactOptions,
): Promise<TransactOutcome<Value>> {
  let value: Value
  try {
    const running = Promise.resolve(transaction).then(fn)
    value = await within(running, { signal, until: Number.POSITIVE_INFINITY })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unsure = await transaction.abort(message).then(
      () => undefined,
      (why: unknown) => why,
    )
    // That a saga may go on all the same is worth more than why the function failed. Where the function itself had asked
    // for commit, it knows.
    if (isTransactionError(unsure) && unsure.code !== 'TRANSACTION_CLOSED') {
      throw transactionError(unsure.code, unsure.message, { transactionId: transaction.id, cause: error })
    }
    if (error instanceof WaitOver) throw signal?.reason
    if (error instanceof Aborted && error.transactionId === transaction.id) return aborted(transaction.id, error.reason)
    throw error
  }
  const outcome: EndedOutcome = await transaction.commit({ signal, ...(waitFor && { waitFor }) })
  return outcome.outcome === 'committed' ? { ...outcome, replayed: false, value } : outcome
}
