// The production drivers in simulated worlds: a few hundred for each protocol, the ones that once found something, and
// what a campaign must show of itself (META).

import { describe, expect, test } from '@jest/globals'
import { type Campaign, runCampaign } from '../../sim/campaign.ts'
import { faultKinds, noFaults } from '../../sim/faults.ts'
import { readKeptSeeds } from '../../sim/kept-seeds.ts'
import { spaceTime } from '../../sim/report.ts'
import { type Result, runSeed } from '../../sim/run.ts'
import { shrink } from '../../sim/shrink.ts'
import { protocols } from '../../sim/swarm.ts'

const seedsPerProtocol = 200
const kept = readKeptSeeds(new URL('../../../sim/seeds.txt', import.meta.url))

/** What a person needs to see of a failing seed. */
function storyOf({ settings, violations, happenings }: Result): string {
  const [violation] = violations
  if (violation === undefined) return 'nothing is broken'
  const { predicate, sentence, about } = violation
  const command = `npm run sim -- --protocol ${settings.protocol} --size ${settings.size} --seed ${settings.seed}`
  return `${predicate}: ${sentence}\n${command}\n${spaceTime(happenings, about)}`
}

describe('every seed keeps every rule', () => {
  const campaigns: Campaign[] = []

  test.each(protocols)('%s', (protocol) => {
    const stories: string[] = []
    const campaign = runCampaign({
      protocol,
      from: 1,
      seeds: seedsPerProtocol,
      onResult: (result) => {
        if (result.violations.length > 0) stories.push(storyOf(result))
      },
    })
    campaigns.push(campaign)
    expect(stories).toEqual([])
    expect(campaign.unstable).toEqual([])
    // AC4: a coordinator that aborts everything would keep every other rule.
    const { committed = 0, aborted = 0 } = campaign.told
    expect(committed / (committed + aborted)).toBeGreaterThan(0.3)
  })

  test('and every kind of fault has struck', () => {
    const struck = faultKinds.filter((kind) => campaigns.some(({ faults }) => (faults[kind] ?? 0) > 0))
    expect(struck).toEqual(faultKinds)
  })
})

describe('what once found something', () => {
  test.each(kept)('$protocol $size $seed: $found', ({ protocol, size, seed }) => {
    expect(storyOf(runSeed(seed, protocol, { size }))).toBe('nothing is broken')
  })
})

describe.each(protocols)('%s', (protocol) => {
  test('without faults, conflicts and refusals everything commits (AC4)', () => {
    const calm = { interactive: 0.5, withKey: 0, readers: 0.3, refused: 0, throwing: 0, poison: 0 }
    const mix = { ...calm, single: 0.3, locks: 0, waitsForApplied: 0.5, givesUp: 0, hot: 0 }
    // One client at a time, and time enough for each vote: nobody is in anybody's way.
    const settings = { rates: noFaults, clients: 1, mix, minMs: 0, meanMs: 0.5, forceMs: 0.5, requestTimeoutMs: 2_000 }
    for (let seed = 1; seed <= 20; seed += 1) {
      const result = runSeed(seed, protocol, { settings })
      const { aborted = 0, committed = 0 } = result.told
      const reasons = [...result.reasons.keys()].filter((code) => code !== 'NO_FUNDS')
      expect({ seed, reasons, story: storyOf(result) }).toEqual({ seed, reasons: [], story: 'nothing is broken' })
      expect(aborted + committed).toBe(result.settings.jobs)
    }
  })

  test('the same seed twice is the same world', () => {
    for (const seed of [3, 42, 77]) expect(runSeed(seed, protocol).hash).toBe(runSeed(seed, protocol).hash)
    expect(runSeed(3, protocol).hash).not.toBe(runSeed(4, protocol).hash)
  })

  test('a fault that is left out does not happen, and the others may', () => {
    const seed = Array.from({ length: 50 }, (_, index) => index + 1).find(
      (one) => runSeed(one, protocol).fired.length > 5,
    )
    const { fired } = runSeed(seed ?? 1, protocol)
    const some = new Set(fired.filter((_, index) => index % 2 === 0))
    expect(runSeed(seed ?? 1, protocol, { allowed: some }).fired.every((name) => some.has(name))).toBe(true)
    expect(runSeed(seed ?? 1, protocol, { allowed: new Set() }).fired).toEqual([])
  })
})

describe('shrinking', () => {
  const fired = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

  test('finds the few that are needed', () => {
    const needs = (faults: readonly string[]): boolean => faults.includes('c') && faults.includes('g')
    expect(shrink(fired, needs).faults).toEqual(['c', 'g'])
  })

  test('finds that none is needed', () => {
    expect(shrink(fired, () => true).faults).toEqual([])
  })

  test('gives up in time', () => {
    const { faults, runs } = shrink(fired, (some) => some.length === fired.length, 5)
    expect(faults).toEqual(fired)
    expect(runs).toBeLessThanOrEqual(7)
  })
})
