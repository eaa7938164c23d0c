// Figures made of what was measured: medians, ratios, and whether the targets are met. Pure.

import type { Growth } from '../measure/growth.ts'
import type { Cell } from '../measure/matrix.ts'
import type { ModeName } from '../modes.ts'
import type { Results } from './results.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}

export const throughputOf = (cell: Cell): number => median(cell.throughputs)

export const each = (cell: Cell, what: 'cpuUs' | 'fsyncs' | 'fdatasyncs' | 'diskBytes' | 'networkBytes'): number =>
  cell.used[what] / cell.transactions

/** Forced writes of one transaction, by either call. */
export const syncsEach = (cell: Cell): number => each(cell, 'fsyncs') + each(cell, 'fdatasyncs')

export function findCell(cells: readonly Cell[], mode: ModeName, inFlight: number): Cell | undefined {
  return cells.find((cell) => cell.mode === mode && cell.inFlight === inFlight)
}

/** How much faster one mode was than another at the same number in flight. Undefined where one was not measured. */
export function ratioOf(cells: readonly Cell[], mode: ModeName, to: ModeName, inFlight: number): number | undefined {
  const [cell, base] = [findCell(cells, mode, inFlight), findCell(cells, to, inFlight)]
  if (cell === undefined || base === undefined) return undefined
  return ratioOfRounds(cell.throughputs, base.throughputs)
}

export interface Target {
  readonly what: string
  readonly wanted: string
  /** Undefined: not measured in this run. */
  readonly measured: number | undefined
  readonly isMet: boolean | undefined
}

export function targetsOf(results: Results): readonly Target[] {
  return [...ofTheMatrix(results), ...ofTheRest(results)]
}

function ofTheRest({ hard, growth, held }: Results): readonly Target[] {
  const kept = hard && hard.overloaded.throughput / hard.peak.throughput
  const memory = held.find(({ residentAt }) => residentAt !== undefined)?.residentAt
  const recovered = (transactions: number): number | undefined => {
    const measured = held.find((one) => one.transactions === transactions)
    return measured && (measured.recoveredMs - measured.servesMs) / 1_000
  }
  return [
    target('throughput of an overloaded coordinator against its peak', kept, 'at least', 0.8),
    target('throughput with 10,000,000 finished transactions in the log', grownRatio(growth), 'at least', 0.9),
    target(
      'MiB of the coordinator with 50,000 transactions in flight',
      memory && memory.bytes / 1024 ** 2,
      'at most',
      400,
    ),
    target(
      'seconds from a restarted coordinator’s first answer until 1,000 in-doubt transactions are ended',
      recovered(1_000),
      'at most',
      0.5,
    ),
    target('seconds until 100,000 are', recovered(100_000), 'at most', 15),
  ]
}

/** Against a small log, round by round; only of a log that has really grown so far. */
const grownRatio = (growth: Growth | undefined): number | undefined =>
  growth === undefined || growth.finished < 10_000_000 ? undefined : ratioOfRounds(growth.grown, growth.small)

/** The median of the ratios of each round: what disturbed one of a round was likely there for the other one, too. */
export const ratioOfRounds = (values: readonly number[], bases: readonly number[]): number =>
  median(values.map((value, round) => value / (bases[round] ?? Number.NaN)))

function ofTheMatrix({ cells, floor, counting }: Results): readonly Target[] {
  const ratio = (mode: ModeName, to: ModeName, inFlight: number, least: number, what: string): Target =>
    target(
      `throughput of ${what}, ${inFlight.toLocaleString('en-US')} in flight`,
      ratioOf(cells, mode, to, inFlight),
      'at least',
      least,
    )
  const syncs = (inFlight: number): number | undefined => {
    const cell = counting === undefined ? findCell(cells, 'submit', inFlight) : undefined
    return cell === undefined ? undefined : syncsEach(cell)
  }
  return [
    ratio('submit', 'bare', 256, 0.8, 'two-phase submit against the bare loop'),
    ratio('submit', 'bare', 1_024, 0.8, 'two-phase submit against the bare loop'),
    ratio('three-phase', 'submit', 256, 0.6, 'three-phase against two-phase'),
    ratio('three-phase', 'submit', 1_024, 0.6, 'three-phase against two-phase'),
    ratio('saga', 'submit', 1_024, 0.8, 'a saga against two-phase'),
    target('one unloaded transaction until `decided`, against its floor', floor?.alone.ratio, 'at most', 1.5),
    target('forced writes of one two-phase transaction, 1 in flight', syncs(1), 'at most', 4.5),
    target('forced writes of one two-phase transaction, 1,024 in flight', syncs(1_024), 'at most', 0.2),
  ]
}

function target(what: string, measured: number | undefined, bound: 'at least' | 'at most', limit: number): Target {
  const isMet = measured === undefined ? undefined : bound === 'at least' ? measured >= limit : measured <= limit
  return { what, wanted: `${bound} ${limit}`, measured, isMet }
}
