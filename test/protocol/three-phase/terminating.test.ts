// A sealed branch without a coordinator: rules T1 to T4 of protocol/three-phase/terminating.ts.

import { describe, expect, test } from '@jest/globals'
import { type Collect, participantSide, type Sequence } from '../../../protocol/index.ts'
import {
  adopted,
  around,
  ask,
  at,
  Branch,
  ballotOf,
  collect,
  first,
  heard,
  members,
  noCoordinator,
  pledgeOf,
  promised,
  propose,
  sealed,
  storage,
  threePhase,
  voter,
} from './three-phase-scenario.ts'

const theirs = ballotOf(2, 2)
const mine = ballotOf(2, 1)
const { epoch, number } = threePhase.sequence
const earlier: Sequence = { epoch, number: number - 1 }
const later: Sequence = { epoch, number: number + 1 }
const about = (sequence: Sequence): Collect => ({ ...collect(theirs), sequence })
const resolve = { type: 'resolve', at: at(1), decision: 'abort', detail: 'by hand' } as const

describe('T1: what binds a member is forced with the answer', () => {
  test.each([
    ['promised', collect(theirs)],
    ['adopted', propose('pre-commit', first)],
    ['adopted', propose('pre-abort', theirs)],
  ] as const)('%s', (answer, question) => {
    const branch = ask(sealed(), question)
    expect([branch.said, branch.records, branch.isForced]).toEqual([[answer], ['pledged'], true])
    // What is recorded is what is bound, so that a restart is bound to it as well.
    const [record] = branch.last?.records ?? []
    expect(record).toMatchObject({ branch: { pledge: pledgeOf(branch) } })
    expect(record === undefined ? undefined : participantSide.recover(record)).toMatchObject({
      branch: { pledge: pledgeOf(branch) },
    })
  })

  test('a promise says what was adopted, and what is below it is refused', () => {
    const branch = ask(ask(sealed(), propose('pre-commit', first)), collect(theirs))
    expect(branch.last?.messages).toMatchObject([
      { message: { to: 'collect', answer: { adopted: { ballot: first, choice: 'pre-commit' } } } },
    ])
    expect(ask(branch, propose('pre-commit', first)).said).toEqual(['refused'])
    expect([ask(branch, collect(mine)).said, branch.records]).toEqual([['refused'], []])
  })

  test('promising to another ends its own round', () => {
    const branch = ask(noCoordinator(sealed(), 2_000), collect(ballotOf(3, 2)))
    expect(heard(branch, 2, 'collect', mine, promised()).said).toEqual([])
    expect(noCoordinator(branch, 2_000).last?.messages).toMatchObject([{ message: { ballot: { number: 4 } } }, {}])
  })

  test('its round lasts longer the more rounds there have been', () => {
    const lasts = (branch: Branch): number | undefined =>
      branch.state.state === 'prepared' ? (branch.state.round?.until ?? 0) - at(branch.now) : undefined
    const { roundTimeoutMs } = around().policy
    expect(lasts(noCoordinator(sealed(), 2_000))).toBe(roundTimeoutMs)
    expect(lasts(noCoordinator(ask(sealed(), collect(ballotOf(3, 2))), 2_000))).toBe(4 * roundTimeoutMs)
  })

  test('it knows the decision already: that is the answer', () => {
    expect(ask(sealed().commit(), collect(theirs)).said).toEqual(['committed'])
    expect(ask(sealed().abort(), propose('pre-commit', theirs)).said).toEqual(['aborted'])
    const branch = sealed()
    branch.throws = 'disk on fire'
    expect(ask(branch.commit(), collect(theirs)).said).toEqual(['committed'])
  })
})

describe('T2: what was never prepared, and what an operator did', () => {
  test('a Collect that names it leaves a forced tombstone before it says aborted: the late Prepare is refused', () => {
    const branch = ask(new Branch(), collect(theirs))
    expect([branch.said, branch.records, branch.isForced]).toEqual([['aborted'], ['aborted'], true])
    expect(branch.prepare({ protocol: 'three-phase', members: members(3), ballot: first }).said).toEqual([
      'no ENDED_BY_MEMBERS',
    ])
  })

  test.each([
    ['PreCommit', new Branch(), propose('pre-commit', theirs)],
    ['another database than the one that is named', new Branch({ identity: voter(9) }), collect(theirs)],
    ['past the watermark', new Branch({ hasEnded: () => true }), collect(theirs)],
  ] as const)('%s: nothing, and no tombstone', (_what, branch, question) => {
    expect([ask(branch, question).said, branch.records]).toEqual([['nothing'], []])
  })

  test("an operator's end is no evidence, neither done nor while it is being tried", () => {
    expect(ask(sealed().on(resolve), collect(theirs)).said).toEqual(['nothing'])
    const branch = sealed()
    branch.throws = 'disk on fire'
    expect(ask(branch.on(resolve), collect(theirs)).said).toEqual(['nothing'])
  })

  test('an earlier try of the id has aborted, whatever became of this one; that is known without a tombstone', () => {
    for (const branch of [sealed(), sealed().commit(), sealed().abort()]) {
      expect([ask(branch, about(earlier)).said, branch.records]).toEqual([['aborted'], []])
    }
  })

  test('of a later try: a branch that has aborted the earlier one would refuse it, and remembers that', () => {
    const branch = ask(sealed().abort(), about(later))
    expect([branch.said, branch.records, branch.isForced]).toEqual([['aborted'], ['aborted'], true])
    expect(branch.state).toMatchObject({ sequence: later })
    expect(ask(sealed(), about(later)).said).toEqual(['nothing'])
  })

  test("a member's Abort of an earlier try, that comes late, leaves this one as it is", () => {
    const message = {
      type: 'abort',
      transactionId: threePhase.transactionId,
      branch: collect(theirs).branch,
      sequence: earlier,
    } as const
    const branch = sealed().on({ type: 'abort', at: at(1), message })
    expect([branch.state.state, branch.said]).toEqual(['prepared', ['ended']])
  })
})

