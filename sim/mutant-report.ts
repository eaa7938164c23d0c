// How soon the simulator finds each mutant: the harness, measured (protocols.md 8.5).

import { type Detection, detect, mutants } from './mutant-table.ts'
import { row } from './proof.ts'

/** From each of these a mutant is looked for. */
const starts = [1, 100_001, 200_001, 300_001, 400_001]

export interface Measured {
  readonly name: string
  readonly protocol: string
  /** Median and most seeds until the first that showed it; undefined: one of the runs did not find it. */
  readonly median: number | undefined
  readonly most: number | undefined
  readonly predicates: readonly string[]
}

export function measureMutants(seedsMax: number, onMeasured: (measured: Measured) => void): Measured[] {
  return mutants.map((mutant) => {
    const found = starts.map((from) => detect(mutant, seedsMax, from))
    const measured = measure(mutant.name, mutant.protocol, found)
    onMeasured(measured)
    return measured
  })
}

function measure(name: string, protocol: string, found: readonly Detection[]): Measured {
  const seeds = found.flatMap((one) => one.seeds ?? []).sort((a, b) => a - b)
  const predicates = [...new Set(found.map(({ predicate }) => predicate))].filter((predicate) => predicate !== '')
  const isFound = seeds.length === found.length
  const median = seeds[Math.floor(seeds.length / 2)]
  return {
    name,
    protocol,
    median: isFound ? median : undefined,
    most: isFound ? seeds.at(-1) : undefined,
    predicates,
  }
}

export const tellMeasured = ({ name, protocol, median, most, predicates }: Measured): string =>
  `${String(median ?? 'none').padStart(6)} ${String(most ?? '').padStart(6)}  ${protocol.padEnd(12)}${name} (${predicates.join(', ')})`

export const mutantRows = (measured: readonly Measured[]): string[] => [
  '| protocol | mutant | median seeds | most | broken rule |',
  '| --- | --- | ---: | ---: | --- |',
  ...measured.map(({ name, protocol, median, most, predicates }) =>
    row([protocol, name, median ?? 'not found', most ?? '', predicates.join(', ')]),
  ),
]
