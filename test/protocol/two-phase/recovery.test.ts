// The recovery tables: every combination that a log can hold matches exactly one row.

import { describe, expect, test } from '@jest/globals'
import { coordinatorSide, firstBallot, type Outcome, participantSide, reason } from '../../../protocol/index.ts'
import { at, enlisted, facts, logId, policy, voter } from './coordinator-scenario.ts'
import { around, branchOf } from './participant-scenario.ts'

const voted = { ...enlisted(1), vote: 'yes', voter: voter(1), result: '' } as const
const readOnly = { ...enlisted(2), vote: 'read-only', voter: voter(2), result: '' } as const
const firsts = [
  { record: 'decision', branches: [voted, readOnly] },
  { record: 'delegated', branch: { ...enlisted(1), storageId: voter(1).storageId } },
  { record: 'aborted' },
  { record: 'pre-committed', branches: [voted], members: [], pledge: { promised: firstBallot(logId) } },
  { record: 'saga', branches: [], isOpen: false },
  { record: 'saga', branches: [], isOpen: true, compensating: reason('TRANSACTION_TIMEOUT', '') },
] as const
const hazards = [
  [],
  [{ branch: voted.branch, hazard: 'hazard', detail: 'gone' }],
  [{ branch: voted.branch, hazard: 'mixed', detail: 'by hand', resolved: 'abort' }],
] as const
const aborted: Outcome = { outcome: 'aborted', reason: reason('VOTE_TIMEOUT', '') }
const committed: Outcome = { outcome: 'committed', results: [] }
const combinations = firsts.flatMap((first) =>
  hazards.flatMap((hazard) => [undefined, committed, aborted].map((outcome) => ({ first, hazard, outcome }))),
)

describe('coordinator', () => {
  test.each(combinations)(
    '$first.record, hazards $hazard, outcome $outcome.outcome: one row and no other',
    ({ first, hazard, outcome }) => {
      const recorded = { facts, first, hazards: hazard, ...(outcome === undefined ? {} : { outcome }) }
      const rows = coordinatorSide.recoveryTable.filter(({ applies }) => applies(recorded))
      expect(rows.map(({ label }) => label)).toHaveLength(1)
    },
  )

  test.each(combinations)(
    '$first.record, hazards $hazard, outcome $outcome.outcome: it goes on exactly if it has not ended',
    ({ first, hazard, outcome }) => {
      if (first.record === 'aborted' && outcome === undefined) return
      // A saga's first step after a restart does more: test/protocol/saga.
      if (first.record === 'saga' && outcome === undefined) return
      // One that its members have aborted is told again at once: below.
      if (first.record === 'pre-committed' && hazard.length > 0) return
      const recorded = { facts, first, hazards: hazard, ...(outcome === undefined ? {} : { outcome }) }
      const { timers, messages, force } = coordinatorSide.resume(coordinatorSide.recover(recorded), at(0), policy)
      expect(timers.filter(({ timer }) => timer === 'resend')).toEqual(
        outcome === undefined
          ? [{ timer: 'resend', at: at(first.record === 'pre-committed' ? 0 : policy.resend.maxMs) }]
          : [],
      )
      expect([messages, force]).toEqual([[], false])
    },
  )

  test('what its members have aborted is told again at once; if nobody is left to be told, it ends', () => {
    const first = firsts.find(({ record }) => record === 'pre-committed')!
    const inDanger = coordinatorSide.recover({ facts, first, hazards: hazards[1] })
    const told = coordinatorSide.resume(inDanger, at(0), policy)
    expect(told.messages).toMatchObject([{ to: 'a', message: { type: 'abort' } }])
    expect(told.timers).toContainEqual({ timer: 'resend', at: at(100) })
    const resolved = coordinatorSide.recover({ facts, first, hazards: hazards[2] })
    expect(coordinatorSide.resume(resolved, at(0), policy)).toMatchObject({
      state: { phase: 'ended', outcome: { outcome: 'aborted' } },
      records: [{ type: 'end' }],
    })
  })

  test('decided, not ended: Commit is due again for yes-voters, and nothing for readers', () => {
    const state = coordinatorSide.recover({ facts, first: firsts[0], hazards: [] })
    expect(state).toMatchObject({ phase: 'committing', branches: [{ progress: 'sent' }, { progress: 'acked' }] })
    expect(coordinatorSide.resume(state, at(0), policy).timers).toEqual([
      { timer: 'resend', at: at(policy.resend.maxMs) },
      { timer: 'applied-wait', at: at(1_000) },
    ])
    const sent = coordinatorSide.step(state, { type: 'timer', at: at(100), timer: 'resend' }, policy).messages
    expect(sent).toMatchObject([{ to: 'a', message: { type: 'commit', expectedStorageId: voter(1).storageId } }])
  })

  test('a hazard is still one after a restart, and a branch that an operator resolved is not waited for', () => {
    const lost = coordinatorSide.recover({ facts, first: firsts[0], hazards: hazards[1] })
    expect(lost.phase === 'committing' && coordinatorSide.outcomeOf(lost).outcome).toBe('hazard')
    const resolved = coordinatorSide.recover({ facts, first: firsts[0], hazards: hazards[2] })
    expect(resolved).toMatchObject({ branches: [{ progress: 'heuristic', did: 'abort' }, {}] })
  })

  test('pre-committed, and a branch in danger: the members had aborted it, which is told again, and no ballot is used', () => {
    const branches = [voted, { ...voted, ...enlisted(2), voter: voter(2) }]
    const first = { ...firsts[3], branches }
    const lost = coordinatorSide.recover({ facts, first, hazards: hazards[1] })
    expect(lost).toMatchObject({ phase: 'aborting', branches: [{ progress: 'hazard' }, { progress: 'sent' }] })
    const resolved = coordinatorSide.recover({ facts, first, hazards: hazards[2] })
    const { messages } = coordinatorSide.step(resolved, { type: 'timer', at: at(100), timer: 'resend' }, policy)
    expect(messages).toMatchObject([{ to: 'b', message: { type: 'abort' } }])
  })

  test('ended: inquiries are answered by what was decided for each branch', () => {
    const state = coordinatorSide.recover({ facts, first: firsts[0], hazards: [], outcome: committed })
    expect(state).toMatchObject({ phase: 'ended', committed: [1] })
    expect(coordinatorSide.recover({ facts, first: firsts[2], hazards: [], outcome: aborted })).toMatchObject({
      committed: [],
    })
  })
})

