#!/usr/bin/env node
// `npm run demo`: a shop of five processes, customers who order, two crashes, and an audit of all books in the end; under
// one commit protocol, or under all three one after another.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Protocol } from 'concordat/protocol'
import { audit } from './audit.ts'
import { playActs } from './play/acts.ts'
import { readBooks } from './play/books.ts'
import { killChildren } from './play/child.ts'
import { comparisonOf } from './play/comparison.ts'
import { Customers } from './play/customers.ts'
import { type Narrator, plainNarrator, silentNarrator } from './play/narrator.ts'
import { makePlan, seededRandom } from './play/plan.ts'
import { Processes } from './play/processes.ts'
import { Reader } from './play/reader.ts'
import { makeReport, type Report, sentencesOf, tableOf } from './play/report.ts'

interface Options {
  readonly protocol?: Protocol
  readonly orders?: number
  readonly seed: number
  readonly customers: number
  readonly json: boolean
  readonly keep: boolean
}

interface Play {
  readonly protocol: Protocol
  readonly orders: number
  readonly seed: number
  readonly customers: number
  readonly folder: string
}

const protocols = ['two-phase', 'three-phase', 'saga'] as const

/** Of one play alone, and of each when all three are played. */
const ordersAlone = 400
const ordersOfThree = 240

async function play({ protocol, orders, seed, customers: atOnce, folder }: Play, narrator: Narrator): Promise<Report> {
  const random = seededRandom(seed)
  const plan = makePlan(orders, random)
  mkdirSync(folder, { recursive: true })
  const processes = new Processes(folder, protocol, plan)
  narrator.act(`The shop opens under ${protocol}: a coordinator, three services and a storefront, files in ${folder}`)
  await processes.startAll()
  const customers = new Customers(processes.addressOf('storefront'), atOnce)
  const reader = new Reader(processes)
  const played = await playActs({ processes, customers, reader, narrator }, plan, atOnce, random)
  const sightings = reader.stop()
  await processes.stopAll()
  const findings = audit(readBooks(processes, plan, customers.purchases))
  return makeReport({ protocol, seed, purchases: customers.purchases, played, sightings, findings })
}

/** One play; everything that there is to say about it. */
async function playOne(options: Play, narrator: Narrator): Promise<Report[]> {
  const report = await play(options, narrator)
  narrator.act('The shop is closed. The audit of the four databases:')
  for (const sentence of sentencesOf(report.audit.findings)) narrator.say(sentence)
  narrator.act(tableOf(report))
  return [report]
}

/** The same shop, customers and orders under each protocol in turn, then a comparison. */
async function playAll(options: Omit<Play, 'protocol'>, narrator: Narrator): Promise<Report[]> {
  const reports: Report[] = []
  for (const protocol of protocols) {
    const report = await play({ ...options, protocol, folder: join(options.folder, protocol) }, narrator)
    reports.push(report)
    const { passed, findings } = report.audit
    narrator.act(
      `The shop is closed. The audit of the four databases: ${findings.length} rules${passed ? ' hold' : ''}`,
    )
    if (!passed) for (const sentence of sentencesOf(findings)) narrator.say(sentence)
  }
  narrator.act(comparisonOf(reports))
  narrator.say('An order waits for the locks of others, too: until their decision, but in a saga only for one step.')
  return reports
}

async function run({ protocol, orders, seed, customers, json, keep }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-demo-'))
  let isKept = keep
  process.once('exit', () => {
    killChildren()
    if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  const narrator = json ? silentNarrator : plainNarrator(process.stdout, process.stderr)
  const options = { seed, customers, folder }
  try {
    const reports =
      protocol === undefined
        ? await playAll({ ...options, orders: orders ?? ordersOfThree }, narrator)
        : await playOne({ ...options, orders: orders ?? ordersAlone, protocol }, narrator)
    const passed = reports.every((report) => report.audit.passed)
    if (!passed) isKept = true
    if (json) process.stdout.write(`${JSON.stringify(protocol === undefined ? reports : reports[0], null, 2)}\n`)
    narrator.act(passed ? 'All books agree.' : `The books do NOT agree. Everything is kept in ${folder}`)
    process.exitCode = passed ? 0 : 1
  } catch (error) {
    isKept = true
    process.stderr.write(`The demo failed: ${(error as Error).message}\nEverything is kept in ${folder}\n`)
    process.exit(1)
  }
}

function countFrom(least: number): (text: string) => number {
  return (text) => {
    const count = Number(text)
    if (Number.isSafeInteger(count) && count >= least) return count
    throw new InvalidArgumentError(`It is a whole number, at least ${least}.`)
  }
}

/** With fewer, an act might have no order that is confirmed, and its crash would not come. */
const ordersMin = 60

const command = new Command('demo')
  .description(
    'Plays a shop whose processes crash, and shows that its books agree in the end: under two-phase, three-phase and saga.',
  )
  .addOption(
    new Option('--protocol <name>', 'only the play under this protocol; default: all three').choices(protocols),
  )
  .option(
    '--orders <n>',
    `how many orders to place in each play, at least ${ordersMin} (default: ${ordersAlone}; ${ordersOfThree} when all three are played)`,
    countFrom(ordersMin),
  )
  .option('--seed <n>', 'which play: customers, articles, cards and crashes follow from it', countFrom(0), 1)
  .option('--customers <n>', 'how many customers order at the same time', countFrom(1), 8)
  .option('--json', 'print one JSON document and nothing else', false)
  .option('--keep', 'keep the databases and logs', false)
  .addHelpText('after', '\nExit code: 0 when all books agree, 1 when they do not or something failed.')
  .action(run)

await command.parseAsync()
