// One test a rule of the coordinator after its decision, and of one-phase: protocols.md 1.4, 1.6, 1.7, 1.8; design rules
// 1, 6, 8, 16.

import { describe, expect, test } from '@jest/globals'
import { type BranchKnowledge, coordinatorSide, reason } from '../../../protocol/index.ts'
import { at, enlisted, facts, policy, Scenario, voter } from './coordinator-scenario.ts'

const branch = enlisted(1).branch
const resolve = (number: number, decision: 'commit' | 'abort') =>
  ({ type: 'resolve', at: at(1), branch: enlisted(number).branch, decision, detail: 'by hand' }) as const

describe('COMMITTING', () => {
  test('C3: no ack, no end: Commit is sent again to whoever is missing, for ever', () => {
    const scenario = Scenario.decided().answer(1, 'applied').acked(1)
    for (let ms = 100; ms < 1_000_000; ms *= 2) {
      expect(scenario.timer('resend', ms).sent).toEqual(['commit b'])
      expect(scenario.armed('resend')).toBeLessThanOrEqual(ms + policy.resend.maxMs)
    }
  })

  test('FORGETEARLY is impossible: the end comes after the last ack, deferred', () => {
    const scenario = Scenario.decided().answer(1, 'applied').acked(1)
    expect([scenario.outcome, scenario.records]).toEqual(['committing', []])
    scenario.answer(2, 'applied')
    expect([scenario.outcome, scenario.records]).toEqual(['committing', []])
    scenario.acked(2)
    expect([scenario.outcome, scenario.records, scenario.last.force]).toEqual(['committed', ['end'], false])
  })

  test('rule 8: applied everywhere answers who waits for it; durable everywhere ends it', () => {
    const scenario = Scenario.decided().answer(1, 'applied')
    expect(scenario.replies).toEqual([])
    expect(scenario.answer(2, 'applied').last.replies).toMatchObject([{ type: 'applied', applied: true }])
    expect(scenario.acked(1).replies).toEqual([])
  })

  test('the wait for applied is bounded, and says so', () => {
    const scenario = Scenario.decided()
    expect(scenario.armed('applied-wait')).toBe(1_000)
    expect(scenario.timer('applied-wait', 1_000).last.replies).toMatchObject([{ type: 'applied', applied: false }])
    expect(scenario.answer(1, 'applied').answer(2, 'applied').replies).toEqual([])
  })

  test('a duplicate answer changes nothing', () => {
    const scenario = Scenario.decided().answer(1, 'applied')
    const before = scenario.state
    expect(scenario.answer(1, 'applied').state).toBe(before)
  })

  test('ended below the watermark counts as an ack', () => {
    expect(Scenario.decided().answer(1, { answer: 'ended' }).answer(2, { answer: 'ended' }).outcome).toBe('committed')
  })

  test('an inquiry is answered commit for a yes, abort for anything that was not one', () => {
    const scenario = Scenario.submitted(enlisted(1), enlisted(2)).vote(1, 'read-only').vote(2)
    expect(scenario.inquiry(2).replies).toEqual(['commit'])
    expect(scenario.inquiry(1).replies).toEqual(['abort'])
    expect(scenario.inquiry(3).replies).toEqual(['abort'])
  })

  test('a yes that comes again asks for the decision', () => {
    expect(Scenario.decided().vote(1).sent).toEqual(['commit a'])
  })

  test('a read-only voter that ran again on a late Prepare is left to its inquiry: an Abort would mislead the others', () => {
    const scenario = Scenario.submitted(enlisted(1), enlisted(2)).vote(1, 'read-only').vote(2)
    expect(scenario.vote(1).sent).toEqual([])
    expect(scenario.inquiry(1).replies).toEqual(['abort'])
  })

  test('a late no cannot take the decision back', () => {
    expect(Scenario.decided().vote(1, 'no').last).toMatchObject({ messages: [], records: [] })
  })

  test('a participant that can be reached again gets its Commit again, also what it had only applied', () => {
    const connected = { type: 'connected', at: at(5), participant: enlisted(1).participant } as const
    expect(Scenario.decided().answer(1, 'applied').on(connected).sent).toEqual(['commit a'])
    expect(Scenario.decided().acked(1).on(connected).sent).toEqual([])
  })

  test('a participant that comes and goes puts off nobody else: the resend timer stays as it is', () => {
    const connected = { type: 'connected', at: at(5), participant: enlisted(1).participant } as const
    const scenario = Scenario.decided().on(connected).on(connected)
    expect(scenario.last.timers).toEqual([])
    expect(scenario.timer('resend', 100).armed('resend')).toBe(300)
  })

  test('a commit that throws there is shown, and waited for', () => {
    const scenario = Scenario.decided().answer(1, { answer: 'retrying', detail: 'disk quota' })
    expect(scenario.state).toMatchObject({
      phase: 'committing',
      branches: [{ progress: 'sent', lastError: 'disk quota' }, {}],
    })
  })
})

