#!/usr/bin/env node
// `npm run chaos`: real processes, clients and a nemesis, and a verdict: exit code 1 when a guarantee did not hold.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Protocol } from '../protocol/index.ts'
import { run } from './campaign.ts'
import { killChildren } from './child.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import { buildLibrary } from './library.ts'
import { progressLine, reportOf } from './report.ts'
import { tell } from './story.ts'

interface Options {
  readonly minutes: number
  readonly seed: number
  readonly protocol: Protocol | 'all'
  readonly faults: readonly FaultKind[]
  readonly rate: number
  readonly clients: number
  readonly keep: boolean
}

const protocols = ['two-phase', 'three-phase', 'saga'] as const
const plainProgressEveryMs = 10_000
/** A run that is this long has to see every kind of fault. */
const longEnoughMinutes = 1
const toldMax = 12

/** The libraries, and the kinds of faults that can be had here. */
function prepare(wanted: readonly FaultKind[]) {
  const faults = buildLibrary('faults')
  const powerLoss = buildLibrary('powerloss')
  const missing = new Map<FaultKind, string>()
  if (!faults.isBuilt) for (const kind of ['disk', 'clock'] as const) missing.set(kind, faults.reason)
  if (!powerLoss.isBuilt) missing.set('power', powerLoss.reason)
  for (const kind of wanted) if (missing.has(kind)) console.log(`${kind} is skipped: ${missing.get(kind)}`)
  return {
    kinds: wanted.filter((kind) => !missing.has(kind)),
    libraries: {
      faults: faults.isBuilt ? faults.library : undefined,
      powerLoss: powerLoss.isBuilt ? powerLoss.library : undefined,
    },
  }
}

async function perform({ minutes, seed, protocol, faults, rate, clients, keep }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-chaos-'))
  let isKept = keep
  process.once('exit', () => {
    killChildren()
    if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  const { kinds, libraries } = prepare(faults)
  console.log(`Seed ${seed}: ${minutes} minutes, ${protocol}, ${clients} clients, ${rate} jobs a second, in ${folder}`)
  let nextAt = 0
  try {
    const result = await run({
      seed,
      ms: minutes * 60_000,
      protocols: protocol === 'all' ? protocols : [protocol],
      faults: kinds,
      rate,
      atOnce: clients,
      folder,
      libraries,
      onProgress: (progress) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${progressLine(progress)}`)
        else if (progress.ms >= nextAt) {
          console.log(progressLine(progress))
          nextAt = progress.ms + plainProgressEveryMs
        }
      },
    })
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    const { violations, history, evidence } = result
    const stories = violations.map((violation) => tell(violation, history, evidence))
    if (stories.length > 0) writeFileSync(join(folder, 'violations.txt'), stories.join('\n\n'))
    console.log(reportOf(result))
    const absent = minutes >= longEnoughMinutes ? kinds.filter((kind) => result.faults.get(kind) === 0) : []
    for (const kind of absent) console.log(`A run this long must see a fault of the kind ${kind}, and saw none.`)
    for (const story of stories.slice(0, toldMax)) console.log(`\n${story}`)
    const isGood = violations.length === 0 && absent.length === 0
    isKept ||= !isGood
    console.log(isGood ? `Seed ${seed}: all guarantees hold.` : `Seed ${seed}: ${violations.length} violations.`)
    if (isKept) console.log(`Databases, logs and history are kept in ${folder}`)
    process.exit(isGood ? 0 : 1)
  } catch (error) {
    isKept = true
    console.error(`Seed ${seed}: the run failed: ${(error as Error).stack}\nEverything is kept in ${folder}`)
    process.exit(1)
  }
}

function above(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isFinite(value) && value > least) return value
    throw new InvalidArgumentError(`It is a number above ${least}.`)
  }
}

function readKinds(text: string): FaultKind[] {
  if (text === 'none') return []
  return text.split(',').map((kind) => {
    const found = faultKinds.find((known) => known === kind)
    if (found === undefined) throw new InvalidArgumentError(`'${kind}' is none of ${faultKinds.join(', ')}.`)
    return found
  })
}

await new Command('chaos')
  .description(
    'Runs a coordinator, three banks and many clients as processes, kills, stops, cuts off and starves them, heals everything, and checks from the databases and from what clients were told that every guarantee has held.',
  )
  .option('--minutes <n>', 'how long faults come', above(0), 2)
  .option(
    '--seed <n>',
    'jobs and faults follow from it; their timing does not',
    above(-1),
    Math.floor(Math.random() * 1e6),
  )
  .addOption(new Option('--protocol <name>', 'of the transactions').choices([...protocols, 'all']).default('all'))
  .option('--faults <list>', `kinds separated by commas, or none: ${faultKinds.join(', ')}`, readKinds, [...faultKinds])
  .option('--rate <n>', 'jobs in a second, all clients together', above(0), 30)
  .option('--clients <n>', 'clients at the same time', above(0), 12)
  .option('--keep', 'keep databases, logs and history also when all is well', false)
  .addHelpText('after', '\nExit code: 0 when every guarantee has held, 1 otherwise; then everything is kept.')
  .action(perform)
  .parseAsync()
