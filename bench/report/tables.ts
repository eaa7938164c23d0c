// The tables of a run, for the terminal and for the page: rows of text, made of the results and of nothing else.

import type { Cell } from '../measure/matrix.ts'
import { type Mode, modeOf, modes } from '../modes.ts'
import { each, findCell, median, ratioOf, ratioOfRounds, targetsOf, throughputOf } from './figures.ts'
import type { Results } from './results.ts'

export interface TextTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : whole(value))
const ratio = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(2))
const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`
const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`
const seconds = (value: number): string => `${(value / 1_000).toFixed(2)} s`

export function tablesOf(results: Results): readonly TextTable[] {
  const { cells, plan } = results
  const levels = plan.matrix.levels.filter((inFlight) => cells.some((cell) => cell.inFlight === inFlight))
  const measured = modes.filter((mode) => cells.some((cell) => cell.mode === mode.name))
  return [
    ...(measured.length === 0 ? [] : [throughputs(cells, measured, levels)]),
    ...levels.map((inFlight) => costs(results, measured, inFlight)),
    ...(results.floor === undefined ? [] : [floorTable(results.floor)]),
    ...(results.hard === undefined ? [] : [hardTable(results.hard)]),
    ...(results.growth === undefined ? [] : [growthTable(results.growth)]),
    ...(results.held.length === 0 ? [] : [heldTable(results.held)]),
    ...(results.parts === undefined ? [] : [partTable(results.parts)]),
    targetTable(results),
  ]
}

function throughputs(cells: readonly Cell[], measured: readonly Mode[], levels: readonly number[]): TextTable {
  return {
    title: 'Transactions a second, by the number in flight; in brackets the ratio to the bare loop',
    head: ['', ...levels.map((inFlight) => whole(inFlight))],
    rows: measured.map((mode) => [
      mode.title,
      ...levels.map((inFlight) => {
        const cell = findCell(cells, mode.name, inFlight)
        if (cell === undefined) return ''
        const toBare = mode.name === 'bare' ? undefined : ratioOf(cells, mode.name, 'bare', inFlight)
        return `${whole(throughputOf(cell))}${toBare === undefined ? '' : ` (${ratio(toBare)})`}`
      }),
    ]),
  }
}

function costs({ cells, counting }: Results, measured: readonly Mode[], inFlight: number): TextTable {
  const bare = findCell(cells, 'bare', inFlight)
  const counted = (text: string): string => (counting === undefined ? text : 'not counted')
  return {
    title: `${whole(inFlight)} in flight: latency, and what one transaction costs over all processes`,
    head: [
      '',
      'p50 ms',
      'p99 ms',
      'p99.9 ms',
      'CPU µs',
      'to bare',
      'of it coordinator',
      'fsync',
      'fdatasync',
      'to disk',
      'network',
    ],
    rows: measured.flatMap((mode) => {
      const cell = findCell(cells, mode.name, inFlight)
      if (cell === undefined) return []
      const { p50Ms, p99Ms, p999Ms } = cell.latencies
      const coordinatorUs = cell.used.cpuUsOf['coordinator']
      return [
        [
          `${mode.title}${failures(cell)}`,
          ...[p50Ms, p99Ms, p999Ms].map(ms),
          whole(each(cell, 'cpuUs')),
          bare === undefined || mode.name === 'bare' ? '' : ratio(each(cell, 'cpuUs') / each(bare, 'cpuUs')),
          coordinatorUs === undefined ? 'none' : whole(coordinatorUs / cell.transactions),
          counted(each(cell, 'fsyncs').toFixed(2)),
          counted(each(cell, 'fdatasyncs').toFixed(2)),
          counted(kibibytes(each(cell, 'diskBytes'))),
          counted(kibibytes(each(cell, 'networkBytes'))),
        ],
      ]
    }),
  }
}

