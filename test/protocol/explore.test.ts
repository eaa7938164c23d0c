// Exhaustive exploration of the real steps: every order of messages, losses, duplicates, timers and a bounded number of
// crashes. A world is visited once, and every predicate of protocols.md section 4 that concerns the core is checked in it;
// from each world the faults stop and everything must end. The number of worlds is asserted from below, so that a change
// that makes the exploration smaller is noticed.

import { expect, test } from '@jest/globals'
import { explore } from './explore/explorer.ts'
import { productRules, type Scenario, scenario } from './explore/scenario.ts'
import { WorldsPage } from './worlds-page.ts'

type Row = readonly [what: string, scenario: Scenario, worldsAtLeast: number]

const coarse = { isCoarse: true, crashes: 2 } as const
const fine = { isCoarse: false, crashes: 1 } as const

const rows: readonly Row[] = [
  ['two participants that say yes', scenario([['yes'], ['yes']], coarse), 10_000],
  ['a refusal', scenario([['yes'], ['yes', 'no']], coarse), 10_000],
  [
    'yes, no or read-only, again otherwise after a restart',
    scenario([['yes', 'no', 'read-only'], ['yes']], coarse),
    15_000,
  ],
  [
    'both may only have read',
    scenario(
      [
        ['yes', 'no', 'read-only'],
        ['yes', 'no', 'read-only'],
      ],
      { ...coarse, crashes: 1 },
    ),
    4_000,
  ],
  [
    'locks, late Prepares, commits that throw, sessions',
    scenario(
      [
        ['yes', 'no'],
        ['yes', 'must-wait'],
      ],
      { ...coarse, crashes: 1, isSession: true, mayThrow: true, mayBeLate: true },
    ),
    10_000,
  ],
  ['every message by itself', scenario([['yes'], ['yes']], { ...fine, isCooperative: false }), 4_000],
  ['every message by itself, with cooperative termination', scenario([['yes'], ['yes']], fine), 40_000],
  [
    'one-phase',
    scenario([['yes', 'no', 'read-only', 'must-wait']], { ...coarse, mayThrow: true, mayBeLate: true }),
    2_000,
  ],
  ['one-phase, every message by itself', scenario([['yes', 'no', 'read-only']], { ...fine, mayThrow: true }), 500],
  [
    'the same request again after a restart',
    scenario(
      [
        ['yes', 'read-only'],
        ['yes', 'no'],
      ],
      { ...coarse, crashes: 1, submitsAgain: 1 },
    ),
    8_000,
  ],
  [
    'the same request again after a restart, every message by itself',
    scenario([['yes'], ['yes']], { ...fine, submitsAgain: 1, isCooperative: false }),
    8_000,
  ],
  ['three participants, a refusal', scenario([['yes'], ['yes'], ['yes', 'no']], { ...coarse, crashes: 1 }), 80_000],
  ['a lost disk', scenario([['yes'], ['yes', 'no']], { ...coarse, crashes: 1, diskLosses: 1 }), 15_000],
]

const page = new WorldsPage('two-phase')

test.each(rows)('safe, and it always ends: %s', (what, explored, worldsAtLeast) => {
  const { worlds, violation } = explore(explored, productRules)
  expect(violation).toBeUndefined()
  expect(worlds).toBeGreaterThanOrEqual(worldsAtLeast)
  page.visited(what, worlds)
})

test('docs/proof.md says how many worlds there are (UPDATE=1 writes it)', () => {
  const { written, found } = page.compare()
  expect(written).toBe(found)
})

test('what the exploration fears can happen in it: it is not safe by doing nothing', () => {
  const { marks } = explore(scenario([['yes', 'no', 'read-only'], ['yes']], { ...coarse, crashes: 1 }), productRules)
  for (const mark of [
    'told committed',
    'told aborted',
    'decided yes yes',
    'decided read-only yes',
    'applied 1',
    'applied 2',
    'ended committed',
  ]) {
    expect(marks).toContain(mark)
  }
})
