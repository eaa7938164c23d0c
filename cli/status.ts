// `concordat status` and `concordat show`: what is stuck, and why.

import { type Command, Option } from 'commander'
import type { TransactionId } from '../protocol/index.ts'
import { transactionError } from '../wire/index.ts'
import { addRemoteOptions, addressDefault, type RemoteOptions, readCount, readTransactionId } from './arguments.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { withOperator } from './operator-client.ts'
import { describeTransaction, listTable } from './report.ts'
import { printJson, type Terminal } from './terminal.ts'

/** Hands a command's exit code to whoever ends the process. */
export type Finish = (code: ExitCode) => void

interface StatusOptions extends RemoteOptions {
  readonly olderThanMs: number
  readonly all?: boolean
  readonly limit: number
}

export function addStatus(program: Command, terminal: Terminal, finish: Finish): void {
  const command = program
    .command('status')
    .summary('what is stuck, and why')
    .description('Lists transactions that wait for longer than they should, and ended ones that a person must look at.')
    .addOption(
      new Option('--older-than-ms <ms>', 'only what waits for longer than this').default(5_000).argParser(readCount),
    )
    .option('--all', 'everything that has not ended, however young')
    .addOption(new Option('--limit <count>', 'at most so many rows').default(100).argParser(readCount))
    .addHelpText(
      'after',
      `
Ends with 0 when nothing is stuck, with 1 when something is listed (with --all: when a hazard is) or the process has
something to say about itself.

Examples:
  $ concordat status
  $ concordat status --coordinator 10.0.0.7:7400 --older-than-ms 60000
  $ concordat status --all --json | jq '.transactions[].why'`,
    )
    .action(async (options: StatusOptions) => finish(await status(options, terminal)))
  addRemoteOptions(command)
}

async function status(options: StatusOptions, terminal: Terminal): Promise<ExitCode> {
  const { all = false, olderThanMs, limit } = options
  const listed = await withOperator(options, (operator) =>
    operator.list({ olderThanMs: all ? 0 : olderThanMs, includeHazards: true, pageSize: limit, pageToken: '' }),
  )
  const { transactions, total, conditions, nextPageToken } = listed
  const isFound = all ? transactions.some(({ outcome }) => outcome !== undefined) : transactions.length > 0
  const code = isFound || conditions.length > 0 ? exitCodes.found : exitCodes.ok
  if (options.json) {
    printJson(terminal, { total, conditions, transactions })
    return code
  }
  for (const condition of conditions) terminal.out(`! ${condition}`)
  if (transactions.length === 0) {
    terminal.out(all ? 'nothing is in flight' : `nothing waits for longer than ${olderThanMs} ms`)
    return code
  }
  terminal.out(listTable(terminal, listed, Date.now()))
  if (nextPageToken !== '') terminal.out(`${transactions.length} of ${total}; --limit shows more`)
  const where = options.coordinator === addressDefault ? '' : ` -c ${options.coordinator}`
  terminal.out(`Next: concordat show ${transactions[0]?.transactionId}${where}`)
  return code
}

export function addShow(program: Command, terminal: Terminal, finish: Finish): void {
  const command = program
    .command('show')
    .summary('one transaction in detail')
    .description('Shows what a coordinator or a participant knows of one transaction.')
    .argument('<id>', 'the transaction id', readTransactionId)
    .addHelpText(
      'after',
      `
Ends with 0, or with 1 when it is not known there, or is mixed or a hazard.

Examples:
  $ concordat show 0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35
  $ concordat show 0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35 --coordinator 127.0.0.1:7411   (a participant)`,
    )
    .action(async (id: TransactionId, options: RemoteOptions) => finish(await show(id, options, terminal)))
  addRemoteOptions(command)
}

async function show(transactionId: TransactionId, options: RemoteOptions, terminal: Terminal): Promise<ExitCode> {
  const report = await withOperator(options, (operator) => operator.get(transactionId))
  if (report.transactionId !== transactionId) throw transactionError('INTERNAL', 'the answer is about another id')
  if (options.json) printJson(terminal, report)
  else terminal.out(describeTransaction(terminal, report, Date.now()))
  const outcome = report.outcome?.outcome.outcome
  return outcome === 'mixed' || outcome === 'hazard' ? exitCodes.found : exitCodes.ok
}
