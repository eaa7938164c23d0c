#!/usr/bin/env node
// `npm run demo`: a shop of five processes, customers who order, two crashes, and an audit of all books in the end.

import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { audit } from './audit.ts'
import { playActs } from './play/acts.ts'
import { readBooks } from './play/books.ts'
import { killChildren } from './play/child.ts'
import { Customers } from './play/customers.ts'
import { type Narrator, plainNarrator, silentNarrator } from './play/narrator.ts'
import { makePlan, seededRandom } from './play/plan.ts'
import { Processes } from './play/processes.ts'
import { makeReport, type Report, sentencesOf, tableOf } from './play/report.ts'

interface Options {
  readonly orders: number
  readonly seed: number
  readonly customers: number
  readonly json: boolean
  readonly keep: boolean
}

async function play({ orders, seed, customers: atOnce }: Options, folder: string, narrator: Narrator): Promise<Report> {
  const random = seededRandom(seed)
  const plan = makePlan(orders, random)
  const processes = new Processes(folder, plan)
  narrator.say(`The shop opens: a coordinator, three services and a storefront, with their files in ${folder}`)
  await processes.startAll()
  const customers = new Customers(processes.addressOf('storefront'), atOnce)
  const played = await playActs({ processes, customers, narrator }, plan, atOnce, random)
  await processes.stopAll()
  narrator.act('The shop is closed. The audit of the four databases:')
  const findings = audit(readBooks(processes, plan, customers.purchases))
  return makeReport(seed, customers.purchases, played, findings)
}

async function run(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-demo-'))
  let isKept = options.keep
  process.once('exit', () => {
    killChildren()
    if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  const narrator = options.json ? silentNarrator : plainNarrator(process.stdout, process.stderr)
  try {
    const report = await play(options, folder, narrator)
    if (!report.audit.passed) isKept = true
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    for (const sentence of sentencesOf(report.audit.findings)) narrator.say(sentence)
    narrator.act(tableOf(report))
    narrator.act(report.audit.passed ? 'All books agree.' : `The books do NOT agree. Everything is kept in ${folder}`)
    process.exitCode = report.audit.passed ? 0 : 1
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
const ordersMin = 40

const command = new Command('demo')
  .description('Plays a shop whose processes crash, and shows that its books agree in the end.')
  .option('--orders <n>', 'how many orders to place', countFrom(ordersMin), 400)
  .option('--seed <n>', 'which play: customers, articles, cards and crashes follow from it', countFrom(0), 1)
  .option('--customers <n>', 'how many customers order at the same time', countFrom(1), 8)
  .option('--json', 'print one JSON document and nothing else', false)
  .option('--keep', 'keep the databases and logs', false)
  .addHelpText('after', '\nExit code: 0 when all books agree, 1 when they do not or something failed.')
  .action(run)

await command.parseAsync()