describe('participant', () => {
  const branch = branchOf()
  test.each([
    [{ type: 'prepared', branch }, 'prepared'],
    [{ type: 'prepared', branch: { ...branch, onePhase: true } }, 'prepared'],
    [{ type: 'pledged', branch: { ...branch, pledge: { promised: firstBallot(logId) } } }, 'prepared'],
    [{ type: 'committed', branch }, 'committed'],
    [
      {
        type: 'aborted',
        transactionId: branch.transactionId,
        branch: branch.branch,
        sequence: branch.sequence,
        reason: reason('TOMBSTONE', ''),
        isEvidence: true,
      },
      'aborted',
    ],
    [{ type: 'heuristic', branch, did: 'abort', detail: '' }, 'heuristic'],
  ] as const)('the newest record $type', (record, state) => {
    expect(participantSide.recover(record).state).toBe(state)
  })

  test('a prepared branch asks at once; a one-phase one goes on to commit and asks nobody', () => {
    const waiting = participantSide.recover({ type: 'prepared', branch })
    expect(participantSide.resume(waiting, at(0), around()).timers).toEqual([{ timer: 'in-doubt', at: at(0) }])
    const deciding = participantSide.recover({ type: 'prepared', branch: { ...branch, onePhase: true } })
    expect(participantSide.resume(deciding, at(0), around()).timers).toMatchObject([{ timer: 'retry' }])
    const step = participantSide.step(deciding, { type: 'timer', at: at(50), timer: 'retry' }, around())
    expect(step.work).toMatchObject([{ work: 'commit', source: 'one-phase' }])
  })

  test('what has ended has nothing to do', () => {
    expect(
      participantSide.resume(participantSide.recover({ type: 'committed', branch }), at(0), around()).timers,
    ).toEqual([])
  })
})
