// A branch record as a row of `concordat_branches`, and back. One row a branch, updated in place: the newest record.

import {
  BranchNumber,
  Epoch,
  Instant,
  LogId,
  type Member,
  type ParticipantRecord,
  type PreparedBranch,
  type Protocol,
  type Reason,
  type Sequence,
  TransactionId,
  unreachable,
} from '../protocol/index.ts'
import type { StoredBranch } from './store.ts'

export interface BranchRow {
  readonly transaction_id: Buffer
  readonly branch: number
  readonly state: 'prepared' | 'committed' | 'aborted' | 'heuristic'
  readonly log_id: Buffer
  readonly epoch: number
  readonly number: number
  readonly protocol: Protocol
  readonly one_phase: number
  readonly started_at: number
  readonly operation: string
  readonly input: string
  readonly result: string
  readonly locks: string
  readonly members: string
  readonly trace_parent: string
  /** JSON of a Reason when aborted; the operator's words when heuristic. */
  readonly reason: string
  /** `commit` or `abort` when heuristic. */
  readonly did: string
  readonly forgotten: number
}

/** In the order of the columns. */
export const rowValues = (row: BranchRow): unknown[] => [
  row.transaction_id,
  row.branch,
  row.state,
  row.log_id,
  row.epoch,
  row.number,
  row.protocol,
  row.one_phase,
  row.started_at,
  row.operation,
  row.input,
  row.result,
  row.locks,
  row.members,
  row.trace_parent,
  row.reason,
  row.did,
  row.forgotten,
]

export const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

export function idText(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export function toRow(logId: Buffer, record: ParticipantRecord): BranchRow {
  switch (record.type) {
    case 'prepared':
      return branchRow(logId, 'prepared', record.branch)
    case 'committed':
      // What only a decision needed goes: nobody asks an ended branch for its input.
      return branchRow(logId, 'committed', { ...record.branch, input: '', locks: [], members: [] })
    case 'aborted':
      return { ...endedRow(logId, record), reason: JSON.stringify(record.reason) }
    case 'heuristic':
      return { ...branchRow(logId, 'heuristic', record.branch), did: record.did, reason: record.detail }
    default:
      return unreachable(record)
  }
}

function branchRow(logId: Buffer, state: BranchRow['state'], branch: PreparedBranch): BranchRow {
  return {
    transaction_id: idBytes(branch.transactionId),
    branch: branch.branch,
    state,
    log_id: logId,
    epoch: branch.sequence.epoch,
    number: branch.sequence.number,
    protocol: branch.protocol,
    one_phase: branch.onePhase ? 1 : 0,
    started_at: branch.startedAt,
    operation: branch.operation,
    input: branch.input,
    result: branch.result,
    locks: branch.locks.length === 0 ? '[]' : JSON.stringify(branch.locks),
    members: branch.members.length === 0 ? '[]' : JSON.stringify(branch.members),
    trace_parent: branch.traceParent,
    reason: '',
    did: '',
    forgotten: 0,
  }
}

interface Ended {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly sequence: Sequence
}

const endedRow = (logId: Buffer, { transactionId, branch, sequence }: Ended): BranchRow => ({
  transaction_id: idBytes(transactionId),
  branch,
  state: 'aborted',
  log_id: logId,
  epoch: sequence.epoch,
  number: sequence.number,
  protocol: 'two-phase',
  one_phase: 0,
  started_at: 0,
  operation: '',
  input: '',
  result: '',
  locks: '[]',
  members: '[]',
  trace_parent: '',
  reason: '',
  did: '',
  forgotten: 0,
})

export function fromRow(row: BranchRow): StoredBranch {
  return { logId: LogId(idText(row.log_id)), record: recordOf(row), forgotten: row.forgotten === 1 }
}

function recordOf(row: BranchRow): ParticipantRecord {
  switch (row.state) {
    case 'prepared':
    case 'committed':
      return { type: row.state, branch: branchOf(row) }
    case 'aborted': {
      const { transactionId, branch, sequence } = branchOf(row)
      return { type: 'aborted', transactionId, branch, sequence, reason: JSON.parse(row.reason) as Reason }
    }
    case 'heuristic':
      return { type: 'heuristic', branch: branchOf(row), did: row.did as 'commit' | 'abort', detail: row.reason }
    default:
      return unreachable(row.state)
  }
}

const branchOf = (row: BranchRow): PreparedBranch => ({
  transactionId: TransactionId(idText(row.transaction_id)),
  branch: BranchNumber(row.branch),
  sequence: { epoch: Epoch(row.epoch), number: row.number },
  protocol: row.protocol,
  operation: row.operation,
  input: row.input,
  result: row.result,
  startedAt: Instant(row.started_at),
  locks: JSON.parse(row.locks) as string[],
  members: JSON.parse(row.members) as Member[],
  traceParent: row.trace_parent,
  onePhase: row.one_phase === 1,
})
