// The voting set is sealed before the first PreCommit (design rule 2), at the coordinator and at the branch.

import { describe, expect, test } from '@jest/globals'
import { coordinatorSide } from '../../../protocol/index.ts'
import {
  around,
  ask,
  at,
  Branch,
  ballotOf,
  collect,
  enlisted,
  first,
  members,
  noCoordinator,
  pledgeOf,
  policy,
  propose,
  Scenario,
  sealed,
  sealedYes,
  storage,
  submitted,
  threePhase,
  unsealed,
  voter,
} from './three-phase-scenario.ts'

const yes = { vote: 'yes', result: '"done"' } as const
const called = (...numbers: readonly number[]): Scenario =>
  numbers.reduce((scenario, number) => scenario.call(number), new Scenario(coordinatorSide.begin(threePhase)))
const preparesOf = (scenario: Scenario) =>
  scenario.last.messages.flatMap(({ message }) => (message.type === 'prepare' ? [message] : []))

describe('coordinator', () => {
  test('submit seals with its only Prepare: members and the first ballot', () => {
    const scenario = submitted(2)
    expect(preparesOf(scenario)).toMatchObject(
      [1, 2].map(() => ({ members: members(2).map(({ storageId }) => ({ storageId })), ballot: first })),
    )
    expect(preparesOf(scenario).every(({ abandonAt }) => abandonAt === undefined)).toBe(true)
    scenario.vote(1, sealedYes).vote(2, sealedYes)
    expect(scenario.sent).toEqual(['pre-commit a', 'pre-commit b'])
  })

  test('a call prepares without members, with the time after which the branch may abort alone', () => {
    expect(preparesOf(called(1))).toMatchObject([{ members: [], abandonAt: threePhase.timeoutAt }])
    expect(preparesOf(called(1))[0]?.ballot).toBeUndefined()
  })

  test('commit seals: Prepare again, and no PreCommit before all have answered that one', () => {
    const scenario = called(1, 2).vote(1, yes).vote(2, yes).commit(1, 2)
    expect(scenario.sent).toEqual(['prepare a', 'prepare b'])
    expect(preparesOf(scenario)).toMatchObject([{ ballot: first, expectedStorageId: storage(1) }, { ballot: first }])
    expect([scenario.last.records, scenario.vote(1, sealedYes).sent]).toEqual([[], []])
    expect(scenario.vote(2, sealedYes).sent).toEqual(['pre-commit a', 'pre-commit b'])
  })

  test('a stale yes, of before the seal, does not count', () => {
    const scenario = called(1, 2).vote(1, yes).vote(2, yes).commit(1, 2).vote(1, sealedYes)
    expect(scenario.vote(2, yes).state.phase).toBe('preparing')
    expect(scenario.vote(1, yes).vote(2, yes).state.phase).toBe('preparing')
    expect(scenario.vote(2, sealedYes).state.phase).toBe('pre-committing')
  })

  test('a participant whose database is not known is sealed once it has voted, with the database that has', () => {
    const { identity: _, ...unknown } = enlisted(2)
    const scenario = new Scenario(coordinatorSide.submit(threePhase, [enlisted(1), unknown], at(0), policy))
    expect(preparesOf(scenario).map(({ ballot }) => ballot)).toEqual([undefined, undefined])
    scenario.vote(1, yes).vote(2, yes, voter(7))
    expect(preparesOf(scenario)[0]?.members.map(({ storageId }) => storageId)).toEqual([storage(1), storage(7)])
    expect(scenario.vote(2, sealedYes, voter(2)).outcome).not.toBe('pre-committing')
    expect(scenario.state).toMatchObject({ phase: 'aborting', reason: { code: 'STORAGE_CHANGED' } })
  })

  test('who does not answer the seal in time ends it', () => {
    const scenario = called(1, 2)
      .vote(1, yes)
      .vote(2, yes)
      .commit(1, 2)
      .vote(1, sealedYes)
      .timer('vote-deadline', 5_000)
    expect(scenario.state).toMatchObject({ phase: 'aborting', reason: { code: 'VOTE_TIMEOUT', branch: 2 } })
  })

  test('a member that gives up while votes are missing: abort, and that is what it is told', () => {
    const scenario = submitted(2)
      .vote(1, sealedYes)
      .on({ type: 'collect', at: at(1), ballot: ballotOf(2, 1) })
    expect([scenario.state.phase, scenario.replies.at(-1)]).toEqual(['aborting', 'aborted'])
    expect(scenario.vote(2, sealedYes).sent).toEqual(['abort b'])
  })

  test('a member that asks about an earlier try of the id is told that it has aborted, and this one goes on', () => {
    const { epoch, number } = threePhase.sequence
    const asked = (sequence: typeof threePhase.sequence) =>
      submitted(2).on({ type: 'collect', at: at(1), ballot: ballotOf(2, 1), sequence })
    const earlier = asked({ epoch, number: number - 1 })
    expect([earlier.state.phase, earlier.replies]).toEqual(['preparing', ['aborted']])
    expect(asked({ epoch, number: number + 1 }).replies).toEqual(['nothing'])
    expect(asked(threePhase.sequence).state.phase).toBe('aborting')
  })
})

