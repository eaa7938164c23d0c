// Requests that meet others while the log is being read.

import { expect, test } from '@jest/globals'
import { Epoch } from '../../protocol/index.ts'
import { World } from './world.ts'

test('an abort that comes while its begin looks into the log aborts it', () => {
  const world = new World().connect()
  const { options, transactionId } = world.command()
  const epoch = Epoch(world.disk.epoch)
  const told: unknown[] = []
  const { turns } = world.coordinator
  // Both look; the begin is answered first.
  turns.arrive(() => world.admission.begin({ epoch, transactionId, options }, () => undefined))
  turns.arrive(() => world.requests.abort({ epoch, transactionId, message: '' }, (answered) => told.push(answered)))
  world.settle().force()
  expect(told).toMatchObject([{ value: { outcome: { outcome: 'aborted' } } }])
  expect(world.coordinator.transactions.size).toBe(0)
})
