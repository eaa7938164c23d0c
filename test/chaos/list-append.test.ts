// One history for each thing that may go wrong, and histories in which nothing does.

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type AnomalyKind,
  type CheckOptions,
  checkListAppend,
  type Element,
  type ListOperation,
  type ListTransaction,
} from '../../chaos/list-append.ts'

const append = (list: string, element: Element): ListOperation => ({ do: 'append', list, element })
const read = (list: string, ...elements: Element[]): ListOperation => ({ do: 'read', list, elements })

type Facts = Partial<Omit<ListTransaction, 'id' | 'operations'>>

function transaction(id: string, operations: readonly ListOperation[], facts: Facts = {}): ListTransaction {
  return { id, outcome: 'committed', startedAt: 0, endedAt: 100, operations, ...facts }
}

const kindsOf = (history: readonly ListTransaction[], options?: CheckOptions): AnomalyKind[] =>
  checkListAppend(history, options).map(({ kind }) => kind)

test('nothing wrong: one after the other, own elements seen, an unknown and an aborted one', () => {
  const history = [
    transaction('T1', [read('x'), append('x', 1), read('x', 1), append('y', 1)]),
    transaction('T2', [read('x', 1), append('x', 2), append('x', 3)]),
    transaction('T3', [read('x', 1, 2, 3), read('y', 1)]),
    transaction('T4', [append('x', 4)], { outcome: 'aborted' }),
    transaction('T5', [append('x', 5), read('y', 9)], { outcome: 'unknown' }),
    transaction('T6', [append('y', 6)]),
  ]
  expect(checkListAppend(history)).toEqual([])
  expect(checkListAppend([])).toEqual([])
})

describe('reads', () => {
  test('G1a: an element of an aborted transaction', () => {
    const history = [
      transaction('T1', [append('x', 1)], { outcome: 'aborted' }),
      transaction('T2', [append('x', 2)]),
      transaction('T3', [read('x', 1, 2)]),
    ]
    expect(checkListAppend(history)).toEqual([
      {
        kind: 'G1a',
        transactions: ['T1', 'T3'],
        words: ['T3 read 1 of x, which T1 had appended, and that was aborted'],
      },
    ])
  })

  test('G1b: the middle of a transaction', () => {
    const history = [transaction('T1', [append('x', 1), append('x', 2)]), transaction('T2', [read('x', 1)])]
    expect(kindsOf(history)).toContain('G1b')
    // Its own middle, a transaction may see.
    expect(kindsOf([transaction('T1', [append('x', 1), read('x', 1), append('x', 2)])])).toEqual([])
  })

  test('duplicate', () => {
    expect(kindsOf([transaction('T1', [append('x', 1)]), transaction('T2', [read('x', 1, 1)])])).toEqual(['duplicate'])
  })

  test('an element from nowhere', () => {
    expect(kindsOf([transaction('T1', [read('x', 7)])])).toEqual(['unknown-element'])
  })

  test('internal: its own append is not seen', () => {
    expect(kindsOf([transaction('T1', [append('x', 1), read('x')])])).toEqual(['internal'])
  })

  test('two reads of which neither is a prefix of the other', () => {
    const history = [
      transaction('T1', [append('x', 1)]),
      transaction('T2', [append('x', 2)]),
      transaction('T3', [read('x', 1, 2)]),
      transaction('T4', [read('x', 2)]),
    ]
    expect(kindsOf(history)).toContain('incompatible-order')
  })
})

