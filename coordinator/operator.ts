// What an operator may ask and do. Lists are read from memory; ended hazards are found in the log.

import type { RecordedTransaction } from '../log/index.ts'
import type { TransactionId } from '../protocol/index.ts'
import type { ForgetCommand, ListAnswer, ListCommand, ResolveCommand, TransactionReport } from '../wire/index.ts'
import { reportRecorded } from './admission.ts'
import { type Answer, failed, ok } from './answer.ts'
import type { Coordinator } from './coordinator.ts'
import { operatorReport } from './reports.ts'

const hazardsMax = 1_000

export class Operator {
  readonly #coordinator: Coordinator
  readonly #drain: () => void

  constructor(coordinator: Coordinator, drain: () => void) {
    this.#coordinator = coordinator
    this.#drain = drain
  }

  list({ olderThanMs, includeHazards, pageSize, pageToken }: ListCommand, answer: Answer<ListAnswer>): void {
    const { transactions, clock, directory, conditions, turns } = this.#coordinator
    const now = clock.now()
    const old = [...transactions.all()].filter(({ since }) => now - since >= olderThanMs)
    const from = Number(pageToken === '' ? 0 : pageToken)
    if (!Number.isSafeInteger(from) || from < 0) return answer(failed('REQUEST_INVALID', 'page_token is malformed'))
    const page = old.slice(from, from + pageSize).map((inFlight) => operatorReport(inFlight, directory, now))
    const isLast = from + pageSize >= old.length
    const tell = (hazards: readonly TransactionReport[]): void =>
      answer(
        ok({
          transactions: [...page, ...hazards],
          nextPageToken: isLast ? '' : String(from + pageSize),
          total: old.length + hazards.length,
          conditions: [...conditions.values(), ...this.#unreachable()],
        }),
      )
    if (!includeHazards || !isLast) return tell([])
    this.#coordinator.lookUp({ by: 'hazard', limit: hazardsMax }, (found) =>
      turns.arrive(() => tell(found.map(reportEnded))),
    )
  }

  get(transactionId: TransactionId, answer: Answer<TransactionReport>): void {
    const { transactions, clock, directory, turns } = this.#coordinator
    const inFlight = transactions.get(transactionId) ?? transactions.recent(transactionId)
    if (inFlight !== undefined) return answer(ok(operatorReport(inFlight, directory, clock.now())))
    this.#coordinator.lookUp({ by: 'transaction', transactionId }, ([recorded]) =>
      turns.arrive(() => answer(recorded === undefined ? failed('TRANSACTION_NOT_FOUND') : ok(reportEnded(recorded)))),
    )
  }

  /** Ends the wait for one branch by naming what became of it; without a decision yet the transaction aborts. */
  resolve({ transactionId, branch, decision, reason }: ResolveCommand, answer: Answer<TransactionReport>): void {
    const { transactions, clock, directory, turns } = this.#coordinator
    const inFlight = transactions.get(transactionId)
    if (inFlight === undefined) return answer(failed('TRANSACTION_NOT_FOUND', 'it is not in flight'))
    const { phase } = inFlight.state
    if (decision === 'commit' && (phase === 'active' || phase === 'preparing')) {
      return answer(failed('REQUEST_INVALID', 'not every branch has voted yes: it can only be aborted'))
    }
    this.#coordinator.step(inFlight, { type: 'resolve', at: clock.now(), branch, decision, detail: reason })
    turns.release(inFlight.needs, () => answer(ok(operatorReport(inFlight, directory, clock.now()))))
  }

  forget({ transactionId, reason }: ForgetCommand, answer: Answer<undefined>): void {
    const { transactions, turns } = this.#coordinator
    if (transactions.get(transactionId) !== undefined) {
      return answer(failed('TRANSACTION_CLOSED', 'it has not ended: resolve it first'))
    }
    this.#coordinator.lookUp({ by: 'transaction', transactionId }, ([recorded]) =>
      turns.arrive(() => {
        if (recorded === undefined) return answer(failed('TRANSACTION_NOT_FOUND'))
        const needs = turns.current
        turns.record([{ type: 'forgotten', transactionId, detail: reason }], true)
        turns.release(needs, () => answer(ok(undefined)))
      }),
    )
  }

  drain(): number {
    this.#drain()
    return this.#coordinator.transactions.size
  }

  #unreachable(): string[] {
    return [...this.#coordinator.directory.all()]
      .filter(({ isConnected }) => !isConnected)
      .map(({ facts, lastError }) => `${facts.participant} is not reachable at ${facts.address}: ${lastError}`)
  }
}

/** A transaction that only the log still knows. */
function reportEnded(recorded: RecordedTransaction): TransactionReport {
  const { facts, hazards, first } = recorded
  const { transactionId, protocol, startedAt } = facts
  const report = reportRecorded(recorded)
  const outcome = report.ok ? { outcome: report.value } : {}
  const hazard = hazards.map(({ branch, hazard, detail }) => `branch ${branch} (${hazard}): ${detail}`).join('; ')
  const ended = report.ok ? report.value.outcome.outcome : 'unknown'
  const branches = 'branches' in first ? first.branches : []
  const others = first.record === 'decision' ? 'acked' : 'aborted'
  return {
    transactionId,
    protocol,
    state: 'ended',
    startedAt,
    why: hazard === '' ? ended : `${ended}: ${hazard}; forget it once it is dealt with`,
    branches: branches.map(({ branch, participant, operation }) => {
      const found = hazards.find((known) => known.branch === branch)
      const state = found === undefined ? others : found.hazard
      return { branch, participant, operation, state, attempts: 0, lastError: found?.detail ?? '', locks: [] }
    }),
    ...outcome,
  }
}
