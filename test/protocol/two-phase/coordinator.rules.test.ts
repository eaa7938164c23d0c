// One test a rule of the coordinator before its decision: protocols.md 1.4, design rules 1, 10, 11, 13, 16, 17, 19.

import { describe, expect, test } from '@jest/globals'
import { coordinatorSide, reason } from '../../../protocol/index.ts'
import { at, enlisted, facts, policy, Scenario, storage, voter } from './coordinator-scenario.ts'

const two = (): Scenario => Scenario.submitted(enlisted(1), enlisted(2))

describe('INIT and PREPARING', () => {
  test('commit request: Prepare goes to all, nothing is recorded (C1)', () => {
    const scenario = two()
    expect(scenario.sent).toEqual(['prepare a', 'prepare b'])
    expect([scenario.records, scenario.last.force]).toEqual([[], false])
    expect(scenario.armed('vote-deadline')).toBe(5_000)
  })

  test('the vote deadline never lies behind the transaction timeout', () => {
    const late = at(59_000)
    const step = coordinatorSide.submit(facts, [enlisted(1), enlisted(2)], late, policy)
    expect(step.messages.map(({ message }) => message.type === 'prepare' && message.voteBy)).toEqual([
      facts.timeoutAt,
      facts.timeoutAt,
    ])
  })

  test('Prepare carries the members whose storage is known, and the storage that is counted on', () => {
    const { identity: _, ...unknown } = enlisted(2)
    const [first, second] = Scenario.submitted(enlisted(1), unknown).last.messages.map(({ message }) => message)
    expect(first).toMatchObject({
      expectedStorageId: storage(1),
      members: [{ participant: 'a', storageId: storage(1), boot: 1 }],
    })
    expect(second).not.toHaveProperty('expectedStorageId')
  })

  test('rule 19: several branches at one participant are one member', () => {
    const [sent] = Scenario.submitted(enlisted(1, 1), enlisted(2, 1), enlisted(3, 2)).last.messages
    expect(sent?.message).toMatchObject({
      members: [
        { participant: 'a', branches: [1, 2] },
        { participant: 'b', branches: [3] },
      ],
    })
  })

  test('one yes of two decides nothing', () => {
    const scenario = two().vote(1)
    expect([scenario.outcome, scenario.records, scenario.sent]).toEqual(['preparing', [], []])
  })

  test('what a branch was asked to do is let go with its vote, and not before', () => {
    const { state } = two().vote(1)
    expect(state).toMatchObject({ branches: [{ input: '' }, { input: enlisted(2).input }] })
    expect(enlisted(2).input).not.toBe('')
  })

  test('C2: all yes: the decision is forced, and with it go Commit and the answer', () => {
    const scenario = Scenario.decided()
    expect([scenario.records, scenario.last.force]).toEqual([['decision'], true])
    expect(scenario.sent).toEqual(['commit a', 'commit b'])
    expect(scenario.replies).toEqual(['decided committed'])
  })

  test('the decision names what was voted, by whom, and the results', () => {
    expect(Scenario.decided().last.records).toMatchObject([
      {
        facts,
        branches: [
          { branch: 1, vote: 'yes', voter: voter(1), result: '"done"' },
          { branch: 2, voter: voter(2) },
        ],
      },
    ])
  })

  test('a duplicate yes changes nothing', () => {
    const scenario = two().vote(1)
    const before = scenario.state
    expect(scenario.vote(1).state).toBe(before)
  })

  test('a no aborts: no force, Abort to everybody who has not said no, the answer with the reason', () => {
    const scenario = Scenario.submitted(enlisted(1), enlisted(2), enlisted(3)).vote(1).vote(2, 'no')
    expect(scenario.outcome).toBe('aborted SOLD_OUT')
    expect(scenario.sent).toEqual(['abort a', 'abort c'])
    expect([scenario.records, scenario.last.force]).toEqual([['aborted'], false])
    expect(scenario.replies.at(-1)).toBe('decided aborted')
  })

  test('the reason of an abort says where it came from', () => {
    const { state } = two().vote(2, 'no')
    expect(state).toMatchObject({
      outcome: { reason: { code: 'SOLD_OUT', refused: true, branch: 2, participant: 'b', operation: 'work' } },
    })
  })

  test('the vote deadline aborts', () => {
    const scenario = two().vote(1).timer('vote-deadline', 5_000)
    expect([scenario.outcome, scenario.sent]).toEqual(['aborted VOTE_TIMEOUT', ['abort a', 'abort b']])
  })

  test('a vote deadline that fires early does nothing', () => {
    expect(two().timer('vote-deadline', 4_999).outcome).toBe('preparing')
  })

  test('Prepare is sent again to those who have not voted, less and less often', () => {
    const scenario = two().vote(1).timer('resend', 100)
    expect([scenario.sent, scenario.armed('resend')]).toEqual([['prepare b'], 300])
    expect(scenario.last.messages[0]?.message).toMatchObject({ attempt: 2 })
    expect(scenario.timer('resend', 300).armed('resend')).toBe(700)
  })

  test('a participant that can be reached again is sent its Prepare again, and no other is', () => {
    const connected = { type: 'connected', at: at(50), participant: enlisted(2).participant } as const
    expect(two().on(connected).sent).toEqual(['prepare b'])
    expect(two().vote(2).on(connected).sent).toEqual([])
  })

  test('a participant that comes and goes puts off nobody else: the resend timer stays as it is', () => {
    const connected = { type: 'connected', at: at(50), participant: enlisted(1).participant } as const
    expect(two().on(connected).last.timers).toEqual([])
  })

  test('the client may abort until the decision, and is told the outcome after it', () => {
    const event = { type: 'abort', at: at(1), reason: reason('ABORTED_BY_CLIENT', 'enough') } as const
    expect(two().on(event).outcome).toBe('aborted ABORTED_BY_CLIENT')
    expect(Scenario.decided().on(event)).toMatchObject({ outcome: 'committing', replies: ['decided committed'] })
  })

  test('an inquiry while votes are missing: in progress, never abort', () => {
    expect(two().vote(1).inquiry(1).replies).toEqual(['in-progress'])
  })

  test('one-phase was not asked for: a vote committed is not counted', () => {
    expect(two().vote(1, 'committed').outcome).toBe('preparing')
  })

  test('rule 16: a yes of another database than the one enlisted aborts', () => {
    expect(two().vote(1, 'yes', voter(9)).outcome).toBe('aborted STORAGE_CHANGED')
  })

  test('rule 16: a participant that comes with another database before the decision aborts', () => {
    const changed = { type: 'storage-changed', at: at(1), participant: enlisted(1).participant } as const
    expect(
      two()
        .vote(1)
        .on({ ...changed, storageId: storage(9) }).outcome,
    ).toBe('aborted STORAGE_CHANGED')
    expect(
      two()
        .vote(1)
        .on({ ...changed, storageId: storage(1) }).outcome,
    ).toBe('preparing')
  })

  test('rule 17: another boot of the same database is counted', () => {
    expect(two().vote(1, 'yes', voter(1, 2)).vote(2).outcome).toBe('committing')
  })
})

