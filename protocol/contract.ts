// A contract: the typed list of a participant's operations. The service implements it, its clients import it, and both
// are checked against the same types. Types only; nothing here runs in a transaction.

declare const types: unique symbol

/** An operation's place in a contract, with the types of its input and result. */
export interface Operation<Input, Result> {
  readonly participant: string
  readonly operation: string
  readonly [types]?: (input: Input) => Result
}

/** Declares an operation's types: `operation<{ sku: string }, { reservationId: string }>()`. */
export function operation<Input, Result = void>(): OperationShape<Input, Result> {
  return {} as OperationShape<Input, Result>
}

export interface OperationShape<Input, Result> {
  readonly [types]?: (input: Input) => Result
}

// biome-ignore lint/suspicious/noExplicitAny: any operation, whatever its types
type AnyShape = OperationShape<any, any>

export type InputOf<Shape> = Shape extends { readonly [types]?: (input: infer Input) => unknown } ? Input : never
export type ResultOf<Shape> = Shape extends { readonly [types]?: (input: never) => infer Result } ? Result : never

export type Contract<Shapes extends Record<string, AnyShape>> = ContractFacts<Shapes> & {
  readonly [Name in keyof Shapes]: Operation<InputOf<Shapes[Name]>, ResultOf<Shapes[Name]>>
}

/** What the SDK needs of a contract; the double underscore keeps it away from operation names. */
export interface ContractFacts<Shapes> {
  readonly __contract: { readonly participant: string; readonly operations: readonly (keyof Shapes & string)[] }
}

/**
 * Names a participant and its operations.
 *
 * ```ts
 * export const inventory = contract('inventory', {
 *   reserve: operation<{ sku: string; quantity: number }, { reservationId: string }>(),
 * })
 * ```
 */
export function contract<const Shapes extends Record<string, AnyShape>>(
  participant: string,
  operations: Shapes,
): Contract<Shapes> {
  const names = Object.keys(operations) as (keyof Shapes & string)[]
  const entries = names.map((name) => [name, { participant, operation: name }] as const)
  return { ...Object.fromEntries(entries), __contract: { participant, operations: names } } as Contract<Shapes>
}
