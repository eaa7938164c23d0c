// Tries, roles and time (design rule 14).

import { expect, test } from '@jest/globals'
import { enlisted, identityOf, policy } from './parties.ts'
import { broken, pivot, retriable, Saga, soldOut } from './saga-scenario.ts'

test('a try that fails is followed by another one, after the backoff', () => {
  const saga = Saga.chain(1).fails(1, 1)
  expect([saga.is, saga.sent, saga.armed('resend')]).toEqual(['running', [], 40])
  expect(saga.timer('resend', 39).sent).toEqual([])
  expect(saga.timer('resend', 40).tries).toEqual([2])
})

test('the last try that fails turns the saga', () => {
  const saga = Saga.chain(2).yes(1).fails(2, 1).timer('resend', 40).fails(2, 2)
  expect([saga.is, saga.sent]).toEqual(['turning OPERATION_FAILED', ['status 2']])
})

test('the number of tries is the branch’s own', () => {
  const saga = Saga.submitted(enlisted(1, { retry: { tries: 1, firstMs: 1, maxMs: 1 } })).fails(1, 1)
  expect(saga.is).toBe('turning OPERATION_FAILED')
})

test('a participant that is being stopped has tried nothing: a restart of it does not turn the saga', () => {
  const draining = { ...broken, code: 'DRAINING' }
  const saga = Saga.chain(1)
  for (let tryNumber = 1; tryNumber <= 10; tryNumber += 1) {
    saga.vote(1, { vote: 'failed', tryNumber, reason: draining })
    expect(saga.is).toBe('running')
    saga.timer('resend', saga.now + policy.sagaRetry.maxMs)
  }
  expect(saga.fails(1, 11).is).toBe('running')
  saga.timer('resend', saga.now + policy.sagaRetry.maxMs)
  expect(saga.fails(1, 12).is).toBe('turning OPERATION_FAILED')
})

test('a stale failure counts for nothing', () => {
  const saga = Saga.chain(1).fails(1, 1).fails(1, 1)
  expect(saga.running.branches[0]?.progress).toBe('failed')
  saga.timer('resend', 40).fails(1, 1)
  expect([saga.is, saga.running.branches[0]?.progress]).toEqual(['running', 'sent'])
})

test('a yes of an earlier try is a yes: the work is done', () => {
  expect(Saga.chain(1).fails(1, 1).yes(1).is).toBe('committing')
})

test('a refusal is final', () => {
  expect(Saga.chain(1).no(1).is).toBe('aborted SOLD_OUT')
})

test('the reason says where it came from', () => {
  const { state } = Saga.chain(1).no(1)
  expect(state.phase === 'ended' && state.outcome).toMatchObject({
    reason: { code: 'SOLD_OUT', refused: true, branch: 1, participant: 'p1', operation: 'work' },
  })
})

test('a retriable branch is tried without end, at the longest backoff, beyond the timeout', () => {
  const saga = Saga.submitted(enlisted(1, pivot), enlisted(2, retriable)).yes(1)
  for (let tryNumber = 1; tryNumber <= 20; tryNumber += 1) {
    expect(saga.last.messages[0]?.message).toMatchObject({ saga: { tryNumber, isRetriable: true } })
    saga.fails(2, tryNumber)
    expect(saga.is).toBe('running')
    saga.timer('resend', saga.now + policy.sagaRetry.maxMs)
  }
  saga.timer('timeout', 60_000).timer('resend', 100_000)
  const [sent] = saga.last.messages
  expect(sent?.message.type === 'prepare' && sent.message.voteBy).toBeGreaterThan(1_100_000)
  expect(saga.yes(2).is).toBe('committing')
})

test('not even a no of a retriable branch is final', () => {
  const saga = Saga.submitted(enlisted(1, pivot), enlisted(2, retriable)).yes(1)
  saga.vote(2, { vote: 'no', reason: soldOut })
  expect([saga.is, saga.timer('resend', 40).tries]).toEqual(['running', [2]])
})

test('a refusal of the pivot turns the saga', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, pivot), enlisted(3, retriable)).yes(1).no(2)
  expect([saga.is, saga.sent]).toEqual(['aborting', ['abort 1']])
})

