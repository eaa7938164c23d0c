// What a business service asks of the coordinator. The decoders refuse everything that the coordinator would have to
// be afraid of, and check every limit; what they let through is well formed.

import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import type { BranchNumber, Epoch, ParticipantName, Protocol, TransactionId } from '../protocol/index.ts'
import {
  readBranchNumber,
  readEpoch,
  readName,
  readParticipantName,
  readSentence,
  readText,
  readTransactionId,
  required,
  uuidBytes,
  writeText,
} from './codec-ids.ts'
import {
  readOptions,
  readWaitFor,
  type TransactionOptions,
  type WaitFor,
  writeOptions,
  writeWaitFor,
} from './codec-options.ts'
import { planContent, type RequestedPlan, readPlan, writePlan } from './codec-saga.ts'
import { gateway, malformed } from './decoded.ts'
import type { AbortTransactionRequest } from './generated/concordat/v1/AbortTransactionRequest.ts'
import type { BeginRequest } from './generated/concordat/v1/BeginRequest.ts'
import type { BranchRequest } from './generated/concordat/v1/BranchRequest.ts'
import type { CallRequest } from './generated/concordat/v1/CallRequest.ts'
import type { CommitTransactionRequest } from './generated/concordat/v1/CommitTransactionRequest.ts'
import type { GetRequest } from './generated/concordat/v1/GetRequest.ts'
import type { SubmitRequest } from './generated/concordat/v1/SubmitRequest.ts'
import type { WatchRequest } from './generated/concordat/v1/WatchRequest.ts'
import { defaultLimits, type Limits } from './limits.ts'

/** A branch as the client asks for it. */
export interface RequestedBranch {
  readonly branch: BranchNumber
  readonly participant: ParticipantName
  readonly operation: string
  /** JSON text. */
  readonly input: string
  /** In a saga, and there only if it differs from what a branch has that says nothing. */
  readonly saga?: RequestedPlan
}

/** Every request that starts or changes a transaction names the coordinator epoch that it was built for. */
interface Command {
  readonly epoch: Epoch
  readonly transactionId: TransactionId
}

export interface SubmitCommand extends Command {
  readonly options: TransactionOptions
  readonly branches: readonly RequestedBranch[]
}

export interface BeginCommand extends Command {
  readonly options: TransactionOptions
}

export interface CallCommand extends Command {
  readonly branch: RequestedBranch
}

export interface CommitCommand extends Command {
  /** Every branch that must be part of it. */
  readonly branches: readonly BranchNumber[]
  readonly waitFor: WaitFor
}

export interface AbortCommand extends Command {
  readonly message: string
}

export interface GetCommand {
  readonly transactionId: TransactionId
  readonly waitMs: number
}

export interface WatchCommand {
  readonly transactionId: TransactionId
}

export const getWaitMsMax = 60_000

function writeBranch(branch: RequestedBranch): BranchRequest {
  return {
    branch: branch.branch,
    participant: branch.participant,
    operation: branch.operation,
    input: writeText(branch.input),
    ...(branch.saga === undefined ? {} : writePlan(branch.saga)),
  }
}

function readInput(wire: BranchRequest['input'], path: string, limits: Limits): string {
  const bytes = wire?.length ?? 0
  if (bytes > limits.payloadBytesMax) {
    malformed('PAYLOAD_TOO_LARGE', path, `has ${bytes} bytes, the limit is ${limits.payloadBytesMax}`)
  }
  // Decoding would replace what is not UTF-8, and the participant would get something else than was sent.
  if (wire instanceof Uint8Array && !isUtf8(wire)) malformed('INPUT_NOT_JSON', path, 'is not UTF-8')
  const text = readText(wire)
  try {
    JSON.parse(text)
  } catch {
    malformed('INPUT_NOT_JSON', path, text === '' ? 'is empty: send null for nothing' : 'is not JSON')
  }
  return text
}

function readBranch(wire: BranchRequest, path: string, limits: Limits): RequestedBranch {
  const operation = readName(wire.operation, `${path}.operation`)
  if (operation === '') malformed('BRANCH_INVALID', `${path}.operation`, 'names no operation')
  const input = readInput(wire.input, `${path}.input`, limits)
  const saga = readPlan(wire, path, input)
  const branch = readBranchNumber(wire.branch, `${path}.branch`)
  const participant = readParticipantName(wire.participant, `${path}.participant`)
  if (saga === undefined) return { branch, participant, operation, input }
  return { branch, participant, operation, input, saga }
}

/** A call is prepared at once, and whoever calls has the results: it waits for nobody and refers to nobody. */
function readCalledBranch(wire: CallRequest['branch'], limits: Limits): RequestedBranch {
  const branch = readBranch(required(wire, 'branch'), 'branch', limits)
  if (branch.saga !== undefined && branch.saga.references.length > 0) {
    malformed('BRANCH_INVALID', 'branch.references', 'only a submitted branch refers to results')
  }
  if (branch.saga?.after !== undefined) {
    malformed('BRANCH_INVALID', 'branch.after', 'only a submitted branch says whom it waits for')
  }
  return branch
}

/** Refuses a number that comes twice. */
function checkDistinct(numbers: readonly BranchNumber[], path: (index: number) => string): void {
  const seen = new Set<BranchNumber>()
  for (const [index, number] of numbers.entries()) {
    if (seen.has(number)) malformed('BRANCH_INVALID', path(index), `${number} is used twice`)
    seen.add(number)
  }
}

function checkCount(count: number, path: string, limits: Limits): void {
  if (count === 0) malformed('BRANCH_INVALID', path, 'there is none; a transaction has at least one branch')
  if (count > limits.branchesMax) {
    malformed('TOO_MANY_BRANCHES', path, `has ${count} branches, the limit is ${limits.branchesMax}`)
  }
}

