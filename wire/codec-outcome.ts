// Reasons, results and outcomes: what clients and operators are told.

import type { BranchResult, Decision, Instant, Outcome, Reason, TransactionId } from '../protocol/index.ts'
import { decisionNumbers, readDecision } from './codec-enums.ts'
import {
  readBranchNumber,
  readInstant,
  readParticipantName,
  readText,
  readTransactionId,
  required,
  uuidBytes,
  writeText,
} from './codec-ids.ts'
import { gateway, malformed } from './decoded.ts'
import type { BranchResult as WireBranchResult } from './generated/concordat/v1/BranchResult.ts'
import { OutcomeKind } from './generated/concordat/v1/OutcomeKind.ts'
import type { Reason as WireReason } from './generated/concordat/v1/Reason.ts'
import type { TransactionOutcome } from './generated/concordat/v1/TransactionOutcome.ts'
import { nameCharactersMax, sentenceCharactersMax } from './limits.ts'

/** What is known of a transaction at the moment of the answer. */
export interface OutcomeReport {
  readonly transactionId: TransactionId
  readonly outcome: Outcome | { readonly outcome: 'in-progress' }
  /** Committed and visible at every participant. */
  readonly applied: boolean
  readonly startedAt: Instant
}

export function encodeReason(reason: Reason): WireReason {
  return {
    code: reason.code,
    message: reason.message,
    refused: reason.refused,
    retryable: reason.retryable,
    ...(reason.branch === undefined ? {} : { branch: reason.branch }),
    ...(reason.participant === undefined ? {} : { participant: reason.participant }),
    ...(reason.operation === undefined ? {} : { operation: reason.operation }),
    ...(reason.path === undefined ? {} : { path: reason.path }),
  }
}

/**
 * A reason as told by the other side. Without one a no is still a no. Long texts are cut: they are for people, and
 * refusing the message would turn a clear no into a timeout.
 */
export function readReason(wire: WireReason | null | undefined, path: string): Reason {
  const told = wire ?? {}
  const code = told.code === undefined || told.code === '' ? 'OPERATION_FAILED' : told.code.slice(0, nameCharactersMax)
  const message = told.message === undefined || told.message === '' ? 'no reason was given' : told.message
  return {
    code,
    message: message.slice(0, sentenceCharactersMax),
    refused: told.refused ?? false,
    retryable: told.retryable ?? false,
    ...(told.branch ? { branch: readBranchNumber(told.branch, `${path}.branch`) } : {}),
    ...(told.participant ? { participant: readParticipantName(told.participant, `${path}.participant`) } : {}),
    ...(told.operation ? { operation: told.operation.slice(0, nameCharactersMax) } : {}),
    ...(told.path ? { path: told.path.slice(0, nameCharactersMax) } : {}),
  }
}

const encodeResult = ({ branch, result }: BranchResult): WireBranchResult => ({ branch, result: writeText(result) })

function readResults(wire: readonly WireBranchResult[] | null | undefined): BranchResult[] {
  return (wire ?? []).map((one, index) => ({
    branch: readBranchNumber(one.branch, `results.${index}.branch`),
    result: readText(one.result),
  }))
}

function encodeOutcomeKind(outcome: OutcomeReport['outcome']): TransactionOutcome {
  switch (outcome.outcome) {
    case 'in-progress':
      return { outcome: OutcomeKind.OUTCOME_KIND_IN_PROGRESS }
    case 'committed':
      return { outcome: OutcomeKind.OUTCOME_KIND_COMMITTED, results: outcome.results.map(encodeResult) }
    case 'aborted':
      return { outcome: OutcomeKind.OUTCOME_KIND_ABORTED, reason: encodeReason(outcome.reason) }
    case 'mixed':
    case 'hazard':
      return {
        outcome: outcome.outcome === 'mixed' ? OutcomeKind.OUTCOME_KIND_MIXED : OutcomeKind.OUTCOME_KIND_HAZARD,
        decision: decisionNumbers[outcome.decision],
        reason: encodeReason(outcome.reason),
        results: outcome.results.map(encodeResult),
      }
  }
}

export function encodeOutcome(report: OutcomeReport): TransactionOutcome {
  const wire = encodeOutcomeKind(report.outcome)
  wire.transactionId = uuidBytes(report.transactionId)
  wire.applied = report.applied
  wire.startedAtMs = report.startedAt
  return wire
}

function readOutcomeKind(wire: TransactionOutcome): OutcomeReport['outcome'] {
  switch (wire.outcome) {
    case OutcomeKind.OUTCOME_KIND_IN_PROGRESS:
      return { outcome: 'in-progress' }
    case OutcomeKind.OUTCOME_KIND_COMMITTED:
      return { outcome: 'committed', results: readResults(wire.results) }
    case OutcomeKind.OUTCOME_KIND_ABORTED:
      return { outcome: 'aborted', reason: readReason(wire.reason, 'reason') }
    case OutcomeKind.OUTCOME_KIND_MIXED:
    case OutcomeKind.OUTCOME_KIND_HAZARD: {
      const decision: Decision = readDecision(wire.decision, 'decision')
      const outcome = wire.outcome === OutcomeKind.OUTCOME_KIND_MIXED ? 'mixed' : 'hazard'
      return { outcome, decision, reason: readReason(wire.reason, 'reason'), results: readResults(wire.results) }
    }
    default:
      return malformed('REQUEST_INVALID', 'outcome', `${wire.outcome ?? 0} is not an outcome`)
  }
}

export function readOutcome(wire: TransactionOutcome | null | undefined): OutcomeReport {
  const told = required(wire, 'outcome')
  return {
    transactionId: readTransactionId(told.transactionId, 'transactionId'),
    outcome: readOutcomeKind(told),
    applied: told.applied ?? false,
    startedAt: readInstant(told.startedAtMs, 'startedAtMs'),
  }
}

export const decodeOutcome = gateway(readOutcome)
