// How the command ends, and how it says why.

import { CommanderError } from 'commander'
import { errors, isTransactionError } from '../wire/index.ts'
import type { Terminal } from './terminal.ts'

export const exitCodes = {
  ok: 0,
  /** Something is wrong, or something was found that a person should look at. */
  found: 1,
  usage: 2,
  /** Ended by a second signal. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The command was called in a way that it cannot follow. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Tells of an error, and gives the code to end with. */
export function tellError(terminal: Terminal, error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has said it already. Help that was asked for is no error.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
  if (error instanceof UsageError) {
    terminal.error(`error: ${error.message}`)
    return exitCodes.usage
  }
  if (!isTransactionError(error)) {
    terminal.error(`INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return exitCodes.found
  }
  terminal.error(`${error.code}: ${error.message}`)
  terminal.error(errors[error.code].next)
  return error.code === 'CONFIG_INVALID' ? exitCodes.usage : exitCodes.found
}
