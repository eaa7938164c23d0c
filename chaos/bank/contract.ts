// What each of the three banks offers. The job, which all tries of one piece of work have in common, is in every input, so that
// the databases themselves say what was done for whom.

import { contract, operation } from '../../protocol/index.ts'

export interface Move {
  readonly job: string
  readonly account: string
  /** Negative: it is taken from the account at once. Positive: it is credited at commit. */
  readonly amount: number
  /** What is never taken back may be credited by prepare. */
  readonly isAtOnce?: boolean
  /** The first try in each process throws. */
  readonly isFlaky?: boolean
}

const operations = {
  move: operation<Move, { balance: number }>(),
  /** Appends to a list, and returns the whole list with its own element. */
  append: operation<{ job: string; list: string; element: string }, { elements: string[] }>(),
  /** Locks the list until the outcome, as a read-only answer would not. */
  read: operation<{ job: string; list: string }, { elements: string[] }>(),
  /** Locks every account that only two- and three-phase transactions use. */
  audit: operation<{ job: string }, { total: number; least: number }>(),
}

const bankContract = <const Name extends string>(name: Name) => contract(name, operations)

export const banks = { a: bankContract('a'), b: bankContract('b'), c: bankContract('c') }
export type BankName = keyof typeof banks
export const bankNames = ['a', 'b', 'c'] as const satisfies readonly BankName[]

export const openingBalance = 1_000
/** A saga's money is on its way for a while, so it has accounts of its own: of the others every snapshot is exact. */
export const accountsOf = (isSaga: boolean): readonly string[] =>
  ['1', '2', '3', '4', '5', '6', '7', '8'].map((number) => `${isSaga ? 'saga' : 'locked'}-${number}`)