describe('rule 6: hazard and mixed', () => {
  test('C5: no record where one should be is a hazard, forced before anyone is told, and never an ack', () => {
    const scenario = Scenario.decided().answer(1, { answer: 'no-record' })
    expect([scenario.records, scenario.last.force]).toEqual([['hazard'], true])
    expect(scenario.replies).toEqual(['applied hazard'])
    expect(scenario.answer(2, 'applied').acked(2).outcome).toBe('committing')
  })

  test('a hazard never stops Commit to the others, nor to the one that is lost: its old storage may return', () => {
    const scenario = Scenario.decided().answer(1, { answer: 'no-record' })
    expect(scenario.timer('resend', 100).sent).toEqual(['commit a', 'commit b'])
    scenario.answer(2, 'applied').acked(2).answer(1, 'applied').acked(1)
    expect(scenario.outcome).toBe('committed')
  })

  test('the same hazard twice is recorded once', () => {
    expect(Scenario.decided().answer(1, { answer: 'no-record' }).answer(1, { answer: 'no-record' }).records).toEqual([])
  })

  test('a participant that holds the opposite decision is a hazard', () => {
    expect(Scenario.decided().answer(1, { answer: 'contradicted' }).replies).toEqual(['applied hazard'])
  })

  test('a heuristic that contradicts makes it mixed; one that agrees counts as an ack', () => {
    const mixed = Scenario.decided().answer(1, { answer: 'heuristic', did: 'abort' }).answer(2, 'applied').acked(2)
    expect(mixed.outcome).toBe('mixed ENDED_AGAINST_DECISION')
    const fine = Scenario.decided().answer(1, { answer: 'heuristic', did: 'commit' }).acked(2)
    expect(fine.outcome).toBe('committed')
  })

  test('an operator ends the wait for a lost branch; what he says is forced', () => {
    const scenario = Scenario.decided().acked(2).answer(1, { answer: 'no-record' }).on(resolve(1, 'abort'))
    expect([scenario.outcome, scenario.records, scenario.last.force]).toEqual([
      'mixed ENDED_AGAINST_DECISION',
      ['resolved', 'end'],
      true,
    ])
    expect(Scenario.decided().acked(2).on(resolve(1, 'commit')).outcome).toBe('committed')
    expect(Scenario.decided().acked(1).on(resolve(1, 'abort')).records).toEqual([])
  })
})

