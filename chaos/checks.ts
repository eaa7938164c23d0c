// What must hold when all has ended (protocols.md section 4): between what clients were told and what the databases say, and
// between the databases themselves. Every violation is one sentence about one job, or about none.

import { openingBalance } from './bank/contract.ts'
import type { Done, Evidence } from './evidence.ts'
import { groupBy } from './group-by.ts'
import { type Entry, verdictOf } from './history.ts'
import { checkListAppend, type ListOperation, type ListTransaction } from './list-append.ts'

export interface Violation {
  readonly rule: string
  readonly text: string
  readonly jobs: readonly string[]
}

type Violations = Violation[]

export function check(entries: readonly Entry[], evidence: Evidence): Violations {
  const byJob = groupBy(evidence.done, ({ job }) => job)
  return [
    ...agreement(evidence),
    ...exactlyOnce(evidence, byJob),
    ...entries.flatMap((entry) => [...asTold(entry, byJob.get(entry.job.id) ?? []), ...steadily(entry)]),
    ...bank(entries, evidence),
    ...serializability(entries, evidence),
  ]
}

const at = ({ bank, branch }: Done): string => `branch ${branch} at ${bank}`

/** No two branches of a transaction end differently, and none is left between. */
function agreement({ done }: Evidence): Violations {
  const found: Violations = []
  for (const [id, rows] of groupBy(done, ({ transactionId }) => transactionId)) {
    const jobs = [rows[0]?.job ?? '']
    const final = rows.filter(({ state }) => state === 'final')
    const released = rows.filter(({ state }) => state === 'released')
    for (const row of rows.filter(({ state }) => state === 'pending')) {
      found.push({ rule: 'termination', jobs, text: `${at(row)} of ${id} is neither committed nor aborted in the end` })
    }
    if (final.length === 0 || released.length === 0) continue
    const text = `${id} is committed by ${final.map(at).join(', ')} and aborted by ${released.map(at).join(', ')}`
    found.push({ rule: 'agreement', jobs, text })
  }
  return found
}

/** Each function of a branch runs to its end once, and a job is done by one transaction. */
function exactlyOnce({ done, items }: Evidence, byJob: ReadonlyMap<string, readonly Done[]>): Violations {
  const found: Violations = []
  const say = (row: Done, text: string): void => void found.push({ rule: 'exactly once', jobs: [row.job], text })
  const itemsOf = groupBy(items, ({ bank, transactionId, branch }) => `${bank} ${transactionId} ${branch}`)
  for (const row of done) {
    const { prepared, committed, aborted, state, operation, bank, transactionId, branch } = row
    const name = `${at(row)} of ${transactionId}`
    if (prepared !== 1) say(row, `${name} was prepared ${prepared} times`)
    if (committed > 1 || aborted > 1) say(row, `${name} was committed ${committed} times and aborted ${aborted} times`)
    if (committed > 0 && aborted > 0) say(row, `${name} was committed and aborted as well`)
    if (operation !== 'append') continue
    const count = itemsOf.get(`${bank} ${transactionId} ${branch}`)?.length ?? 0
    if (count !== (state === 'released' ? 0 : 1))
      say(row, `${name} is ${state}, and its element is there ${count} times`)
  }
  for (const rows of byJob.values()) {
    const ids = [...new Set(rows.filter(({ state }) => state === 'final').map(({ transactionId }) => transactionId))]
    if (ids.length > 1 && rows[0] !== undefined)
      say(rows[0], `it was done by ${ids.length} transactions: ${ids.join(', ')}`)
  }
  return found
}

/** Committed: all of it is there (NOLOSS). Anything else that is certain: nothing of it is (NOGHOST). */
function asTold(entry: Entry, rows: readonly Done[]): Violations {
  const { id: job, style } = entry.job
  const verdict = verdictOf(entry)
  const final = rows.filter(({ state }) => state === 'final')
  if (verdict.outcome === 'unknown') {
    const text = `nobody could say in the end what became of ${verdict.open.join(', ') || 'it'}`
    return [{ rule: 'termination', jobs: [job], text }]
  }
  if (verdict.outcome === 'aborted') {
    if (final.length === 0) return []
    const text = `its client may believe that it was not done, and it is committed by ${final.map(at).join(', ')}`
    return [{ rule: 'NOGHOST', jobs: [job], text }]
  }
  if (style === 'abort' || style === 'leave') {
    return [{ rule: 'honest answers', jobs: [job], text: 'it is committed, and nobody has asked for that' }]
  }
  const of = final.filter(({ transactionId }) => transactionId === verdict.transactionId)
  const told = verdict.results.length
  if (of.length === told && (told === entry.job.steps.length || mayEndEarly(entry))) return []
  const text = `of its ${entry.job.steps.length} branches ${told} were told committed, and ${of.length} are committed`
  return [{ rule: 'NOLOSS', jobs: [job], text }]
}

/** A saga whose client was lost after its pivot is completed with what was called until then. */
const mayEndEarly = ({ job }: Entry): boolean =>
  job.style === 'transact' && job.steps.some(({ role }) => role === 'pivot')

