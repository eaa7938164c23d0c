// How throughput changes as logs grow. The coordinator keeps what has ended for days: its log is filled in bulk, with copies
// of the row that a transaction of this benchmark has left there, under older ids. A participant forgets what has ended once
// the watermark has passed it: there is nothing to fill, and what it has kept is counted.

import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Latencies, Loaded } from '../load/closed-loop.ts'
import type { Child } from '../processes/child.ts'
import type { World } from '../processes/world.ts'
import { participantNames } from '../services/contract.ts'
import type { Worlds } from './matrix.ts'

export interface GrowthPlan {
  /** Finished transactions in the log that has grown. */
  readonly finished: number
  readonly inFlight: number
  readonly rounds: number
  readonly windowMs: number
  readonly warmUpTransactions: number
}

export interface Growth {
  readonly finished: number
  readonly logBytes: number
  readonly fillSeconds: number
  /** Transactions a second of each round, with a log that was new and with the one that has grown. */
  readonly small: readonly number[]
  readonly grown: readonly number[]
  readonly smallP50Ms: number
  readonly grownP50Ms: number
  /** Branches that all participants together still had right after the last round, of so many. */
  readonly keptBranches: number
  readonly branches: number
}

const chunk = 100_000
const ageMs = 24 * 60 * 60 * 1_000
/** Free space that must be left. */
const spareBytes = 2 * 1024 ** 3

export async function measureGrowth(plan: GrowthPlan, worlds: Worlds, onStep: (what: string) => void): Promise<Growth> {
  const { rounds, finished } = plan
  const [small, grown] = [await worlds.special('growth-small'), await worlds.special('growth-grown')]
  const loads = [await small.load('submit'), await grown.load('submit')] as const
  const warmUp = { inFlight: plan.inFlight, rampMs: 0, windowMs: 20_000, transactionsMax: plan.warmUpTransactions }
  onStep('growth of the log: warming up')
  for (const load of loads) await load.ask('slice', warmUp)
  await grown.coordinator.stop()
  const from = performance.now()
  await fill(grown.logFile, finished, onStep)
  const fillSeconds = (performance.now() - from) / 1_000
  await grown.startCoordinator()
  const throughputs: [number[], number[]] = [[], []]
  const latencies: (Latencies | undefined)[] = [undefined, undefined]
  // The first round warms up: the coordinator with the large log is a new process.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, load] of loads.entries()) {
      onStep(`growth of the log, round ${round} of ${rounds}: ${index === 0 ? 'a small one' : `${finished} finished`}`)
      const loaded = await slice(load, plan)
      if (round === 0) await load.ask('forget-latencies')
      else throughputs[index]?.push((loaded.counted / loaded.windowMs) * 1_000)
      latencies[index] = loaded.latencies
    }
  }
  const kept = await Promise.all(participantNames.map((name) => grown.service(name).ask<number>('kept-branches')))
  const logBytes = statSync(grown.logFile).size
  const transactions = countOf(grown)
  await small.stop()
  await grown.stop()
  return {
    finished,
    logBytes,
    fillSeconds,
    small: throughputs[0],
    grown: throughputs[1],
    smallP50Ms: latencies[0]?.p50Ms ?? Number.NaN,
    grownP50Ms: latencies[1]?.p50Ms ?? Number.NaN,
    keptBranches: kept.reduce((sum, count) => sum + count, 0),
    branches: transactions * participantNames.length,
  }
}

const slice = (load: Child, { inFlight, windowMs }: GrowthPlan): Promise<Loaded & { readonly latencies: Latencies }> =>
  load.ask('slice', { inFlight, rampMs: 200, windowMs, transactionsMax: Number.MAX_SAFE_INTEGER })

/** Really run, not filled in. */
function countOf(world: World): number {
  const db = new Database(world.logFile, { readonly: true })
  const count = db
    .prepare(`SELECT count(*) FROM transactions WHERE id > ?`)
    .pluck()
    .get(idAt(Date.now() - ageMs / 2))
  db.close()
  return count as number
}

/** Nothing protects this file while it is filled; it is a benchmark's. */
async function fill(file: string, finished: number, onStep: (what: string) => void): Promise<void> {
  const db = new Database(file)
  db.pragma('journal_mode = OFF')
  db.pragma('synchronous = OFF')
  db.pragma('cache_size = -256000')
  const newest = `SELECT * FROM transactions WHERE outcome IS NOT NULL ORDER BY id DESC LIMIT 1`
  const { facts } = db.prepare(newest).get() as { readonly facts: string }
  checkSpace(file, finished * facts.length * 1.5)
  // A UUIDv7 begins with its time: a thousand in each millisecond.
  const insert = db.prepare(
    `INSERT INTO transactions (id, epoch, number, started_at, kind, facts, outcome)
     WITH RECURSIVE numbers(n) AS (VALUES (CAST(@from AS INTEGER)) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < @to),
     times(n, ms) AS (SELECT n, CAST(@firstMs AS INTEGER) + n / 1000 FROM numbers),
     template AS MATERIALIZED (${newest})
     SELECT unhex(printf('%012x7%03x8%015x', ms, n % 1000, n)), epoch, n, ms, kind, facts, outcome FROM times, template`,
  )
  const firstMs = Date.now() - ageMs
  for (let at = 0; at < finished; at += chunk) {
    onStep(`growth of the log: ${at} of ${finished} filled in`)
    insert.run({ from: at, to: Math.min(at + chunk, finished), firstMs })
    await nextTurn()
  }
  db.pragma('journal_mode = WAL')
  db.close()
}

function checkSpace(file: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(file))
  if (bavail * bsize > bytes + spareBytes) return
  const gibibytes = Math.ceil((bytes + spareBytes) / 1024 ** 3)
  throw new Error(`the log that has grown needs ${gibibytes} GiB at ${dirname(file)}; TMPDIR chooses another place`)
}

function idAt(ms: number): Buffer {
  const id = Buffer.alloc(16)
  id.writeUIntBE(ms, 0, 6)
  return id
}
