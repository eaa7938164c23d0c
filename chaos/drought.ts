// The longest time in which nothing committed: faults explain a few seconds of it. Not a guarantee, so that it is shown and
// not judged; a long one is worth a look.

import { groupBy } from './group-by.ts'
import type { Entry } from './history.ts'

export interface Drought {
  readonly from: number
  readonly ms: number
  /** What clients were told meanwhile, the most frequent first. */
  readonly told: readonly (readonly [what: string, times: number])[]
}

/** Undefined when nothing ever committed. */
export function longestDrought(entries: readonly Entry[]): Drought | undefined {
  const answers = entries.flatMap(({ told }) => told).filter(({ asked }) => asked === 'first')
  const commits = answers.filter(({ answer }) => answer.outcome === 'committed').map(({ at }) => at)
  commits.sort((a, b) => a - b)
  let longest: { from: number; ms: number } | undefined
  for (const [index, at] of commits.entries()) {
    const ms = (commits[index + 1] ?? at) - at
    if (longest === undefined || ms > longest.ms) longest = { from: at, ms }
  }
  if (longest === undefined) return undefined
  const { from, ms } = longest
  const meanwhile = answers.filter(({ at }) => at > from && at < from + ms)
  const told = [...groupBy(meanwhile, ({ answer }) => wordOf(answer))].map(([what, of]) => [what, of.length] as const)
  return { from, ms, told: told.sort(([, a], [, b]) => b - a) }
}

function wordOf(answer: Entry['told'][number]['answer']): string {
  if (answer.outcome === 'aborted') return `aborted ${answer.reason}`
  return answer.outcome === 'failed' ? answer.code : answer.outcome
}
