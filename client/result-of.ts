// Values of results that are not there yet: what `resultOf(order).orderId` is, in types and while it stands in an input.
// A reference is known by its identity alone. Nothing of it is ever written as JSON, so no input can look like one.

import type { Branch } from './branch.ts'

declare const referred: unique symbol

type Scalar = string | number | boolean | null | undefined

/**
 * A value that a branch's result will have; made by {@link resultOf}. Its properties are references as well. An optional
 * one fits only where the input may be undefined, too, and a saga aborts where it turns out to be missing.
 */
export type ResultReference<Value> = { readonly [referred]: () => Value } & Parts<Value>

type Parts<Value> = Value extends Scalar
  ? unknown
  : Value extends readonly unknown[]
    ? Items<Value>
    : Value extends object
      ? { readonly [Name in keyof Value]-?: ResultReference<Value[Name]> }
      : unknown

/** A list has items and no methods: its length is not known yet. */
type Items<Value extends readonly unknown[]> = number extends Value['length']
  ? { readonly [index: number]: ResultReference<Value[number]> }
  : { readonly [Index in Extract<keyof Value, `${number}`>]: ResultReference<Value[Index]> }

/** An input in which any value may be a reference to a value of that type. */
export type WithReferences<Input> =
  | Input
  | ResultReference<Input>
  | (Input extends object ? { readonly [Name in keyof Input]: WithReferences<Input[Name]> } : never)

/** Whose result, and where in it (a JSON pointer). */
export interface Referred {
  readonly branch: Branch
  readonly from: string
}

/** A reference was used as if it were the value. */
export class ReferenceUsed extends TypeError {
  override readonly name = 'ReferenceUsed'

  constructor({ branch, from }: Referred) {
    const what = `'${from}' of the result of ${branch.participant}.${branch.operation}`
    super(`${what} is not known yet: put the reference as it is into the input of a later branch of a saga`)
  }
}

const known = new WeakMap<object, Referred>()

/**
 * The result of another branch of the same saga, to be put into an input: as a whole, or any part of it. The branch that
 * has it in its input runs after the other one.
 *
 * ```ts
 * const order = branch(orders.place, { sku: 'A-1' })
 * const reserve = branch(inventory.reserve, { orderId: resultOf(order).orderId, quantity: 2 })
 * const outcome = await coordinator.submit({ protocol: 'saga', branches: [order, reserve] })
 * ```
 */
export function resultOf<Result>(branch: Branch<Result>): ResultReference<Result> {
  return refer({ branch, from: '' }) as ResultReference<Result>
}

/** What this value refers to; undefined for every other value. */
export function referredBy(value: unknown): Referred | undefined {
  return typeof value === 'object' && value !== null ? known.get(value) : undefined
}

/** One more token of a JSON pointer (RFC 6901). */
export function placeIn(around: string, token: string): string {
  return `${around}/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Symbols that turn an object into a text, a number or a list. */
const uses: readonly symbol[] = [Symbol.toPrimitive, Symbol.iterator, Symbol.asyncIterator]

function refer(to: Referred): object {
  const refuse = (): never => {
    throw new ReferenceUsed(to)
  }
  const reference = new Proxy(Object.freeze({}), {
    get: (_target, name) => {
      if (typeof name === 'string') return refer({ branch: to.branch, from: placeIn(to.from, name) })
      return uses.includes(name) ? refuse() : undefined
    },
    // Spread, Object.keys, JSON.stringify and `in`.
    ownKeys: refuse,
    has: refuse,
  })
  known.set(reference, to)
  return reference
}