describe('branch', () => {
  test('sealed at once: its record holds members and promise, and the yes says so', () => {
    const branch = sealed()
    expect([branch.records, branch.isForced]).toEqual([['prepared'], true])
    expect(branch.last?.messages).toMatchObject([{ message: { vote: { vote: 'yes', isSealed: true } } }])
    expect(pledgeOf(branch)).toEqual({ promised: first })
  })

  test('sealed later: recorded once more and forced before the second yes leaves; the third asks nothing new', () => {
    const branch = unsealed()
    expect(branch.last?.messages[0]).not.toMatchObject({ message: { vote: { isSealed: true } } })
    branch.prepare({ protocol: 'three-phase', members: members(3), ballot: first })
    expect([branch.records, branch.isForced, branch.worked]).toEqual([['pledged'], true, ['prepare']])
    expect(branch.last?.messages).toMatchObject([{ message: { vote: { vote: 'yes', isSealed: true } } }])
    branch.prepare({ protocol: 'three-phase', members: members(3), ballot: first })
    expect([branch.records, branch.said]).toEqual([[], ['yes']])
  })

  test('Collect brings the members: it adopts them, and proposes with them from then on', () => {
    const branch = ask(unsealed(), collect(ballotOf(2, 2)))
    expect([branch.records, branch.isForced, branch.said]).toEqual([['pledged'], true, ['promised']])
    expect(branch.state).toMatchObject({ branch: { members: members(3), pledge: { promised: ballotOf(2, 2) } } })
    expect(noCoordinator(branch, 70_000).said).toEqual(['collect to b', 'collect to c'])
    expect(branch.worked).toEqual(['prepare'])
  })

  test('not sealed it has nothing to say to PreCommit, and begins no round', () => {
    expect(ask(unsealed(), propose('pre-commit', first)).said).toEqual(['nothing'])
    expect(noCoordinator(unsealed(), 59_999).said).toEqual([])
    expect(noCoordinator(unsealed(), 59_999).state.state).toBe('prepared')
  })

  test("after the transaction's timeout it aborts alone; that is forced, and refuses the seal", () => {
    const branch = noCoordinator(unsealed(), 60_000)
    expect([branch.state.state, branch.records, branch.isForced, branch.worked]).toEqual([
      'aborted',
      ['aborted'],
      true,
      ['prepare', 'abort'],
    ])
    expect(branch.prepare({ protocol: 'three-phase', members: members(3), ballot: first }).said).toEqual([
      'no TOMBSTONE',
    ])
    expect(ask(branch, collect(ballotOf(2, 2))).said).toEqual(['aborted'])
  })

  test('while its abort throws it has not given itself up: it may still be sealed, and says nothing else', () => {
    const branch = unsealed()
    branch.throws = 'disk on fire'
    expect(noCoordinator(branch, 60_000).records).toEqual([])
    expect(branch.prepare({ protocol: 'three-phase', members: members(3), ballot: first }).said).toEqual(['yes'])
    branch.throws = undefined
    expect([branch.timer('retry', 61_000).worked, branch.state.state]).toEqual([['prepare', 'abort'], 'prepared'])
  })

  test('a read-only vote is recorded, stays a voter like any yes, and frees its locks', () => {
    const branch = new Branch(around())
    branch.outcome = { prepared: 'read-only', result: '"read"' }
    branch.prepare({ protocol: 'three-phase', members: members(3), ballot: first })
    expect([branch.state.state, branch.records, branch.isForced, branch.said]).toEqual([
      'prepared',
      ['prepared'],
      true,
      ['yes'],
    ])
    expect(branch.state).toMatchObject({ branch: { isReadOnly: true, locks: [], pledge: { promised: first } } })
    expect(branch.last?.work).toEqual([{ work: 'release-locks' }])
    expect(ask(branch, collect(ballotOf(2, 2))).said).toEqual(['promised'])
  })
})
