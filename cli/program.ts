// The command `concordat`: its subcommands, and how it is called.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { addCoordinator } from './coordinator.ts'
import { addDrain } from './drain.ts'
import { type ExitCode, exitCodes, tellError } from './exit-code.ts'
import { addHealth } from './health.ts'
import { addOutcome } from './outcome.ts'
import { addForget, addResolve } from './resolve.ts'
import { addShow, addStatus, type Finish } from './status.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command; `argv` without the program's own name. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok
  const program = makeProgram(terminal, (finished) => {
    code = finished
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    return tellError(terminal, error)
  }
}

function makeProgram(terminal: Terminal, finish: Finish): Command {
  const trimmed = (text: string): string => text.replace(/\n$/, '')
  const program = new Command('concordat')
    .description('Coordinates transactions over several services, and shows what became of them.')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(--help says what is possible)')
    .configureOutput({
      writeOut: (text) => terminal.out(trimmed(text)),
      writeErr: (text) => terminal.error(trimmed(text)),
      getOutHelpWidth: () => Math.min(terminal.columns, 120),
      getErrHelpWidth: () => Math.min(terminal.columns, 120),
      getOutHasColors: () => terminal.hasColor,
      getErrHasColors: () => terminal.hasColor,
    })
    .addHelpText(
      'after',
      `
Ends with 0 when all is well, with 1 when something is wrong or was found, with 2 when it was called wrongly.

Examples:
  $ concordat coordinator --data ./data
  $ concordat status
  $ concordat status --help`,
    )
  addCoordinator(program, finish)
  addStatus(program, terminal, finish)
  addShow(program, terminal, finish)
  addOutcome(program, terminal, finish)
  addResolve(program, terminal, finish)
  addForget(program, terminal, finish)
  addDrain(program, terminal, finish)
  addHealth(program, terminal, finish)
  return program
}

/** package.json is the first one above this file, wherever that was compiled to. */
function packageVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
      if (name === 'concordat' && version !== undefined) return version
    } catch {
      // Not here.
    }
    if (folder === dirname(folder)) return 'unknown'
  }
}
