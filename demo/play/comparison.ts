// The three plays beside each other: what was measured, what the protocols cost by their own steps, and what was seen.

import Table from 'cli-table3'
import { type Costs, costsOf } from '../costs.ts'
import type { Report } from './report.ts'

/** Of an order that is submitted in one request and confirmed: three branches, one for each service. */
const orderCosts = ({ protocol }: Report): Costs => costsOf({ protocol, style: 'submit', branches: 3 })

export function comparisonOf(reports: readonly Report[]): string {
  const table = new Table({
    style: { head: [], border: [] },
    colWidths: [41, ...reports.map(() => 25)],
    wordWrap: true,
  })
  const row = (what: string, cell: (report: Report) => string | number): void => {
    table.push([what, ...reports.map((report) => String(cell(report)))])
  }
  row('', ({ protocol }) => protocol)
  row(
    'an order, p50 and p99, while nothing dies',
    ({ opening: { latencyMs } }) => `${latencyMs.p50} ms, ${latencyMs.p99} ms`,
  )
  row('orders per second, while nothing dies', ({ opening }) => opening.ordersPerSecond)
  row('rounds of messages until it is decided', (report) => orderCosts(report).rounds.decided)
  row('messages', (report) => orderCosts(report).messages)
  row('forced writes', (report) => {
    const { forced, forcedInARow } = orderCosts(report)
    return `${forced.coordinator + forced.participants}; ${forcedInARow} in a row`
  })
  row('while the coordinator is dead', aloneIn)
  row('a reader saw half done', ({ sightings }) => {
    const { halfDone, withHalfDone, snapshots } = sightings
    return `${halfDone} orders, in ${withHalfDone} of ${snapshots} snapshots`
  })
  row('a reader saw done, and later not any more', ({ sightings }) => `${sightings.takenBack} orders`)
  row('the books agree', ({ audit }) => (audit.passed ? 'yes' : 'NO'))
  return table.toString()
}

function aloneIn({ crashes }: Report): string {
  const alone = crashes.find((crash) => crash.alone !== undefined)?.alone
  if (alone === undefined) return '-'
  const { before, left, ms } = alone
  const seconds = (ms / 1000).toFixed(1)
  return left === 0
    ? `all ${before} orders ended in ${seconds} s`
    : `${left} of ${before} orders wait after ${seconds} s`
}