describe('cycles', () => {
  test('G0: two transactions each append before the other', () => {
    const history = [
      transaction('T1', [append('x', 1), append('y', 1)]),
      transaction('T2', [append('x', 2), append('y', 2)]),
      transaction('T3', [read('x', 1, 2)]),
      transaction('T4', [read('y', 2, 1)]),
    ]
    const [first] = checkListAppend(history)
    expect(first).toEqual({
      kind: 'G0',
      transactions: ['T1', 'T2'],
      words: ['T1 appended 1 to x before T2 appended 2 (ww)', 'T2 appended 2 to y before T1 appended 1 (ww)'],
    })
  })

  test('G1c: each has read what the other appended', () => {
    const history = [
      transaction('T1', [append('x', 1), read('y', 2)]),
      transaction('T2', [append('y', 2), read('x', 1)]),
    ]
    expect(checkListAppend(history)).toEqual([
      {
        kind: 'G1c',
        transactions: ['T2', 'T1'],
        words: ['T1 read 2 of y, which T2 had appended (wr)', 'T2 read 1 of x, which T1 had appended (wr)'],
      },
    ])
  })

  test('G-single: one half of a transaction is seen', () => {
    const history = [
      transaction('T1', [append('x', 1), append('y', 1)]),
      transaction('T2', [read('x', 1), read('y')]),
      transaction('T3', [read('y', 1)]),
    ]
    expect(checkListAppend(history)).toEqual([
      {
        kind: 'G-single',
        transactions: ['T2', 'T1'],
        words: ['T2 read [] of y, to which T1 then appended 1 (rw)', 'T2 read 1 of x, which T1 had appended (wr)'],
      },
    ])
  })

  test('G-single: a lost update, also when the second append is never read', () => {
    const history = [
      transaction('T1', [read('x'), append('x', 1)]),
      transaction('T2', [read('x'), append('x', 2)]),
      transaction('T3', [read('x', 1)]),
    ]
    expect(kindsOf(history)).toEqual(['G-single'])
  })

  test('G2: write skew', () => {
    const history = [transaction('T1', [read('x'), append('y', 1)]), transaction('T2', [read('y'), append('x', 2)])]
    expect(checkListAppend(history)).toEqual([
      {
        kind: 'G2',
        transactions: ['T1', 'T2'],
        words: [
          'T1 read [] of x, to which T2 then appended 2 (rw)',
          'T2 read [] of y, to which T1 then appended 1 (rw)',
        ],
      },
    ])
  })

  test('an unknown transaction counts once something of it was read', () => {
    const skew = [
      transaction('T1', [read('x'), append('y', 1)]),
      transaction('T2', [append('x', 2), append('z', 2)], { outcome: 'unknown' }),
      transaction('T3', [read('z', 2), read('y')]),
    ]
    expect(kindsOf(skew)).toEqual(['G2'])
    expect(kindsOf([...skew.slice(0, 2), transaction('T3', [read('z'), read('y')])])).toEqual([])
  })

  test('an aborted element hides nothing', () => {
    const history = [
      transaction('T1', [append('x', 1), append('y', 1)]),
      transaction('T2', [append('x', 2)], { outcome: 'aborted' }),
      transaction('T3', [append('x', 3), append('y', 3)]),
      transaction('T4', [read('x', 1, 2, 3), read('y', 3, 1)]),
    ]
    expect(kindsOf(history)).toEqual(expect.arrayContaining(['G1a', 'G0']))
  })

  test('real time: serializable, but not in the order in which it happened', () => {
    const history = [
      transaction('T1', [append('x', 1)], { startedAt: 0, endedAt: 10 }),
      transaction('T2', [read('x')], { startedAt: 20, endedAt: 30 }),
    ]
    expect(checkListAppend(history)).toEqual([])
    expect(checkListAppend(history, { realTime: true })).toEqual([
      {
        kind: 'G-single',
        transactions: ['T2', 'T1'],
        words: ['T2 read [] of x, to which T1 then appended 1 (rw)', 'T1 had ended before T2 began (real time)'],
        needsRealTime: true,
      },
    ])
    const overlapping = history.map((one) => ({ ...one, startedAt: 0 }))
    expect(checkListAppend(overlapping, { realTime: true })).toEqual([])
  })

  test('real time goes through others that stand in between', () => {
    const history = [
      transaction('T1', [append('x', 1)], { startedAt: 0, endedAt: 10 }),
      transaction('T2', [append('y', 2)], { startedAt: 20, endedAt: 30 }),
      transaction('T3', [read('x')], { startedAt: 40, endedAt: 50 }),
    ]
    expect(kindsOf(history, { realTime: true })).toEqual(['G-single'])
  })
})

describe('the lists at the end', () => {
  const final = (x: readonly Element[], y: readonly Element[] = []): CheckOptions => ({
    final: new Map([
      ['x', x],
      ['y', y],
    ]),
  })

  test('lost: committed, and not there', () => {
    const history = [transaction('T1', [append('x', 1)]), transaction('T2', [append('x', 2)])]
    expect(checkListAppend(history, final([1, 2]))).toEqual([])
    expect(checkListAppend(history, final([2]))).toEqual([
      {
        kind: 'lost',
        transactions: ['T1'],
        words: ['1, which T1 appended to x, is not there at the end, although T1 was committed'],
      },
    ])
  })

  test('lost: an unknown transaction is there by half', () => {
    const history = [transaction('T1', [append('x', 1), append('y', 1)], { outcome: 'unknown' })]
    expect(kindsOf(history, final([], []))).toEqual([])
    expect(kindsOf(history, final([1], [1]))).toEqual([])
    expect(kindsOf(history, final([1], []))).toEqual(['lost'])
  })

  test('aborted and there all the same; twice', () => {
    expect(kindsOf([transaction('T1', [append('x', 1)], { outcome: 'aborted' })], final([1]))).toEqual(['G1a'])
    expect(kindsOf([transaction('T1', [append('x', 1)])], final([1, 1]))).toEqual(['duplicate'])
  })
})

test('a history that was recorded wrongly is refused', () => {
  expect(() => checkListAppend([transaction('T1', [append('x', 1)]), transaction('T2', [append('x', 1)])])).toThrow('x')
  expect(() => checkListAppend([transaction('T1', []), transaction('T1', [])])).toThrow('one id')
})

/** Runs transactions one after the other; the one with the number `stale` reads as if there had been none before it. */
function perform(plan: readonly (readonly { isRead: boolean; list: string }[])[], stale?: number): ListTransaction[] {
  const lists = new Map<string, Element[]>()
  let element = 0
  return plan.map((operations, number) => {
    const done = operations.map(({ isRead, list }): ListOperation => {
      const elements = lists.get(list) ?? []
      if (isRead) return { do: 'read', list, elements: number === stale ? [] : [...elements] }
      lists.set(list, [...elements, ++element])
      return { do: 'append', list, element }
    })
    return transaction(`T${number}`, done, { startedAt: number * 2, endedAt: number * 2 + 1 })
  })
}

const operation = fc.record({ isRead: fc.boolean(), list: fc.constantFrom('x', 'y', 'z') })
const plans = fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 })

test('whatever was done one after the other is strictly serializable', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      expect(checkListAppend(perform(plan), { realTime: true })).toEqual([])
    }),
  )
})

test('whoever has read nothing of what was there before is found', () => {
  const before = [{ isRead: false, list: 'x' }] as const
  const reader = [{ isRead: true, list: 'x' }] as const
  fc.assert(
    fc.property(plans, (plan) => {
      const history = perform([...plan, before, reader], plan.length + 1)
      expect(kindsOf(history, { realTime: true })).toContain('G-single')
    }),
  )
})

test('a long history is no deeper than a short one', () => {
  const long = Array.from({ length: 5_000 }, (_, number) => [
    { isRead: number % 3 === 0, list: `x${number % 50}` },
    { isRead: false, list: `y${number % 50}` },
  ])
  expect(checkListAppend(perform(long), { realTime: true })).toEqual([])
})
