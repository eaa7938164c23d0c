// What each special path buys: both ways in turns, in this process.

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { frameParts } from '../parts/frames.ts'
import { logParts } from '../parts/log.ts'
import { objectParts } from '../parts/objects.ts'
import type { Part, PartCost, PartsPlan, Way } from '../parts/part.ts'
import { storeParts } from '../parts/store.ts'
import { timerParts } from '../parts/timers.ts'
import { median } from '../report/figures.ts'

export function measureParts(plan: PartsPlan, folder: string, onStep: (what: string) => void): readonly PartCost[] {
  const files = mkdtempSync(join(folder, 'parts-'))
  const parts = [...frameParts(), ...objectParts(), ...timerParts(), ...logParts(files), ...storeParts(files)]
  const costs = parts.map((part) => {
    onStep(`a part: ${part.title}`)
    return measure(part, plan)
  })
  for (const part of parts) part.close?.()
  return costs
}

function measure({ title, unit, special, plain, count }: Part, { warmUpRounds, rounds }: PartsPlan): PartCost {
  const [specials, plains]: [number[], number[]] = [[], []]
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    // Every other round the other way round: what one leaves to collect is paid by the one after it.
    const isFirst = round % 2 === 0
    const first = timed(isFirst ? special : plain, count)
    const second = timed(isFirst ? plain : special, count)
    if (round < 0) continue
    specials.push(isFirst ? first : second)
    plains.push(isFirst ? second : first)
  }
  const ratio = median(specials.map((cost, round) => cost / (plains[round] as number)))
  return { title, unit, specialNs: median(specials), plainNs: median(plains), ratio }
}

/** Keeps what was made: nobody may find out that it is not needed. */
let last: unknown

function timed(way: Way, count: number): number {
  const from = process.hrtime.bigint()
  last = way(count)
  const took = Number(process.hrtime.bigint() - from) / count
  if (last === process) throw new Error('no way returns this')
  return took
}
