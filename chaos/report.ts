// What a run has done and found, in plain words.

import type { Progress, Result } from './campaign.ts'
import { longestDrought } from './drought.ts'
import { groupBy } from './group-by.ts'
import { type Entry, verdictOf } from './history.ts'

const count = (number: number): string => number.toLocaleString('en-US')

function tally(entries: readonly Entry[]) {
  const verdicts = entries.map((entry) => verdictOf(entry).outcome)
  const of = (outcome: string): number => verdicts.filter((verdict) => verdict === outcome).length
  return { all: verdicts.length, committed: of('committed'), aborted: of('aborted'), unknown: of('unknown') }
}

export function progressLine({ phase, ms, entries, faults, now }: Progress): string {
  const { all, committed, aborted, unknown } = tally(entries)
  const total = [...faults.values()].reduce((sum, one) => sum + one, 0)
  const jobs = `${count(all)} jobs: ${count(committed)} committed, ${count(aborted)} not, ${count(unknown)} open`
  return `${Math.floor(ms / 1_000)} s ${phase}  ${jobs}  ${total} faults  ${now}`
}

function droughtLines(entries: readonly Entry[]): string[] {
  const drought = longestDrought(entries)
  if (drought === undefined) return []
  const { from, ms, told } = drought
  const seconds = (time: number): string => (time / 1_000).toFixed(1)
  const meanwhile = told.map(([what, times]) => `${what} ${times}`).join(', ') || 'nothing'
  return [
    `Longest time without a commit: ${seconds(ms)} s, from ${seconds(from)} s on; clients were told: ${meanwhile}.`,
  ]
}

export function reportOf({ history, faults, healedMs, violations }: Result): string {
  const { entries } = history
  const { all, committed, aborted, unknown } = tally(entries)
  const lost = entries.filter(({ told }) =>
    told.some(({ asked, answer }) => asked === 'first' && answer.outcome === 'unknown'),
  )
  const by = [...groupBy(entries, ({ job }) => job.protocol)].map(([protocol, of]) => {
    const one = tally(of)
    return `  ${protocol.padEnd(12)}${count(one.all)} jobs, ${count(one.committed)} committed, ${count(one.aborted)} not`
  })
  const rules = violations.length === 0 ? 'Nothing was found.' : `${violations.length} violations:`
  const byRule = [...groupBy(violations, ({ rule }) => rule)].map(([rule, of]) => `  ${rule}: ${of.length}`)
  return [
    `${count(all)} jobs: ${count(committed)} committed, ${count(aborted)} not, ${count(unknown)} never found out.`,
    `${count(lost.length)} clients were told "unknown" at first.`,
    ...by,
    `Faults: ${[...faults].map(([kind, times]) => `${kind} ${times}`).join(', ') || 'none'}.`,
    ...droughtLines(entries),
    `Everything had ended ${(healedMs / 1_000).toFixed(1)} s after all was healed.`,
    rules,
    ...byRule,
  ].join('\n')
}
