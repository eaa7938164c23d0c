// S1 to S7 of protocols.md 3.1, one by one, at the coordinator.

import { expect, test } from '@jest/globals'
import { enlisted } from './parties.ts'
import { pivot, retriable, Saga } from './saga-scenario.ts'

test('S1: the branches are recorded, forced, before the first Prepare leaves', () => {
  const saga = Saga.chain(2)
  expect([saga.records, saga.last.force, saga.sent]).toEqual([['saga'], true, ['prepare 1']])
})

test('S1: a result needs no record: after a restart it is asked for again, in order', () => {
  const saga = Saga.chain(2).yes(1).restarted()
  expect([saga.is, saga.sent]).toEqual(['running', ['prepare 1']])
  expect(saga.yes(1).sent).toEqual(['prepare 2'])
})

test('S1: the turn to compensation is recorded, forced, before the first Abort leaves', () => {
  const saga = Saga.chain(2).yes(1).no(2)
  expect([saga.records, saga.last.force, saga.sent]).toEqual([['compensating'], true, ['abort 1']])
  expect(saga.restarted().is).toBe('aborting')
})

test('S1: the decision is recorded, forced, before the first Commit leaves', () => {
  const saga = Saga.chain(2).yes(1).yes(2)
  expect([saga.records, saga.last.force, saga.sent]).toEqual([['decision'], true, ['commit 1', 'commit 2']])
  expect(saga.restarted().is).toBe('committing')
})

test('S2: what is sent again is the same try, with the same input', () => {
  const saga = Saga.chain(1)
  const first = saga.inputs
  expect([saga.timer('resend', 100).tries, saga.inputs]).toEqual([[1], first])
  expect(saga.connected(1).tries).toEqual([1])
})

test('S2: a vote that comes twice changes nothing', () => {
  const saga = Saga.chain(2).yes(1)
  expect([saga.yes(1).sent, saga.is]).toEqual([[], 'running'])
})

test('S3: a branch whose result is not known is asked, and barred, before anything is compensated', () => {
  const saga = Saga.chain(2).yes(1).timer('timeout', 60_000)
  expect([saga.is, saga.sent]).toEqual(['turning TRANSACTION_TIMEOUT', ['status 2']])
  expect(saga.last.messages[0]?.message).toMatchObject({
    abortIfNone: true,
    expectedStorageId: enlisted(2).identity?.storageId,
  })
  expect([saga.knows(2, 'aborted').sent, saga.records]).toEqual([['abort 1'], ['compensating']])
})

test('S3: an unknown result that turns out to be done is compensated', () => {
  const saga = Saga.chain(2).yes(1).timer('timeout', 60_000).knows(2, 'prepared')
  expect(saga.sent).toEqual(['abort 2'])
})

test('S3: a branch that failed may still run, late: it is asked too', () => {
  const saga = Saga.chain(2).yes(1).fails(2, 1).abort()
  expect(saga.sent).toEqual(['status 2'])
})

test('S3: a vote settles as well as an answer to Status', () => {
  expect(Saga.chain(2).yes(1).timer('timeout', 60_000).yes(2).sent).toEqual(['abort 2'])
  expect(Saga.chain(2).yes(1).timer('timeout', 60_000).no(2).sent).toEqual(['abort 1'])
  expect(Saga.chain(2).yes(1).timer('timeout', 60_000).fails(2, 1).sent).toEqual([])
})

test('S3: Status is asked again until it is answered', () => {
  const saga = Saga.chain(1).timer('timeout', 60_000)
  expect(saga.timer('resend', 60_100).sent).toEqual(['status 1'])
  expect(saga.connected(1).sent).toEqual(['status 1'])
})

test('S4: once it turns nothing is prepared, whatever says yes', () => {
  const saga = Saga.submitted(enlisted(1, { after: [] }), enlisted(2, { after: [] }), enlisted(3, { after: [1] })).no(2)
  expect(saga.sent).toEqual(['status 1'])
  expect(saga.yes(1).sent).toEqual(['abort 1'])
})

