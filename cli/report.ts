// Reports of transactions in words and tables, for somebody who was woken by them.

import Table from 'cli-table3'
import type { BranchReport, ListAnswer, OutcomeReport, TransactionReport } from '../wire/index.ts'
import { bold, type Terminal } from './terminal.ts'

const idWidth = 38
const ageWidth = 13
const stateWidth = 16
const wideFrom = 120

/** How long ago, in the two largest units that matter. */
export function age(sinceMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** What is stuck and why, one row for each transaction; on a narrow screen in two columns. */
export function listTable(terminal: Terminal, { transactions }: ListAnswer, nowMs: number): string {
  const isNarrow = terminal.columns < wideFrom
  const used = isNarrow ? idWidth + 3 : idWidth + stateWidth + ageWidth + 6
  const left = Math.max(36, terminal.columns - used)
  const branchesWidth = Math.floor(left * 0.4)
  const table = isNarrow
    ? makeTable(terminal, ['transaction', 'why'], [idWidth, left])
    : makeTable(
        terminal,
        ['transaction', 'state', 'age', 'branches', 'why'],
        [idWidth, stateWidth, ageWidth, branchesWidth, left - branchesWidth],
      )
  for (const { transactionId, state, startedAt, why, branches, outcome } of transactions) {
    const ended = outcome === undefined ? state : `${state}: ${outcome.outcome.outcome}`
    const since = age(startedAt, nowMs)
    const parts = branches.map(branchLine).join('\n')
    table.push(
      isNarrow
        ? [`${transactionId}\n${ended}, ${since}`, `${why}\n${parts}`]
        : [transactionId, ended, since, parts, why],
    )
  }
  return table.toString()
}

export const branchLine = ({ branch, participant, operation, state }: BranchReport): string =>
  `${branch} ${participant}.${operation}: ${state}`

/** All that is known of one transaction. */
export function describeTransaction(terminal: Terminal, report: TransactionReport, nowMs: number): string {
  const { transactionId, protocol, state, startedAt, why, branches, outcome } = report
  const facts = [
    ['transaction', transactionId],
    ['protocol', protocol],
    ['state', state],
    ['began', startedAt === 0 ? 'unknown' : `${new Date(startedAt).toISOString()}, ${age(startedAt, nowMs)} ago`],
    ['why', why],
    ...(outcome === undefined ? [] : [['outcome', describeOutcome(outcome)]]),
  ] as const
  const lines = facts.map(([name = '', value]) => `${bold(terminal, name.padEnd(12))} ${value}`)
  return branches.length === 0 ? lines.join('\n') : `${lines.join('\n')}\n${branchTable(terminal, branches)}`
}

function branchTable(terminal: Terminal, branches: readonly BranchReport[]): string {
  const errorWidth = Math.max(20, terminal.columns - 8 - 32 - stateWidth - 10 - 24 - 7)
  const table = makeTable(
    terminal,
    ['branch', 'operation', 'state', 'attempts', 'locks', 'last error'],
    [8, 32, stateWidth, 10, 24, errorWidth],
  )
  for (const { branch, participant, operation, state, attempts, locks, lastError } of branches) {
    table.push([branch, `${participant}.${operation}`, state, attempts, locks.join('\n'), lastError])
  }
  return table.toString()
}

export function describeOutcome({ outcome, applied }: OutcomeReport): string {
  switch (outcome.outcome) {
    case 'in-progress':
      return 'not ended yet'
    case 'committed':
      return applied ? 'committed, visible at every participant' : 'committed; some participant has not answered yet'
    case 'aborted':
      return `aborted: ${outcome.reason.code}: ${outcome.reason.message}`
    case 'mixed':
      return `mixed: decided to ${outcome.decision}, but the participants differ: ${outcome.reason.message}`
    case 'hazard':
      return `hazard: decided to ${outcome.decision}, but a participant may differ: ${outcome.reason.message}`
    default:
      return outcome satisfies never
  }
}

/** Without colors of its own: the library's default head is red. */
function makeTable(terminal: Terminal, head: readonly string[], colWidths: number[]) {
  return new Table({
    head: head.map((name) => bold(terminal, name)),
    colWidths,
    wordWrap: true,
    style: { head: [], border: [] },
  })
}
