// docs/benchmarks.md and its charts, made of one run. No number in it was typed.

import type { Cell } from '../measure/matrix.ts'
import { modes } from '../modes.ts'
import { chartSvg, type Series } from './chart.ts'
import { each, throughputOf } from './figures.ts'
import type { Results } from './results.ts'
import { meaningOf, type TextTable, tablesOf, whole } from './tables.ts'

export interface PageFile {
  /** Inside docs/. */
  readonly path: string
  readonly content: string
}

const charts: readonly { readonly name: string; readonly title: string; readonly value: (cell: Cell) => number }[] = [
  { name: 'throughput', title: 'Transactions a second', value: throughputOf },
  { name: 'latency', title: 'Median latency, milliseconds', value: (cell) => cell.latencies.p50Ms },
  {
    name: 'cpu',
    title: 'CPU time of one transaction, microseconds, all processes',
    value: (cell) => each(cell, 'cpuUs'),
  },
]

export function pageFiles(results: Results): readonly PageFile[] {
  const drawn = results.cells.length === 0 ? [] : charts
  const svgs = drawn.map(({ name, title, value }) => ({
    path: `benchmarks/${name}.svg`,
    content: chartSvg({ title, xTitle: 'transactions in flight', series: seriesOf(results.cells, value) }),
  }))
  return [{ path: 'benchmarks.md', content: markdown(results, drawn) }, ...svgs]
}

function seriesOf(cells: readonly Cell[], value: (cell: Cell) => number): readonly Series[] {
  return modes.flatMap(({ name, title }) => {
    const points = cells.filter((cell) => cell.mode === name).map((cell) => ({ x: cell.inFlight, y: value(cell) }))
    return points.length === 0 ? [] : [{ title, points }]
  })
}

function markdown(results: Results, drawn: typeof charts): string {
  const measured = modes.filter(({ name }) => results.plan.matrix.modes.includes(name))
  return [
    '# Benchmarks',
    `Made by \`npm run bench -- --write${results.plan.name === 'quick' ? ' --quick' : ''}\`; nothing here is typed by hand.`,
    methodOf(results),
    ...measured.map((mode) => `- ${meaningOf(mode)}.`).reduce<string[]>(joinLines, []),
    ...drawn.map(({ name, title }) => `![${title}](benchmarks/${name}.svg)`),
    ...tablesOf(results).map(markdownTable),
    '',
  ].join('\n\n')
}

const joinLines = (lines: string[], line: string): string[] => [lines.length === 0 ? line : `${lines[0]}\n${line}`]

function methodOf({ machine, plan, seconds, counting }: Results): string {
  const { rounds, windowMs } = plan.matrix
  return [
    `The machine: ${machine.cpus} CPUs (${machine.cpu}), ${whole(machine.memoryBytes / 1024 ** 3)} GiB, ${machine.system},`,
    `Node ${machine.node}, SQLite ${machine.sqlite}, files on ${machine.fileSystem}. Before the run ${machine.loadBefore.toFixed(1)}`,
    'processes wanted each CPU; with much above 0, figures are lower than they could be, and only ratios say something.',
    '',
    'Every process is one of its own on this machine, as in production: coordinator, three participants, load generator.',
    'A transaction has three branches, each with 100 bytes of input and of result. Every SQLite connection runs at',
    '`synchronous=FULL`; a closed loop keeps so many transactions in flight and waits for each until it is applied',
    `everywhere. Each figure is the median of ${rounds} slices of ${whole(windowMs)} ms in which the modes took turns; ratios are`,
    `taken inside each round. ${counting ?? 'fsync, fdatasync, disk and TCP bytes are counted at the C library.'} The run took ${whole(seconds)} s.`,
  ].join('\n')
}

function markdownTable({ title, head, rows }: TextTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = line(head.map((_, column) => (column === 0 ? '---' : '---:')))
  return [`## ${title}`, '', line(head), rule, ...rows.map(line)].join('\n')
}
