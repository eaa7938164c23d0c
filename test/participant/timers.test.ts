import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Timers } from '../../participant/timers.ts'
import type { Instant } from '../../protocol/index.ts'

const names = ['in-doubt', 'retry', 'lock-wait'] as const

test('each timer fires once, when due and not cancelled, whatever came before', () => {
  const set = fc.record({
    key: fc.integer({ min: 1, max: 40 }).map(String),
    timer: fc.constantFrom(...names),
    at: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant('never' as const)),
  })
  const take = fc.record({ until: fc.integer({ min: 0, max: 100 }), limit: fc.integer({ min: 1, max: 5 }) })
  fc.assert(
    fc.property(fc.array(fc.oneof(set, take), { maxLength: 200 }), (actions) => {
      const timers = new Timers()
      const model = new Map<string, number>()
      for (const action of actions) {
        if ('key' in action) {
          timers.set(action.key, action.timer, action.at as Instant | 'never')
          if (action.at === 'never') model.delete(`${action.key} ${action.timer}`)
          else model.set(`${action.key} ${action.timer}`, action.at)
        } else {
          const due = timers.takeDue(action.until as Instant, action.limit)
          const expected = [...model.values()].filter((at) => at <= action.until).sort((a, b) => a - b)
          const ats = due.map(({ key, timer }) => model.get(`${key} ${timer}`))
          expect(ats).toEqual(expected.slice(0, action.limit))
          for (const { key, timer } of due) model.delete(`${key} ${timer}`)
        }
        const first = [...model.values()].sort((a, b) => a - b)[0]
        expect(timers.nextAt).toBe(first)
      }
    }),
  )
})

test('cancelled timers do not pile up', () => {
  const timers = new Timers()
  for (let n = 0; n < 100_000; n += 1) {
    timers.set(String(n), 'in-doubt', (n + 1_000) as Instant)
    timers.set(String(n), 'in-doubt', 'never')
  }
  timers.set('last', 'retry', 5 as Instant)
  expect(timers.takeDue(10_000_000 as Instant, 10)).toEqual([{ key: 'last', timer: 'retry' }])
})