function readBranches(
  wire: readonly BranchRequest[] | null | undefined,
  protocol: Protocol,
  limits: Limits,
): RequestedBranch[] {
  const asked = wire ?? []
  checkCount(asked.length, 'branches', limits)
  const bytes = asked.reduce((sum, branch) => sum + (branch.input?.length ?? 0), 0)
  if (bytes > limits.transactionBytesMax) {
    malformed('PAYLOAD_TOO_LARGE', 'branches', `has ${bytes} bytes in all, the limit is ${limits.transactionBytesMax}`)
  }
  const branches = asked.map((branch, index) => readBranch(branch, `branches.${index}`, limits))
  checkDistinct(
    branches.map((branch) => branch.branch),
    (index) => `branches.${index}.branch`,
  )
  const planned = protocol === 'saga' ? -1 : branches.findIndex(({ saga }) => saga !== undefined)
  if (planned !== -1) {
    malformed(
      'BRANCH_INVALID',
      `branches.${planned}`,
      'only in a saga have branches an order, a role, retries, references',
    )
  }
  return branches
}

export function encodeSubmit(command: SubmitCommand): SubmitRequest {
  return {
    epoch: command.epoch,
    transactionId: uuidBytes(command.transactionId),
    options: writeOptions(command.options),
    branches: command.branches.map(writeBranch),
  }
}

export const decodeSubmit = gateway((wire: SubmitRequest, limits: Limits = defaultLimits): SubmitCommand => {
  const transactionId = readTransactionId(wire.transactionId, 'transactionId')
  const options = readOptions(wire.options, limits)
  const branches = readBranches(wire.branches, options.protocol, limits)
  return { epoch: readEpoch(wire.epoch), transactionId, options, branches }
})

export function encodeBegin(command: BeginCommand): BeginRequest {
  return {
    epoch: command.epoch,
    transactionId: uuidBytes(command.transactionId),
    options: writeOptions(command.options),
  }
}

export const decodeBegin = gateway(
  (wire: BeginRequest, limits: Limits = defaultLimits): BeginCommand => ({
    epoch: readEpoch(wire.epoch),
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    options: readOptions(wire.options, limits),
  }),
)

export function encodeCall(command: CallCommand): CallRequest {
  return {
    epoch: command.epoch,
    transactionId: uuidBytes(command.transactionId),
    branch: writeBranch(command.branch),
  }
}

export const decodeCall = gateway(
  (wire: CallRequest, limits: Limits = defaultLimits): CallCommand => ({
    epoch: readEpoch(wire.epoch),
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    branch: readCalledBranch(wire.branch, limits),
  }),
)

export function encodeCommitTransaction(command: CommitCommand): CommitTransactionRequest {
  return {
    epoch: command.epoch,
    transactionId: uuidBytes(command.transactionId),
    branches: [...command.branches],
    waitFor: writeWaitFor(command.waitFor),
  }
}

function readCommitTransaction(wire: CommitTransactionRequest, limits: Limits = defaultLimits): CommitCommand {
  const named = wire.branches ?? []
  checkCount(named.length, 'branches', limits)
  const branches = named.map((number, index) => readBranchNumber(number, `branches.${index}`))
  checkDistinct(branches, (index) => `branches.${index}`)
  return {
    epoch: readEpoch(wire.epoch),
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    branches,
    waitFor: readWaitFor(wire.waitFor, 'waitFor'),
  }
}

export const decodeCommitTransaction = gateway(readCommitTransaction)

export function encodeAbortTransaction(command: AbortCommand): AbortTransactionRequest {
  return {
    epoch: command.epoch,
    transactionId: uuidBytes(command.transactionId),
    message: command.message,
  }
}

export const decodeAbortTransaction = gateway(
  (wire: AbortTransactionRequest): AbortCommand => ({
    epoch: readEpoch(wire.epoch),
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
    message: readSentence(wire.message, 'message'),
  }),
)

export function encodeGet(command: GetCommand): GetRequest {
  return { transactionId: uuidBytes(command.transactionId), waitMs: command.waitMs }
}

export const decodeGet = gateway((wire: GetRequest): GetCommand => {
  const waitMs = wire.waitMs ?? 0
  if (waitMs > getWaitMsMax) malformed('TIMEOUT_INVALID', 'waitMs', `${waitMs} ms is longer than ${getWaitMsMax} ms`)
  return { transactionId: readTransactionId(wire.transactionId, 'transactionId'), waitMs }
})

export function encodeWatch(command: WatchCommand): WatchRequest {
  return { transactionId: uuidBytes(command.transactionId) }
}

export const decodeWatch = gateway(
  (wire: WatchRequest): WatchCommand => ({
    transactionId: readTransactionId(wire.transactionId, 'transactionId'),
  }),
)

/**
 * Hash of what a transaction does, in hexadecimal: tells a retry from other work under the same idempotency key. The
 * order in which branches are listed does not matter, their numbers do, because results are told by number.
 */
export function digestOf(branches: readonly RequestedBranch[], protocol: Protocol): string {
  const content = branches.map(({ branch, participant, operation, input, saga }) => {
    const work = [branch, participant, operation, input] as const
    return saga === undefined ? work : [...work, planContent(saga)]
  })
  if (branches.some(({ branch }, index) => index > 0 && branch < (branches[index - 1] as RequestedBranch).branch)) {
    content.sort(([a], [b]) => (a as number) - (b as number))
  }
  return hash('sha256', JSON.stringify([protocol, content]), 'hex')
}
