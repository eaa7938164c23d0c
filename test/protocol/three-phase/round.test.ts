// A proposer's round: rules R1 to R4 of protocol/three-phase/round.ts.

import { describe, expect, test } from '@jest/globals'
import type { Adopted, BallotAnswer } from '../../../protocol/index.ts'
import { collecting, type Heard, hear, proposing, type Round, roundUntil } from '../../../protocol/three-phase/round.ts'
import type { Voter } from '../../../protocol/three-phase/voting-set.ts'
import { adopted, at, ballotOf, first, members, promised, storage } from './three-phase-scenario.ts'

const ballot = ballotOf(5, 1)
const begun = (count = 3): Round => collecting(ballot, members(count), at(1_000))
const of = (number: number): Voter => ({ storageId: storage(number), branch: number })
const say = (round: Round, from: Voter, answer: BallotAnswer, to: 'collect' | 'pre-commit' | 'pre-abort' = 'collect') =>
  hear(round, { from, to, ballot, answer })
const roundOf = (heard: Heard): Round => {
  if (heard.heard !== 'more' && heard.heard !== 'propose') throw new Error(`no round: ${heard.heard}`)
  return heard.round
}
/** What is proposed after these two have promised. */
const choiceAfter = (one: Adopted | undefined, other: Adopted | undefined) => {
  const heard = say(roundOf(say(begun(), of(1), promised(one))), of(2), promised(other))
  return heard.heard === 'propose' ? heard.round.choice : heard.heard
}

describe('R1: what is proposed', () => {
  test('abort, if nobody has adopted anything', () => {
    expect(choiceAfter(undefined, undefined)).toBe('pre-abort')
  })
  test('what anybody has adopted, if it is the only one', () => {
    expect(choiceAfter(undefined, { ballot: first, choice: 'pre-commit' })).toBe('pre-commit')
    expect(choiceAfter({ ballot: ballotOf(2, 2), choice: 'pre-abort' }, undefined)).toBe('pre-abort')
  })
  test('of two the one with the higher ballot, in whatever order they come: not commit because anybody is pre-committed', () => {
    const old = { ballot: first, choice: 'pre-commit' } as const
    const newer = { ballot: ballotOf(3, 2), choice: 'pre-abort' } as const
    expect([choiceAfter(old, newer), choiceAfter(newer, old)]).toEqual(['pre-abort', 'pre-abort'])
    const newest = { ballot: ballotOf(4, 3), choice: 'pre-commit' } as const
    expect([choiceAfter(newer, newest), choiceAfter(newest, newer)]).toEqual(['pre-commit', 'pre-commit'])
  })
  test('nothing, before a majority has promised', () => {
    expect(say(begun(), of(1), promised({ ballot: first, choice: 'pre-commit' })).heard).toBe('more')
  })
})

describe('R2: a decision', () => {
  const asking = (choice: 'pre-commit' | 'pre-abort') => proposing(ballot, members(3), choice, at(1_000))
  test.each([
    ['pre-commit', 'commit'],
    ['pre-abort', 'abort'],
  ] as const)('a majority has adopted %s: %s', (choice, decision) => {
    const one = say(asking(choice), of(1), adopted, choice)
    expect(one.heard).toBe('more')
    expect(say(roundOf(one), of(3), adopted, choice)).toEqual({ heard: 'decided', decision })
  })
  test('who says how it has ended is believed, whatever it was asked', () => {
    expect(say(begun(), of(2), { answer: 'committed' })).toEqual({ heard: 'decided', decision: 'commit' })
    expect(say(asking('pre-commit'), of(2), { answer: 'aborted' })).toEqual({ heard: 'decided', decision: 'abort' })
  })
})

describe('R3: an answer', () => {
  test('counts once', () => {
    const once = roundOf(say(begun(), of(1), promised()))
    expect(say(once, of(1), promised()).heard).toBe('nothing-new')
  })
  test('counts only from a member, with the database that is named', () => {
    const stranger = { storageId: storage(9), branch: 1 }
    expect(say(begun(), stranger, promised()).heard).toBe('nothing-new')
    expect(say(begun(), stranger, { answer: 'committed' }).heard).toBe('nothing-new')
    expect(say(begun(3), 'coordinator', promised()).heard).toBe('nothing-new')
    expect(say(begun(2), 'coordinator', promised()).heard).toBe('more')
  })
  test('counts for its own ballot and question', () => {
    const other = { from: of(1), to: 'collect', ballot: ballotOf(4, 1), answer: promised() } as const
    expect(hear(begun(), other).heard).toBe('nothing-new')
    expect(say(begun(), of(1), adopted, 'pre-commit').heard).toBe('nothing-new')
    const asking = proposing(ballot, members(3), 'pre-abort', at(1_000))
    expect(say(asking, of(1), adopted, 'pre-commit').heard).toBe('nothing-new')
    expect(say(asking, of(1), promised()).heard).toBe('nothing-new')
  })
  test('a refusal ends the round, and says what was seen; that of a Collect that came twice does not', () => {
    expect(say(begun(), of(2), { answer: 'refused', promised: ballotOf(8, 3) })).toEqual({ heard: 'refused', seen: 8 })
    expect(say(begun(), of(2), { answer: 'refused', promised: ballot }).heard).toBe('nothing-new')
  })
  test('nothing is nothing', () => {
    expect(say(begun(), of(2), { answer: 'nothing' }).heard).toBe('nothing-new')
  })
})

describe('R4: the time of a round', () => {
  test('is doubled from round to round, up to eight times the first', () => {
    const lasts = (number: number): number => roundUntil(ballotOf(number, 1), at(0), 100) - at(0)
    expect([1, 2, 3, 4, 5, 6, 70].map(lasts)).toEqual([100, 100, 200, 400, 800, 800, 800])
  })
})
