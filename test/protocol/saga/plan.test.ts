// Admission: what is a saga, and what is none (protocols.md 3.1, step kinds).

import { describe, expect, test } from '@jest/globals'
import { BranchNumber, coordinatorSide } from '../../../protocol/index.ts'
import { enlisted } from './parties.ts'
import { pivot, retriable, Saga } from './saga-scenario.ts'

const { problemOfPlan } = coordinatorSide
const reference = (branch: number, at = '/id', from = '/id') => ({ at, branch: BranchNumber(branch), from })

const sound: readonly (readonly [string, readonly coordinatorSide.EnlistedSagaBranch[]])[] = [
  ['nothing', []],
  ['one after the other', [enlisted(1), enlisted(2)]],
  ['in parallel', [enlisted(1, { after: [] }), enlisted(2, { after: [] })]],
  ['in another order than the list', [enlisted(1, { after: [2] }), enlisted(2, { after: [] })]],
  ['a pivot alone', [enlisted(1, pivot)]],
  ['one of each', [enlisted(1), enlisted(2, pivot), enlisted(3, retriable)]],
  [
    'two before, two behind',
    [
      enlisted(1, { after: [] }),
      enlisted(2, { after: [] }),
      enlisted(3, { ...pivot, after: [1, 2] }),
      enlisted(4, { ...retriable, after: [3] }),
      enlisted(5, { ...retriable, after: [3] }),
    ],
  ],
  ['a reference instead of an order', [enlisted(1), enlisted(2, { after: [], references: [reference(1)] })]],
  [
    'a reference makes it an ancestor',
    [enlisted(1, { after: [] }), enlisted(2, { ...pivot, after: [], references: [reference(1)] })],
  ],
]

const unsound: readonly (readonly [string, readonly coordinatorSide.EnlistedSagaBranch[]])[] = [
  ['branch 1: there are two of this number', [enlisted(1), enlisted(1)]],
  ['branch 2: waits for branch 7, which is no branch of this saga', [enlisted(1), enlisted(2, { after: [7] })]],
  ['branch 1: refers to branch 7, which is no branch of this saga', [enlisted(1, { references: [reference(7)] })]],
  ['branch 1: waits for itself', [enlisted(1, { after: [1] })]],
  ['branch 1: waits for itself', [enlisted(1, { after: [2] }), enlisted(2, { after: [1] })]],
  ['branch 1: waits for itself', [enlisted(1, { references: [reference(2)] }), enlisted(2)]],
  ['branch 2: is a second pivot, after branch 1', [enlisted(1, pivot), enlisted(2, pivot)]],
  ['branch 1: is retriable and not after a pivot', [enlisted(1, retriable)]],
  ['branch 1: is retriable and not after a pivot', [enlisted(1, retriable), enlisted(2, pivot)]],
  [
    'branch 2: comes after the pivot and must be retriable, because the pivot can not be taken back',
    [enlisted(1, pivot), enlisted(2)],
  ],
  [
    'branch 2: must be before the pivot or after it, because the pivot can not be taken back',
    [enlisted(1, { ...pivot, after: [] }), enlisted(2, { after: [] })],
  ],
  ['branch 1: is tried less than once', [enlisted(1, { retry: { tries: 0, firstMs: 1, maxMs: 1 } })]],
  ["branch 2: 'id' is not a JSON pointer", [enlisted(1), enlisted(2, { references: [reference(1, 'id')] })]],
  ["branch 2: 'id' is not a JSON pointer", [enlisted(1), enlisted(2, { references: [reference(1, '/id', 'id')] })]],
  ["branch 2: its input has no place '/a/b'", [enlisted(1), enlisted(2, { references: [reference(1, '/a/b')] })]],
  ['branch 2: its input is not JSON', [enlisted(1), enlisted(2, { input: '{', references: [reference(1)] })]],
]

describe('a plan', () => {
  test.each(sound)('is sound: %s', (_name, branches) => {
    expect(problemOfPlan(branches)).toBeUndefined()
  })

  test.each(unsound)('is none: %s', (problem, branches) => {
    expect(problemOfPlan(branches)).toBe(problem)
  })
})

test('absent: after the previous one, compensatable, tried as often as the coordinator says', () => {
  const [first, second] = Saga.chain(2).running.branches
  expect([first?.after, second?.after, second?.role, second?.retry.tries]).toEqual([[], [1], 'compensatable', 2])
})

test('a reference implies the order', () => {
  const references = [reference(1)]
  const branches = [enlisted(1, { after: [] }), enlisted(2, { after: [] }), enlisted(3, { after: [2], references })]
  expect(Saga.submitted(...branches).running.branches[2]?.after).toEqual([2, 1])
})
