// The order in which a turn lets things leave (coordinator/turns.ts).

import { expect, test } from '@jest/globals'
import { Turns } from '../../coordinator/turns.ts'
import { newDisk, openMemoryLog } from '../../log/index.ts'
import { LogId } from '../../protocol/index.ts'
import { ManualClock } from './world.ts'

test('answers to clients leave before messages to participants, whoever listened first', () => {
  const clock = new ManualClock()
  const log = openMemoryLog(newDisk(LogId('00000000-0000-4000-8000-00000000000a')), (force) => force())
  const turns = new Turns(log, clock, () => [])
  const left: string[] = []
  turns.onReleased('messages', () => left.push('messages'))
  const stop = turns.onReleased('replies', () => left.push('replies'))

  turns.arrive(() => turns.release(0, () => left.push('released')))
  clock.settle()
  expect(left).toEqual(['released', 'replies', 'messages'])

  left.length = 0
  stop()
  turns.forced()
  expect(left).toEqual(['messages'])
})
