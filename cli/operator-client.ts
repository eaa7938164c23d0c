// The Operator service of a coordinator or a participant, as a command asks it.

import type { TransactionId } from '../protocol/index.ts'
import {
  callUnary,
  checkAddress,
  type Decoded,
  type DrainAnswer,
  decodeDrainAnswer,
  decodeListAnswer,
  decodeTransactionReport,
  encodeForget,
  encodeList,
  encodeOperatorGet,
  encodeResolve,
  type ForgetCommand,
  isTransactionError,
  type ListAnswer,
  type ListCommand,
  operatorStub,
  type ResolveCommand,
  type TransactionReport,
  transactionError,
} from '../wire/index.ts'
import type { RemoteOptions } from './arguments.ts'

export interface OperatorClient {
  list(command: ListCommand): Promise<ListAnswer>
  get(transactionId: TransactionId): Promise<TransactionReport>
  resolve(command: ResolveCommand): Promise<TransactionReport>
  forget(command: ForgetCommand): Promise<void>
  drain(): Promise<DrainAnswer>
}

/** Does some work with the operator service of the process at the address. */
export async function withOperator<T>(
  { coordinator, timeoutMs }: RemoteOptions,
  work: (operator: OperatorClient) => Promise<T>,
): Promise<T> {
  const stub = operatorStub(checkAddress('--coordinator', coordinator))
  const options = { timeoutMs, unreachable: 'COORDINATOR_UNREACHABLE' } as const
  try {
    return await work({
      list: async (command) => decoded(decodeListAnswer(await callUnary(stub, 'list', encodeList(command), options))),
      get: async (transactionId) =>
        decoded(decodeTransactionReport(await callUnary(stub, 'get', encodeOperatorGet({ transactionId }), options))),
      resolve: async (command) =>
        decoded(decodeTransactionReport(await callUnary(stub, 'resolve', encodeResolve(command), options))),
      forget: async (command) => void (await callUnary(stub, 'forget', encodeForget(command), options)),
      drain: async () => decoded(decodeDrainAnswer(await callUnary(stub, 'drain', {}, options))),
    })
  } catch (error) {
    if (!isTransactionError(error) || error.code !== 'COORDINATOR_UNREACHABLE') throw error
    throw transactionError(error.code, `nothing answers at ${coordinator}`, { cause: error })
  } finally {
    stub.close()
  }
}

function decoded<T>(answer: Decoded<T>): T {
  if (answer.ok) return answer.value
  throw transactionError('INTERNAL', `the answer cannot be read: ${answer.error.message}`)
}
