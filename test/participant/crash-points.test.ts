import { expect, test } from '@jest/globals'
import { crashPoint, crashPoints, hasCrashPoints, isArmed, parseCrashPoints } from '../../log/crash-points.ts'

test('names, hits and several of them', () => {
  const armed = parseCrashPoints('participant.after-vote-force, coordinator.after-all-acks@3')
  expect([...armed]).toEqual([
    ['participant.after-vote-force', 1],
    ['coordinator.after-all-acks', 3],
  ])
})

test.each(['nowhere', 'toString', 'participant.after-vote-force@0', 'participant.after-vote-force@1@2'])(
  '%s is an error at start',
  (text) => {
    expect(() => parseCrashPoints(text)).toThrow('CONCORDAT_CRASH_POINT')
  },
)

test('unarmed points do nothing', () => {
  expect(hasCrashPoints).toBe(false)
  for (const name of Object.keys(crashPoints) as (keyof typeof crashPoints)[]) {
    expect(isArmed(name)).toBe(false)
    crashPoint(name)
  }
})
