// Exhaustive exploration of the real three-phase steps: every order, loss, duplicate and delay of messages (a partition is
// nothing else), a bounded number of crashes that lose what was not forced, of lost disks, and of rounds with new ballots.
// In every world: agreement, honesty, no decision without a majority, one choice a ballot, promises that never decrease.
// From sampled worlds the faults stop, and everything must end the same way: with everybody connected, and without each one
// of them, the coordinator included. EXPLORE=full explores further, for minutes.

import { expect, test } from '@jest/globals'
import { explore } from '../explore-three-phase/explorer.ts'
import { productRules, type Scenario, scenario } from '../explore-three-phase/scenario.ts'
import { WorldsPage } from '../worlds-page.ts'

type Row = readonly [what: string, scenario: Scenario, worldsAtLeast: number]

const two = [['yes'], ['yes']] as const
const three = [['yes'], ['yes'], ['yes']] as const

const rows: readonly Row[] = [
  ['two participants and the coordinator, a crash and a round', scenario(two, { healsEvery: 2 }), 15_000],
  ['the same, and a refusal is heard', scenario(two, { crashes: 0, isCoarse: false, healsEvery: 2 }), 10_000],
  ['two rounds that meet', scenario(two, { isPrepared: true, rounds: 2, crashes: 0, healsEvery: 50 }), 30_000],
  ['not sealed at first', scenario(two, { isKnown: false, healsEvery: 5 }), 15_000],
  [
    'not sealed at first, and commit and abort may throw',
    scenario(two, { isKnown: false, crashes: 0, mayThrow: true, healsEvery: 3 }),
    5_000,
  ],
  [
    'a no, a reader',
    scenario(
      [
        ['yes', 'no'],
        ['yes', 'read-only'],
      ],
      { healsEvery: 10 },
    ),
    30_000,
  ],
  ['a lost disk', scenario(two, { diskLosses: 1, healsEvery: 20 }), 25_000],
  [
    'the same request again after a restart',
    scenario(two, { rounds: 0, submitsAgain: 1, crashing: [0], healsEvery: 2 }),
    1_000,
  ],
  ['three participants, a round', scenario(three, { crashes: 0, healsEvery: 10 }), 10_000],
  [
    'three participants, a lost disk',
    scenario(three, { rounds: 1, crashes: 0, diskLosses: 1, healsEvery: 200 }),
    50_000,
  ],
]

const more: readonly Row[] = [
  ['two rounds and a crash', scenario(two, { isPrepared: true, rounds: 2, healsEvery: 100 }), 1_000_000],
  ['two crashes', scenario(two, { crashes: 2, healsEvery: 10 }), 80_000],
  ['three participants, a crash', scenario(three, { isPrepared: true, healsEvery: 20 }), 100_000],
  [
    'three participants, two rounds that meet',
    scenario(three, { isPrepared: true, rounds: 2, crashes: 0, healsEvery: 100 }),
    400_000,
  ],
  [
    'four participants and the coordinator',
    scenario([...three, ['yes']], { isPrepared: true, crashes: 0, healsEvery: 50 }),
    600_000,
  ],
]

const page = new WorldsPage('three-phase')

test.each(process.env['EXPLORE'] === 'full' ? [...rows, ...more] : rows)(
  'safe, and it always ends: %s',
  (what, explored, worldsAtLeast) => {
    const { worlds, healed, violation } = explore(explored, productRules)
    expect(violation).toBeUndefined()
    expect(worlds).toBeGreaterThanOrEqual(worldsAtLeast)
    expect(healed).toBeGreaterThan(0)
    if (rows.some(([name]) => name === what)) page.visited(what, worlds)
  },
  600_000,
)

test('docs/proof.md says how many worlds there are (UPDATE=1 writes it)', () => {
  const { written, found } = page.compare()
  expect(written).toBe(found)
})

test('what the exploration fears can happen in it: it is not safe by doing nothing', () => {
  const { marks } = explore(scenario(two, { isPrepared: true, rounds: 1, crashes: 0 }), productRules)
  const adopted = [...marks].filter((mark) => mark.startsWith('adopted'))
  expect([...marks]).toEqual(expect.arrayContaining(['commit 1', 'abort 1']))
  // Both choices are made at later ballots, too, and by the coordinator as by participants.
  for (const choice of [
    '1/0c0/0 pre-commit at 0',
    '2/001/1 pre-abort at 2',
    '2/001/1 pre-commit at 0',
    '2/002/2 pre-commit at 1',
  ])
    expect(adopted).toContain(`adopted 1 ${choice}`)
})
