// An open transaction: its calls, and its one commit or abort. It can be committed only if every call succeeded.

import {
  BranchNumber,
  type Instant,
  type Operation,
  ParticipantName,
  reason,
  type TransactionId,
} from '../protocol/index.ts'
import { defaultLimits, transactionError } from '../wire/index.ts'
import { Aborted } from './aborted.ts'
import { fromJson, toJson } from './branch.ts'
import { type Reign, Unanswered } from './connection.ts'
import { untilEnded } from './finding-out.ts'
import type { Cancellable, Client, CommitOptions } from './options.ts'
import { aborted, type EndedOutcome, hasEnded, toOutcome } from './outcome.ts'
import { abortQuestion, callQuestion, commitQuestion } from './question.ts'
import { settleCall, settleCommit } from './settling.ts'
import { now, within } from './waiting.ts'

/** Telling the coordinator of an abort is a courtesy: it aborts by itself at the timeout. */
const abortWaitMs = 1_000
const { branchesMax } = defaultLimits

/** What the coordinator knows of a begun transaction. */
export interface Begun {
  readonly transactionId: TransactionId
  readonly startedAt: Instant
  readonly reign: Reign
  /** Monotonic milliseconds: the end of its timeout. */
  readonly until: number
}

/**
 * An open transaction, from {@link Coordinator.begin} or {@link Coordinator.transact}.
 *
 * ```ts
 * await using transaction = await coordinator.begin({ timeoutMs: 5_000 })
 * const order = await transaction.call(orders.place, { sku: 'A-1' })
 * await transaction.call(payments.authorize, { orderId: order.orderId, cents: 4_200 })
 * const outcome = await transaction.commit()
 * ```
 */
export class Transaction implements AsyncDisposable {
  readonly #client: Client
  readonly #begun: Begun
  readonly #pending = new Set<Promise<unknown>>()
  #called = 0
  /** Why it cannot be committed any more: an Aborted, or what a call failed with. */
  #broken: unknown
  #asked: 'commit' | 'abort' | undefined
  #end: Promise<EndedOutcome> | undefined

  constructor(client: Client, begun: Begun) {
    this.#client = client
    this.#begun = begun
  }

  /** The transaction's id, a UUIDv7: `console.log(transaction.id)`. */
  get id(): TransactionId {
    return this.#begun.transactionId
  }

  /** Milliseconds since the Unix epoch by the coordinator's clock: `new Date(transaction.startedAt)`. */
  get startedAt(): Instant {
    return this.#begun.startedAt
  }

  /**
   * Prepares one operation now and returns its result. Calls may run at the same time. Rejects with {@link Aborted} when
   * the answer was no. After a failure of whatever kind the transaction cannot be committed.
   *
   * ```ts
   * const { reservationId } = await transaction.call(inventory.reserve, { sku: 'A-1', quantity: 2 })
   * ```
   */
  call<Input, Result>(operation: Operation<Input, Result>, input: Input, options: Cancellable = {}): Promise<Result> {
    const result = this.#call(operation, input, options.signal)
    this.#pending.add(result)
    const forget = (): boolean => this.#pending.delete(result)
    // A failed call that nobody waited for must not end the process: commit finds it and aborts.
    result.then(forget, forget)
    return result as Promise<Result>
  }

  /**
   * Asks for commit of every branch that was called. The outcome may be `aborted`, with the reason; rejects with
   * `OUTCOME_UNKNOWN` when nobody could say in time. Asked twice, it gives the same outcome.
   *
   * ```ts
   * const outcome = await transaction.commit({ waitFor: 'decided' })
   * if (outcome.outcome === 'aborted') console.log(outcome.reason.message)
   * ```
   */
  commit(options: CommitOptions = {}): Promise<EndedOutcome> {
    if (this.#end === undefined) {
      this.#asked = 'commit'
      this.#end = this.#commit(options)
    }
    return this.#end
  }

