// Ballots, the voting set, and what a member answers: rules L, Q and M, and every row of protocols.md 2.4 about them.

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type Ballot,
  BranchNumber,
  compareBallots,
  isSameBallot,
  nextBallot,
  type Pledge,
} from '../../../protocol/index.ts'
import { adopt, collect } from '../../../protocol/three-phase/member.ts'
import { coordinatorVotes, isQuorum, isVoter, quorumOf, type Voter } from '../../../protocol/three-phase/voting-set.ts'
import { ballotOf, first, logId, members, storage, voter } from './three-phase-scenario.ts'

const ballots = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }))
  .map(([number, by, branch]): Ballot => ({ number, by: by === 0 ? logId : storage(by), branch }))

describe('ballots', () => {
  test('they are totally ordered, by number first', () => {
    fc.assert(
      fc.property(ballots, ballots, ballots, (a, b, c) => {
        expect(Math.sign(compareBallots(a, b))).toBe(-Math.sign(compareBallots(b, a)) + 0)
        expect(isSameBallot(a, b)).toBe(a.number === b.number && a.by === b.by && a.branch === b.branch)
        if (a.number < b.number) expect(compareBallots(a, b)).toBeLessThan(0)
        if (compareBallots(a, b) <= 0 && compareBallots(b, c) <= 0) expect(compareBallots(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('no two proposers ever have the same one, however much each has seen: each branch is a proposer of its own', () => {
    const proposers = [
      [logId, 0],
      [storage(1), 1],
      [storage(1), 2],
      [storage(2), 1],
    ] as const
    const made = proposers.flatMap(([by, branch]) => [1, 2, 3].map((seen) => nextBallot(seen, by, branch)))
    const same = made.filter((ballot, index) => made.slice(index + 1).some((other) => isSameBallot(ballot, other)))
    expect(same).toEqual([])
    // The mutant: whose number it is makes no difference.
    const bare = made.map((ballot) => ({ ...ballot, by: logId, branch: 0 }))
    expect(bare.some((ballot, index) => bare.slice(index + 1).some((other) => isSameBallot(ballot, other)))).toBe(true)
  })

  test('number 1 is the first ballot, and every later round is above what was seen', () => {
    expect(first).toEqual({ number: 1, by: logId, branch: 0 })
    expect(compareBallots(nextBallot(first.number, storage(1), 1), first)).toBeGreaterThan(0)
  })
})

const made = new Map<number, readonly Voter[]>()
/** The same objects each time, so that they can be left out by identity. */
function votersOf(count: number): readonly Voter[] {
  const known = made.get(count) ?? makeVoters(count)
  made.set(count, known)
  return known
}

const makeVoters = (count: number): Voter[] => [
  ...members(count).map(({ storageId, branches: [branch] }): Voter => ({ storageId, branch: branch ?? 0 })),
  ...(count % 2 === 0 ? (['coordinator'] as const) : []),
]
const subsets = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, index) => (bits >> index) % 2 === 1))
const isMajority = (count: number, set: readonly Voter[]): boolean =>
  isQuorum(members(count), (voter) => set.some((one) => JSON.stringify(one) === JSON.stringify(voter)))

describe('voting set', () => {
  test.each([1, 2, 3, 4, 5])('with %i participants it is odd', (count) => {
    expect(coordinatorVotes(members(count))).toBe(count % 2 === 0)
    expect(votersOf(count).length % 2).toBe(1)
    expect(quorumOf(members(count))).toBe((votersOf(count).length + 1) / 2)
  })

  test.each([1, 2, 3, 4, 5])(
    'with %i participants any two majorities share a voter, and what is left of one is none',
    (count) => {
      const majorities = subsets(votersOf(count)).filter((set) => isMajority(count, set))
      for (const one of majorities) {
        for (const other of majorities) expect(one.some((voter) => other.includes(voter))).toBe(true)
        expect(
          isMajority(
            count,
            votersOf(count).filter((voter) => !one.includes(voter)),
          ),
        ).toBe(false)
      }
    },
  )

  test('two survive the loss of any one process; without the coordinator they would survive none', () => {
    for (const lost of votersOf(2))
      expect(
        isMajority(
          2,
          votersOf(2).filter((voter) => voter !== lost),
        ),
      ).toBe(true)
    // The mutant: an even set, of participants alone.
    const isMajorityOfTwo = (set: readonly Voter[]) => set.length > 2 / 2
    expect(
      isMajorityOfTwo(
        votersOf(2)
          .filter((one) => one !== 'coordinator')
          .slice(1),
      ),
    ).toBe(false)
  })

  test('three survive the loss of the coordinator and of one of them', () => {
    for (const lost of votersOf(3))
      expect(
        isMajority(
          3,
          votersOf(3).filter((voter) => voter !== lost),
        ),
      ).toBe(true)
    expect(isMajority(3, ['coordinator', ...votersOf(3).slice(2)])).toBe(false)
  })

  test('a member with several branches counts once, and when all of them have said it', () => {
    const [a, b, c] = members(3)
    const set = [{ ...a!, branches: [1, 4].map(BranchNumber) }, b!, c!]
    const has =
      (...numbers: number[]) =>
      (voter: Voter) =>
        voter !== 'coordinator' && numbers.includes(voter.branch)
    expect(isQuorum(set, has(1, 4))).toBe(false)
    expect(isQuorum(set, has(1, 2))).toBe(false)
    expect(isQuorum(set, has(1, 4, 2))).toBe(true)
  })

  test('another database than the one that is named is no voter', () => {
    expect(isVoter(members(3), { storageId: voter(1).storageId, branch: 1 })).toBe(true)
    expect(isVoter(members(3), { storageId: storage(9), branch: 1 })).toBe(false)
    expect(isVoter(members(3), { storageId: voter(1).storageId, branch: 2 })).toBe(false)
    expect([isVoter(members(3), 'coordinator'), isVoter(members(2), 'coordinator')]).toEqual([false, true])
  })
})

const low = ballotOf(2, 1)
const middle = ballotOf(3, 1)
const high = ballotOf(4, 2)
const bound: Pledge = { promised: middle, adopted: { ballot: low, choice: 'pre-commit' } }

describe('member', () => {
  test('COLLECT above the promise: it promises, and says what it has adopted', () => {
    expect(collect(bound, high)).toEqual({
      answer: { answer: 'promised', adopted: { ballot: low, choice: 'pre-commit' } },
      pledge: { ...bound, promised: high },
    })
    expect(collect({ promised: middle }, high).answer).toEqual({ answer: 'promised' })
  })

  test.each([low, middle])(
    'COLLECT at or below the promise: refused, with the promise, and nothing changes: %j',
    (ballot) => {
      expect(collect(bound, ballot)).toEqual({ answer: { answer: 'refused', promised: middle } })
    },
  )

  test.each(['pre-commit', 'pre-abort'] as const)('%s at or above the promise: adopted, and promised', (choice) => {
    for (const ballot of [middle, high]) {
      expect(adopt(bound, ballot, choice)).toEqual({
        answer: { answer: 'adopted' },
        pledge: { promised: ballot, adopted: { ballot, choice } },
      })
    }
  })

  test('PRECOMMIT below the promise: refused, and nothing changes', () => {
    expect(adopt(bound, low, 'pre-commit')).toEqual({ answer: { answer: 'refused', promised: middle } })
  })

  test('asked twice at one ballot: adopted once', () => {
    const pledge: Pledge = { promised: high, adopted: { ballot: high, choice: 'pre-abort' } }
    expect(adopt(pledge, high, 'pre-abort')).toEqual({ answer: { answer: 'adopted' } })
  })

  test('promise and adoption never decrease, whatever is asked in whatever order', () => {
    const questions = fc.array(fc.tuple(ballots, fc.constantFrom('collect', 'pre-commit', 'pre-abort')), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(questions, (asked) => {
        let pledge: Pledge = { promised: first }
        for (const [ballot, to] of asked) {
          const { pledge: next } =
            to === 'collect' ? collect(pledge, ballot) : adopt(pledge, ballot, to as 'pre-commit')
          if (next === undefined) continue
          expect(compareBallots(next.promised, pledge.promised)).toBeGreaterThanOrEqual(0)
          expect(
            pledge.adopted === undefined || compareBallots(next.adopted?.ballot ?? first, pledge.adopted.ballot) >= 0,
          ).toBe(true)
          pledge = next
        }
      }),
    )
  })
})