/** What did not commit, if anything. */
function failures({ aborted, unknown }: Cell): string {
  const parts = [
    ...(aborted > 0 ? [`${whole(aborted)} aborted`] : []),
    ...(unknown > 0 ? [`${whole(unknown)} without an answer`] : []),
  ]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function floorTable({ alone, oneAfterAnother }: NonNullable<Results['floor']>): TextTable {
  const row = (title: string, of: (waits: typeof alone) => string): string[] => [title, of(alone), of(oneAfterAnother)]
  const trips = 'the round trips alone: to the coordinator, from there to three participants at once'
  return {
    title: 'The floor: one transaction in flight, medians in milliseconds',
    head: ['', 'nothing left of the one before', 'one after another'],
    rows: [
      row(trips, ({ roundTripsMs }) => ms(roundTripsMs)),
      row('the same with one forced write at each participant', ({ forcedRoundTripsMs }) => ms(forcedRoundTripsMs)),
      row('a forced write alone', ({ forceMs }) => ms(forceMs)),
      row('the floor: the last two together', ({ floorMs }) => ms(floorMs)),
      row('two-phase submit until `decided`', (waits) => `${ms(waits.decidedMs)} (${ratio(waits.ratio)} of the floor)`),
      row('two-phase submit until `applied`', ({ appliedMs }) => ms(appliedMs)),
    ],
  }
}

function hardTable({ hot, hotWait, refused, peak, overloaded }: NonNullable<Results['hard']>): TextTable {
  const share = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`
  const { ended } = overloaded
  const row = (title: string, { inFlight, throughput, latencies, syncsEach }: typeof hot, note: string): string[] => [
    title,
    whole(inFlight),
    whole(throughput),
    ms(latencies.p50Ms),
    ms(latencies.p99Ms),
    syncsEach.toFixed(2),
    note,
  ]
  const gaveUp = share(hot.ended.aborted, hot.ended.aborted + hot.ended.committed)
  const turnedAway = share(ended.overloaded, ended.overloaded + ended.committed)
  const kept = ratio(overloaded.throughput / peak.throughput)
  return {
    title: 'Hard times: two-phase submit',
    head: ['', 'in flight', 'a second', 'p50 ms', 'p99 ms', 'forced writes', ''],
    rows: [
      row(
        'one key that all of them lock',
        hot,
        `waits for the lock: p50 ${ms(hotWait.p50Ms)} ms, p99 ${ms(hotWait.p99Ms)} ms; ${gaveUp} gave up after all tries`,
      ),
      row('every transaction is refused', refused, 'aborted, as it should be'),
      row('as many as are admitted', peak, ''),
      row('more than are admitted', overloaded, `${kept} of the line above; ${turnedAway} answered OVERLOADED`),
    ],
  }
}

function growthTable(growth: NonNullable<Results['growth']>): TextTable {
  const { finished, logBytes, fillSeconds, small, grown, smallP50Ms, grownP50Ms, keptBranches, branches } = growth
  const note = `${ratio(ratioOfRounds(grown, small))} of the line above; ${(logBytes / 1024 ** 3).toFixed(1)} GiB`
  return {
    title:
      `The log grows: two-phase submit with a new log, and with ${whole(finished)} finished transactions in it, filled in ` +
      `within ${whole(fillSeconds)} s. Participants had kept ${whole(keptBranches)} of ${whole(branches)} branches`,
    head: ['', 'a second', 'p50 ms', ''],
    rows: [
      ['a new log', whole(median(small)), ms(smallP50Ms), ''],
      ['a log that has grown', whole(median(grown)), ms(grownP50Ms), note],
    ],
  }
}

function partTable(parts: NonNullable<Results['parts']>): TextTable {
  const us = (ns: number): string => (ns / 1_000).toFixed(ns < 10_000 ? 2 : 1)
  return {
    title: 'Special paths alone, each against the plain way that it stands in for, microseconds',
    head: ['', 'for one', 'special', 'plain', 'of the plain'],
    rows: parts.map((part) => [part.title, part.unit, us(part.specialNs), us(part.plainNs), ratio(part.ratio)]),
  }
}

function heldTable(held: Results['held']): TextTable {
  return {
    title:
      'Many at once: memory with every branch prepared, and recovery after all of them were decided and nobody told',
    head: [
      'in doubt',
      'of them held, not filled in',
      'coordinator while they were held',
      'each there',
      'each at a participant',
      'serves after',
      'all ended after',
    ],
    rows: held.map((one) => [
      whole(one.transactions),
      whole(one.transactions - one.filledIn),
      mebibytes(one.coordinatorResidentBytes),
      kibibytes(one.coordinatorBytes),
      kibibytes(one.participantBytes),
      seconds(one.servesMs),
      seconds(one.recoveredMs),
    ]),
  }
}

function targetTable(results: Results): TextTable {
  const say = (isMet: boolean | undefined): string => (isMet === undefined ? 'not measured' : isMet ? 'met' : 'missed')
  return {
    title: 'Targets',
    head: ['', 'wanted', 'measured', ''],
    rows: targetsOf(results).map(({ what, wanted, measured, isMet }) => [what, wanted, ratio(measured), say(isMet)]),
  }
}

/** For sentences of the page. */
export const meaningOf = (mode: Mode): string => `**${modeOf(mode.name).title}**: ${mode.meaning}`
