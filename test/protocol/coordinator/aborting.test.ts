// From the decision to abort to the last ack, where it is not presumed: rules X1 to X3 of protocol/coordinator/aborting.ts.

import { describe, expect, test } from '@jest/globals'
import { type Aborting, aborting, enter } from '../../../protocol/coordinator/aborting.ts'
import { BranchNumber, coordinatorSide, reason } from '../../../protocol/index.ts'
import { sealedYes, submitted, threePhase } from '../three-phase/three-phase-scenario.ts'
import { at, enlisted, policy, Scenario, voter } from '../two-phase/coordinator-scenario.ts'

const { submit } = coordinatorSide
const because = reason('TRANSACTION_TIMEOUT', 'too late')

/** Branch n waits for those that `after` names; all have done something that a lost database would lose. */
function turned(after: readonly (readonly number[])[], isRecorded = true): Scenario {
  const branches = after.map((others, index): Aborting['branches'][number] => {
    const { branch, participant, operation } = enlisted(index + 1)
    const { storageId } = voter(index + 1)
    return { branch, participant, operation, voter: storageId, after: others.map(BranchNumber), progress: 'waiting' }
  })
  return new Scenario(enter(aborting(threePhase, branches, because, isRecorded), at(0), policy))
}
const applied = (scenario: Scenario, number: number) => scenario.answer(number, 'applied', 'abort')
const both = () => turned([[], []])

describe('X1: Abort is sent until every branch has acknowledged, durably', () => {
  test('entering: decided is told, Abort sent, and the timers of a vote are over', () => {
    const scenario = both()
    expect([scenario.replies, scenario.sent]).toEqual([['decided aborted'], ['abort a', 'abort b']])
    expect([scenario.armed('vote-deadline'), scenario.armed('timeout'), scenario.armed('resend')]).toEqual([
      'never',
      'never',
      100,
    ])
  })

  test('what is only applied is sent again; acked it is not, and after the last ack comes the end', () => {
    const scenario = applied(both(), 1)
    expect(scenario.timer('resend', 100).sent).toEqual(['abort a', 'abort b'])
    expect(scenario.acked(1).timer('resend', 300).sent).toEqual(['abort b'])
    expect(scenario.armed('resend')).toBe(700)
    expect(applied(scenario, 2).replies).toEqual(['applied aborted'])
    expect([scenario.acked(2).outcome, scenario.records]).toEqual(['aborted TRANSACTION_TIMEOUT', ['end']])
  })

  test('without a record of its beginning it needs none of its end', () => {
    const scenario = applied(applied(turned([[], []], false), 1), 2)
      .acked(1)
      .acked(2)
    expect([scenario.outcome, scenario.records]).toEqual(['aborted TRANSACTION_TIMEOUT', []])
  })

  test('ended there, below the watermark: as good as an ack. An ack without an answer counts for nothing', () => {
    const scenario = both().acked(1).answer(1, { answer: 'ended' }, 'abort')
    expect(scenario.timer('resend', 100).sent).toEqual(['abort b'])
    expect(both().acked(1).timer('resend', 100).sent).toEqual(['abort a', 'abort b'])
  })

  test('an answer to a Commit is none to an Abort', () => {
    expect(both().answer(1, 'applied', 'commit').acked(1).timer('resend', 100).sent).toEqual(['abort a', 'abort b'])
  })

  test('a late yes, and who connects again, is told at once; a branch that throws is shown and told on', () => {
    expect(both().vote(2, sealedYes).sent).toEqual(['abort b'])
    expect(both().on({ type: 'connected', at: at(1), participant: enlisted(1).participant }).sent).toEqual(['abort a'])
    const scenario = both().answer(1, { answer: 'retrying', detail: 'disk on fire' }, 'abort')
    expect(scenario.state).toMatchObject({ branches: [{ progress: 'sent', lastError: 'disk on fire' }, {}] })
  })

  test('whoever waits for applied waits no longer than the bound', () => {
    expect(both().timer('applied-wait', 1_000).replies).toEqual(['applied aborted'])
    expect(both().timer('applied-wait', 1_000).timer('applied-wait', 2_000).replies).toEqual([])
  })

  test('a three-phase transaction with nobody to tell ends at once', () => {
    const { identity: _, ...only } = enlisted(1)
    const scenario = new Scenario(submit(threePhase, [only], at(0), policy)).vote(1, 'no')
    expect([scenario.outcome, scenario.sent, scenario.replies.at(-1)]).toEqual([
      'aborted SOLD_OUT',
      [],
      'decided aborted',
    ])
    expect(scenario.last.replies.at(-1)).toMatchObject({ applied: true })
  })

  test('a three-phase abort before it is pre-committed leaves no first record, and tells all but who refused', () => {
    const scenario = submitted(3).vote(1, sealedYes).vote(2, 'no')
    expect([scenario.state.phase, scenario.records, scenario.last.force]).toEqual(['aborting', ['aborted'], false])
    expect([scenario.sent, scenario.replies.at(-1)]).toEqual([['abort a', 'abort c'], 'decided aborted'])
  })
})

