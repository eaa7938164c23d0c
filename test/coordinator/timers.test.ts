// What wakes the coordinator: not too early, however far away it is, and not at a cost that grows with what is far away.

import { expect, jest, test } from '@jest/globals'
import { systemClock } from '../../coordinator/clock.ts'
import { Timers } from '../../coordinator/timers.ts'
import { after, Instant } from '../../protocol/index.ts'
import { ManualClock, startOfTime } from './world.ts'

test('a wake-up that is further away than a timer of the platform can be does not come at once', () => {
  const set = jest.spyOn(globalThis, 'setTimeout')
  const monthMs = 31 * 24 * 60 * 60 * 1_000
  const cancel = systemClock.wakeAt(after(systemClock.now(), monthMs), () => {})
  cancel()
  expect(set.mock.calls.map(([, delay]) => (delay as number) < 2 ** 31)).toEqual([true])
  set.mockRestore()
})

const at = (ms: number): Instant => Instant(startOfTime + ms)

test('T1, T2: near or far, a timer fires once and in its time; armed again or cancelled, not at all', () => {
  const clock = new ManualClock()
  const fired: [string, number][] = []
  const timers = new Timers<{ name: string }, 'one'>(clock, ({ name }) => fired.push([name, clock.now() - startOfTime]))
  const waits = [0, 5, 10, 59_990, 60_000, 60_005, 119_999, 3_600_000, 86_400_000]
  for (const ms of waits) timers.set({ name: `${ms}` }, 'one', at(ms))
  const [again, never, cleared] = [{ name: 'again' }, { name: 'never' }, { name: 'cleared' }]
  for (const owner of [again, never, cleared]) timers.set(owner, 'one', at(300_000))
  clock.advance(200_000)
  timers.set(again, 'one', at(400_000))
  timers.set(never, 'one', 'never')
  clock.advance(50_000)
  timers.clear(cleared)
  clock.advance(100_000_000)
  const isInTime = ([name, ms]: [string, number]): boolean => {
    const due = name === 'again' ? 400_000 : Number(name)
    return ms >= due && ms < due + 20
  }
  expect(fired.map(([name]) => name).sort()).toEqual([...waits.map(String), 'again'].sort())
  expect(fired.filter((one) => !isInTime(one))).toEqual([])
})

/** How long a wake-up takes, by the fastest of many, beside so many timers that are hours away. */
function costBeside(far: number): number {
  const clock = new ManualClock()
  const timers = new Timers<object, 'one'>(clock, () => {})
  for (let n = 0; n < far; n += 1) timers.set({ n }, 'one', at(3_600_000 + n * 1_500))
  const owner = {}
  const costs = Array.from({ length: 50 }, () => {
    timers.set(owner, 'one', after(clock.now(), 10))
    const from = performance.now()
    clock.advance(20)
    return performance.now() - from
  })
  return Math.min(...costs)
}

test('a wake-up beside the timeouts of 50,000 sagas costs not much more than alone', () => {
  costBeside(100)
  expect(costBeside(50_000) / costBeside(0)).toBeLessThan(100)
})
