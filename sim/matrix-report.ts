// The matrix as people read it: how many cases, of which cells, what never applies and why, and what broke.

import type { Protocol } from '../protocol/index.ts'
import { type Case, casesOf, nameOf, playCase, type Setup, setups, type Verdict } from './matrix.ts'
import { type CellId, cellIds, cells } from './matrix-cells.ts'
import type { Mutant } from './mutants.ts'
import { row, thousands } from './proof.ts'

/** Cells in which somebody dies and comes back by itself: there a second crash may follow. */
const deadly: readonly string[] = ['S', 'R', 'E']
/** A recovery has fewer boundaries than this before everything is as before. */
const boundariesMax = 40

export interface Counts {
  passed: number
  never: number
}

export interface MatrixResult {
  readonly byProtocol: ReadonlyMap<Protocol, Counts>
  readonly byCell: ReadonlyMap<CellId, Counts>
  readonly reasons: ReadonlyMap<string, number>
  readonly failed: readonly { readonly name: string; readonly sentence: string }[]
  /** Second crashes. */
  readonly pairs: number
}

export interface MatrixOptions {
  readonly protocols: readonly Protocol[]
  readonly pairs?: boolean
  /** Of each setup one case of so many, from another one each time. */
  readonly everyNth?: number
  readonly mutant?: Mutant
}

export function playMatrix({ protocols, pairs = false, everyNth = 1, mutant }: MatrixOptions): MatrixResult {
  const byProtocol = new Map<Protocol, Counts>(protocols.map((protocol) => [protocol, { passed: 0, never: 0 }]))
  const byCell = new Map<CellId, Counts>(cellIds.map((cell) => [cell, { passed: 0, never: 0 }]))
  const reasons = new Map<string, number>()
  const failed: { name: string; sentence: string }[] = []
  const counts = { pairs: 0 }
  const note = (one: Case, verdict: Verdict, second: number): void => {
    if (verdict.verdict === 'failed') {
      const { predicate, sentence } = verdict.violation
      failed.push({ name: nameOf(one) + (second === 0 ? '' : `/${second}`), sentence: `${predicate}: ${sentence}` })
    } else if (second === 0) {
      if (verdict.verdict === 'never') reasons.set(verdict.reason, (reasons.get(verdict.reason) ?? 0) + 1)
      for (const found of [byProtocol.get(one.protocol), byCell.get(one.cell)]) if (found) found[verdict.verdict] += 1
    }
  }
  withoutStacks(() => {
    let index = 0
    for (const one of casesIn(setups(protocols), mutant)) {
      index += 1
      if (index % everyNth !== 0) continue
      const verdict = playCase(one, 0, mutant)
      note(one, verdict, 0)
      if (pairs && verdict.verdict === 'passed' && deadly.includes(one.cell.charAt(0))) {
        counts.pairs += playPairs(one, note)
      }
    }
  })
  return { byProtocol, byCell, reasons, failed, pairs: counts.pairs }
}

/** The victim dies again, at each boundary of its recovery. */
function playPairs(one: Case, note: (one: Case, verdict: Verdict, second: number) => void): number {
  for (let second = 1; second <= boundariesMax; second += 1) {
    const verdict = playCase(one, second)
    if (!verdict.hasFiredTwice) return second - 1
    note(one, verdict, second)
  }
  return boundariesMax
}

function* casesIn(all: readonly Setup[], mutant?: Mutant): Generator<Case> {
  for (const setup of all) yield* casesOf(setup, mutant)
}

/** Refusals are errors that nobody reads the stack of; it costs more than the rest of them. */
function withoutStacks(run: () => void): void {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  run()
  Error.stackTraceLimit = stackTraceLimit
}

export function findCase(name: string): { readonly one: Case; readonly second: number } | undefined {
  const [second = ''] = /\/\d+$/.exec(name) ?? []
  const wanted = second === '' || name.split('/').length === 6 ? name : name.slice(0, -second.length)
  for (const one of casesIn(setups(['two-phase', 'three-phase', 'saga']))) {
    if (nameOf(one) === wanted) return { one, second: wanted === name ? 0 : Number(second.slice(1)) }
  }
  return undefined
}

/** For docs/proof.md. */
export function matrixRows({ byProtocol, byCell, reasons, pairs }: MatrixResult): string[] {
  const all = [...byProtocol.values()].reduce((sum, { passed }) => sum + passed, 0)
  return [
    `${thousands(all)} cases kept every rule${pairs === 0 ? '' : `, and ${thousands(pairs)} with a second crash`}.`,
    '',
    '| cell | what strikes | kept | does not apply |',
    '| --- | --- | ---: | ---: |',
    ...[...byCell].map(([cell, { passed, never }]) => row([cell, cells[cell], thousands(passed), thousands(never)])),
    '',
    '| why a cell does not apply | cases |',
    '| --- | ---: |',
    ...[...reasons].sort((a, b) => b[1] - a[1]).map(([reason, count]) => row([reason, thousands(count)])),
  ]
}

export function tellMatrix({ byProtocol, byCell, reasons, failed, pairs }: MatrixResult): string {
  const lines = [...byProtocol].map(
    ([protocol, { passed, never }]) => `${protocol}: ${passed} cases kept every rule, ${never} do not apply`,
  )
  if (pairs > 0) lines.push(`${pairs} second crashes during recovery`)
  lines.push('', 'cell      kept  does not apply')
  for (const [cell, { passed, never }] of byCell) {
    lines.push(`${cell.padEnd(8)}${String(passed).padStart(6)}${String(never).padStart(8)}`)
  }
  lines.push('', 'why some do not apply:')
  for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) {
    lines.push(`${String(count).padStart(6)}  ${reason}`)
  }
  for (const { name, sentence } of failed.slice(0, 20)) lines.push('', `BROKEN ${name}`, `  ${sentence}`)
  if (failed.length > 0) lines.push('', `${failed.length} cases broke a rule`)
  return lines.join('\n')
}