test('one branch that keeps failing does not put off what another one is waiting for', () => {
  const saga = Saga.submitted(enlisted(1, { after: [] }), enlisted(2, { after: [] }))
  expect(saga.fails(1, 1).armed('resend')).toBe(40)
  expect(saga.timer('resend', 40).armed('resend')).toBe(100)
  expect(saga.timer('resend', 100).sent).toEqual(['prepare 2'])
})

test('a read-only vote is a yes', () => {
  expect(Saga.chain(1).vote(1, { vote: 'read-only', result: '1' }).is).toBe('committing')
})

test('another database before the pivot turns the saga; who said yes there is a hazard when it is compensated', () => {
  const saga = Saga.chain(2).yes(1).storageChanged(1)
  expect([saga.is, saga.sent]).toEqual(['turning STORAGE_CHANGED', ['status 2']])
  saga.knows(2, 'aborted').applied(1, { answer: 'applied', turn: 1 }, identityOf(1, 1))
  expect([saga.records, saga.last.force]).toEqual([['hazard'], true])
  expect(saga.replies).toEqual(['applied hazard'])
})

test('a branch whose database was replaced while its result was not known is a hazard', () => {
  const saga = Saga.chain(1).knows(1, 'nothing').timer('timeout', 60_000).knows(1, 'nothing', identityOf(1, 1))
  expect([saga.is, saga.sent]).toEqual(['aborting', ['abort 1']])
  expect(saga.applied(1, { answer: 'applied', turn: 1 }, identityOf(1, 1)).records).toEqual(['hazard'])
})

test('a replaced database after the pivot does not turn the saga; its Commit finds the hazard', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, pivot), enlisted(3, retriable)).yes(1).yes(2).storageChanged(1)
  expect(saga.is).toBe('running')
  saga.yes(3).applied(1, { answer: 'no-record' })
  expect(saga.records).toEqual(['hazard'])
})

test('a retriable branch waits for the database that it was to run at', () => {
  const saga = Saga.submitted(enlisted(1, pivot), enlisted(2, retriable)).yes(1)
  saga.yes(2, '1', identityOf(2, 1))
  expect([saga.is, saga.running.branches[1]?.progress]).toEqual(['running', 'failed'])
  expect(saga.timer('resend', 40).yes(2).is).toBe('committing')
})

test('nobody was known when it was logged: whoever answers is asked by its name', () => {
  const { identity: _, ...unknown } = enlisted(1)
  const saga = Saga.submitted(unknown).timer('timeout', 60_000)
  expect(saga.last.messages[0]?.message).not.toHaveProperty('expectedStorageId')
  saga.knows(1, 'nothing')
  expect(saga.last.messages[0]?.message).toMatchObject({ expectedStorageId: identityOf(1).storageId })
  expect(saga.knows(1, 'aborted').is).toBe('aborted TRANSACTION_TIMEOUT')
})

test('an operator ends the wait for a retriable branch: the outcome says what he said', () => {
  const saga = Saga.submitted(enlisted(1, pivot), enlisted(2, retriable)).yes(1).resolve(2, 'commit')
  expect([saga.records, saga.last.force, saga.is]).toEqual([['resolved', 'decision'], true, 'committing'])
  expect(saga.sent).toEqual(['commit 1'])
  expect(saga.applied(1).acked(1).is).toBe('committed')
  const mixed = Saga.submitted(enlisted(1, pivot), enlisted(2, retriable)).yes(1).resolve(2, 'abort')
  expect(mixed.replies).toEqual(['decided mixed'])
})

test('an operator who says that the pivot is done leaves no way back', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, pivot), enlisted(3, retriable)).yes(1).resolve(2, 'commit')
  expect(saga.sent).toEqual(['prepare 3'])
  expect(saga.timer('timeout', 60_000).is).toBe('running')
  expect(saga.restarted().timer('timeout', 60_000).is).toBe('running')
})

test('an operator ends the wait for a branch that does not answer: it turns without it', () => {
  const saga = Saga.chain(2).yes(1).resolve(2, 'abort')
  expect([saga.is, saga.records, saga.sent]).toEqual(['aborting', ['resolved', 'compensating'], ['abort 1']])
  expect(saga.applied(1).acked(1).is).toBe('aborted RESOLVED_BY_OPERATOR')
})

test('what an operator has ended before a restart is not waited for after it', () => {
  const saga = Saga.chain(2).yes(1).timer('timeout', 60_000).resolve(2, 'abort').restarted()
  expect(saga.sent).toEqual(['abort 1'])
})
