// `concordat outcome`: what became of a transaction.

import { type Command, Option } from 'commander'
import { connect, type KnownOutcome } from '../client/index.ts'
import type { TransactionId } from '../protocol/index.ts'
import { addRemoteOptions, type RemoteOptions, readCount, readTransactionId } from './arguments.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import type { Finish } from './status.ts'
import { printJson, type Terminal } from './terminal.ts'

interface OutcomeOptions extends RemoteOptions {
  readonly waitMs: number
}

export function addOutcome(program: Command, terminal: Terminal, finish: Finish): void {
  const command = program
    .command('outcome')
    .summary('what became of a transaction')
    .description(
      'Asks the coordinator what became of a transaction. An id that it has never seen is barred by the question: it ' +
        'is aborted, and stays so.',
    )
    .argument('<id>', 'the transaction id', readTransactionId)
    .addOption(new Option('--wait-ms <ms>', 'wait so long for the end').default(0).argParser(readCount))
    .addHelpText(
      'after',
      `
Ends with 0 for committed and aborted, with 1 for anything that is not settled: in progress, mixed, hazard.

Examples:
  $ concordat outcome 0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35
  $ concordat outcome 0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35 --wait-ms 10000 --json`,
    )
    .action(async (id: TransactionId, options: OutcomeOptions) => finish(await tellOutcome(id, options, terminal)))
  addRemoteOptions(command, 'the coordinator')
}

async function tellOutcome(id: TransactionId, options: OutcomeOptions, terminal: Terminal): Promise<ExitCode> {
  const { coordinator, timeoutMs, waitMs, json } = options
  await using client = connect(coordinator, { connectWaitMs: timeoutMs, outcomeWaitMs: timeoutMs })
  const outcome = await client.outcome(id, { waitMs })
  if (json) printJson(terminal, outcome)
  else terminal.out(sentence(outcome))
  return outcome.outcome === 'committed' || outcome.outcome === 'aborted' ? exitCodes.ok : exitCodes.found
}

function sentence(outcome: KnownOutcome): string {
  switch (outcome.outcome) {
    case 'in-progress':
      return 'in progress: not decided yet'
    case 'committed':
      return outcome.applied ? 'committed' : 'committed; some participant has not answered yet'
    case 'aborted':
      return `aborted: ${outcome.reason.code}: ${outcome.reason.message}`
    case 'mixed':
    case 'hazard':
      return `${outcome.outcome}: decided to ${outcome.decision}; ${outcome.reason.message}`
    default:
      return outcome satisfies never
  }
}