  /**
   * Aborts. Without effect on one that is aborted; rejects with `TRANSACTION_CLOSED` after commit was asked for.
   *
   * ```ts
   * await transaction.abort('the customer left')
   * ```
   */
  async abort(message = 'the client asked for it'): Promise<void> {
    if (this.#asked === 'commit') throw transactionError('TRANSACTION_CLOSED', undefined, { transactionId: this.id })
    this.#asked = 'abort'
    this.#end ??= this.#abort(message)
    await this.#end
  }

  /** Aborts unless commit was asked for: `await using transaction = await coordinator.begin()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#asked !== 'commit') return this.abort('left without commit')
    // Whoever asked for commit hears what came of it.
    await this.#end?.catch(() => {})
  }

  async #call(operation: Operation<never, unknown>, input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    this.#checkOpen()
    const branch = {
      branch: BranchNumber(this.#called + 1),
      participant: ParticipantName(operation.participant),
      operation: operation.operation,
      input: toJson(input),
    }
    this.#called += 1
    const { transactionId, reign, until } = this.#begun
    try {
      const question = callQuestion({ transactionId, branch })
      const { value } = await this.#client.connection.ask(question, { signal, until }, reign)
      if (value.answer === 'no') throw new Aborted(transactionId, value.reason)
      return fromJson(value.result)
    } catch (error) {
      const settled = await settleCall(this.#client, error, { ...this.#begun, signal })
      this.#broken ??= settled
      if (error instanceof Unanswered && error.because === 'signal')
        await this.abort('a call was cancelled').catch(() => {})
      throw settled
    }
  }

  #checkOpen(): void {
    const { transactionId } = this.#begun
    if (this.#broken instanceof Aborted) throw this.#broken
    if (this.#asked !== undefined) throw transactionError('TRANSACTION_CLOSED', undefined, { transactionId })
    if (this.#called === branchesMax) throw transactionError('TOO_MANY_BRANCHES', undefined, { transactionId })
    if (this.#broken === undefined) return
    const message = 'the transaction takes no more calls, because one has failed'
    throw transactionError('TRANSACTION_CLOSED', message, { transactionId, cause: this.#broken })
  }

  async #commit({ waitFor = 'applied', signal }: CommitOptions): Promise<EndedOutcome> {
    const { transactionId, reign, until } = this.#begun
    const calls = Promise.allSettled(this.#pending)
    await within(calls, { signal, until }).catch(() => {})
    if (signal?.aborted === true) {
      await this.#abort('commit was cancelled before it was asked for')
      throw signal.reason
    }
    if (this.#broken instanceof Aborted) return aborted(transactionId, this.#broken.reason)
    if (this.#pending.size > 0) return this.#abort('a call was not answered before the timeout')
    if (this.#broken !== undefined) return this.#abort(`a call failed: ${messageOf(this.#broken)}`)
    if (this.#called === 0) {
      await this.#abort('commit without a branch')
      throw transactionError('BRANCH_INVALID', 'no operation was called: there is nothing to commit', { transactionId })
    }
    const branches = Array.from({ length: this.#called }, (_, index) => BranchNumber(index + 1))
    const question = commitQuestion({ transactionId, branches, waitFor })
    const report = await this.#client.connection.ask(question, { signal, until }, reign).then(
      ({ value }) => (hasEnded(value) ? value : untilEnded(this.#client, transactionId, { signal, until })),
      (error: unknown) => settleCommit(this.#client, error, { ...this.#begun, signal }),
    )
    return toOutcome(report, transactionId)
  }

  /** Never rejects: commit was not asked for, so there is only one way it can end. */
  async #abort(message: string): Promise<EndedOutcome> {
    const { transactionId, reign } = this.#begun
    if (this.#broken instanceof Aborted) return aborted(transactionId, this.#broken.reason)
    this.#broken = new Aborted(transactionId, reason('ABORTED_BY_CLIENT', message))
    const question = abortQuestion({ transactionId, message })
    await this.#client.connection
      .ask(question, { signal: undefined, until: now() + abortWaitMs }, reign)
      .catch(() => {})
    return aborted(transactionId, reason('ABORTED_BY_CLIENT', message))
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
