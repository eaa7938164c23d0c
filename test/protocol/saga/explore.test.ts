// Exhaustive exploration of a saga's real steps at the coordinator and at its participants: every order of messages,
// losses, duplicates, timers and a bounded number of crashes, in which what was not forced is lost in part or whole. Every
// invariant of protocols.md 3.1 is checked in every world; from each the faults stop and everything must end. The number of
// worlds is asserted from below, so that a change that makes the exploration smaller is noticed.

import { expect, test } from '@jest/globals'
import { WorldsPage } from '../worlds-page.ts'
import { explore } from './explore/explorer.ts'
import { productRules, type Scenario, scenario } from './explore/scenario.ts'

type Row = readonly [what: string, scenario: Scenario, worldsAtLeast: number]

const does = { results: ['does'] } as const
const mayRefuse = { results: ['does', 'refuses'] } as const
const refusesFirst = { results: ['refuses', 'does'] } as const
const failsFirst = { results: ['fails', 'does'] } as const
const after = (...numbers: readonly number[]) => ({ after: numbers })
const fine = { isCoarse: false, crashes: 0 } as const

const rows: readonly Row[] = [
  ['two, one after the other', scenario([does, does]), 700],
  [
    'two in parallel',
    scenario([
      { ...does, ...after() },
      { ...does, ...after() },
    ]),
    1_200,
  ],
  ['a refusal', scenario([does, mayRefuse]), 800],
  [
    'a refusal, in parallel',
    scenario([
      { ...does, ...after() },
      { ...mayRefuse, ...after() },
    ]),
    1_400,
  ],
  ['failures and refusals', scenario([failsFirst, { results: ['fails', 'refuses', 'does'] }]), 3_300],
  ['failures, and no timeout', scenario([failsFirst, failsFirst], { mayTimeOut: false }), 4_000],
  ['a pivot', scenario([does, { ...refusesFirst, role: 'pivot' }]), 1_200],
  [
    'a pivot, and after it a retriable one that refuses and fails',
    scenario([
      { ...does, role: 'pivot' },
      { results: ['refuses', 'fails', 'does'], role: 'retriable' },
    ]),
    2_300,
  ],
  ['one of each', scenario([does, { ...refusesFirst, role: 'pivot' }, { ...failsFirst, role: 'retriable' }]), 25_000],
  ['three, one after the other', scenario([does, does, mayRefuse]), 5_000],
  ['two in parallel after one', scenario([does, { ...does, ...after(1) }, { ...mayRefuse, ...after(1) }]), 6_500],
  ['commits and compensations that throw', scenario([does, does], { mayThrow: true }), 1_200],
  ['interactive', scenario([does, mayRefuse], { isInteractive: true }), 800],
  [
    'interactive, with a pivot',
    scenario([does, { ...does, role: 'pivot' }, { ...failsFirst, role: 'retriable' }], {
      isInteractive: true,
      crashes: 1,
    }),
    7_500,
  ],
  ['answers that come late: in order', scenario([does, does], { ...fine, crashes: 1 }), 40_000],
  ['answers that come late: failures', scenario([does, failsFirst], { ...fine, mayTimeOut: false }), 5_000],
  [
    'answers that come late: a pivot',
    scenario(
      [
        { ...does, role: 'pivot' },
        { ...failsFirst, role: 'retriable' },
      ],
      fine,
    ),
    45_000,
  ],
  [
    'answers that come late: in parallel',
    scenario(
      [
        { ...does, ...after() },
        { ...mayRefuse, ...after() },
      ],
      { ...fine, mayTimeOut: false },
    ),
    900,
  ],
]

const page = new WorldsPage('saga')

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
  const { marks } = explore(scenario([failsFirst, mayRefuse], { crashes: 1, mayTimeOut: false }), productRules)
  for (const mark of ['told committed', 'told aborted', 'compensates', 'refused 2', 'failed 1 try 2']) {
    expect(marks).toContain(mark)
  }
})
