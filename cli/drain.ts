// `concordat drain`: let a process finish, and end.

import type { Command } from 'commander'
import { addRemoteOptions, type RemoteOptions } from './arguments.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { withOperator } from './operator-client.ts'
import type { Finish } from './status.ts'
import { printJson, type Terminal } from './terminal.ts'

export function addDrain(program: Command, terminal: Terminal, finish: Finish): void {
  const command = program
    .command('drain')
    .summary('take nothing new, finish the rest, end')
    .description('Tells a process to take no new transactions. It ends by itself when nothing is left to finish.')
    .addHelpText(
      'after',
      `
Examples:
  $ concordat drain
  $ concordat drain --coordinator 10.0.0.7:7400 --json`,
    )
    .action(async (options: RemoteOptions) => finish(await drain(options, terminal)))
  addRemoteOptions(command)
}

async function drain(options: RemoteOptions, terminal: Terminal): Promise<ExitCode> {
  const answer = await withOperator(options, (operator) => operator.drain())
  if (options.json) printJson(terminal, answer)
  else terminal.out(`draining: ${answer.inFlight} left to finish`)
  return exitCodes.ok
}
