// A violation for people: the sentence, and the history of each job that it is about.

import type { Violation } from './checks.ts'
import type { Evidence } from './evidence.ts'
import type { Answer, Entry, History } from './history.ts'

const jobsMax = 4
const eventsMax = 12

export const clock = (ms: number): string => `${(ms / 1_000).toFixed(3).padStart(8)} s`

function inWords(answer: Answer): string {
  switch (answer.outcome) {
    case 'committed':
      return `committed ${answer.transactionId}${answer.replayed ? ', replayed' : ''}: ${JSON.stringify(answer.results)}`
    case 'aborted':
      return `aborted ${answer.transactionId} (${answer.reason})`
    case 'failed':
      return `failed: ${answer.code}: ${answer.message}`
    default:
      return `${answer.outcome} ${answer.transactionId}`
  }
}

export function tell(violation: Violation, { entries, events }: History, evidence: Evidence | undefined): string {
  const lines = [
    `${violation.rule}: ${violation.jobs.join(', ')}${violation.jobs.length > 0 ? ': ' : ''}${violation.text}`,
  ]
  for (const id of violation.jobs.slice(0, jobsMax)) {
    const entry = entries.find(({ job }) => job.id === id)
    if (entry === undefined) continue
    lines.push(`  ${id}: ${JSON.stringify(entry.job)}`)
    for (const line of [...told(entry), ...around(entry, events)].sort((a, b) => a.at - b.at)) {
      lines.push(`  ${clock(line.at)}  ${line.text}`)
    }
    for (const row of evidence?.done.filter(({ job }) => job === id) ?? []) {
      const { bank, transactionId, branch, operation, state, prepared, committed, aborted } = row
      const counts = `prepared ${prepared}, committed ${committed}, aborted ${aborted}`
      lines.push(`  at ${bank}: ${transactionId} branch ${branch} ${operation} is ${state} (${counts})`)
    }
  }
  return lines.join('\n')
}

const told = ({ told }: Entry) =>
  told.flatMap(({ asked, from, at, answer }) => [
    { at: from, text: `client asks ${asked}` },
    { at, text: `client hears ${inWords(answer)}` },
  ])

function around({ told }: Entry, events: History['events']) {
  const from = (told[0]?.from ?? 0) - 3_000
  const until = (told[0]?.at ?? 0) + 3_000
  return events.filter(({ at }) => at >= from && at <= until).slice(0, eventsMax)
}
