// A saga whose branches are called one by one (design rules 1, 11 and 14).

import { expect, test } from '@jest/globals'
import { coordinatorSide } from '../../../protocol/index.ts'
import { enlisted, facts, policy } from './parties.ts'
import { Saga } from './saga-scenario.ts'

test('begin is recorded, forced; of two-phase it is not', () => {
  const saga = Saga.begun()
  expect([saga.records, saga.last.force, saga.armed('timeout')]).toEqual([['saga'], true, 60_000])
  expect(coordinatorSide.begin({ ...facts, protocol: 'two-phase' }).records).toEqual([])
})

test('each called branch is recorded, forced, before its Prepare leaves', () => {
  const saga = Saga.begun().call(1)
  expect([saga.records, saga.last.force, saga.sent]).toEqual([['saga-branch'], true, ['prepare 1']])
  expect(saga.yes(1).replies).toEqual(['call 1 yes'])
})

test('a called branch comes after those that had said yes', () => {
  const saga = Saga.begun().call(1).yes(1).call(2).call(3).yes(2).yes(3).call(4)
  expect(saga.running.branches.map(({ after }) => after)).toEqual([[], [1], [1], [1, 2, 3]])
  expect(saga.no(4).replies).toEqual(['call 4 no', 'decided aborted'])
  expect(saga.sent).toEqual(['abort 2', 'abort 3'])
})

test('a call that comes again is answered again, and sent no more', () => {
  const saga = Saga.begun().call(1)
  expect([saga.call(1).sent, saga.yes(1).replies]).toEqual([[], ['call 1 yes']])
  expect(saga.call(1).replies).toEqual(['call 1 yes'])
})

test('a call is answered while tries are left, and no when there are none', () => {
  const saga = Saga.begun().call(1).fails(1, 1)
  expect(saga.replies).toEqual([])
  saga.timer('resend', 40).fails(1, 2)
  expect(saga.replies).toEqual([])
  expect(saga.knows(1, 'aborted').replies).toEqual(['call 1 no', 'decided aborted'])
})

test('a call in flight is not answered no before it is known that it has not been done', () => {
  const saga = Saga.begun().call(1, 'pivot').abort()
  expect([saga.replies, saga.sent]).toEqual([[], ['status 1']])
  expect([saga.yes(1).replies, saga.is]).toEqual([['call 1 yes', 'decided committed'], 'committing'])
})

test('a new call of one that turns is answered no', () => {
  const saga = Saga.begun().call(1).timer('timeout', 60_000).call(2)
  expect([saga.replies, saga.records]).toEqual([['call 2 no'], []])
})

test('commit names what was called, no more and no less', () => {
  expect(Saga.begun().call(1).yes(1).commit(1, 2).is).toBe('aborting')
  expect(Saga.begun().call(1).yes(1).call(2).yes(2).commit(1).sent).toEqual(['abort 2'])
  expect(Saga.begun().commit().is).toBe('committed')
})

test('after the pivot a commit that names other branches can not turn it: what was called is committed', () => {
  expect(Saga.begun().call(1, 'pivot').yes(1).commit(1, 2).is).toBe('committing')
})

test('commit waits for the results that are missing', () => {
  const saga = Saga.begun().call(1).commit(1)
  expect(saga.is).toBe('running')
  expect([saga.yes(1).replies, saga.is]).toEqual([['call 1 yes', 'decided committed'], 'committing'])
})

test('commit asked for, no branch is called any more', () => {
  expect(Saga.begun().call(1).commit(1).call(2).records).toEqual([])
})

test('roles: what does not fit the plan is answered no, and nothing is recorded', () => {
  const afterPivot = Saga.begun().call(1, 'pivot').yes(1).call(2)
  expect([afterPivot.replies, afterPivot.records, afterPivot.is]).toEqual([['call 2 no'], [], 'running'])
  expect(Saga.begun().call(1, 'retriable').replies).toEqual(['call 1 no'])
  expect(Saga.begun().call(1).call(2, 'pivot').replies).toEqual(['call 2 no'])
  const { running } = Saga.begun().call(1).yes(1)
  const plan = { role: 'pivot', retry: policy.sagaRetry } as const
  expect(coordinatorSide.problemOfCall(running, enlisted(2), plan)).toBeUndefined()
})

test('nobody commits it: its timeout turns it; after the pivot it closes it, and what was called is committed', () => {
  expect(Saga.begun().call(1).yes(1).timer('timeout', 60_000).is).toBe('aborting')
  const saga = Saga.begun().call(1, 'pivot').yes(1).call(2, 'retriable').timer('timeout', 60_000)
  expect([saga.is, saga.yes(2).is]).toEqual(['running', 'committing'])
  expect(Saga.begun().call(1, 'pivot').yes(1).abort().is).toBe('committing')
})
