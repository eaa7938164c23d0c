// The demo itself, as `npm run demo` runs it: two processes kill themselves, and all books agree in the end.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import type { Report } from '../../demo/play/report.ts'

const program = fileURLToPath(new URL('../../demo/run.js', import.meta.url))
const run = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args])

test('plays a shop through two crashes, and its books agree', async () => {
  const { stdout } = await run('--orders', '48', '--seed', '11', '--customers', '4', '--json')
  const report = JSON.parse(stdout) as Report
  expect(report.audit.findings.flatMap((finding) => finding.sentences)).toEqual([])
  expect(report.audit).toMatchObject({ passed: true })
  expect(report.audit.findings.length).toBeGreaterThan(5)
  expect(report.orders).toBe(48)
  expect(report.confirmed + report.refused).toBe(48)
  expect(report.confirmed).toBeGreaterThan(0)
  expect(report.refused).toBeGreaterThan(0)
  expect(report.crashes.map(({ process, crashPoint }) => [process, crashPoint.replace(/@\d+$/, '')])).toEqual([
    ['payments', 'participant.after-vote-sent'],
    ['coordinator', 'coordinator.after-decision-force'],
  ])
}, 60_000)

test('says what it does, and refuses what it does not know', async () => {
  expect((await run('--help')).stdout).toContain('--orders')
  await expect(run('--orders', 'many')).rejects.toMatchObject({ code: 1 })
  expect(existsSync(program)).toBe(true)
})