describe('one-phase (rule 1, protocols.md 1.6)', () => {
  const one = (): Scenario => Scenario.submitted(enlisted(1))
  const found = (knowledge: BranchKnowledge, from = voter(1)) =>
    ({ type: 'status-answer', at: at(1), branch, knowledge, from }) as const

  test('the delegation is forced before the Prepare that gives the decision away', () => {
    const scenario = one()
    expect([scenario.records, scenario.last.force, scenario.sent]).toEqual([['delegated'], true, ['prepare a']])
    expect(scenario.last.messages[0]?.message).toMatchObject({ onePhase: true })
  })

  test('without the storage id of the one that will decide, the ordinary way is gone', () => {
    const { identity: _, ...unknown } = enlisted(1)
    expect(Scenario.submitted(unknown).outcome).toBe('preparing')
  })

  test('committed is the outcome; its end is deferred, because it is durable there and a crash only asks again', () => {
    const scenario = one().vote(1, 'committed')
    expect([scenario.outcome, scenario.records, scenario.last.force]).toEqual(['committed', ['end'], false])
    expect(scenario.replies).toEqual(['decided committed'])
  })

  test('any other outcome is forced before it is told: asking again might be answered otherwise', () => {
    expect([one().vote(1, 'no').outcome, one().vote(1, 'no').last.force]).toEqual(['aborted SOLD_OUT', true])
    expect([one().vote(1, 'read-only').outcome, one().vote(1, 'read-only').last.force]).toEqual(['committed', true])
  })

  test('before the deadline Prepare is the question; after it, what became of it', () => {
    expect(one().timer('resend', 100).sent).toEqual(['prepare a'])
    const late = one().timer('vote-deadline', 5_000)
    expect(late.last.messages[0]?.message).toMatchObject({
      type: 'status',
      abortIfNone: true,
      expectedStorageId: voter(1).storageId,
    })
    expect(late.armed('resend')).toBeGreaterThan(5_000)
  })

  test('it is never presumed: neither a deadline, nor the client, nor a timeout ends it', () => {
    const abort = { type: 'abort', at: at(1), reason: reason('ABORTED_BY_CLIENT', '') } as const
    expect(one().on(abort).timer('timeout', 60_000).timer('vote-deadline', 60_000).outcome).toBe('delegated')
    expect(one().inquiry(1).replies).toEqual(['in-progress'])
  })

  test.each([
    ['committed', { knows: 'committed', result: '1' }, 'committed'],
    ['aborted', { knows: 'aborted', reason: reason('TOMBSTONE', '') }, 'aborted TOMBSTONE'],
    ['read-only', { knows: 'read-only' }, 'aborted VOTE_TIMEOUT'],
    ['active', { knows: 'active' }, 'delegated'],
    ['nothing', { knows: 'nothing' }, 'delegated'],
    ['prepared', { knows: 'prepared' }, 'delegated'],
  ] as const)('the delegate knows %s', (_word, knowledge, outcome) => {
    expect(one().on(found(knowledge)).outcome).toBe(outcome)
  })

  test('another database answers: hazard, forced, told; and it goes on asking for the old one', () => {
    const scenario = one().on(found({ knows: 'nothing' }, voter(9)))
    expect(scenario).toMatchObject({ records: ['hazard'], replies: ['applied hazard'], outcome: 'delegated' })
    expect(scenario.timer('resend', 200).sent).toEqual(['prepare a'])
    expect(scenario.on(found({ knows: 'committed', result: '1' })).outcome).toBe('committed')
  })

  test('whoever asks later, also after a restart, is told of the hazard', () => {
    const abort = { type: 'abort', at: at(2), reason: reason('ABORTED_BY_CLIENT', '') } as const
    const lost = one().on(found({ knows: 'nothing' }, voter(9)))
    expect(lost.commit(1).replies).toEqual(['applied hazard'])
    expect(lost.on(abort).replies).toEqual(['applied hazard'])
  })

  test('a no of another database ends it only if nothing else was ever sent', () => {
    expect(one().vote(1, 'no', voter(9)).outcome).toBe('aborted SOLD_OUT')
    expect(one().timer('resend', 100).vote(1, 'no', voter(9)).records).toEqual(['hazard'])
  })

  test('an operator may end the wait', () => {
    expect(one().on(resolve(1, 'abort'))).toMatchObject({
      outcome: 'aborted RESOLVED_BY_OPERATOR',
      records: ['resolved', 'end'],
    })
    expect(one().on(resolve(1, 'commit')).outcome).toBe('hazard PARTICIPANT_LOST')
  })

  test('mutant: a delegation that is presumed aborted after a restart would contradict its delegate', () => {
    const recorded = {
      facts,
      first: { record: 'delegated', branch: { ...enlisted(1), storageId: voter(1).storageId } },
      hazards: [],
    } as const
    const state = coordinatorSide.recover(recorded)
    expect(state.phase).toBe('delegated')
    expect(coordinatorSide.step(state, { type: 'timer', at: at(1), timer: 'resend' }, policy).messages).toMatchObject([
      { message: { type: 'status' } },
    ])
  })
})
