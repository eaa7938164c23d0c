// An open transaction: its calls, and its one commit or abort. It can be committed only if every call succeeded. A saga
// may go on where another one would be aborted: over a restart of the coordinator, and past its pivot.

import {
  BranchNumber,
  type Instant,
  type Operation,
  ParticipantName,
  type Protocol,
  reason,
  type TransactionId,
} from '../protocol/index.ts'
import { defaultLimits, type RequestedBranch, transactionError } from '../wire/index.ts'
import { Aborted } from './aborted.ts'
import { type Reign, Unanswered } from './connection.ts'
import { untilEnded, withId } from './finding-out.ts'
import { readResult, writeInput } from './input.ts'
import type { CallOptions, Client, CommitOptions } from './options.ts'
import { aborted, type EndedOutcome, hasEnded, toOutcome } from './outcome.ts'
import { abortQuestion, callQuestion, commitQuestion, scopeOf } from './question.ts'
import { type PivotProgress, rolePlan, saysNothing, untimely } from './saga-role.ts'
import { settleCall, settleCommit, settleSagaAbort } from './settling.ts'
import { now, within } from './waiting.ts'

/** Telling the coordinator of an abort is a courtesy: it aborts by itself at the timeout. */
const abortWaitMs = 1_000
const { branchesMax } = defaultLimits

