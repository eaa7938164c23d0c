// A branch to submit: an operation of a contract with its input, and what its result will be.

import type { Operation } from '../protocol/contract.ts'
import { type InputReference, writeInput } from './input.ts'
import type { WithReferences } from './result-of.ts'
import { type RoleOptions, type RolePlan, rolePlan, saysNothing } from './saga-role.ts'

declare const result: unique symbol

/** One operation to run at one participant, made by {@link branch}. */
export interface Branch<Result = unknown> {
  readonly participant: string
  readonly operation: string
  /** JSON text: taken when the branch is made, so that a later change of the object changes nothing. */
  readonly input: string
  /** What only a saga can do; absent when there is nothing. */
  readonly saga?: BranchPlan
  /** Never there; it carries the type of the result. */
  readonly [result]?: () => Result
}

export interface BranchPlan extends RolePlan {
  readonly references: readonly InputReference[]
  readonly after?: readonly Branch[]
}

/** In a saga: when a branch runs, and what becomes of it when it fails. */
export type BranchOptions = RoleOptions & {
  /**
   * The branches that must have said yes before this one runs; `[]`: it runs at once. Default: the branch before it in
   * the list. Those whose results are in its input are waited for in any case.
   */
  readonly after?: readonly Branch[]
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
 *
 * In a saga the branches run one after another, or as `after` says. An input may have values of earlier results in it
 * ({@link resultOf}), one branch may be the `pivot` after which the saga only goes forward, and what comes after it is
 * `retriable`.
 *
 * ```ts
 * const order = branch(orders.place, { sku: 'A-1' })
 * const { orderId } = resultOf(order)
 * const reserve = branch(inventory.reserve, { orderId, quantity: 2 }, { after: [order], retry: { tries: 5 } })
 * const charge = branch(payments.charge, { orderId, cents: 4_200 }, { after: [reserve], pivot: true })
 * const ship = branch(shipping.send, { orderId }, { after: [charge], retriable: true })
 * const outcome = await coordinator.submit({ protocol: 'saga', branches: [order, reserve, charge, ship] })
 * ```
 */
export function branch<Input, Result>(
  operation: Operation<Input, Result>,
  input: WithReferences<NoInfer<Input>>,
  options: BranchOptions = {},
): Branch<Result> {
  const { text, references } = writeInput(input)
  const { after } = options
  const plan = rolePlan(options)
  const { participant, operation: name } = operation
  const isPlain = references.length === 0 && after === undefined && saysNothing(plan)
  if (isPlain) return { participant, operation: name, input: text }
  const saga: BranchPlan = { references, ...(after === undefined ? {} : { after: [...after] }), ...plan }
  return { participant, operation: name, input: text, saga }
}