test('S5: after the yes of the pivot neither a timeout nor an abort nor an operator turns it', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, pivot), enlisted(3, retriable)).yes(1).yes(2)
  expect([saga.timer('timeout', 60_000).is, saga.abort().is, saga.resolve(1, 'abort').is]).toEqual([
    'running',
    'running',
    'running',
  ])
  expect(saga.yes(3).is).toBe('committing')
})

test('S5: an unknown pivot that turns out to be prepared goes forward: its result is asked for again', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, pivot)).yes(1).timer('timeout', 60_000)
  expect(saga.sent).toEqual(['status 2'])
  expect([saga.knows(2, 'prepared').sent, saga.is]).toEqual([['prepare 2'], 'running'])
  expect(saga.yes(2).is).toBe('committing')
})

test('S5: no retriable branch is barred while its pivot may be done', () => {
  const saga = Saga.submitted(enlisted(1), enlisted(2, pivot), enlisted(3, retriable)).yes(1).yes(2).restarted()
  expect(saga.timer('timeout', 60_000).sent).toEqual(['status 1', 'status 2'])
  expect(saga.knows(2, 'prepared').sent).toEqual(['prepare 1'])
  expect(saga.yes(1).sent).toEqual(['prepare 2'])
  expect(saga.yes(2).sent).toEqual(['prepare 3'])
})

test('S6: it ends as committed when all have acknowledged, and the end is recorded', () => {
  const saga = Saga.chain(2).yes(1).yes(2).applied(1).acked(1).applied(2)
  expect(saga.is).toBe('committing')
  expect([saga.acked(2).is, saga.records]).toEqual(['committed', ['end']])
})

test('S6: it ends as aborted when all have been compensated, and the end is recorded', () => {
  const saga = Saga.chain(2).yes(1).no(2)
  expect(saga.replies).toEqual(['decided aborted'])
  expect([saga.applied(1).replies, saga.is]).toEqual([['applied aborted'], 'aborting'])
  expect([saga.acked(1).is, saga.records]).toEqual(['aborted SOLD_OUT', ['end']])
})

test('S6: with nothing to compensate it ends at once; the turn is forced all the same', () => {
  const saga = Saga.chain(2).no(1)
  expect([saga.is, saga.records, saga.last.force]).toEqual(['aborted SOLD_OUT', ['compensating', 'end'], true])
})

test('S7: compensation goes backwards', () => {
  const saga = Saga.chain(3).yes(1).yes(2).no(3)
  expect(saga.sent).toEqual(['abort 2'])
  expect(saga.applied(2).sent).toEqual([])
  expect(saga.acked(2).sent).toEqual(['abort 1'])
})

test('S7: in parallel sagas the reverse of the order, and what does not depend on each other at once', () => {
  const last = { after: [2, 3] }
  const branches = [
    enlisted(1),
    enlisted(2, { after: [1] }),
    enlisted(3, { after: [1] }),
    enlisted(4, last),
    enlisted(5),
  ]
  const saga = Saga.submitted(...branches)
    .yes(1)
    .yes(2)
    .yes(3)
    .yes(4)
    .no(5)
  expect(saga.sent).toEqual(['abort 4'])
  expect(saga.applied(4).acked(4).sent).toEqual(['abort 2', 'abort 3'])
  expect(saga.applied(2).acked(2).sent).toEqual([])
  expect(saga.applied(3).acked(3).sent).toEqual(['abort 1'])
})

test('S7: an inquiry is answered abort only when it is that branch’s turn', () => {
  const saga = Saga.chain(3).yes(1).yes(2)
  expect(saga.inquiry(1)).toEqual(['in-progress'])
  saga.no(3)
  expect([saga.inquiry(1), saga.inquiry(2)]).toEqual([['in-progress'], ['abort']])
  saga.applied(2).acked(2)
  expect(saga.inquiry(1)).toEqual(['abort'])
})

test('a submitted saga of no branches is committed', () => {
  expect(Saga.submitted().is).toBe('committed')
})
