// A coordinator that stops and starts again, in every phase of a saga.

import { expect, test } from '@jest/globals'
import { BranchNumber } from '../../../protocol/index.ts'
import { enlisted, identityOf } from './parties.ts'
import { pivot, retriable, Saga } from './saga-scenario.ts'

test('running: all is asked for again in order, and the timeout is armed', () => {
  const saga = Saga.submitted(enlisted(1, { after: [] }), enlisted(2, { after: [] }), enlisted(3))
    .yes(2)
    .restarted()
  expect([saga.sent, saga.armed('timeout')]).toEqual([['prepare 1', 'prepare 2'], 60_000])
  expect(saga.yes(2).sent).toEqual(['prepare 3'])
  expect(saga.yes(3).yes(1).is).toBe('committing')
})

test('running: a clock that was ahead at begin does not hold the saga up for longer than its timeout', () => {
  const ms = 500_000
  const saga = Saga.chain(2).yes(1)
  saga.now = -ms
  expect(saga.restarted().armed('timeout')).toBe(-ms + 60_000)
})

test('running: inputs are made again of the results that come again', () => {
  const references = [{ at: '/id', branch: BranchNumber(1), from: '/id' }]
  const before = Saga.submitted(enlisted(1), enlisted(2, { references })).yes(1, '{"id":7}')
  const saga = before.restarted().yes(1, '{"id":7}')
  expect([before.inputs, saga.inputs]).toEqual([['{"id":7}'], ['{"id":7}']])
})

test('running: a branch that may have run is asked when the saga turns, although it was not sent since', () => {
  const saga = Saga.chain(2).yes(1).restarted().timer('timeout', 60_000)
  expect(saga.sent).toEqual(['status 1', 'status 2'])
  saga.knows(1, 'prepared')
  expect(saga.knows(2, 'aborted').sent).toEqual(['abort 1'])
})

test('turning, not recorded: it goes on as if nothing had been asked; a tombstone turns it again', () => {
  const saga = Saga.chain(2).yes(1).timer('timeout', 60_000).restarted()
  expect([saga.is, saga.sent]).toEqual(['running', ['prepare 1']])
  expect([saga.yes(1).no(2).is, saga.sent]).toEqual(['aborting', ['abort 1']])
})

test('compensating: Abort goes to all that may have run, in reverse order, whatever they did', () => {
  const saga = Saga.chain(3).yes(1).yes(2).no(3).restarted()
  expect([saga.is, saga.sent]).toEqual(['aborting', ['abort 3']])
  expect(saga.applied(3).acked(3).sent).toEqual(['abort 2'])
  expect(saga.applied(2).acked(2).sent).toEqual(['abort 1'])
  expect(saga.applied(1).acked(1).is).toBe('aborted SOLD_OUT')
})

test('compensating: no retriable branch is told', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, pivot), enlisted(3, retriable)).yes(1).no(2).restarted()
  expect(saga.sent).toEqual(['abort 2'])
  expect(saga.applied(2).acked(2).sent).toEqual(['abort 1'])
})

test('compensating: a hazard stays one', () => {
  const saga = Saga.chain(2).yes(1).no(2)
  saga.applied(1, { answer: 'applied', turn: 1 }, identityOf(1, 1))
  expect(saga.replies).toEqual(['applied hazard'])
  const again = saga.restarted().applied(2).acked(2).abort()
  expect(again.replies).toEqual(['applied hazard'])
})

test('compensating: what was resolved is over', () => {
  const saga = Saga.chain(2).yes(1).no(2).resolve(1, 'abort')
  expect(saga.is).toBe('aborted SOLD_OUT')
  saga.log.pop()
  expect(saga.restarted().applied(2).acked(2).is).toBe('aborted SOLD_OUT')
})

test('committing: Commit again, and the sequence is the same', () => {
  const saga = Saga.chain(1).yes(1).restarted().timer('resend', 100)
  expect(saga.sent).toEqual(['commit 1'])
})

test('after the pivot: the timeout asks the pivot, which is done', () => {
  const saga = Saga.submitted(enlisted(1, pivot), enlisted(2, retriable)).yes(1).restarted().timer('timeout', 60_000)
  expect(saga.sent).toEqual(['status 1'])
  expect(saga.knows(1, 'prepared').sent).toEqual(['prepare 1'])
  expect(saga.yes(1).sent).toEqual(['prepare 2'])
})

test('the pivot’s database is gone: those after it may have run, and are asked too', () => {
  const saga = Saga.submitted(enlisted(1, pivot), enlisted(2, retriable)).yes(1).restarted().timer('timeout', 60_000)
  expect(saga.knows(1, 'nothing', identityOf(1, 1)).sent).toEqual(['status 2'])
  expect([saga.knows(2, 'aborted').is, saga.sent]).toEqual(['aborting', ['abort 1']])
})

test('interactive: it stays open, a call that is asked again is answered, and a new one waits for those before it', () => {
  const saga = Saga.begun().call(1).yes(1).call(2).restarted()
  expect([saga.running.isOpen, saga.sent]).toEqual([true, ['prepare 1']])
  saga.call(2)
  expect(saga.yes(1).sent).toEqual(['prepare 2'])
  expect([saga.call(3).records, saga.sent]).toEqual([['saga-branch'], []])
  expect([saga.yes(2).replies, saga.sent]).toEqual([['call 2 yes'], ['prepare 3']])
  expect(saga.yes(3).commit(1, 2, 3).is).toBe('committing')
})
