// What a client is told of a transaction: the outcomes of the protocol with parsed results.

import type { BranchNumber, Decision, Reason, TransactionId } from '../protocol/index.ts'
import type { OutcomeReport } from '../wire/index.ts'
import { readResult } from './input.ts'

/** What the branch of this number returned from its prepare. */
export interface CallResult {
  readonly branch: BranchNumber
  readonly result: unknown
}

/** Every participant has committed or will; nothing can change that any more. */
export interface CommittedOutcome<Results> {
  readonly outcome: 'committed'
  /** With a key that had committed before, the id of that transaction. */
  readonly transactionId: TransactionId
  /** Visible at every participant. False: durable, and some participant had not yet answered. */
  readonly applied: boolean
  /** The idempotency key belongs to an earlier transaction, and these are its recorded results. Nothing was run. */
  readonly replayed: boolean
  readonly results: Results
}

/** Nothing has happened at any participant; what a saga had done is compensated, or will be. */
export interface AbortedOutcome {
  readonly outcome: 'aborted'
  readonly transactionId: TransactionId
  /**
   * Whether that is known to be complete. False of a saga: it may still be compensating, and {@link Coordinator.outcome}
   * tells when it is done.
   */
  readonly applied: boolean
  readonly reason: Reason
}

/** An operator or a lost disk came between: participants differ (`mixed`) or may (`hazard`). A person has to look. */
export interface ContradictedOutcome {
  readonly outcome: 'mixed' | 'hazard'
  readonly transactionId: TransactionId
  /** What the coordinator had decided. */
  readonly decision: Decision
  readonly reason: Reason
  readonly results: readonly CallResult[]
}

/** Not ended at the moment of the answer. */
export interface InProgress {
  readonly outcome: 'in-progress'
  readonly transactionId: TransactionId
}

/** How a transaction ended. */
export type EndedOutcome<Results = readonly CallResult[]> =
  | CommittedOutcome<Results>
  | AbortedOutcome
  | ContradictedOutcome

/** What is known of a transaction: see {@link Coordinator.outcome}. */
export type KnownOutcome = EndedOutcome | InProgress

/** A report of a transaction that has ended. */
export type EndedReport = OutcomeReport & {
  readonly outcome: Exclude<OutcomeReport['outcome'], { outcome: 'in-progress' }>
}

export const hasEnded = (report: OutcomeReport): report is EndedReport => report.outcome.outcome !== 'in-progress'

/** An abort that this side knows of by itself. */
export const aborted = (transactionId: TransactionId, reason: Reason): AbortedOutcome => ({
  outcome: 'aborted',
  transactionId,
  applied: false,
  reason,
})

/** The outcome for the one who asked with `askedId`; results of every branch in their order. */
export function toOutcome(report: EndedReport, askedId: TransactionId): EndedOutcome {
  const { transactionId, outcome, applied } = report
  if (outcome.outcome === 'aborted') return { ...aborted(transactionId, outcome.reason), applied }
  const results = inOrder(outcome.results).map(({ branch, result }) => ({ branch, result: readResult(result) }))
  if (outcome.outcome === 'committed') {
    return { outcome: 'committed', transactionId, applied, replayed: transactionId !== askedId, results }
  }
  return { outcome: outcome.outcome, transactionId, decision: outcome.decision, reason: outcome.reason, results }
}

/** By number. A coordinator lists them as they were asked for, which is mostly this order. */
function inOrder<R extends { readonly branch: BranchNumber }>(results: readonly R[]): readonly R[] {
  const isInOrder = results.every(({ branch }, index) => index === 0 || (results[index - 1] as R).branch <= branch)
  return isInOrder ? results : results.toSorted((a, b) => a.branch - b.branch)
}

/** What is known of the transaction `transactionId`, ended or not. */
export function toKnownOutcome(report: OutcomeReport): KnownOutcome {
  const { transactionId } = report
  return hasEnded(report) ? toOutcome(report, transactionId) : { outcome: 'in-progress', transactionId }
}
