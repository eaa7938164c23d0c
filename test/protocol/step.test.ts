// The shape of steps: backoff and broken invariants.

import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { backoffMs, InvariantError, invariant, unreachable } from '../../protocol/index.ts'

const policies = fc
  .tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 100_000 }))
  .map(([firstMs, more]) => ({ firstMs, maxMs: firstMs + more }))

test('backoff begins with the first delay, doubles, and stays at the longest', () => {
  const policy = { firstMs: 50, maxMs: 300 }
  expect([1, 2, 3, 4, 5, 1_000].map((attempt) => backoffMs(policy, attempt))).toEqual([50, 100, 200, 300, 300, 300])
})

test('backoff lies in its bounds and never gets shorter, however many attempts', () => {
  fc.assert(
    fc.property(policies, fc.integer({ min: 1, max: 2 ** 31 }), (policy, attempt) => {
      const delay = backoffMs(policy, attempt)
      expect(delay).toBeGreaterThanOrEqual(policy.firstMs)
      expect(delay).toBeLessThanOrEqual(policy.maxMs)
      expect(backoffMs(policy, attempt + 1)).toBeGreaterThanOrEqual(delay)
    }),
  )
})

test('a broken invariant is an error of its own, and says which', () => {
  expect(() => invariant(true, 'C1')).not.toThrow()
  expect(() => invariant(false, 'C1: nothing is recorded')).toThrow(InvariantError)
  expect(() => invariant(false, 'C1: nothing is recorded')).toThrow('invariant broken: C1: nothing is recorded')
})

test('a case that the types exclude says what it was', () => {
  expect(() => unreachable({ phase: 'lost' } as never)).toThrow('unreachable: {"phase":"lost"}')
})