describe('read-only votes', () => {
  test('a read-only voter is told nothing more', () => {
    const scenario = two().vote(1, 'read-only').vote(2)
    expect([scenario.sent, scenario.records]).toEqual([['commit b'], ['decision']])
    expect(Scenario.submitted(enlisted(1), enlisted(2)).vote(1, 'read-only').vote(2, 'no').sent).toEqual([])
  })

  test('all read-only: no second phase, and the outcome is recorded all the same (G2)', () => {
    const scenario = two().vote(1, 'read-only').vote(2, 'read-only')
    expect(scenario).toMatchObject({
      sent: [],
      records: ['decision', 'end'],
      outcome: 'committed',
      replies: ['decided committed'],
    })
    expect(scenario.last.force).toBe(true)
  })
})

describe('rule 11: interactive transactions', () => {
  test('a call is an early Prepare, and its vote is its answer', () => {
    const scenario = Scenario.begun().call(1)
    expect(scenario.sent).toEqual(['prepare a'])
    expect(scenario.vote(1)).toMatchObject({ replies: ['call yes'], outcome: 'active' })
  })

  test('a call that is asked twice is prepared once', () => {
    expect(Scenario.begun().call(1).call(1).sent).toEqual([])
  })

  test('commit names exactly what was called: then it decides', () => {
    expect(Scenario.begun().call(1).vote(1).commit(1)).toMatchObject({ records: ['decision'], sent: ['commit a'] })
  })

  test('commit waits for votes that are on their way', () => {
    const scenario = Scenario.begun().call(1).call(2).vote(1).commit(1, 2)
    expect(scenario.outcome).toBe('preparing')
    expect(scenario.vote(2).outcome).toBe('committing')
  })

  test.each([
    ['a branch that was never called', [1, 2]],
    ['not a branch that was called', []],
  ])('commit that names %s aborts', (_what, numbers) => {
    expect(
      Scenario.begun()
        .call(1)
        .vote(1)
        .commit(...numbers).outcome,
    ).toBe('aborted BRANCH_MISSING')
  })

  test('a no to a call aborts the transaction, and every other call that waits is told', () => {
    const scenario = Scenario.begun().call(1).call(2).vote(2, 'no')
    expect(scenario).toMatchObject({
      outcome: 'aborted SOLD_OUT',
      replies: ['call no', 'call no', 'decided aborted'],
      sent: ['abort a'],
    })
  })

  test('a call after commit is not prepared; one after an abort is told the reason', () => {
    expect(Scenario.begun().call(1).commit(1).call(2).sent).toEqual([])
    expect(Scenario.begun().call(1).vote(1, 'no').call(2).replies).toEqual(['call no'])
  })

  test('the transaction timeout aborts, also while votes are missing', () => {
    expect(Scenario.begun().call(1).vote(1).timer('timeout', 60_000).outcome).toBe('aborted TRANSACTION_TIMEOUT')
    expect(Scenario.begun().call(1).commit(1).timer('timeout', 60_000).outcome).toBe('aborted TRANSACTION_TIMEOUT')
  })

  test('a call has its own vote deadline', () => {
    const scenario = Scenario.begun().call(1).vote(1)
    scenario.now = 10_000
    expect(scenario.call(2).armed('vote-deadline')).toBe(15_000)
    expect(scenario.timer('vote-deadline', 15_000).outcome).toBe('aborted VOTE_TIMEOUT')
  })

  test('the deadline of a call that has voted is followed by that of one that has not, also after commit', () => {
    const scenario = Scenario.begun().call(1)
    scenario.now = 3_000
    scenario.call(2).commit(1, 2).vote(1)
    expect(scenario.timer('vote-deadline', 5_000).armed('vote-deadline')).toBe(8_000)
    expect(scenario.timer('vote-deadline', 8_000).outcome).toBe('aborted VOTE_TIMEOUT')
  })

  test('a call whose vote comes after commit was asked for is answered all the same', () => {
    const scenario = Scenario.begun().call(1).call(2).commit(1, 2)
    expect(scenario.vote(1).replies).toEqual(['call yes'])
    expect(scenario.vote(2).replies).toEqual(['call yes', 'decided committed'])
  })
})

describe('ended', () => {
  test('whoever asks later is told the same', () => {
    const scenario = two().vote(1, 'no')
    expect(scenario.commit(1, 2).replies).toEqual(['decided aborted'])
    expect(scenario.inquiry(2).replies).toEqual(['abort'])
    expect(scenario.vote(2).last).toMatchObject({ messages: [], records: [], timers: [] })
  })

  test('an operator ends an undecided transaction only by aborting it', () => {
    const resolve = { type: 'resolve', at: at(1), branch: enlisted(1).branch, decision: 'commit', detail: 'x' } as const
    expect(two().vote(1).on(resolve).outcome).toBe('aborted RESOLVED_BY_OPERATOR')
  })
})
