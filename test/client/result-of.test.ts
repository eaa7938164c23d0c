// References in inputs: where they stand, what they refer to, and that nothing else is taken for one.

import { describe, expect, test } from '@jest/globals'
import { branch, resultOf } from '../../client/index.ts'
import { contract, operation } from '../../protocol/index.ts'
import { warehouse } from './shop.ts'

const anything = contract('anything', { take: operation<unknown, unknown>() })
const open = branch(warehouse.open, { sku: 'A-1' })
const opened = resultOf(open)
const referencesOf = (input: unknown) => branch(anything.take, input).saga?.references

describe('a reference in an input', () => {
  test('is null in the text and stands beside it, with both places', () => {
    const made = branch(warehouse.reserve, { orderId: opened.orderId, quantity: 2 })
    expect(JSON.parse(made.input)).toEqual({ orderId: null, quantity: 2 })
    expect(made.saga).toEqual({
      role: 'compensatable',
      references: [{ at: '/orderId', branch: open, from: '/orderId' }],
    })
  })

  test('may be the whole input and the whole result', () => {
    const made = branch(anything.take, opened)
    expect(made.input).toBe('null')
    expect(made.saga?.references).toEqual([{ at: '', branch: open, from: '' }])
  })

  test('in lists, and with the characters that pointers escape', () => {
    const made = branch(anything.take, { 'x/y': [1, { '~': opened.lines[3]?.['a/b~c'] }], '': opened.pair[1] })
    expect(JSON.parse(made.input)).toEqual({ 'x/y': [1, { '~': null }], '': null })
    expect(made.saga?.references).toEqual([
      { at: '/x~1y/1/~0', branch: open, from: '/lines/3/a~1b~0c' },
      { at: '/', branch: open, from: '/pair/1' },
    ])
  })

  test('of names that objects have anyway, and by destructuring', () => {
    const result = resultOf(
      branch(
        contract('a', { b: operation<void, { then: string; toJSON: string; constructor: string }>() }).b,
        undefined,
      ),
    )
    const { then, constructor: made } = result
    const found = referencesOf([then, result.toJSON, made])
    expect(found?.map(({ at, from }) => [at, from])).toEqual([
      ['/0', '/then'],
      ['/1', '/toJSON'],
      ['/2', '/constructor'],
    ])
  })

  test('in an object that stands at two places, and one that writes itself', () => {
    const shared = { id: opened.orderId }
    const own = { toJSON: () => ({ inner: opened.orderId }) }
    expect(referencesOf({ a: shared, b: [shared], own })?.map(({ at }) => at)).toEqual([
      '/a/id',
      '/b/0/id',
      '/own/inner',
    ])
  })

  test('is taken when the branch is made', () => {
    const input: { orderId: unknown; quantity: number } = { orderId: opened.orderId, quantity: 2 }
    const made = branch(anything.take, input)
    input.orderId = 'other'
    expect(made.saga?.references).toHaveLength(1)
    expect(made.input).toBe('{"orderId":null,"quantity":2}')
  })
})

describe('no reference', () => {
  test('an input that looks like one is an input like any other', () => {
    const [reference] = referencesOf({ x: opened.orderId }) ?? []
    const input = { at: '/x', branch: 1, from: '/orderId', reference: { ...reference, branch: 1 }, $ref: '#/orderId' }
    const made = branch(anything.take, input)
    expect(JSON.parse(made.input)).toEqual(input)
    expect(made).not.toHaveProperty('saga')
  })

  test('a plain branch is what it was', () => {
    const expected = { participant: 'warehouse', operation: 'open', input: '{"sku":"A-1"}' }
    expect(branch(warehouse.open, { sku: 'A-1' })).toEqual(expected)
    expect(branch(warehouse.open, { sku: 'A-1' }, {})).toEqual(expected)
  })

  test('the value itself, before it is there', () => {
    const uses: (() => unknown)[] = [
      () => `${opened.orderId as unknown as string}`,
      () => Number(opened.pair[1]),
      () => [...(opened.lines as unknown as unknown[])],
      () => ({ ...opened }),
      () => Object.keys(opened),
      () => 'orderId' in opened,
      () => JSON.stringify({ deep: [opened] }),
    ]
    for (const use of uses) expect(use).toThrow(/of the result of warehouse\.open is not known yet/)
    expect(() => Object.assign(opened, { orderId: 'mine' })).toThrow(TypeError)
  })

  test('other errors of an input are its own', () => {
    const circular: { self?: unknown } = {}
    circular.self = circular
    expect(() => branch(anything.take, circular)).toThrow(/circular/)
    expect(() => branch(anything.take, { large: 10n, order: opened.orderId })).toThrow(/BigInt/)
  })

  test('a promise of it resolves to the reference', async () => {
    const awaited = await Promise.resolve(opened.orderId)
    expect(referencesOf({ orderId: awaited })).toHaveLength(1)
  })
})
