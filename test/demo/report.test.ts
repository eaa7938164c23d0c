// What the demo tells people: a table of one play, the comparison of three, and when a reader calls an order half done.

import { describe, expect, test } from '@jest/globals'
import { comparisonOf } from '../../demo/play/comparison.ts'
import { halfDoneIn } from '../../demo/play/reader.ts'
import { type Report, tableOf } from '../../demo/play/report.ts'

const report = (protocol: Report['protocol'], left: number): Report => ({
  protocol,
  seed: 1,
  orders: 60,
  confirmed: 50,
  refused: 10,
  refusals: { CARD_DECLINED: 10 },
  unknownThenResolved: 3,
  ordersPerSecond: 20,
  latencyMs: { p50: 11, p99: 99 },
  opening: { ordersPerSecond: 200, latencyMs: { p50: 7, p99: 17 } },
  crashes: [
    { process: 'payments', crashPoint: 'participant.after-vote-sent@1', downMs: 300, recoveryMs: 900 },
    {
      process: 'coordinator',
      crashPoint: 'coordinator.after-decision-force@1',
      alone: { ms: 2_500, before: 7, left, halfDone: 0 },
      downMs: 300,
      recoveryMs: 900,
    },
  ],
  sightings: { snapshots: 100, withHalfDone: 12, halfDone: 5, takenBack: 2 },
  audit: { passed: true, findings: [] },
})

/** Words of a table, whatever its lines and columns. */
const wordsOf = (table: string): string => table.replaceAll(/[^\x20-\x7e]+/g, ' ').replaceAll(/\s+/g, ' ')

test('one play is told with its crashes', () => {
  const told = wordsOf(tableOf(report('two-phase', 4)))
  expect(told).toContain('10 (10 CARD_DECLINED)')
  expect(told).toContain('left dead for 2.50 s, then down 0.30 s')
})

test('three plays stand beside each other, with what the protocols cost', () => {
  const told = comparisonOf([report('two-phase', 4), report('three-phase', 0), report('saga', 7)])
  const rows = told.split('\n').map(wordsOf)
  expect(rows.find((row) => row.startsWith(' messages '))).toMatch(/ messages 12 18 12 /)
  expect(rows.find((row) => row.startsWith(' rounds '))).toMatch(/ 1 2 3 /)
  expect(rows.find((row) => row.includes('forced writes'))).toMatch(/ 4; 2 in a row 8; 4 in a row 5; 5 in a row /)
  expect(wordsOf(told)).toMatch(/while the coordinator is dead 4 of 7 orders wait .*all 7 orders ended/)
})

describe('an order is half done', () => {
  const snapshot = (orders: string[], inventory: string[], payments: string[]) => ({
    orders: new Set(orders),
    inventory: new Set(inventory),
    payments: new Set(payments),
  })

  test('when it was done in one service, and later not yet in another', () => {
    const before = snapshot(['a'], [], [])
    expect(halfDoneIn(before, before)).toEqual(new Set(['a']))
  })

  test('and not when it was only finished between two looks', () => {
    expect(halfDoneIn(snapshot([], [], ['a']), snapshot(['a'], ['a'], ['a']))).toEqual(new Set())
    expect(halfDoneIn(snapshot([], [], []), snapshot(['a'], [], []))).toEqual(new Set())
  })

  test('nor when it was taken back between two looks', () => {
    expect(halfDoneIn(snapshot(['a'], ['a'], []), snapshot([], [], []))).toEqual(new Set())
  })
})
