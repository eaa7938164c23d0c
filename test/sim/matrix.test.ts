// The message × crash matrix: a share of its cases, the whole list of what it is made of, and that it would notice.

import { describe, expect, test } from '@jest/globals'
import { type Case, casesOf, playCase, setups } from '../../sim/matrix.ts'
import { cellIds, cells } from '../../sim/matrix-cells.ts'
import { findCase, playMatrix } from '../../sim/matrix-report.ts'
import { mutants } from '../../sim/mutant-table.ts'
import { protocols } from '../../sim/swarm.ts'

/** Each protocol has more cases than this; fewer would mean that messages are not sent any more. */
const casesAtLeast = { 'two-phase': 16_000, 'three-phase': 26_000, saga: 15_000 } as const

/** Whatever travels between coordinator, participants and clients, by the protocol that needs it. */
const messages: Readonly<Record<(typeof protocols)[number], readonly string[]>> = {
  'two-phase': ['submit', 'begin', 'call', 'commit', 'abort', 'get', 'prepare', 'status', 'inquire', 'member status'],
  'three-phase': [
    'pre-commit',
    'pre-abort',
    'collect',
    'member collect',
    'member pre-abort',
    'voting collect',
    'inquire',
  ],
  saga: ['submit', 'begin', 'call', 'prepare', 'commit', 'abort', 'status', 'inquire', 'vote failed'],
}

describe.each(protocols)('%s', (protocol) => {
  const all: Case[] = setups([protocol]).flatMap((setup) => casesOf(setup))

  test('has a case for every message beside every cell', () => {
    expect(all.length).toBeGreaterThan(casesAtLeast[protocol])
    const sent = new Set(all.map(({ message }) => message))
    expect(messages[protocol].filter((message) => !sent.has(message))).toEqual([])
    const played = new Set(all.flatMap(({ cell, place }) => ('at' in place ? [cell] : [])))
    // A second coordinator cannot take over, see there.
    expect(cellIds.filter((cell) => !played.has(cell))).toEqual(['C1'])
  })

  test('a share of its cases keeps every rule', () => {
    const { failed, byCell } = playMatrix({ protocols: [protocol], everyNth: 41 })
    expect(failed).toEqual([])
    const kept = [...byCell].filter(([, { passed }]) => passed > 0)
    expect(kept.length).toBe(Object.keys(cells).length - 1)
  })
})

test('a case has a name, by which it is found', () => {
  const name = 'two-phase/commit/2/stream/c>p1 commit/S4'
  expect(findCase(name)?.one).toMatchObject({ message: 'commit', cell: 'S4', participants: 2 })
  expect(findCase(`${name}/3`)?.second).toBe(3)
  expect(findCase('two-phase/commit/2/stream/c>p1 commit/S9')).toBeUndefined()
})

test.each([
  // A restored log that had as many records again as it had lost was served on.
  'two-phase/asked/1/stream/c>p1 prepare/D2 S',
  'two-phase/asked/1/stream/p1>c vote committed/D2 R',
])('what once found something: %s', (name) => {
  const found = findCase(name)
  expect(found).toBeDefined()
  if (found !== undefined) expect(playCase(found.one).verdict).toBe('passed')
})

test('a broken rule is noticed in the cell that it is about', () => {
  const forgets = mutants.find(({ name }) => name.startsWith('FORGETEARLY'))?.mutant
  const about = setups(['two-phase']).filter(({ play, isUnary }) => play === 'commit' && isUnary)
  const verdicts = about
    .flatMap((setup) => casesOf(setup, forgets))
    .filter(({ cell, message }) => cell === 'R1' && message === 'commit')
    .map((one) => playCase(one, 0, forgets).verdict)
  expect(verdicts).toContain('failed')
})

test('a second crash comes at each boundary of the recovery, until there is none left', () => {
  const found = findCase('three-phase/commit/2/stream/c>p1 pre-commit/S4')
  expect(found).toBeDefined()
  if (found === undefined) return
  const seconds = Array.from({ length: 40 }, (_, index) => playCase(found.one, index + 1))
  const count = seconds.findIndex(({ hasFiredTwice }) => !hasFiredTwice)
  expect(count).toBeGreaterThan(3)
  expect(seconds.slice(0, count).map(({ verdict }) => verdict)).toEqual(Array.from({ length: count }, () => 'passed'))
})
