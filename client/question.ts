// What the client asks of a coordinator: how each question is written and how its answer is read.

import type { Protocol } from '../protocol/index.ts'
import {
  type AbortCommand,
  type BeginAnswer,
  type BeginCommand,
  type CallAnswer,
  type CallCommand,
  type CommitCommand,
  type Decoded,
  decodeBeginAnswer,
  decodeCallAnswer,
  decodeHello,
  decodeOutcome,
  encodeAbortTransaction,
  encodeBegin,
  encodeCall,
  encodeCommitTransaction,
  encodeGet,
  encodeSubmit,
  type GetCommand,
  type HelloAnswer,
  type OutcomeReport,
  type RequestedBranch,
  type RequestKind,
  type Requests,
  type SubmitCommand,
  transactionError,
} from '../wire/index.ts'

/**
 * Where a question that may have arrived may be asked again: in the same `epoch`, after which its transaction is gone; or
 * in the same `log`, which knows the answer in every later epoch, too.
 */
export type Scope = 'epoch' | 'log'

/** What belongs to a saga is asked on, because the saga goes on: it is recorded before it does anything (design rule 11). */
export const scopeOf = (protocol: Protocol): Scope => (protocol === 'saga' ? 'log' : 'epoch')

/** A question to a coordinator. */
export interface Question<Kind extends RequestKind, T> {
  readonly kind: Kind
  readonly scope: Scope
  /** Throws when it must not be sent to this coordinator. */
  write(hello: HelloAnswer): Requests[Kind]['request']
  read(response: Requests[Kind]['response']): T
}

type WithoutEpoch<Command> = Omit<Command, 'epoch'>

function decodedValue<T>(decoded: Decoded<T>): T {
  if (decoded.ok) return decoded.value
  throw transactionError('INTERNAL', `the coordinator's answer cannot be read: ${decoded.error.message}`)
}

/** Said here and not left to the coordinator: a request over gRPC's own limit would end the session for everybody. */
function checkSizes(branches: readonly RequestedBranch[], { payloadBytesMax, branchesMax }: HelloAnswer): void {
  if (branches.length > branchesMax) {
    throw transactionError('TOO_MANY_BRANCHES', `${branches.length} branches, the limit is ${branchesMax}`)
  }
  for (const { participant, operation, input } of branches) {
    // A UTF-16 unit is at most three bytes: the exact length is counted only for inputs that may be too large.
    if (input.length * 3 <= payloadBytesMax) continue
    const bytes = Buffer.byteLength(input)
    if (bytes <= payloadBytesMax) continue
    const message = `the input of ${participant}.${operation} has ${bytes} bytes, the limit is ${payloadBytesMax}`
    throw transactionError('PAYLOAD_TOO_LARGE', message)
  }
}

export const readHello = (response: Requests['hello']['response']): HelloAnswer => decodedValue(decodeHello(response))

const readOutcome = (response: Requests['get']['response']): OutcomeReport => decodedValue(decodeOutcome(response))

export const submitQuestion = (command: WithoutEpoch<SubmitCommand>): Question<'submit', OutcomeReport> => ({
  kind: 'submit',
  // Elsewhere it might run a second time.
  scope: 'epoch',
  write: (hello) => {
    const { transactionId, options, branches } = command
    checkSizes(branches, hello)
    return encodeSubmit({ epoch: hello.epoch, transactionId, options, branches })
  },
  read: readOutcome,
})

export const beginQuestion = (command: WithoutEpoch<BeginCommand>): Question<'begin', BeginAnswer> => ({
  kind: 'begin',
  scope: scopeOf(command.options.protocol),
  write: ({ epoch }) => encodeBegin({ ...command, epoch }),
  read: (response) => decodedValue(decodeBeginAnswer(response)),
})

export const callQuestion = (command: WithoutEpoch<CallCommand>, scope: Scope): Question<'call', CallAnswer> => ({
  kind: 'call',
  scope,
  write: (hello) => {
    checkSizes([command.branch], hello)
    return encodeCall({ ...command, epoch: hello.epoch })
  },
  read: (response) => decodedValue(decodeCallAnswer(response)),
})

export const commitQuestion = (
  command: WithoutEpoch<CommitCommand>,
  scope: Scope,
): Question<'commit', OutcomeReport> => ({
  kind: 'commit',
  scope,
  write: ({ epoch }) => encodeCommitTransaction({ ...command, epoch }),
  read: readOutcome,
})

export const abortQuestion = (command: WithoutEpoch<AbortCommand>, scope: Scope): Question<'abort', OutcomeReport> => ({
  kind: 'abort',
  scope,
  write: ({ epoch }) => encodeAbortTransaction({ ...command, epoch }),
  read: readOutcome,
})

export const getQuestion = (command: GetCommand): Question<'get', OutcomeReport> => ({
  kind: 'get',
  scope: 'log',
  write: () => encodeGet(command),
  read: readOutcome,
})
