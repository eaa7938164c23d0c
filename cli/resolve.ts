// `concordat resolve` and `concordat forget`: what a person ends because no process can.

import { type Command, Option } from 'commander'
import type { BranchNumber, Decision, TransactionId } from '../protocol/index.ts'
import { type BranchReport, type TransactionReport, transactionError } from '../wire/index.ts'
import { addRemoteOptions, type RemoteOptions, readBranch, readTransactionId } from './arguments.ts'
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts'
import { withOperator } from './operator-client.ts'
import { branchLine, describeTransaction } from './report.ts'
import type { Finish } from './status.ts'
import { printJson, type Terminal } from './terminal.ts'

interface ResolveOptions extends RemoteOptions {
  readonly branch: BranchNumber
  readonly decision: Decision
  readonly reason: string
  readonly yes?: boolean
}

interface ForgetOptions extends RemoteOptions {
  readonly reason: string
  readonly yes?: boolean
}

export function addResolve(program: Command, terminal: Terminal, finish: Finish): void {
  const command = program
    .command('resolve')
    .summary('end an in-doubt branch by naming a decision')
    .description(
      'Ends the wait for one branch by naming a decision. It cannot be undone, and it may contradict what the others did.',
    )
    .argument('<id>', 'the transaction id', readTransactionId)
    .requiredOption('--branch <number>', 'the branch to end', readBranch)
    .addOption(new Option('--decision <decision>', 'what to decide').choices(['commit', 'abort']).makeOptionMandatory())
    .requiredOption('--reason <text>', 'who does this and why; kept in the log')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
First says what may become inconsistent; then wants the id to be typed again, or --yes.

Examples:
  $ concordat resolve 0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35 --branch 2 --decision abort \\
      --reason 'coordinator log lost, ticket 4711, M. Weber' --coordinator 127.0.0.1:7413`,
    )
    .action(async (id: TransactionId, options: ResolveOptions) => finish(await resolve(id, options, terminal)))
  addRemoteOptions(command)
}

function resolve(transactionId: TransactionId, options: ResolveOptions, terminal: Terminal): Promise<ExitCode> {
  const { branch, decision, reason } = options
  return withOperator(options, async (operator) => {
    const before = await operator.get(transactionId)
    terminal.error(warning(terminal, before, branch, decision))
    if (!(await isConfirmed(transactionId, options.yes, terminal))) return exitCodes.found
    const report = await operator.resolve({ transactionId, branch, decision, reason })
    if (options.json) printJson(terminal, report)
    else terminal.out(describeTransaction(terminal, report, Date.now()))
    return exitCodes.ok
  })
}

/** What may become inconsistent, in plain words. */
function warning(terminal: Terminal, report: TransactionReport, number: BranchNumber, decision: Decision): string {
  const branch = report.branches.find((one) => one.branch === number)
  if (branch === undefined) {
    const known = report.branches.map(branchLine).join(', ')
    throw transactionError('BRANCH_INVALID', `the transaction has no branch ${number} here; it has ${known || 'none'}`)
  }
  return `${describeTransaction(terminal, report, Date.now())}

This ends branch ${branchLine(branch)}
${consequence(report, branch, decision)} Nothing here can undo it.
First find out what the others did: concordat outcome ${report.transactionId} asks the coordinator, and
concordat show ${report.transactionId} -c ADDRESS a participant. Resolve only what will never end by itself.`
}

function consequence({ state }: TransactionReport, { participant }: BranchReport, decision: Decision): string {
  const decided = { aborting: 'abort', committing: 'commit' }[state]
  if (decided === decision) {
    return `by no longer waiting for it. The decision is ${decision} already: what ${participant} has not done of it by now may
never be done there, and only people can set that right.`
  }
  const other = decision === 'commit' ? 'abort' : 'commit'
  const did = decision === 'commit' ? 'committed' : 'aborted'
  return `by saying ${decision}. If the decision is ${other}, or becomes ${other}, ${participant} has ${did} what the others
did not: money, stock or orders no longer agree, and only people can set that right.`
}

/** Typing the id is a slower yes, for a hand that is used to saying yes. */
async function isConfirmed(
  transactionId: TransactionId,
  yes: boolean | undefined,
  terminal: Terminal,
): Promise<boolean> {
  if (yes === true) return true
  if (!terminal.isInteractive) throw new UsageError('nobody can be asked here: repeat the command with --yes')
  const typed = await terminal.ask('Type the transaction id to go on: ')
  if (typed.trim().toLowerCase() === transactionId) return true
  terminal.error('That is another id: nothing was changed.')
  return false
}

export function addForget(program: Command, terminal: Terminal, finish: Finish): void {
  const command = program
    .command('forget')
    .summary('take a dealt-with hazard off the list')
    .description(
      "Erases the memory of an ended transaction's hazard, mix or heuristic once a person has dealt with it.",
    )
    .argument('<id>', 'the transaction id', readTransactionId)
    .requiredOption('--reason <text>', 'who does this and why; kept in the log')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
Wants the id to be typed again, or --yes.

Examples:
  $ concordat forget 0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35 --reason 'refunded by hand, ticket 4711, M. Weber'`,
    )
    .action(async (id: TransactionId, options: ForgetOptions) => finish(await forget(id, options, terminal)))
  addRemoteOptions(command)
}

function forget(transactionId: TransactionId, options: ForgetOptions, terminal: Terminal): Promise<ExitCode> {
  return withOperator(options, async (operator) => {
    terminal.error(describeTransaction(terminal, await operator.get(transactionId), Date.now()))
    if (!(await isConfirmed(transactionId, options.yes, terminal))) return exitCodes.found
    await operator.forget({ transactionId, reason: options.reason })
    if (options.json) printJson(terminal, { transactionId, forgotten: true })
    else terminal.out(`forgotten: ${transactionId}`)
    return exitCodes.ok
  })
}
