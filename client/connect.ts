// The client of one coordinator: what a business service holds for its life.

import { TransactionId } from '../protocol/index.ts'
import { checkAddress, coordinatorStub, transactionError } from '../wire/index.ts'
import { begin } from './begin.ts'
import type { Branch, Results } from './branch.ts'
import { Connection, Unanswered } from './connection.ts'
import { get, withId } from './finding-out.ts'
import { openLinkOver, type Stub } from './link.ts'
import {
  type BeginOptions,
  type Cancellable,
  type Client,
  type ConnectOptions,
  durationMs,
  endOf,
  type SubmitOptions,
  type TransactOptions,
  usualTimeouts,
} from './options.ts'
import { type EndedOutcome, type KnownOutcome, toKnownOutcome } from './outcome.ts'
import { submit } from './submit.ts'
import { type TransactFunction, type TransactOutcome, transact } from './transact.ts'
import type { Transaction } from './transaction.ts'
import { now } from './waiting.ts'
import { type TransactionEvent, watch } from './watch.ts'

/**
 * A coordinator as its client sees it; made by {@link connect}.
 *
 * ```ts
 * await using coordinator = connect('localhost:7400')
 * ```
 */
export class Coordinator implements AsyncDisposable {
  readonly #stub: Stub
  readonly #client: Client
  readonly #connectWaitMs: number

  constructor(address: string, options: ConnectOptions) {
    const connectWaitMs = durationMs('connectWaitMs', options.connectWaitMs, 5_000)
    const outcomeWaitMs = durationMs('outcomeWaitMs', options.outcomeWaitMs, 3_000)
    const timeoutMs = usualTimeouts(options.timeoutMs)
    this.#stub = coordinatorStub(checkAddress('the coordinator’s address', address))
    const connection = new Connection(address, openLinkOver(this.#stub), { connectWaitMs, outcomeWaitMs })
    this.#client = { connection, timeoutMs, outcomeWaitMs }
    this.#connectWaitMs = connectWaitMs
  }

  /**
   * Runs all branches as one transaction, in one request: the fastest way. Tried again, up to `retries` times, when it is
   * aborted for a passing reason. In a saga the branches run in their order, see {@link branch}.
   *
   * ```ts
   * const outcome = await coordinator.submit({
   *   idempotencyKey: orderId,
   *   branches: [branch(inventory.reserve, { sku: 'A-1', quantity: 2 }), branch(payments.authorize, { cents: 4_200 })],
   * })
   * if (outcome.outcome === 'committed') console.log(outcome.results[0].reservationId)
   * ```
   */
  submit<const Branches extends readonly Branch[]>(
    options: SubmitOptions<Branches>,
  ): Promise<EndedOutcome<Results<Branches>>> {
    return submit(this.#client, options)
  }

  /**
   * Opens a transaction; the caller calls operations and commits. There is no idempotency key here: `transact` and
   * `submit` have one, because they can give back the recorded results.
   *
   * ```ts
   * await using transaction = await coordinator.begin({ timeoutMs: 5_000 })
   * ```
   */
  async begin(options: BeginOptions = {}): Promise<Transaction> {
    const { protocol, traceParent, signal } = options
    const until = endOf(options, this.#client)
    signal?.throwIfAborted()
    const facts = { ...(protocol && { protocol }), ...(traceParent && { traceParent }) }
    const begun = await begin(this.#client, facts, { signal, until })
    if ('transaction' in begun) return begun.transaction
    throw transactionError('TRANSACTION_EXISTS', undefined, { transactionId: begun.existing.transactionId })
  }

  /**
   * Begins a transaction, runs `fn` in it and commits. When it is aborted for a passing reason, such as LOCK_CONFLICT,
   * `fn` runs again in a new transaction, so it should have no other effects. When it throws, the transaction is aborted
   * and the error goes on to the caller.
   *
   * With an `idempotencyKey` that has committed before, `fn` does not run: the outcome has `replayed: true`, the recorded
   * results of the branches, and no value.
   *
   * ```ts
   * const outcome = await coordinator.transact({ timeoutMs: 5_000, idempotencyKey: orderId }, async (transaction) => {
   *   const order = await transaction.call(orders.place, { sku: 'A-1' })
   *   await transaction.call(payments.authorize, { orderId: order.orderId, cents: 4_200 })
   *   return order
   * })
   * ```
   */
  transact<Value>(options: TransactOptions, fn: TransactFunction<Value>): Promise<TransactOutcome<Value>> {
    return transact(this.#client, options, fn)
  }

  /**
   * What became of a transaction; waits up to `waitMs` (default 0) for its end. An id that the coordinator has never seen
   * is barred by the question and is `aborted` from then on (`UNKNOWN_TRANSACTION`).
   *
   * ```ts
   * const outcome = await coordinator.outcome(error.transactionId, { waitMs: 10_000 })
   * ```
   */
  async outcome(
    transactionId: string,
    options: Cancellable & { readonly waitMs?: number } = {},
  ): Promise<KnownOutcome> {
    const { signal, waitMs = 0 } = options
    const id = TransactionId(transactionId)
    signal?.throwIfAborted()
    const end = now() + waitMs
    const limits = { signal, until: end + this.#connectWaitMs }
    try {
      for (;;) {
        const left = Math.max(0, end - now())
        const { value } = await get(this.#client.connection, id, left, limits)
        const known = toKnownOutcome(value)
        if (known.outcome !== 'in-progress' || now() >= end) return known
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof Unanswered)) throw withId(error, id)
      throw withId(error.because === 'refused' ? error.cause : this.#client.connection.unreachable(error), id)
    }
  }

  /**
   * Every change of state until the transaction has ended; the first event is the state now.
   *
   * ```ts
   * for await (const { state, event } of coordinator.watch(transactionId)) console.log(state, event)
   * ```
   */
  watch(transactionId: string, { signal }: Cancellable = {}): AsyncGenerator<TransactionEvent, void, void> {
    const reconnectMs = this.#client.outcomeWaitMs
    return watch(this.#stub, { transactionId: TransactionId(transactionId), signal, reconnectMs })
  }

  /**
   * Ends the connection. What was not answered by then is unknown to its caller, not undone.
   *
   * ```ts
   * await coordinator.close()
   * ```
   */
  async close(): Promise<void> {
    this.#client.connection.close()
    this.#stub.close()
  }

  /** The same as `close()`: `await using coordinator = connect('localhost:7400')`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/**
 * The client of the coordinator at `address` (`host:port`). It connects when it is first used, and again whenever the
 * connection is lost.
 *
 * ```ts
 * await using coordinator = connect('localhost:7400', { timeoutMs: 5_000 })
 * ```
 */
export function connect(address: string, options: ConnectOptions = {}): Coordinator {
  return new Coordinator(address, options)
}
