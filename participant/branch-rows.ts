// A branch record as a row of `concordat_branches`, and back. One row a branch, updated in place: the newest record.
// `pledged` is read back as `prepared`: the row says what the branch is bound to, and nothing else is different.

import {
  type BranchAddress,
  BranchNumber,
  Epoch,
  Instant,
  LogId,
  type Member,
  type ParticipantRecord,
  type PreparedBranch,
  type Protocol,
  type Reason,
  TransactionId,
  unreachable,
} from '../protocol/index.ts'
import { uuidBytes, writeUuid } from '../wire/codec-ids.ts'
import type { StoredBranch } from './store.ts'

type EndRecord = Exclude<ParticipantRecord, { type: 'prepared' | 'pledged' }>

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
  readonly trace_parent: string
  readonly result: string
  readonly input: string
  readonly locks: string
  /** As {@link MembersForm} writes it. */
  readonly members: string
  /** JSON of a Reason, and whether it is evidence, when aborted; the operator's words when heuristic. */
  readonly reason: string
  /** `commit` or `abort` when heuristic. */
  readonly did: string
  readonly forgotten: number
  /** JSON of an {@link Agreement} while prepared; empty for none. */
  readonly agreement: string
}

/** How a list of members stands in a row. */
export interface MembersForm {
  columnOf(list: readonly Member[]): string
  listOf(column: string): readonly Member[]
}

/** What a prepared branch has besides, in three-phase and in sagas. */
type Agreement = Pick<PreparedBranch, 'pledge' | 'abandonAt' | 'isReadOnly'>

/** The 16 bytes of an id. */
export const idBytes = (id: TransactionId | LogId): Buffer => uuidBytes(id) as Buffer

const boundBytes = Buffer.alloc(16)

/** The same for a statement that runs before the next call: binding copies it. A new Buffer would cost as much as that. */
export function boundId(id: TransactionId): Buffer {
  writeUuid(boundBytes, id)
  return boundBytes
}

export function idText(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Of a branch that is prepared: what differs from row to row. */
export const preparedValues = (logId: Buffer, branch: PreparedBranch, form: MembersForm): unknown[] => [
  boundId(branch.transactionId),
  branch.branch,
  logId,
  branch.sequence.epoch,
  branch.sequence.number,
  branch.protocol,
  branch.onePhase ? 1 : 0,
  branch.startedAt,
  branch.operation,
  branch.traceParent,
  branch.result,
  branch.input,
  json(branch.locks),
  form.columnOf(branch.members),
  agreementText(branch),
]

/** Whether the usual statement will do: what two-phase branches have alike stands in it and is not bound each time. */
export const isUsual = (branch: PreparedBranch): boolean =>
  branch.protocol === 'two-phase' && !branch.onePhase && agreementText(branch) === ''

export function bindUsual(
  values: unknown[],
  logId: Buffer,
  branch: PreparedBranch,
  form: MembersForm,
  id: Buffer,
): void {
  const { transactionId, branch: number, sequence, startedAt, operation, traceParent, result, input } = branch
  writeUuid(id, transactionId)
  values.push(id, number, logId, sequence.epoch, sequence.number, startedAt, operation, traceParent, result, input)
  values.push(json(branch.locks), form.columnOf(branch.members))
}

export function bindAddress(values: unknown[], { transactionId, branch }: BranchAddress, id: Buffer): void {
  writeUuid(id, transactionId)
  values.push(id, branch)
}

/** Of a branch that has ended, in the order of the columns. */
export function rowValues(logId: Buffer, record: EndRecord): unknown[] {
  switch (record.type) {
    case 'committed':
      // What only a decision needed goes: nobody asks an ended branch for its input.
      return [...factsOf(logId, 'committed', record.branch), '', '[]', '[]', '', '', 0, '']
    case 'aborted': {
      const { transactionId, branch, sequence, reason, isEvidence } = record
      const address = [boundId(transactionId), branch, 'aborted', logId, sequence.epoch, sequence.number]
      return [
        ...address,
        'two-phase',
        0,
        0,
        '',
        '',
        '',
        '',
        '[]',
        '[]',
        JSON.stringify({ ...reason, isEvidence }),
        '',
        0,
        '',
      ]
    }
    case 'heuristic': {
      const { branch, did, detail } = record
      return [...factsOf(logId, 'heuristic', branch), branch.input, '[]', '[]', detail, did, 0, '']
    }
    default:
      return unreachable(record)
  }
}

/** Of a pledge: what it changes in the row that `prepared` has written. */
export const pledgeValues = (branch: PreparedBranch, form: MembersForm): unknown[] => [
  form.columnOf(branch.members),
  agreementText(branch),
  boundId(branch.transactionId),
  branch.branch,
]

function agreementText({ pledge, abandonAt, isReadOnly }: PreparedBranch): string {
  if (pledge === undefined && abandonAt === undefined && isReadOnly === undefined) return ''
  return JSON.stringify({ pledge, abandonAt, isReadOnly })
}

const json = (list: readonly unknown[]): string => (list.length === 0 ? '[]' : JSON.stringify(list))

/** The columns that every record of a branch with work has. */
function factsOf(logId: Buffer, state: BranchRow['state'], branch: PreparedBranch): unknown[] {
  return [
    boundId(branch.transactionId),
    branch.branch,
    state,
    logId,
    branch.sequence.epoch,
    branch.sequence.number,
    branch.protocol,
    branch.onePhase ? 1 : 0,
    branch.startedAt,
    branch.operation,
    branch.traceParent,
    branch.result,
  ]
}

export function fromRow(row: BranchRow, form: MembersForm): StoredBranch {
  return { logId: LogId(idText(row.log_id)), record: recordOf(row, form), forgotten: row.forgotten === 1 }
}

function recordOf(row: BranchRow, form: MembersForm): ParticipantRecord {
  switch (row.state) {
    case 'prepared':
    case 'committed':
      return { type: row.state, branch: branchOf(row, form) }
    case 'aborted': {
      const { transactionId, branch, sequence } = branchOf(row, form)
      const { isEvidence, ...reason } = JSON.parse(row.reason) as Reason & { isEvidence: boolean }
      return { type: 'aborted', transactionId, branch, sequence, reason, isEvidence }
    }
    case 'heuristic':
      return { type: 'heuristic', branch: branchOf(row, form), did: row.did as 'commit' | 'abort', detail: row.reason }
    default:
      return unreachable(row.state)
  }
}

const branchOf = (row: BranchRow, form: MembersForm): PreparedBranch => ({
  transactionId: TransactionId(idText(row.transaction_id)),
  branch: BranchNumber(row.branch),
  sequence: { epoch: Epoch(row.epoch), number: row.number },
  protocol: row.protocol,
  operation: row.operation,
  input: row.input,
  result: row.result,
  startedAt: Instant(row.started_at),
  locks: JSON.parse(row.locks) as string[],
  members: form.listOf(row.members),
  traceParent: row.trace_parent,
  onePhase: row.one_phase === 1,
  ...(row.agreement === '' ? {} : (JSON.parse(row.agreement) as Agreement)),
})
