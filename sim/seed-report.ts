// One seed as people read it: what was drawn and what came of it; if a rule is broken, the story with the fewest faults.

import type { Protocol } from '../protocol/index.ts'
import { drawn, outcomes, spaceTime } from './report.ts'
import { type Result, runSeed } from './run.ts'
import { shrink } from './shrink.ts'

type Options = NonNullable<Parameters<typeof runSeed>[2]>

/** `story`: of which transaction, if no rule is broken. */
export function tellSeed(
  seed: number,
  protocol: Protocol,
  options: Options,
  story?: number,
): { readonly text: string; readonly isBroken: boolean } {
  const result = runSeed(seed, protocol, options)
  const lines = [drawn(result), outcomes(result)]
  const isBroken = result.violations.length > 0
  if (isBroken) lines.push(explain(result, protocol, options))
  else if (story !== undefined) {
    const ids = [...new Set(result.happenings.map(({ about }) => about))].filter((id) => id !== '')
    const id = ids[story - 1]
    lines.push(id === undefined ? `  there are ${ids.length} transactions` : spaceTime(result.happenings, id))
  }
  return { text: lines.join('\n'), isBroken }
}

/** The broken rule, the fewest faults that break it, and the story with only those. */
function explain(result: Result, protocol: Protocol, options: Options): string {
  const { seed } = result.settings
  const predicate = result.violations[0]?.predicate
  const run = (faults: readonly string[]): Result => runSeed(seed, protocol, { ...options, allowed: new Set(faults) })
  const { faults, runs } = shrink(result.fired, (some) => run(some).violations[0]?.predicate === predicate)
  const shorter = run(faults)
  const violation = shorter.violations[0] ?? result.violations[0]
  return [
    `\n${predicate}: ${violation?.sentence}\n  transaction ${violation?.about || '(none)'}`,
    `  ${faults.length} of ${result.fired.length} faults are enough (${runs} runs): ${faults.join(', ') || 'none at all'}\n`,
    spaceTime(shorter.happenings, violation?.about ?? ''),
  ].join('\n')
}
