// The demo itself, as `npm run demo` runs it: under each protocol two processes kill themselves, the coordinator stays dead
// for a while, and all books agree in the end.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Report } from '../../demo/play/report.ts'

const program = fileURLToPath(new URL('../../demo/run.js', import.meta.url))
const run = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args])

describe('all three plays', () => {
  let reports: Report[] = []
  const played = (protocol: string): Report => {
    const report = reports.find((one) => one.protocol === protocol)
    if (report === undefined) throw new Error(`no play under ${protocol}`)
    return report
  }
  const aloneIn = (protocol: string) => played(protocol).crashes[1]?.alone

  beforeAll(async () => {
    const { stdout } = await run('--orders', '60', '--seed', '11', '--customers', '4', '--json')
    reports = JSON.parse(stdout) as Report[]
  }, 180_000)

  test.each([
    ['two-phase', 'coordinator.after-decision-force'],
    ['three-phase', 'coordinator.after-decision-force'],
    ['saga', 'coordinator.after-compensating-force'],
  ])('%s: the books agree after both crashes', (protocol, point) => {
    const report = played(protocol)
    expect(report.audit.findings.flatMap((finding) => finding.sentences)).toEqual([])
    expect(report.audit).toMatchObject({ passed: true })
    expect(report.audit.findings.length).toBeGreaterThan(5)
    expect(report.orders).toBe(60)
    expect(report.confirmed + report.refused).toBe(60)
    expect(report.confirmed).toBeGreaterThan(0)
    expect(report.refused).toBeGreaterThan(0)
    expect(report.sightings.snapshots).toBeGreaterThan(0)
    expect(report.crashes.map(({ process, crashPoint }) => [process, crashPoint.replace(/@\d+$/, '')])).toEqual([
      ['payments', 'participant.after-vote-sent'],
      ['coordinator', point],
    ])
  })

  test('G3: without a coordinator, two-phase and sagas wait, and the members of three-phase end everything', () => {
    expect(aloneIn('two-phase')?.left).toBeGreaterThan(0)
    expect(aloneIn('saga')?.left).toBeGreaterThan(0)
    expect(aloneIn('three-phase')).toMatchObject({ left: 0 })
    expect(aloneIn('three-phase')?.before).toBeGreaterThan(0)
  })

  test('only a saga shows what it later takes back', () => {
    expect(played('two-phase').sightings.takenBack).toBe(0)
    expect(played('three-phase').sightings.takenBack).toBe(0)
    expect(played('saga').sightings.takenBack).toBeGreaterThan(0)
    expect(aloneIn('saga')?.halfDone).toBeGreaterThan(0)
  })
})

test('says what it does, and refuses what it does not know', async () => {
  const { stdout } = await run('--help')
  for (const option of ['--orders', '--protocol']) expect(stdout).toContain(option)
  await expect(run('--orders', 'many')).rejects.toMatchObject({ code: 1 })
  await expect(run('--protocol', 'four-phase')).rejects.toMatchObject({ code: 1 })
})
