// The longest time without a commit.

import { expect, test } from '@jest/globals'
import { longestDrought } from '../../chaos/drought.ts'
import type { Answer, Entry } from '../../chaos/history.ts'

const committed: Answer = { outcome: 'committed', transactionId: 'x', replayed: false, results: [] }
const unreachable: Answer = { outcome: 'failed', code: 'COORDINATOR_UNREACHABLE', message: '' }
const locked: Answer = { outcome: 'aborted', transactionId: 'x', reason: 'LOCK_CONFLICT' }
const told = (at: number, answer: Answer): Entry =>
  ({ job: {}, told: [{ asked: 'first', from: 0, at, answer }] }) as unknown as Entry

test('is between two commits, and says what clients were told meanwhile', () => {
  const entries = [
    told(1_000, committed),
    told(1_500, locked),
    told(9_000, committed),
    told(3_000, unreachable),
    told(4_000, unreachable),
    told(5_000, locked),
    told(9_100, committed),
    told(9_200, unreachable),
  ]
  expect(longestDrought(entries)).toEqual({
    from: 1_000,
    ms: 8_000,
    told: [
      ['aborted LOCK_CONFLICT', 2],
      ['COORDINATOR_UNREACHABLE', 2],
    ],
  })
})

test('is none where nothing ever committed', () => {
  expect(longestDrought([told(1, unreachable)])).toBeUndefined()
})
