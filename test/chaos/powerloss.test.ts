// The library that makes kill -9 a loss of power, and Concordat under it. Without it a missing fsync is never found:
// the kernel keeps what a killed process wrote.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { buildPowerLoss, powerLossEnvironment, readSyncCounts } from '../../chaos/powerloss.ts'
import { poweredWorld } from './support/powered-world.ts'

const built = buildPowerLoss()
const scratch = mkdtempSync(join(tmpdir(), 'concordat-powerloss-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const cases = [
  ['two-phase', 'a'],
  ['two-phase', 'coordinator'],
  ['three-phase', 'b'],
  ['three-phase', 'coordinator'],
] as const

if (built.isBuilt) {
  describe('the library', () => library(built.library))
  describe('Concordat without power', () => concordat(built.library))
} else {
  process.stderr.write(`power loss is not tested: ${built.reason}\n`)
  test('in CI there is a compiler', () => expect(process.env['CI']).not.toBe('true'))
}

interface Written {
  readonly acked: number
  readonly found: number
  readonly integrity: string
}

/** A writer that kills itself, or ends by itself; and what is there afterwards. */
function write(file: string, synchronous: string, rows: number, env: Record<string, string>): Written {
  const writer = fileURLToPath(new URL('./support/writer.js', import.meta.url))
  const { stdout, stderr, signal } = spawnSync(process.execPath, [writer, file, synchronous, String(rows)], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
  })
  if (signal !== (env['END'] === 'exit' ? null : 'SIGKILL')) throw new Error(`the writer failed: ${stderr}`)
  const db = new Database(file)
  try {
    const table = db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'rows'").pluck().get()
    const found = table === 0 ? 0 : Number(db.prepare('SELECT coalesce(max(number), 0) FROM rows').pluck().get())
    return {
      acked: Number(stdout.trim().split('\n').at(-1)),
      found,
      integrity: String(db.pragma('integrity_check', { simple: true })),
    }
  } finally {
    db.close()
  }
}

function library(preload: string): void {
  /** One file, five kills, at different distances from the last checkpoint. */
  const fiveKills = (name: string, synchronous: string, env: Record<string, string>): Written[] =>
    [31, 7, 64, 1, 23].map((rows) => write(join(scratch, `${name}.db`), synchronous, rows, env))
  const lost = (runs: readonly Written[]): number =>
    runs.map(({ acked, found }) => Math.max(0, acked - found)).reduce((sum, one) => sum + one, 0)
  const isWhole = (runs: readonly Written[]): void => {
    for (const { integrity } of runs) expect(integrity).toBe('ok')
  }

  test('kill -9 alone loses nothing, whatever is synced', () => {
    const runs = fiveKills('alone', 'OFF', {})
    isWhole(runs)
    expect(lost(runs)).toBe(0)
  })

  test.each([0, 50])('synchronous = FULL loses no acknowledged commit (%d %% written back early)', (leak) => {
    const runs = fiveKills(`full-${leak}`, 'FULL', powerLossEnvironment(preload, { leak }))
    isWhole(runs)
    expect(lost(runs)).toBe(0)
    expect(runs.at(-1)?.found).toBe(126)
  })

  test.each([0, 50])("better-sqlite3's default loses acknowledged commits (%d %% written back early)", (leak) => {
    const runs = fiveKills(`default-${leak}`, '', powerLossEnvironment(preload, { leak }))
    isWhole(runs)
    expect(lost(runs)).toBeGreaterThan(0)
  })

  test('a process that ends by itself loses nothing', () => {
    const env = { ...powerLossEnvironment(preload), END: 'exit' }
    const runs = [write(join(scratch, 'exit.db'), '', 20, env), write(join(scratch, 'exit.db'), '', 20, env)]
    isWhole(runs)
    expect(lost(runs)).toBe(0)
  })

  test('descriptors, truncation, rename and unlink see what is pending; only what was synced is left', () => {
    const script = fileURLToPath(new URL('./support/descriptors.js', import.meta.url))
    const { stdout, stderr, signal } = spawnSync(process.execPath, [script, scratch], {
      env: { PATH: process.env['PATH'] ?? '', ...powerLossEnvironment(preload) },
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(signal).toBe('SIGKILL')
    expect(stdout.trimEnd().split('\n')).toEqual([
      'second descriptor: hello',
      'truncated: hel',
      'extended: hel\\0\\0',
      'renamed: Jel\\0\\0',
      'appended: Jel\\0\\0 lost',
      'created again:',
    ])
    expect(readFileSync(join(scratch, 'to.db'), 'latin1')).toBe('Jel\0\0')
    expect(readFileSync(join(scratch, 'again.db'), 'latin1')).toBe('')
  })

  test('it counts syncs', () => {
    const stats = join(scratch, 'stats.json')
    const before = write(join(scratch, 'stats.db'), 'FULL', 10, powerLossEnvironment(preload, { stats }))
    const { fsync, fdatasync, bytes } = readSyncCounts(stats)
    expect(before.found).toBe(10)
    expect(fsync + fdatasync).toBeGreaterThanOrEqual(10)
    expect(bytes).toBeGreaterThan(10 * 4096)
  })
}

function concordat(preload: string): void {
  test.each(cases)(
    '%s: %s loses power five times during load',
    async (protocol, victim) => {
      await using world = await poweredWorld(preload, protocol)
      await world.losePower(victim, 5)
      const { committed, aborted } = await world.ended()
      const agreed = new Set(world.agreement())
      expect(committed.filter((id) => !agreed.has(id))).toEqual([])
      expect(aborted.filter((id) => agreed.has(id))).toEqual([])
      expect(committed.length).toBeGreaterThan(5)
      expect(world.syncs(victim)).toBeGreaterThan(0)
    },
    180_000,
  )

  test.each(['a', 'coordinator'] as const)('a disk that lies about fsync is noticed at %s', async (victim) => {
    await using world = await poweredWorld(preload, 'two-phase')
    await world.loseSynced(victim)
  })
}
