// The harness is measured: each mutant breaks one rule of the product on purpose, and the simulator finds it within a
// bound. A mutant that nobody finds fails here.

import { afterAll, describe, expect, test } from '@jest/globals'
import { type Detection, detect, mutants } from '../../sim/mutant-table.ts'

const seedsMax = 3_000
const found: Detection[] = []

afterAll(() => {
  const lines = found.map(
    ({ name, seeds, predicate }) => `${String(seeds).padStart(6)}  ${predicate.padEnd(18)} ${name}`,
  )
  process.stdout.write(`seeds until the first that showed it\n${lines.join('\n')}\n`)
})

describe('found by simulation', () => {
  test.each(mutants)('$protocol: $name', (row) => {
    const detection = detect(row, seedsMax)
    found.push(detection)
    expect(detection.seeds).toBeDefined()
  })
})
