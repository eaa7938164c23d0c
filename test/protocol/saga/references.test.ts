// Values of earlier results in an input (RFC 6901), and what happens when one is missing.

import { describe, expect, test } from '@jest/globals'
import { BranchNumber } from '../../../protocol/index.ts'
import { resolveInput, valueAt, withValueAt } from '../../../protocol/saga/references.ts'
import { enlisted } from './parties.ts'
import { pivot, retriable, Saga } from './saga-scenario.ts'

const from = (branch: number, at: string, from: string) => ({ at, branch: BranchNumber(branch), from })

/** The examples of RFC 6901, section 5. */
const document = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
}

test.each([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
  ['/foo/2', undefined],
  ['/foo/01', undefined],
  ['/foo/-', undefined],
  ['/foo/length', undefined],
  ['/nothing/there', undefined],
  ['/toString', undefined],
  ['foo', undefined],
  ['/~2', undefined],
])('the value at %j', (pointer, value) => {
  expect(valueAt(document, pointer)).toEqual(value)
})

test.each([
  [{}, '/a', { a: 1 }],
  [{ a: 0, b: 2 }, '/a', { a: 1, b: 2 }],
  [{ a: { b: null } }, '/a/b', { a: { b: 1 } }],
  [{ a: [0] }, '/a/0', { a: [1] }],
  [{ a: [0] }, '/a/-', { a: [0, 1] }],
  [{ a: [0] }, '/a/1', { a: [0, 1] }],
  [{ a: [0] }, '/a/2', undefined],
  [{}, '/a/b', undefined],
  [{ a: 'text' }, '/a/b', undefined],
  [{ a: 0 }, '', 1],
])('%j with a value put at %j', (whole, pointer, expected) => {
  expect(withValueAt(whole, pointer, 1)).toEqual(expected)
})

test('a name of the language is a name like any other', () => {
  const put = withValueAt({}, '/__proto__', 1)
  expect([JSON.stringify(put), Object.getPrototypeOf(put)]).toEqual(['{"__proto__":1}', Object.prototype])
})

describe('an input', () => {
  const results: Record<number, string> = { 1: '{"id":7,"lines":[{"sku":"a"}]}', 2: '"text"', 3: '' }
  const resolved = (input: string, ...references: readonly ReturnType<typeof from>[]) =>
    resolveInput(input, references, (branch) => results[branch])

  test('without references it is as it was, to the letter', () => {
    expect(resolved('{ "a" : 1.0 }')).toEqual({ input: '{ "a" : 1.0 }' })
  })

  test('takes values of several results', () => {
    const references = [from(1, '/order', '/id'), from(2, '/note', ''), from(1, '/line', '/lines/0')]
    expect(resolved('{"order":null}', ...references)).toEqual({ input: '{"order":7,"note":"text","line":{"sku":"a"}}' })
  })

  test('may be nothing but a result', () => {
    expect(resolved('', from(1, '', '/id'))).toEqual({ input: '7' })
  })

  test('says what is missing', () => {
    expect(resolved('{}', from(1, '/a', '/nope'))).toEqual({ missing: "the result of branch 1 has nothing at '/nope'" })
    expect(resolved('{}', from(3, '/a', ''))).toEqual({ missing: "the result of branch 3 has nothing at ''" })
    expect(resolved('{}', from(1, '/a/b', '/id'))).toEqual({ missing: "the input has no place '/a/b'" })
  })
})

test('a missing value turns the saga, and nothing was sent', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, { references: [from(1, '/id', '/id')] })).yes(1, '{}')
  expect([saga.is, saga.sent]).toEqual(['aborting', ['abort 1']])
  expect(saga.applied(1).acked(1).is).toBe('aborted REFERENCE_MISSING')
})

test('after the pivot there is no way back: it is shown, and waits for an operator', () => {
  const last = enlisted(2, { ...retriable, references: [from(1, '/id', '/id')] })
  const saga = Saga.submitted(enlisted(1, pivot), last).yes(1, '{}')
  expect([saga.is, saga.sent, saga.running.branches[1]?.progress]).toEqual(['running', [], 'failed'])
  expect(saga.running.branches[1]?.lastError).toMatch(/nothing at/)
  expect(saga.timer('resend', 40).is).toBe('running')
  expect(saga.resolve(2, 'commit').is).toBe('committing')
})
