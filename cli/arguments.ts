// What stands on the command line, read and checked before anything is asked of a process.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { BranchNumber, TransactionId } from '../protocol/index.ts'

export const addressDefault = '127.0.0.1:7400'
const timeoutMsDefault = 5_000

/** Options of every command that asks a process something. */
export interface RemoteOptions {
  readonly coordinator: string
  readonly timeoutMs: number
  readonly json?: boolean
}

/** Adds them to a command. */
export function addRemoteOptions(command: Command, whom = 'a coordinator, or a participant'): Command {
  const address = new Option('-c, --coordinator <address>', `${whom}: host:port`)
  const timeout = new Option('--timeout-ms <ms>', 'how long to wait for an answer')
  return command
    .addOption(address.default(addressDefault).argParser(readAddress))
    .addOption(timeout.default(timeoutMsDefault).argParser(readCount))
    .option('--json', 'print JSON for programs')
}

export function readAddress(text: string): string {
  if (/^(\S+:)?[^\s:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(text)) return text
  throw new InvalidArgumentError('An address is host:port, such as 127.0.0.1:7400.')
}

export function readCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number.')
}

export function readTransactionId(text: string): TransactionId {
  try {
    return TransactionId(text.toLowerCase())
  } catch {
    throw new InvalidArgumentError('An id looks like 0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35.')
  }
}

export function readBranch(text: string): BranchNumber {
  try {
    return BranchNumber(Number(text))
  } catch {
    throw new InvalidArgumentError('A branch is a number from 1 to 128; `concordat show` lists them.')
  }
}
