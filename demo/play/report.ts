// What came of the play: one plain object for `--json`, and its telling for people.

import Table from 'cli-table3'
import type { Finding } from '../audit.ts'
import type { Crash, Played } from './acts.ts'
import type { Purchase } from './customers.ts'

export interface Report {
  readonly seed: number
  readonly orders: number
  readonly confirmed: number
  readonly refused: number
  /** How many were refused for which reason. */
  readonly refusals: Readonly<Record<string, number>>
  /** Orders whose customers were first told "unknown", and later what had become of them. */
  readonly unknownThenResolved: number
  readonly ordersPerSecond: number
  readonly latencyMs: { readonly p50: number; readonly p99: number }
  readonly crashes: readonly Crash[]
  readonly audit: { readonly passed: boolean; readonly findings: readonly Finding[] }
}

export function makeReport(
  seed: number,
  purchases: readonly Purchase[],
  played: Played,
  findings: readonly Finding[],
): Report {
  const latencies = purchases.map((purchase) => purchase.latencyMs).sort((a, b) => a - b)
  const refused = purchases.filter((purchase) => purchase.told === 'refused')
  return {
    seed,
    orders: purchases.length,
    confirmed: purchases.filter((purchase) => purchase.told === 'confirmed').length,
    refused: refused.length,
    refusals: countBy(refused, (purchase) => purchase.code ?? 'no code'),
    unknownThenResolved: purchases.filter((purchase) => purchase.wasUnknown && purchase.told !== 'unknown').length,
    ordersPerSecond: Math.round(purchases.length / (played.orderingMs / 1000)),
    latencyMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
    crashes: played.crashes,
    audit: { passed: findings.every((finding) => finding.sentences.length === 0), findings },
  }
}

/** The smallest value that at least this share of the sorted values does not exceed, in tenths. */
export function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  return Math.round(value * 10) / 10
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1
  return counts
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

export function tableOf(report: Report): string {
  const refusals = Object.entries(report.refusals).map(([code, count]) => `${count} ${code}`)
  const table = new Table({ style: { head: [], border: [] } })
  table.push(
    ['orders', String(report.orders)],
    ['confirmed', String(report.confirmed)],
    ['refused', `${report.refused} (${refusals.join(', ')})`],
    ['unknown at first, then resolved', String(report.unknownThenResolved)],
    ['orders per second', `${report.ordersPerSecond}, with both crashes`],
    ['latency', `p50 ${report.latencyMs.p50} ms, p99 ${report.latencyMs.p99} ms`],
  )
  for (const crash of report.crashes) {
    const times = `down ${seconds(crash.downMs)}, nothing in doubt ${seconds(crash.recoveryMs)} after its restart`
    table.push([`${crash.process} at ${crash.crashPoint}`, times])
  }
  return table.toString()
}

const sentencesShown = 20

/** The audit in sentences: each rule that holds, and where one does not. */
export function sentencesOf(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ rule, sentences }) => {
    if (sentences.length === 0) return [`yes: ${rule}`]
    const more = sentences.length - sentencesShown
    const shown = sentences.slice(0, sentencesShown).map((sentence) => `    ${sentence}`)
    return [`NO:  ${rule}`, ...shown, ...(more > 0 ? [`    and ${more} more`] : [])]
  })
}
