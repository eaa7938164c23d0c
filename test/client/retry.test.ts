import { describe, expect, test } from '@jest/globals'
import { backoffMs, nextTryMs, reconnectBackoff, retryBackoff } from '../../client/retry.ts'

describe('backoff', () => {
  test.each([
    [1, 0, 2.5],
    [1, 1, 5],
    [2, 0, 5],
    [4, 1, 40],
    [7, 0, 100],
    [7, 1, 200],
    [5_000, 1, 200],
  ])('a retry after try %i with chance %d waits %d ms', (attempt, random, ms) => {
    expect(backoffMs(retryBackoff, attempt, random)).toBe(ms)
  })

  test('reconnecting waits between 50 and 500 ms', () => {
    expect(backoffMs(reconnectBackoff, 1, 0)).toBe(50)
    expect(backoffMs(reconnectBackoff, 1, 1)).toBe(100)
    expect(backoffMs(reconnectBackoff, 9, 1)).toBe(500)
  })
})

describe('the next try', () => {
  const budget = { retries: 2, until: 1_000 }
  const passing = { retryable: true }

  test('comes after a backoff', () => expect(nextTryMs(passing, 1, budget, 0, 1)).toBe(5))
  test('comes as often as there are retries', () => {
    expect(nextTryMs(passing, 2, budget, 0, 0)).toBe(5)
    expect(nextTryMs(passing, 3, budget, 0, 0)).toBeUndefined()
  })
  test('does not come for a lasting reason', () => {
    expect(nextTryMs({ retryable: false }, 1, budget, 0, 0)).toBeUndefined()
  })
  test('does not come when it could not begin in time', () => {
    expect(nextTryMs(passing, 1, budget, 996, 1)).toBeUndefined()
  })
})
