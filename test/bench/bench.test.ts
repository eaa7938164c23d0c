// The benchmark itself in a very small version: it measures what it says, and only what is certain is asserted.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Cell } from '../../bench/measure/matrix.ts'
import { type ModeName, modeNames } from '../../bench/modes.ts'
import { each, findCell, syncsEach } from '../../bench/report/figures.ts'
import { pageFiles } from '../../bench/report/page.ts'
import type { Results } from '../../bench/report/results.ts'

const program = fileURLToPath(new URL('../../bench/run.js', import.meta.url))
const run = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args])

const transactions = 300
const [one, many] = [1, 50]

describe('every mode', () => {
  let results: Results
  const cell = (mode: ModeName, inFlight: number): Cell => {
    const found = findCell(results.cells, mode, inFlight)
    if (found === undefined) throw new Error(`no cell for ${mode} at ${inFlight}`)
    return found
  }

  beforeAll(async () => {
    const size = ['--transactions', String(transactions), '--levels', `${one},${many}`, '--rounds', '1']
    const { stdout } = await run('--quick', '--only', 'matrix', ...size, '--json')
    results = JSON.parse(stdout) as Results
  }, 240_000)

  test.each(modeNames)('%s: everything that was asked for has ended', (mode) => {
    expect([cell(mode, one), cell(mode, many)]).toMatchObject(
      [one, many].map((inFlight) => ({ inFlight, transactions, aborted: 0, unknown: 0 })),
    )
    expect(cell(mode, many).throughputs[0]).toBeGreaterThan(0)
    expect(cell(mode, many).latencies.p50Ms).toBeLessThanOrEqual(cell(mode, many).latencies.p99Ms)
    expect(each(cell(mode, many), 'cpuUs')).toBeGreaterThan(0)
  })

  test('forced writes: at least four of a two-phase transaction that is alone, and shared by many', () => {
    // Where they could not be counted there is a reason, and nothing else to say.
    if (results.counting !== undefined) return expect(results.counting).not.toBe('')
    const syncs = (mode: ModeName, inFlight: number) => syncsEach(cell(mode, inFlight))
    for (const mode of ['bare', 'submit', 'interactive', 'unary'] as const) {
      expect(syncs(mode, one)).toBeGreaterThanOrEqual(4)
      expect(syncs(mode, many)).toBeLessThan(syncs(mode, one) / 2)
    }
    expect(syncs('three-phase', one)).toBeGreaterThan(syncs('submit', one))
    // Each service for itself, in every request.
    for (const inFlight of [one, many]) expect(syncs('plain', inFlight)).toBeGreaterThanOrEqual(3)
  })

  test('bytes: the inputs and results are at least what goes over the network and to the disk', () => {
    if (results.counting !== undefined) return expect(results.counting).not.toBe('')
    const payload = 3 * 2 * 100
    for (const mode of modeNames) {
      expect(each(cell(mode, many), 'networkBytes')).toBeGreaterThan(payload)
      expect(each(cell(mode, many), 'diskBytes')).toBeGreaterThan(payload)
    }
  })

  test('the page has every mode, and a chart for each figure', () => {
    const files = pageFiles(results)
    const page = files.find(({ path }) => path === 'benchmarks.md')?.content ?? ''
    for (const title of ['bare loop', 'two-phase, submit', 'saga, submit']) expect(page).toContain(`| ${title} |`)
    for (const { path, content } of files) {
      if (!path.endsWith('.svg')) continue
      expect(page).toContain(`(${path})`)
      expect(content.match(/<polyline/g)).toHaveLength(modeNames.length)
      expect(content).not.toMatch(/NaN|Infinity|undefined/)
    }
    expect(page).not.toMatch(/NaN|Infinity|undefined/)
  })
})

test('says what it does, and refuses what it does not know', async () => {
  const { stdout } = await run('--help')
  for (const option of ['--quick', '--modes', '--check', '--write']) expect(stdout).toContain(option)
  await expect(run('--modes', 'four-phase')).rejects.toMatchObject({ code: 1 })
  await expect(run('--levels', '0')).rejects.toMatchObject({ code: 1 })
})
