// What operators ask of coordinators and participants, and what they are shown.

import type { BranchNumber, Decision, Instant, Protocol, TransactionId } from '../protocol/index.ts'
import { decisionNumbers, protocolNumbers, readDecision, readProtocol } from './codec-enums.ts'
import {
  readBranchNumber,
  readInstant,
  readName,
  readSentence,
  readTransactionId,
  toCount,
  uuidBytes,
} from './codec-ids.ts'
import { encodeOutcome, type OutcomeReport, readOutcome } from './codec-outcome.ts'
import { gateway, malformed } from './decoded.ts'
import type { BranchReport as WireBranchReport } from './generated/concordat/v1/BranchReport.ts'
import type { DrainResponse } from './generated/concordat/v1/DrainResponse.ts'
import type { ForgetRequest } from './generated/concordat/v1/ForgetRequest.ts'
import type { ListRequest } from './generated/concordat/v1/ListRequest.ts'
import type { ListResponse } from './generated/concordat/v1/ListResponse.ts'
import type { OperatorGetRequest } from './generated/concordat/v1/OperatorGetRequest.ts'
import type { ResolveRequest } from './generated/concordat/v1/ResolveRequest.ts'
import type { TransactionReport as WireTransactionReport } from './generated/concordat/v1/TransactionReport.ts'

export interface ListCommand {
  /** Only what has waited for longer. 0: everything that has not ended. */
  readonly olderThanMs: number
  readonly includeHazards: boolean
  /** 1 to 1,000. */
  readonly pageSize: number
  /** From the previous answer, or empty. */
  readonly pageToken: string
}

export interface BranchReport {
  readonly branch: BranchNumber
  readonly participant: string
  readonly operation: string
  readonly state: string
  readonly attempts: number
  readonly lastError: string
  readonly locks: readonly string[]
}

export interface TransactionReport {
  readonly transactionId: TransactionId
  readonly protocol: Protocol
  readonly state: string
  readonly startedAt: Instant
  /** One sentence: who is waited for, since when, what failed last, what happens next. */
  readonly why: string
  readonly branches: readonly BranchReport[]
  readonly outcome?: OutcomeReport
}

export interface ListAnswer {
  readonly transactions: readonly TransactionReport[]
  readonly nextPageToken: string
  readonly total: number
  /** Of the process itself, in plain words. */
  readonly conditions: readonly string[]
}

export interface OperatorGetCommand {
  readonly transactionId: TransactionId
}

export interface ResolveCommand {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly decision: Decision
  /** Who and why. */
  readonly reason: string
}

export interface ForgetCommand {
  readonly transactionId: TransactionId
  readonly reason: string
}

export interface DrainAnswer {
  readonly inFlight: number
}

const pageSizeDefault = 100
const pageSizeMax = 1_000

export const encodeList = (command: ListCommand): ListRequest => ({ ...command })

export const decodeList = gateway((wire: ListRequest): ListCommand => {
  const pageSize = wire.pageSize || pageSizeDefault
  if (pageSize > pageSizeMax) malformed('REQUEST_INVALID', 'pageSize', `${pageSize} is more than ${pageSizeMax}`)
  return {
    olderThanMs: toCount(wire.olderThanMs, 'olderThanMs'),
    includeHazards: wire.includeHazards ?? false,
    pageSize,
    pageToken: readName(wire.pageToken, 'pageToken'),
  }
})

const encodeBranchReport = (report: BranchReport): WireBranchReport => ({ ...report, locks: [...report.locks] })

function readBranchReport(wire: WireBranchReport, path: string): BranchReport {
  return {
    branch: readBranchNumber(wire.branch, `${path}.branch`),
    participant: wire.participant ?? '',
    operation: wire.operation ?? '',
    state: wire.state ?? '',
    attempts: wire.attempts ?? 0,
    lastError: wire.lastError ?? '',
    locks: wire.locks ?? [],
  }
}

export function encodeTransactionReport(report: TransactionReport): WireTransactionReport {
  return {
    transactionId: uuidBytes(report.transactionId),
    protocol: protocolNumbers[report.protocol],
    state: report.state,
    startedAtMs: report.startedAt,
    why: report.why,
    branches: report.branches.map(encodeBranchReport),
    ...(report.outcome === undefined ? {} : { outcome: encodeOutcome(report.outcome) }),
  }
}

function readTransactionReport(wire: WireTransactionReport): TransactionReport {
  return {
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    protocol: readProtocol(wire.protocol, 'protocol'),
    state: wire.state ?? '',
    startedAt: readInstant(wire.startedAtMs, 'startedAtMs'),
    why: wire.why ?? '',
    branches: (wire.branches ?? []).map((branch, index) => readBranchReport(branch, `branches.${index}`)),
    ...(wire.outcome ? { outcome: readOutcome(wire.outcome) } : {}),
  }
}

export const decodeTransactionReport = gateway(readTransactionReport)

export function encodeListAnswer(answer: ListAnswer): ListResponse {
  return {
    transactions: answer.transactions.map(encodeTransactionReport),
    nextPageToken: answer.nextPageToken,
    total: answer.total,
    conditions: [...answer.conditions],
  }
}

export const decodeListAnswer = gateway(
  (wire: ListResponse): ListAnswer => ({
    transactions: (wire.transactions ?? []).map(readTransactionReport),
    nextPageToken: wire.nextPageToken ?? '',
    total: toCount(wire.total, 'total'),
    conditions: wire.conditions ?? [],
  }),
)

export function encodeOperatorGet(command: OperatorGetCommand): OperatorGetRequest {
  return { transactionId: uuidBytes(command.transactionId) }
}

export const decodeOperatorGet = gateway(
  (wire: OperatorGetRequest): OperatorGetCommand => ({
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
  }),
)

/** An operator's act is recorded with its reason; without one it is refused. */
function readGivenReason(reason: string | undefined): string {
  const sentence = readSentence(reason, 'reason').trim()
  return sentence === '' ? malformed('REQUEST_INVALID', 'reason', 'is missing: say who does this and why') : sentence
}

export function encodeResolve(command: ResolveCommand): ResolveRequest {
  return {
    transactionId: uuidBytes(command.transactionId),
    branch: command.branch,
    decision: decisionNumbers[command.decision],
    reason: command.reason,
  }
}

export const decodeResolve = gateway(
  (wire: ResolveRequest): ResolveCommand => ({
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    branch: readBranchNumber(wire.branch, 'branch'),
    decision: readDecision(wire.decision, 'decision'),
    reason: readGivenReason(wire.reason),
  }),
)

export function encodeForget(command: ForgetCommand): ForgetRequest {
  return { transactionId: uuidBytes(command.transactionId), reason: command.reason }
}

export const decodeForget = gateway(
  (wire: ForgetRequest): ForgetCommand => ({
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    reason: readGivenReason(wire.reason),
  }),
)

export const encodeDrainAnswer = (answer: DrainAnswer): DrainResponse => ({ inFlight: answer.inFlight })
export const decodeDrainAnswer = gateway(
  (wire: DrainResponse): DrainAnswer => ({
    inFlight: toCount(wire.inFlight, 'inFlight'),
  }),
)
