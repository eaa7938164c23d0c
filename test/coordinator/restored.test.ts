// A log that is older than a participant has seen it: it was restored from a backup (design rule 6).

import { expect, test } from '@jest/globals'
import type { Known } from '../../coordinator/directory.ts'
import { Boot } from '../../protocol/index.ts'
import { names, World } from './world.ts'

/** Both come back; orders has seen more of this log than it holds. */
function comeBack(world: World): void {
  for (const participant of [names.orders, names.stock]) {
    const known = world.coordinator.directory.get(participant) as Known
    const header = world.header(participant, participant === names.orders ? { seenRecordSequence: 1_000 } : {})
    if (world.coordinator.heard(known, header)) world.coordinator.connected(known)
  }
  world.settle().force()
}

test('goes on with nothing that it holds: what it does not hold may say otherwise', () => {
  const world = new World().connect()
  const command = world.command({ protocol: 'saga' })
  world.submit(command)
  world.force()
  world.vote(names.orders, command.transactionId)
  world.force()
  world.crash()
  // Nobody can be reached yet: it is lost.
  world.settle().force()
  world.takeSent()
  comeBack(world)
  expect(world.takeSent()).toEqual([])
  // The newer file had decided to commit; this one would compensate at the timeout.
  world.clock.advance(25 * 60 * 60 * 1_000)
  world.force()
  expect(world.takeSent()).toEqual([])
})

test('decides nothing about what was let in before it was found out', () => {
  const world = new World().connect()
  const command = world.command()
  const { answers } = world.submit(command)
  world.vote(names.orders, command.transactionId)
  const known = world.coordinator.directory.get(names.orders) as Known
  world.coordinator.heard(known, world.header(names.orders, { seenRecordSequence: 1_000 }))
  world.takeSent()
  world.vote(names.stock, command.transactionId)
  world.force()
  expect(world.takeSent()).toEqual([])
  expect(answers).toEqual([])
})

test('appends nothing more: a log that grows on would not be found out after the next restart', () => {
  const world = new World().connect()
  world.force()
  comeBack(world)
  const { log, directory } = world.coordinator
  const before = log.recordSequence
  const known = directory.get(names.stock) as Known
  world.coordinator.heard(known, world.header(names.stock, { boot: Boot(7) }))
  directory.describe(known, ['another'], ['two-phase'])
  world.clock.advance(1_000)
  world.settle().force()
  expect(log.recordSequence).toBe(before)
})
