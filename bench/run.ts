#!/usr/bin/env node
// `npm run bench`: measures Concordat against a bare loop and against doing without it, all in one run, and prints tables.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { constants, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import Table from 'cli-table3'
import { Command, InvalidArgumentError, Option } from 'commander'
import { measureFloor } from './measure/floor.ts'
import { measureGrowth } from './measure/growth.ts'
import { measureHardTimes } from './measure/hard-times.ts'
import { type HeldMeasure, measureHeld } from './measure/held.ts'
import { measureMatrix, Worlds } from './measure/matrix.ts'
import { measureParts } from './measure/parts.ts'
import { profile } from './measure/profile.ts'
import { type ModeName, modeNames } from './modes.ts'
import { makePlan, type Part, type Plan, parts } from './plan.ts'
import { killChildren } from './processes/child.ts'
import { buildCounting, type Counting } from './processes/counting.ts'
import { targetsOf } from './report/figures.ts'
import { pageFiles } from './report/page.ts'
import { showProgress } from './report/progress.ts'
import { describeMachine, type Results } from './report/results.ts'
import { type TextTable, tablesOf } from './report/tables.ts'

interface Options {
  readonly quick: boolean
  readonly modes?: readonly ModeName[]
  readonly levels?: readonly number[]
  readonly rounds?: number
  readonly transactions?: number
  readonly only?: readonly Part[]
  readonly write: boolean
  readonly json: boolean
  readonly check: boolean
  readonly profile?: ModeName
}

const docs = fileURLToPath(new URL('../../docs', import.meta.url))
const functionsShown = 25

async function measure(plan: Plan, folder: string, counting: Counting): Promise<Results> {
  const progress = showProgress(process.stderr)
  const step = (what: string): void => progress.step(what)
  const from = performance.now()
  const machine = describeMachine(folder, sqliteVersion(), loadavg()[0] ?? 0)
  const worlds = new Worlds(folder, counting)
  const cells = plan.matrix.modes.length === 0 ? [] : await measureMatrix(plan.matrix, worlds, step)
  const floor = plan.floor && (await measureFloor(plan.floor, worlds, step))
  const hard = plan.hard && (await measureHardTimes(plan.hard, worlds, step))
  await worlds.stop()
  const parts = plan.parts && measureParts(plan.parts, folder, step)
  const growth = plan.growth && (await measureGrowth(plan.growth, worlds, step))
  const held: HeldMeasure[] = []
  for (const transactions of plan.held) held.push(await measureHeld(transactions, worlds, step))
  progress.end()
  const seconds = (performance.now() - from) / 1_000
  return {
    machine,
    plan,
    cells,
    floor,
    hard,
    growth,
    parts,
    held,
    counting: counting.isCounting ? undefined : counting.reason,
    seconds,
  }
}

async function run(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-bench-'))
  let isKept = false
  process.once('exit', () => {
    killChildren()
    if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  const plan = makePlan(options)
  setTimeout(() => fail(`it took longer than ${plan.limitMs / 60_000} minutes`), plan.limitMs).unref()
  try {
    const counting = buildCounting(folder)
    if (options.profile !== undefined) {
      isKept = true
      await printProfile(options.profile, plan, folder)
      return
    }
    const results = await measure(plan, folder, counting)
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
    else for (const table of tablesOf(results)) process.stdout.write(`\n${table.title}\n${drawn(table)}\n`)
    if (options.write) write(results)
    const missed = targetsOf(results).filter(({ isMet }) => isMet === false)
    if (options.check && missed.length > 0) process.exitCode = 2
  } catch (error) {
    fail((error as Error).message)
  }
}

function fail(why: string): never {
  process.stderr.write(`\nThe benchmark failed: ${why}\n`)
  process.exit(1)
}

function write(results: Results): void {
  for (const { path, content } of pageFiles(results)) {
    const file = join(docs, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    process.stderr.write(`written: docs/${path}\n`)
  }
}

async function printProfile(mode: ModeName, plan: Plan, folder: string): Promise<void> {
  const inFlight = plan.matrix.levels.at(-1) ?? 256
  const uncounted: Counting = { isCounting: false, reason: 'a profile counts nothing' }
  const made = await profile({ mode, inFlight, warmUpMs: 6_000, windowMs: 8_000 }, folder, uncounted)
  for (const { process: name, functions } of made) {
    const rows = functions.slice(0, functionsShown).map(({ name: what, percent }) => [what, percent.toFixed(1)])
    const title = `${name}: functions by the time spent in themselves, idle time left out`
    process.stdout.write(`\n${title}\n${drawn({ title, head: ['', '%'], rows })}\n`)
  }
  process.stdout.write(`\nThe profiles are in ${folder}, for a viewer such as Chrome's developer tools.\n`)
}

function drawn({ head, rows }: TextTable): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}

function sqliteVersion(): string {
  const db = new Database(':memory:')
  const version = db.prepare('SELECT sqlite_version()').pluck().get() as string
  db.close()
  return version
}

function countOf(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('It is a whole number, at least 1.')
}

const listOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): T[] =>
    text.split(',').map((item) => {
      if (known.includes(item as T)) return item as T
      throw new InvalidArgumentError(`'${item}' is none of ${known.join(', ')}.`)
    })

await new Command('bench')
  .description('Measures Concordat against the same work without a protocol, and against doing without atomicity.')
  .option(
    '--quick',
    'two minutes instead of ten: fewer levels, shorter slices, 1,000 in doubt at most, a log of 200,000',
    false,
  )
  .option('--modes <list>', `some of ${modeNames.join(', ')}`, listOf(modeNames))
  .option('--levels <list>', 'transactions in flight, such as 1,64,1024', (text: string) =>
    text.split(',').map(countOf),
  )
  .option('--rounds <n>', 'slices of each mode at each level', countOf)
  .option('--transactions <n>', 'end each slice after so many, without a warm-up: to try things out', countOf)
  .option('--only <list>', `some of ${parts.join(', ')}`, listOf(parts))
  .option('--write', 'write docs/benchmarks.md and its charts', false)
  .option('--json', 'print one JSON document and nothing else', false)
  .option('--check', 'exit code 2 when a target is missed', false)
  .addOption(
    new Option('--profile <mode>', 'where the CPU time of one mode goes, at the last of --levels').choices(modeNames),
  )
  .addHelpText(
    'after',
    '\nExit code: 0 when it was measured, 1 when something failed, 2 with --check when a target is missed.',
  )
  .action(run)
  .parseAsync()