describe('X2 and X3: each when it is its turn', () => {
  const chain = () => turned([[2], [3], []])

  test('a branch is told when those that built on it have been aborted, durably: no crash may reverse the order', () => {
    const scenario = chain()
    expect(scenario.sent).toEqual(['abort c'])
    expect(applied(scenario, 3).sent).toEqual([])
    expect(scenario.acked(3).sent).toEqual(['abort b'])
    expect(applied(scenario, 2).acked(2).sent).toEqual(['abort a'])
    expect(applied(scenario, 1).replies).toEqual(['applied aborted'])
  })

  test('neither a resend, nor a late yes, nor a connection tells one whose turn it is not', () => {
    expect(chain().timer('resend', 100).sent).toEqual(['abort c'])
    expect(chain().vote(1, sealedYes).sent).toEqual([])
    expect(chain().on({ type: 'connected', at: at(1), participant: enlisted(1).participant }).sent).toEqual([])
    expect(applied(chain(), 1).sent).toEqual([])
  })

  test('an inquiry is answered abort when it is the turn of its branch, and else told to wait', () => {
    expect([1, 2, 3].map((number) => chain().inquiry(number).replies[0])).toEqual([
      'in-progress',
      'in-progress',
      'abort',
    ])
    expect(applied(chain(), 3).inquiry(2).replies).toEqual(['in-progress'])
    expect(applied(chain(), 3).acked(3).inquiry(2).replies).toEqual(['abort'])
  })

  test('a hazard does not stop the others', () => {
    expect(chain().answer(3, 'applied', 'abort', voter(9)).sent).toEqual(['abort b'])
  })
})

describe('hazards and heuristics', () => {
  test('another database answers for one that had done something: recorded, forced, then told', () => {
    const scenario = both().answer(1, 'applied', 'abort', voter(9))
    expect([scenario.records, scenario.last.force, scenario.replies]).toEqual([['hazard'], true, ['applied hazard']])
    expect(scenario.acked(1).answer(1, 'applied', 'abort', voter(9)).records).toEqual([])
    expect(scenario.timer('resend', 100).sent).toEqual(['abort a', 'abort b'])
  })

  test('a three-phase transaction that was never visible loses nothing with a database: its ack counts', () => {
    const scenario = submitted(2).vote(1, sealedYes).timer('vote-deadline', 5_000)
    scenario.answer(1, 'applied', 'abort', voter(9)).acked(1).answer(2, 'applied', 'abort').acked(2)
    expect(scenario.outcome).toBe('aborted VOTE_TIMEOUT')
  })

  test.each(['contradicted', 'no-record'] as const)('%s: a hazard', (answer) => {
    expect(both().answer(2, { answer }, 'abort').replies).toEqual(['applied hazard'])
  })

  test('an operator has committed it: mixed, recorded and forced; has aborted it: as good as an ack', () => {
    const mixed = both().answer(1, { answer: 'heuristic', did: 'commit' }, 'abort')
    expect([mixed.records, mixed.last.force]).toEqual([['hazard'], true])
    expect(applied(mixed, 2).acked(2).outcome).toBe('mixed ENDED_AGAINST_DECISION')
    const same = both().answer(1, { answer: 'heuristic', did: 'abort' }, 'abort')
    expect(applied(same, 2).acked(2).outcome).toBe('aborted TRANSACTION_TIMEOUT')
  })

  test('an operator ends the wait: recorded and forced, and it is told no more', () => {
    const resolve = { type: 'resolve', at: at(1), branch: BranchNumber(1), decision: 'abort', detail: 'gone' } as const
    const scenario = both().on(resolve)
    expect([scenario.records, scenario.last.force]).toEqual([['resolved'], true])
    expect(scenario.timer('resend', 100).sent).toEqual(['abort b'])
    expect(applied(scenario, 2).acked(2).outcome).toBe('aborted TRANSACTION_TIMEOUT')
  })
})