/** What was told of a transaction once is told of it for ever. */
function steadily({ job, told }: Entry): Violations {
  const found: Violations = []
  const first = new Map<string, string>()
  const committed = new Set<string>()
  for (const { answer, asked } of told) {
    if (answer.outcome === 'failed') {
      if (['INTERNAL', 'NOT_A_TRANSACTION_ERROR', 'RESTORED_BACKUP'].includes(answer.code)) {
        found.push({ rule: 'honest answers', jobs: [job.id], text: `${asked}: ${answer.code}: ${answer.message}` })
      }
      continue
    }
    const { outcome, transactionId } = answer
    if (outcome === 'mixed' || outcome === 'hazard') {
      const text = `${transactionId} is ${outcome}, although no disk was lost and no operator has spoken`
      found.push({ rule: 'honest answers', jobs: [job.id], text })
    }
    if (outcome !== 'committed' && outcome !== 'aborted') {
      const before = first.get(transactionId)
      if (outcome === 'in-progress' && before !== undefined) {
        const text = `${transactionId} was ${before}, and later it was in progress`
        found.push({ rule: 'honest answers', jobs: [job.id], text })
      }
      continue
    }
    const before = first.get(transactionId)
    if (before !== undefined && before !== outcome) {
      const text = `${transactionId} was told ${before}, and later ${outcome} (asked ${asked})`
      found.push({ rule: 'honest answers', jobs: [job.id], text })
    }
    first.set(transactionId, outcome)
    if (outcome === 'committed') committed.add(transactionId)
  }
  if (committed.size > 1) {
    const text = `asked again, it was committed again: ${[...committed].join(', ')}`
    found.push({ rule: 'exactly once', jobs: [job.id], text })
  }
  return found
}

/** No money comes from nowhere or goes there, no account is below zero, and every audit has seen the same total. */
function bank(entries: readonly Entry[], { done, accounts }: Evidence): Violations {
  const found: Violations = []
  const say = (text: string, jobs: readonly string[] = []): void => void found.push({ rule: 'bank', jobs, text })
  const byJob = new Map(entries.map((entry) => [entry.job.id, entry]))
  const total = accounts.reduce((sum, { balance }) => sum + balance, 0)
  let expected = accounts.length * openingBalance
  for (const [id, rows] of groupBy(done, ({ transactionId }) => transactionId)) {
    const net = rows.reduce((sum, { state, amount }) => (state === 'final' ? sum + amount : sum), 0)
    const job = rows[0]?.job ?? ''
    const entry = byJob.get(job)
    if (net !== 0 && entry !== undefined && mayEndEarly(entry)) expected += net
    else if (net !== 0) say(`${id} takes and gives ${net} in all`, [job])
  }
  if (total !== expected) say(`there are ${total} in all accounts, and by what is committed ${expected}`)
  for (const { bank, account, balance } of accounts) {
    const rows = done.filter((row) => row.bank === bank && row.account === account && row.state === 'final')
    const due = rows.reduce((sum, { amount }) => sum + amount, openingBalance)
    if (balance < 0) say(`${account} at ${bank} is ${balance}`)
    if (balance !== due) say(`${account} at ${bank} is ${balance}, and by what is committed there it is ${due}`)
  }
  const locked = accounts.filter(({ account }) => account.startsWith('locked-')).length * openingBalance
  for (const entry of entries) {
    const verdict = verdictOf(entry)
    if (verdict.outcome !== 'committed' || entry.job.steps[0]?.do !== 'audit') continue
    const results = verdict.results as { total: number; least: number }[]
    const seen = results.reduce((sum, one) => sum + one.total, 0)
    if (seen !== locked) say(`an audit has seen ${seen} in accounts that have ${locked}`, [entry.job.id])
    const least = Math.min(...results.map((one) => one.least))
    if (least < 0) say(`an audit has seen an account with ${least}`, [entry.job.id])
  }
  return found
}

/** Strict serializability of the lists that only two- and three-phase transactions use, each with locks. */
function serializability(entries: readonly Entry[], { items }: Evidence): Violations {
  const history: ListTransaction[] = []
  for (const entry of entries) {
    const { job, told } = entry
    if (job.protocol === 'saga' || !job.steps.some((step) => step.do === 'append' || step.do === 'read')) continue
    const verdict = verdictOf(entry)
    const isCommitted = verdict.outcome === 'committed'
    const operations = job.steps.flatMap((step, index): ListOperation[] => {
      const elements = isCommitted
        ? ((verdict.results[index] as { elements?: string[] } | undefined)?.elements ?? [])
        : []
      if (step.do === 'read') return [{ do: 'read', list: step.list, elements }]
      if (step.do !== 'append') return []
      const append: ListOperation = { do: 'append', list: step.list, element: step.element }
      return isCommitted ? [append, { do: 'read', list: step.list, elements }] : [append]
    })
    const endedAt = verdict.outcome === 'unknown' ? Number.POSITIVE_INFINITY : verdict.at
    history.push({ id: job.id, outcome: verdict.outcome, operations, startedAt: told[0]?.from ?? 0, endedAt })
  }
  const final = new Map(
    [...groupBy(items, ({ list }) => list)].map(([list, of]) => [list, of.map((one) => one.element)]),
  )
  for (const list of [...final.keys()]) if (list.startsWith('saga-')) final.delete(list)
  return checkListAppend(history, { realTime: true, final }).map(({ kind, transactions, words }) => ({
    rule: `serializability (${kind})`,
    jobs: transactions.filter((id) => id.startsWith('job-')),
    text: words.join('; '),
  }))
}
