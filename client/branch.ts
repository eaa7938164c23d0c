// A branch to submit: an operation of a contract with its input, and what its result will be.

import type { Operation } from '../protocol/contract.ts'

declare const result: unique symbol

/** One operation to run at one participant, made by {@link branch}. */
export interface Branch<Result = unknown> {
  readonly participant: string
  readonly operation: string
  /** JSON text: taken when the branch is made, so that a later change of the object changes nothing. */
  readonly input: string
  /** Never there; it carries the type of the result. */
  readonly [result]?: () => Result
}

/** The results of submitted branches, in their order. */
export type Results<Branches extends readonly Branch[]> = {
  -readonly [Position in keyof Branches]: Branches[Position] extends Branch<infer Result> ? Result : never
}

/**
 * Names an operation and its input for {@link Coordinator.submit}; both are checked against the contract.
 *
 * ```ts
 * const outcome = await coordinator.submit({
 *   branches: [branch(inventory.reserve, { sku: 'A-1', quantity: 2 }), branch(payments.authorize, { cents: 4_200 })],
 * })
 * ```
 */
export function branch<Input, Result>(operation: Operation<Input, Result>, input: Input): Branch<Result> {
  return { participant: operation.participant, operation: operation.operation, input: toJson(input) }
}

/** Nothing is sent as `null`: an empty input is not JSON. */
export function toJson(input: unknown): string {
  return JSON.stringify(input) ?? 'null'
}

/**
 * What an operation returned; nothing for an empty text. A text that is no JSON is handed on as it is: an exception
 * here would hide an outcome.
 */
export function fromJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