/** What the coordinator knows of a begun transaction. */
export interface Begun {
  readonly transactionId: TransactionId
  readonly protocol: Protocol
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
  #pivot: PivotProgress = 'none'
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
   *
   * In a saga a branch is done and seen by everybody when its call has returned. It is compensated if the saga aborts,
   * unless it is the `pivot`, or `retriable` and after it. A restart of the coordinator does not end the saga.
   *
   * ```ts
   * await transaction.call(payments.charge, { cents: 4_200 }, { pivot: true })
   * await transaction.call(shipping.send, { orderId }, { retriable: true })
   * ```
   */
  call<Input, Result>(operation: Operation<Input, Result>, input: Input, options: CallOptions = {}): Promise<Result> {
    const result = this.#call(operation, input, options)
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
   * Aborts. Without effect on one that is aborted; rejects with `TRANSACTION_CLOSED` after commit was asked for. What a
   * saga had done is compensated; past its pivot it rejects with `SAGA_GOES_FORWARD`, and with `OUTCOME_UNKNOWN` when
   * nobody could say in time.
   *
   * ```ts
   * await transaction.abort('the customer left')
   * ```
   */
  async abort(message = 'the client asked for it'): Promise<void> {
    if (this.#asked === 'commit') throw transactionError('TRANSACTION_CLOSED', undefined, { transactionId: this.id })
    this.#asked = 'abort'
    this.#end ??= this.#abort(message)
    const { outcome } = await this.#end
    if (outcome === 'aborted') return
    throw transactionError('SAGA_GOES_FORWARD', undefined, { transactionId: this.id })
  }

  /** Aborts, as `abort()` does, unless commit was asked for: `await using transaction = await coordinator.begin()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#asked !== 'commit') return this.abort('left without commit')
    // Whoever asked for commit hears what came of it.
    await this.#end?.catch(() => {})
  }

  async #call(operation: Operation<never, unknown>, input: unknown, options: CallOptions): Promise<unknown> {
    this.#checkOpen()
    const branch = this.#nextBranch(operation, input, options)
    const isPivot = branch.saga?.role === 'pivot'
    this.#called += 1
    if (isPivot) this.#pivot = 'called'
    const { transactionId, protocol, reign, until } = this.#begun
    const { signal } = options
    try {
      const question = callQuestion({ transactionId, branch }, scopeOf(protocol))
      const { value } = await this.#client.connection.ask(question, { signal, until }, reign)
      if (value.answer === 'no') throw new Aborted(transactionId, value.reason)
      if (isPivot) this.#pivot = 'done'
      return readResult(value.result)
    } catch (error) {
      const settled = await settleCall(this.#client, error, { ...this.#begun, signal })
      this.#broken ??= settled
      if (error instanceof Unanswered && error.because === 'signal')
        await this.abort('a call was cancelled').catch(() => {})
      throw settled
    }
  }

  /** Throws where it must not be called; then nothing was asked, and the transaction is none the worse. */
  #nextBranch(operation: Operation<never, unknown>, input: unknown, options: CallOptions): RequestedBranch {
    const { transactionId, protocol } = this.#begun
    const refuse = (message: string): never => {
      throw transactionError('BRANCH_INVALID', message, { transactionId })
    }
    const { text, references } = writeInput(input)
    if (references.length > 0)
      refuse('the input of a call has the values of earlier results, and no references to them')
    const plan = rolePlan(options)
    const isPlain = saysNothing(plan)
    if (protocol === 'saga') {
      const problem = untimely(plan.role, this.#pivot, this.#pending.size)
      if (problem !== undefined) refuse(problem)
    } else if (!isPlain) refuse(`only a saga has a pivot, retriable branches and retries, and this is ${protocol}`)
    return {
      branch: BranchNumber(this.#called + 1),
      participant: ParticipantName(operation.participant),
      operation: operation.operation,
      input: text,
      ...(isPlain ? {} : { saga: { references: [], ...plan } }),
    }
  }

  get #hasPivot(): boolean {
    return this.#pivot !== 'none'
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
    const { transactionId, protocol, reign, until } = this.#begun
    const calls = Promise.allSettled(this.#pending)
    await within(calls, { signal, until }).catch(() => {})
    if (signal?.aborted === true) return this.#giveUp(signal.reason)
    if (this.#broken instanceof Aborted) return aborted(transactionId, this.#broken.reason)
    if (this.#pending.size > 0) return this.#abort('a call was not answered before the timeout')
    if (this.#broken !== undefined) return this.#abort(`a call failed: ${messageOf(this.#broken)}`)
    if (this.#called === 0) {
      await this.#abort('commit without a branch')
      throw transactionError('BRANCH_INVALID', 'no operation was called: there is nothing to commit', { transactionId })
    }
    const branches = Array.from({ length: this.#called }, (_, index) => BranchNumber(index + 1))
    const question = commitQuestion({ transactionId, branches, waitFor }, scopeOf(protocol))
    try {
      const { value, from } = await this.#client.connection.ask(question, { signal, until }, reign)
      const limits = { signal, until }
      const report = hasEnded(value) ? value : await untilEnded(this.#client, transactionId, limits, from)
      return toOutcome(report, transactionId)
    } catch (error) {
      if (!(error instanceof Unanswered)) throw withId(error, transactionId)
      if (error.because === 'signal' && error.reached === undefined) return this.#giveUp(signal?.reason)
      return toOutcome(
        await settleCommit(this.#client, error, { ...this.#begun, signal, hasPivot: this.#hasPivot }),
        transactionId,
      )
    }
  }

  async #giveUp(cause: unknown): Promise<EndedOutcome> {
    const ended = await this.#abort('commit was cancelled before it was asked for')
    if (ended.outcome === 'aborted') throw cause
    return ended
  }

  /** Commit was not asked for, so there is only one way it can end; except for a saga, which may go forward or reject. */
  async #abort(message: string): Promise<EndedOutcome> {
    const { transactionId, protocol, reign } = this.#begun
    if (this.#broken instanceof Aborted) return aborted(transactionId, this.#broken.reason)
    const why = reason('ABORTED_BY_CLIENT', message)
    const { connection, outcomeWaitMs } = this.#client
    const isSaga = protocol === 'saga'
    const limits = { signal: undefined, until: now() + (isSaga ? outcomeWaitMs : abortWaitMs) }
    const report = connection.ask(abortQuestion({ transactionId, message }, scopeOf(protocol)), limits, reign)
    if (isSaga) {
      const asked = { ...this.#begun, signal: undefined, hasPivot: this.#hasPivot, why }
      return toOutcome(await settleSagaAbort(this.#client, report, asked), transactionId)
    }
    this.#broken = new Aborted(transactionId, why)
    await report.catch(() => {})
    return aborted(transactionId, why)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
