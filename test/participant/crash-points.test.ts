import { expect, test } from '@jest/globals'
import { crashPoint, crashPoints, hasCrashPoints, isArmed, parseCrashPoints } from '../../log/crash-points.ts'

test('names, hits and several of them', () => {
  const text = 'participant.after-vote-force, coordinator.after-all-acks@3, coordinator.on-vote@2:stop'
  expect([...parseCrashPoints(text)]).toEqual([
    ['participant.after-vote-force', { hit: 1, signal: 'SIGKILL' }],
    ['coordinator.after-all-acks', { hit: 3, signal: 'SIGKILL' }],
    ['coordinator.on-vote', { hit: 2, signal: 'SIGSTOP' }],
  ])
})

test.each([
  'nowhere',
  'toString',
  'coordinator.on-vote:sleep',
  'participant.after-vote-force@0',
  'participant.after-vote-force@1@2',
])('%s is an error at start', (text) => {
  expect(() => parseCrashPoints(text)).toThrow('CONCORDAT_CRASH_POINT')
})

test('unarmed points do nothing', () => {
  expect(hasCrashPoints).toBe(false)
  for (const name of Object.keys(crashPoints) as (keyof typeof crashPoints)[]) {
    expect(isArmed(name)).toBe(false)
    crashPoint(name)
  }
})
