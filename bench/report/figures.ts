// Figures made of what was measured: medians, ratios, and whether the targets are met. Pure.

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

export const each = (cell: Cell, what: 'cpuUs' | 'syncs' | 'diskBytes' | 'networkBytes'): number =>
  cell.used[what] / cell.transactions

export function findCell(cells: readonly Cell[], mode: ModeName, inFlight: number): Cell | undefined {
  return cells.find((cell) => cell.mode === mode && cell.inFlight === inFlight)
}

/**
 * How much faster one mode was than another at the same number in flight: the median of the ratios of each round, because
 * what disturbed one slice of a round was likely there for the other one, too. Undefined where one was not measured.
 */
export function ratioOf(cells: readonly Cell[], mode: ModeName, to: ModeName, inFlight: number): number | undefined {
  const [cell, base] = [findCell(cells, mode, inFlight), findCell(cells, to, inFlight)]
  if (cell === undefined || base === undefined) return undefined
  return median(cell.throughputs.map((value, round) => value / (base.throughputs[round] ?? Number.NaN)))
}

export interface Target {
  readonly what: string
  readonly wanted: string
  /** Undefined: not measured in this run. */
  readonly measured: number | undefined
  readonly isMet: boolean | undefined
}

export function targetsOf({ cells, floor, counting }: Results): readonly Target[] {
  const ratio = (mode: ModeName, to: ModeName, inFlight: number, least: number, what: string): Target =>
    target(
      `throughput of ${what}, ${inFlight.toLocaleString('en-US')} in flight`,
      ratioOf(cells, mode, to, inFlight),
      'at least',
      least,
    )
  const syncs = (inFlight: number): number | undefined => {
    const cell = counting === undefined ? findCell(cells, 'submit', inFlight) : undefined
    return cell === undefined ? undefined : each(cell, 'syncs')
  }
  return [
    ratio('submit', 'bare', 256, 0.8, 'two-phase submit against the bare loop'),
    ratio('submit', 'bare', 1_024, 0.8, 'two-phase submit against the bare loop'),
    ratio('three-phase', 'submit', 256, 0.6, 'three-phase against two-phase'),
    ratio('three-phase', 'submit', 1_024, 0.6, 'three-phase against two-phase'),
    ratio('saga', 'submit', 1_024, 0.8, 'a saga against two-phase'),
    target('one unloaded transaction until `decided`, against its floor', floor?.ratio, 'at most', 1.5),
    target('forced writes of one two-phase transaction, 1 in flight', syncs(1), 'at most', 4.5),
    target('forced writes of one two-phase transaction, 1,024 in flight', syncs(1_024), 'at most', 0.2),
  ]
}

function target(what: string, measured: number | undefined, bound: 'at least' | 'at most', limit: number): Target {
  const isMet = measured === undefined ? undefined : bound === 'at least' ? measured >= limit : measured <= limit
  return { what, wanted: `${bound} ${limit}`, measured, isMet }
}
