// What a business service writes: its operations, each three functions over the service's own database, checked
// against the contract's types.

import type Database from 'better-sqlite3'
import type { BranchNumber, Operation, Protocol, Reason, TransactionId } from '../protocol/index.ts'
import { refusal } from '../protocol/index.ts'
import type { StandardSchema } from './standard-schema.ts'

/** The service's own database, inside the local transaction of the branch. */
export type BusinessDatabase = Database.Database

export interface OperationContext {
  /**
   * The connection of the running local transaction. What is done through it commits together with the branch's record.
   * Do not begin, commit or close anything on it.
   */
  readonly db: BusinessDatabase
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly protocol: Protocol
  /** W3C trace context; empty when there is none. */
  readonly traceParent: string
}

export interface PrepareContext extends OperationContext {
  /**
   * Takes a lock for the transaction until its outcome is known here. If another transaction holds it, prepare is
   * unwound and, for an older transaction, run again from the start when the lock is free; a younger one votes no
   * (`LOCK_CONFLICT`). Take locks before anything else: what an unwound prepare did outside the database stays done.
   */
  readonly lock: (key: string) => void
}

/** What prepare was called with and what it returned. */
export interface PreparedWork<Input, Result> {
  readonly input: Input
  readonly result: Result
}

/**
 * One operation. All three functions run inside a local transaction and must be synchronous; `commit` and `abort` are
 * run again until they succeed.
 */
export interface OperationDefinition<Input, Result> {
  /** Checks the input before prepare; any Standard Schema (zod, valibot, arktype, …). */
  readonly input?: StandardSchema<Input>
  prepare(context: PrepareContext, input: Input): Result | ReadOnly<Result>
  commit?(context: OperationContext, work: PreparedWork<Input, Result>): void
  abort?(context: OperationContext, work: PreparedWork<Input, Result>): void
}

/** Any contract, whatever its operations. */
export interface AnyContract {
  readonly __contract: { readonly participant: string; readonly operations: readonly string[] }
}

/** The definitions that a contract asks for: one for each of its operations. */
export type OperationDefinitions<C extends AnyContract> = {
  readonly [Name in Exclude<keyof C, '__contract'>]: C[Name] extends Operation<infer Input, infer Result>
    ? OperationDefinition<Input, Result>
    : never
}

// biome-ignore lint/suspicious/noExplicitAny: an operation whose types were checked where it was defined
export type AnyOperation = OperationDefinition<any, any>

/** A business no on its way out of prepare. An Error only so that one which escapes is understood. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason

  constructor(reason: Reason) {
    super(`refused: ${reason.code}: ${reason.message}`)
    this.reason = reason
  }
}

/**
 * Votes no with a code of the business: `if (left < quantity) refuse('OUT_OF_STOCK', 'only 2 are left')`. Throws, so
 * nothing after it runs; the branch's work is rolled back.
 */
export function refuse(code: string, message: string): never {
  throw new Refusal(refusal(code, message))
}

export class ReadOnly<Result> {
  readonly result: Result

  constructor(result: Result) {
    this.result = result
  }
}

/**
 * Returned by a prepare that changed nothing and needs no decision: `return readOnly({ left })`. The branch's locks are
 * given up at once, so others may change what was read before the transaction ends.
 */
export function readOnly<Result>(result: Result): ReadOnly<Result> {
  return new ReadOnly(result)
}
