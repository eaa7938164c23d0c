// What came of one play: one plain object for `--json`, and its telling for people.

import Table from 'cli-table3'
import type { Protocol } from 'concordat/protocol'
import type { Finding } from '../audit.ts'
import type { Crash, Played } from './acts.ts'
import type { Purchase } from './customers.ts'
import type { Sightings } from './reader.ts'

export interface Report {
  readonly protocol: Protocol
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
  /** The same of the first act alone, in which nothing dies. */
  readonly opening: {
    readonly ordersPerSecond: number
    readonly latencyMs: { readonly p50: number; readonly p99: number }
  }
  readonly crashes: readonly Crash[]
  readonly sightings: Sightings
  readonly audit: { readonly passed: boolean; readonly findings: readonly Finding[] }
}

export interface PlayResult {
  readonly protocol: Protocol
  readonly seed: number
  readonly purchases: readonly Purchase[]
  readonly played: Played
  readonly sightings: Sightings
  readonly findings: readonly Finding[]
}

export function makeReport({ protocol, seed, purchases, played, sightings, findings }: PlayResult): Report {
  const { crashes, orderingMs, opening } = played
  const refused = purchases.filter((purchase) => purchase.told === 'refused')
  return {
    protocol,
    seed,
    orders: purchases.length,
    confirmed: purchases.filter((purchase) => purchase.told === 'confirmed').length,
    refused: refused.length,
    refusals: countBy(refused, (purchase) => purchase.code ?? 'no code'),
    unknownThenResolved: purchases.filter((purchase) => purchase.wasUnknown && purchase.told !== 'unknown').length,
    ...speedOf(purchases, orderingMs),
    opening: speedOf(purchases.slice(0, opening.orders), opening.orderingMs),
    crashes,
    sightings,
    audit: { passed: findings.every((finding) => finding.sentences.length === 0), findings },
  }
}

function speedOf(purchases: readonly Purchase[], orderingMs: number): Report['opening'] {
  const latencies = purchases.map((purchase) => purchase.latencyMs).sort((a, b) => a - b)
  return {
    ordersPerSecond: Math.round(purchases.length / (orderingMs / 1000)),
    latencyMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
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
    [
      'orders per second',
      `${report.opening.ordersPerSecond} in the first act, ${report.ordersPerSecond} in all, with both crashes`,
    ],
    ['latency', `p50 ${report.latencyMs.p50} ms, p99 ${report.latencyMs.p99} ms`],
    ['seen half done by a reader', `${report.sightings.halfDone} orders`],
    ['seen done, and later not any more', `${report.sightings.takenBack} orders`],
  )
  for (const crash of report.crashes) {
    const alone = crash.alone === undefined ? '' : `left dead for ${seconds(crash.alone.ms)}, then `
    const times = `${alone}down ${seconds(crash.downMs)}, nothing in doubt ${seconds(crash.recoveryMs)} after its restart`
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