describe('T3: a round of its own', () => {
  test('the number is forced, as its own promise, before Collect leaves', () => {
    const branch = noCoordinator(sealed(), 2_000)
    expect([branch.records, branch.isForced, branch.said]).toEqual([
      ['pledged'],
      true,
      ['collect to b', 'collect to c'],
    ])
    expect(pledgeOf(branch)).toEqual({ promised: mine })
  })

  test('two participants: the coordinator is asked as a member', () => {
    expect(noCoordinator(sealed(2), 2_000).said).toEqual(['collect to b', 'collect to coordinator'])
  })

  test('a majority with it: it adopts, forces that, and asks the others', () => {
    const branch = heard(
      noCoordinator(sealed(), 2_000),
      3,
      'collect',
      mine,
      promised({ ballot: first, choice: 'pre-commit' }),
    )
    expect([branch.said, branch.records, branch.isForced]).toEqual([
      ['pre-commit to b', 'pre-commit to c'],
      ['pledged'],
      true,
    ])
    expect(pledgeOf(branch)?.adopted).toEqual({ ballot: mine, choice: 'pre-commit' })
    const decided = participantSide.step(
      branch.state,
      {
        type: 'ballot-answer',
        at: at(1),
        from: { storageId: storage(2), branch: 2 },
        to: 'pre-commit',
        ballot: mine,
        answer: adopted,
      },
      around(),
    )
    expect(decided.messages.map(({ to }) => to)).toEqual(['member', 'member'])
    expect(decided.work).toMatchObject([{ work: 'commit', source: 'member' }])
  })

  test('all prepared, and nobody pre-committed: abort, when a majority has adopted that', () => {
    const branch = heard(noCoordinator(sealed(), 2_000), 2, 'collect', mine, promised())
    expect(branch.said).toEqual(['pre-abort to b', 'pre-abort to c'])
    expect(heard(branch, 2, 'pre-abort', mine, adopted).state.state).toBe('aborted')
  })

  test('a minority decides nothing, and a round is replaced after its time, with a higher number', () => {
    const branch = noCoordinator(sealed(), 2_000)
    expect([noCoordinator(branch, 2_999).said, branch.state.state]).toEqual([[], 'prepared'])
    expect(noCoordinator(branch, 3_000).last?.messages).toMatchObject([{ message: { ballot: { number: 3 } } }, {}])
  })

  test('an answer about another try of the id, whose ballots may be the same, is not counted', () => {
    const answer = {
      from: { storageId: storage(2), branch: 2 },
      to: 'collect',
      ballot: mine,
      answer: promised(),
    } as const
    const stale = noCoordinator(sealed(), 2_000).on({ type: 'ballot-answer', at: at(1), sequence: earlier, ...answer })
    expect(stale.said).toEqual([])
    expect(stale.on({ type: 'ballot-answer', at: at(1), sequence: threePhase.sequence, ...answer }).said).toHaveLength(
      2,
    )
  })

  test('after a restart its ballots go on above what it had promised', () => {
    const branch = ask(sealed(), collect(ballotOf(6, 2)))
    const [record] = branch.last?.records ?? []
    if (record === undefined) throw new Error('nothing was recorded')
    branch.state = participantSide.recover(record)
    expect(noCoordinator(branch, 2_000).last?.messages).toMatchObject([
      { message: { ballot: { number: 7, by: storage(1) } } },
      {},
    ])
  })
})

test('T4: a two-phase branch, and a one-phase one, take part in no round', () => {
  expect(ask(Branch.prepared(), collect(theirs)).said).toEqual(['nothing'])
  const branch = new Branch()
  branch.throws = 'disk on fire'
  branch.prepare({ protocol: 'three-phase', onePhase: true, members: [] })
  expect(ask(branch, collect(theirs)).said).toEqual(['nothing'])
  expect(noCoordinator(branch, 90_000).said).toEqual([])
})
