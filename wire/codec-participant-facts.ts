// What a participant says of itself (Describe, Register), and what its in-doubt branches ask (Inquire).

import type { BranchNumber, InquiryAnswer, LogId, Protocol, Sequence, TransactionId } from '../protocol/index.ts'
import { protocolNumbers, readProtocol, type WireEnum, wordsByNumber } from './codec-enums.ts'
import {
  type CoordinatorHeader,
  encodeCoordinatorHeader,
  encodeParticipantHeader,
  type ParticipantHeader,
  readCoordinatorHeader,
  readParticipantHeader,
} from './codec-header.ts'
import {
  readBranchNumber,
  readLogId,
  readName,
  readSequence,
  readTransactionId,
  uuidBytes,
  writeSequence,
} from './codec-ids.ts'
import { gateway, malformed } from './decoded.ts'
import type { DescribeRequest } from './generated/concordat/v1/DescribeRequest.ts'
import type { DescribeResponse } from './generated/concordat/v1/DescribeResponse.ts'
import type { InquireRequest } from './generated/concordat/v1/InquireRequest.ts'
import type { InquireResponse } from './generated/concordat/v1/InquireResponse.ts'
import { InquiryAnswerKind } from './generated/concordat/v1/InquiryAnswerKind.ts'
import type { RegisterRequest } from './generated/concordat/v1/RegisterRequest.ts'
import type { RegisterResponse } from './generated/concordat/v1/RegisterResponse.ts'

/** What a participant offers. */
export interface Description {
  readonly header: ParticipantHeader
  readonly operations: readonly string[]
  readonly protocols: readonly Protocol[]
}

export interface RegisterCommand extends Description {
  /** Where the coordinator dials it. */
  readonly address: string
}

export interface InDoubtBranch {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly sequence: Sequence
}

export interface InquireCommand {
  readonly header: ParticipantHeader
  /** The log whose transactions these are. */
  readonly logId: LogId
  readonly branches: readonly InDoubtBranch[]
}

export interface AnsweredInquiry {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly answer: InquiryAnswer
}

export interface InquireAnswer {
  readonly header: CoordinatorHeader
  readonly answers: readonly AnsweredInquiry[]
}

const operationsMax = 1_000
export const inquiriesMax = 10_000

function readOperations(wire: readonly string[] | null | undefined): string[] {
  const operations = wire ?? []
  if (operations.length > operationsMax) malformed('REQUEST_INVALID', 'operations', `has more than ${operationsMax}`)
  return operations.map((operation, index) => readName(operation, `operations.${index}`))
}

/** None named means two-phase. Protocols that this version does not know are of no use to it and are left out. */
function readProtocols(wire: readonly WireEnum[] | null | undefined): Protocol[] {
  if (wire === null || wire === undefined || wire.length === 0) return ['two-phase']
  const known: readonly WireEnum[] = Object.values(protocolNumbers)
  return wire.filter((number) => known.includes(number)).map((number) => readProtocol(number, 'protocols'))
}

function writeFacts({ header, operations, protocols }: Description) {
  return {
    header: encodeParticipantHeader(header),
    operations: [...operations],
    protocols: protocols.map((protocol) => protocolNumbers[protocol]),
  }
}

export const encodeDescription = (description: Description): DescribeResponse => writeFacts(description)

export function readDescription(wire: DescribeResponse): Description {
  return {
    header: readParticipantHeader(wire.header),
    operations: readOperations(wire.operations),
    protocols: readProtocols(wire.protocols),
  }
}

export const decodeDescription = gateway(readDescription)

export const encodeDescribe = (header: CoordinatorHeader): DescribeRequest => ({
  header: encodeCoordinatorHeader(header),
})
export const decodeDescribe = gateway((wire: DescribeRequest): CoordinatorHeader => readCoordinatorHeader(wire.header))

export const encodeRegister = (command: RegisterCommand): RegisterRequest => ({
  ...writeFacts(command),
  address: command.address,
})

export const decodeRegister = gateway((wire: RegisterRequest): RegisterCommand => {
  const address = readName(wire.address, 'address')
  if (address === '') malformed('PARTICIPANT_INVALID', 'address', 'is missing: host:port')
  return { ...readDescription(wire), address }
})

export const encodeRegisterAnswer = (header: CoordinatorHeader): RegisterResponse => ({
  header: encodeCoordinatorHeader(header),
})
export const decodeRegisterAnswer = gateway((wire: RegisterResponse) => readCoordinatorHeader(wire.header))

const answerNumbers = {
  commit: InquiryAnswerKind.INQUIRY_ANSWER_KIND_COMMIT,
  abort: InquiryAnswerKind.INQUIRY_ANSWER_KIND_ABORT,
  'in-progress': InquiryAnswerKind.INQUIRY_ANSWER_KIND_IN_PROGRESS,
  'unknown-log': InquiryAnswerKind.INQUIRY_ANSWER_KIND_UNKNOWN_LOG,
} as const satisfies Record<InquiryAnswer, number>
const answerWords = wordsByNumber(answerNumbers)

export function encodeInquire(command: InquireCommand): InquireRequest {
  return {
    header: encodeParticipantHeader(command.header),
    logId: uuidBytes(command.logId),
    branches: command.branches.map(({ transactionId, branch, sequence }) => ({
      transactionId: uuidBytes(transactionId),
      branch,
      sequence: writeSequence(sequence),
    })),
  }
}

export const decodeInquire = gateway((wire: InquireRequest): InquireCommand => {
  const branches = wire.branches ?? []
  if (branches.length > inquiriesMax) malformed('REQUEST_INVALID', 'branches', `has more than ${inquiriesMax}`)
  return {
    header: readParticipantHeader(wire.header),
    logId: readLogId(wire.logId, 'logId'),
    branches: branches.map(({ transactionId, branch, sequence }, index) => ({
      transactionId: readTransactionId(transactionId, `branches.${index}.transactionId`),
      branch: readBranchNumber(branch, `branches.${index}.branch`),
      sequence: readSequence(sequence, `branches.${index}.sequence`),
    })),
  }
})

export function encodeInquireAnswer(answer: InquireAnswer): InquireResponse {
  return {
    header: encodeCoordinatorHeader(answer.header),
    answers: answer.answers.map((one) => ({
      transactionId: uuidBytes(one.transactionId),
      branch: one.branch,
      answer: answerNumbers[one.answer],
    })),
  }
}

export const decodeInquireAnswer = gateway(
  (wire: InquireResponse): InquireAnswer => ({
    header: readCoordinatorHeader(wire.header),
    answers: (wire.answers ?? []).map(({ transactionId, branch, answer }, index) => ({
      transactionId: readTransactionId(transactionId, `answers.${index}.transactionId`),
      branch: readBranchNumber(branch, `answers.${index}.branch`),
      answer:
        answerWords.get(answer as number) ??
        malformed('REQUEST_INVALID', `answers.${index}.answer`, `${answer ?? 0} is not an answer`),
    })),
  }),
)
