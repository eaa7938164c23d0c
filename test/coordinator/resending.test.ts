// What may be lost is sent again, and nothing else is.

import { expect, test } from '@jest/globals'
import { after, type TransactionId } from '../../protocol/index.ts'
import { names, World } from './world.ts'

/** All have voted yes, the decision is durable, and Commit was sent and not answered. */
function committing(world: World, count = 1): TransactionId[] {
  const ids = Array.from({ length: count }, () => {
    const command = world.command()
    world.submit(command)
    world.vote(names.orders, command.transactionId).vote(names.stock, command.transactionId)
    return command.transactionId
  })
  world.force()
  world.settle()
  world.takeSent()
  return ids
}

/** Messages that were sent before now are still to be handled there. */
const isBehind = (world: World): void => {
  for (const participant of Object.values(names)) {
    world.unhandledSince.set(participant, after(world.clock.now(), -1))
  }
}

test('H2: no second copy is sent while the first is still to be handled', () => {
  const world = new World().connect()
  isBehind(world)
  committing(world)
  world.clock.advance(60_000)
  expect(world.takeSent()).toEqual([])
})

test('H3: it is sent when the first must have been handled, and was not answered', () => {
  const world = new World().connect()
  isBehind(world)
  committing(world)
  world.clock.advance(5_000)
  // What waits there now was sent later.
  world.unhandledSince.set(names.orders, world.clock.now())
  world.unhandledSince.delete(names.stock)
  world.clock.advance(15_000)
  expect(new Set(world.takeSent())).toEqual(new Set(['commit orders', 'commit stock']))
})

test('H2: a new copy of what was sent again is left out in the same way', () => {
  const world = new World().connect()
  committing(world)
  world.clock.advance(1_500)
  expect(world.takeSent()).toEqual(['commit orders', 'commit stock'])
  isBehind(world)
  world.unhandledSince.set(names.orders, after(world.clock.now(), -1_000))
  world.clock.advance(2_500)
  // Of that to orders the copy is still waiting; whatever stock has to handle came after it.
  expect(world.takeSent()).toEqual(['commit stock'])
})

test('what a broken session has lost is sent again over the next one, whatever was left out before', () => {
  const world = new World().connect()
  isBehind(world)
  committing(world)
  world.connect()
  expect(world.takeSent()).toEqual(['commit orders', 'commit stock'])
})

test('H1: a participant that comes back is sent as much as it takes, and all in the end', () => {
  const world = new World().connect()
  const count = 2_600
  const ids = committing(world, count)
  const known = world.coordinator.directory.get(names.stock)
  if (known === undefined) throw new Error('unknown')
  world.queued.set(names.stock, 2_000)
  world.coordinator.connected(known)
  world.settle()
  const first = world.takeSent().length
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(count)
  // The timers of the others add nothing to that.
  world.clock.advance(3)
  expect(world.takeSent()).toEqual([])
  world.queued.clear()
  world.clock.advance(500)
  const later = world.sent.splice(0)
  expect(first + later.length).toBe(count)
  expect(later.at(-1)).toMatchObject({ to: names.stock, message: { transactionId: ids.at(-1) } })
})

test('H1: when it goes and comes once more, all is sent once more', () => {
  const world = new World().connect()
  const count = 1_200
  committing(world, count)
  const known = world.coordinator.directory.get(names.stock)
  if (known === undefined) throw new Error('unknown')
  world.queued.set(names.stock, 2_000)
  world.coordinator.connected(known)
  world.settle()
  expect(world.takeSent().length).toBeLessThan(count)
  known.isConnected = false
  world.queued.clear()
  world.clock.advance(100)
  expect(world.takeSent()).toEqual([])
  world.coordinator.connected(known)
  world.clock.advance(100)
  expect(world.takeSent().length).toBe(count)
})
