import { expect, test } from '@jest/globals'
import { connect, type TransactionEvent } from '../../client/index.ts'
import { Instant, TransactionId } from '../../protocol/index.ts'
import { committed, FakeCoordinator } from './fake-coordinator.ts'

const transactionId = TransactionId('00000000-0000-7000-8000-000000000001')
const active = { transactionId, state: 'active', at: Instant(1), event: 'open with 1 branch' }
const ended = { transactionId, state: 'ended', at: Instant(2), event: 'committed', outcome: committed(transactionId) }

test('watch tells every change and ends with the outcome', async () => {
  await using fake = await FakeCoordinator.start()
  await using coordinator = connect(fake.address)
  fake.watched = [active, ended]
  const events: TransactionEvent[] = []
  for await (const event of coordinator.watch(transactionId)) events.push(event)
  expect(events.map(({ state }) => state)).toEqual(['active', 'ended'])
  expect(events[1]?.outcome).toMatchObject({ outcome: 'committed', transactionId })
})

test('watch takes up again when it broke off before the end', async () => {
  await using fake = await FakeCoordinator.start()
  await using coordinator = connect(fake.address)
  fake.watched = [active]
  const states: string[] = []
  for await (const { state } of coordinator.watch(transactionId)) {
    states.push(state)
    fake.watched = [ended]
  }
  expect(states).toEqual(['active', 'ended'])
})

test('watch gives up when nobody answers', async () => {
  await using coordinator = connect('127.0.0.1:1', { outcomeWaitMs: 200 })
  const watching = coordinator.watch(transactionId).next()
  await expect(watching).rejects.toMatchObject({ code: 'COORDINATOR_UNREACHABLE' })
})

test('watch ends with its signal', async () => {
  await using fake = await FakeCoordinator.start()
  await using coordinator = connect(fake.address)
  fake.watched = [active]
  const controller = new AbortController()
  const watching = (async () => {
    for await (const _ of coordinator.watch(transactionId, { signal: controller.signal })) {
      controller.abort(new Error('seen enough'))
    }
  })()
  await expect(watching).rejects.toThrow('seen enough')
})
