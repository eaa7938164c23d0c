// Two tries of one transaction id: the coordinator restarted before it had decided, and the client asked again.

import { afterAll, expect, test } from '@jest/globals'
import { type Collect, LogId, ParticipantName } from '../../protocol/index.ts'
import { branchOf, logId, newFile, removeFiles, sequence, World } from './world.ts'

afterAll(removeFiles)

/** A member that is in doubt about the try with this place in the coordinator's order. */
function collect(world: World, n: number, number: number): string[] {
  const { identity } = world.store
  const member = {
    ...identity,
    participant: ParticipantName('stock'),
    address: 'stock:1',
    branches: [branchOf(n).branch],
  }
  const message: Collect = {
    type: 'collect',
    ...branchOf(n),
    sequence: sequence(number),
    ballot: { number: 2, by: LogId('44444444-4444-4444-8444-444444444444'), branch: 1 },
    members: [member],
  }
  world.driver.receive(logId, [message], world.unary)
  world.environment.settle()
  return world.unary.take()
}

test('a tombstone of the second try outlives the watermark of the first one, over a restart', () => {
  let world = new World(newFile())
  world.hear()
  expect(world.prepare(1, 'throws')).toEqual(['no OPERATION_FAILED'])
  expect(collect(world, 1, 5)).toEqual(['collect aborted'])
  world = world.restart()
  world.watermark(3)
  world.watermark(4)
  expect(world.prepare(1, 'reserve', { sku: 'book' }, { sequence: sequence(5) })).not.toEqual(['yes'])
  world.close()
})

test('a tombstone of the second try is not dropped with the first one in the turn that writes it', () => {
  let world = new World(newFile())
  world.hear()
  expect(world.prepare(1, 'throws')).toEqual(['no OPERATION_FAILED'])
  // The watermark becomes durable with a turn that forces, and the next turn that writes drops what is below it.
  world.hear({ watermark: { below: sequence(3), open: [] } })
  expect(world.reserve(9)).toEqual(['yes'])
  expect(collect(world, 1, 5)).toEqual(['collect aborted'])
  world = world.restart()
  expect(world.prepare(1, 'reserve', { sku: 'book' }, { sequence: sequence(5) })).not.toEqual(['yes'])
  world.close()
})
