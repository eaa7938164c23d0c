// The Operator service of a process with one stuck transaction, and a terminal that remembers what was written.

import * as grpc from '@grpc/grpc-js'
import { HealthImplementation, type ServingStatus } from 'grpc-health-check'
import type { ExitCode } from '../../cli/exit-code.ts'
import { runCommand } from '../../cli/program.ts'
import { BranchNumber, Instant, TransactionId } from '../../protocol/index.ts'
import {
  decodeForget,
  decodeList,
  decodeResolve,
  encodeDrainAnswer,
  encodeListAnswer,
  encodeTransactionReport,
  type ForgetCommand,
  type ListAnswer,
  type ListCommand,
  operatorService,
  type ResolveCommand,
  type TransactionReport,
  toServiceError,
  transactionError,
} from '../../wire/index.ts'

export const stuck: TransactionReport = {
  transactionId: TransactionId('0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35'),
  protocol: 'two-phase',
  state: 'committing',
  startedAt: Instant(Date.now() - 3 * 60_000),
  why: 'waits for payments for 3 min; last error: connection refused; sends Commit again',
  branches: [
    {
      branch: BranchNumber(1),
      participant: 'orders',
      operation: 'place',
      state: 'acked',
      attempts: 1,
      lastError: '',
      locks: [],
    },
    {
      branch: BranchNumber(2),
      participant: 'payments',
      operation: 'authorize',
      state: 'committing',
      attempts: 14,
      lastError: 'connection refused',
      locks: ['account/7'],
    },
  ],
}

type Call = grpc.ServerUnaryCall<object, object>

export class FakeOperator implements AsyncDisposable {
  listing: ListAnswer = { transactions: [stuck], nextPageToken: '', total: 1, conditions: [] }
  readonly lists: ListCommand[] = []
  readonly resolved: ResolveCommand[] = []
  readonly forgotten: ForgetCommand[] = []
  drains = 0
  readonly #server = new grpc.Server()
  readonly #health = new HealthImplementation({ '': 'SERVING' })
  #port = 0

  static async start(): Promise<FakeOperator> {
    const fake = new FakeOperator()
    fake.#server.addService(operatorService, {
      list: fake.#answer((request) => {
        fake.lists.push(read(decodeList(request)))
        return encodeListAnswer(fake.listing)
      }),
      get: fake.#answer(() => fake.#found()),
      resolve: fake.#answer((request) => {
        fake.resolved.push(read(decodeResolve(request)))
        return encodeTransactionReport({ ...stuck, state: 'ended' })
      }),
      forget: fake.#answer((request) => {
        fake.forgotten.push(read(decodeForget(request)))
        return {}
      }),
      drain: fake.#answer(() => {
        fake.drains += 1
        return encodeDrainAnswer({ inFlight: 3 })
      }),
    })
    fake.#health.addToServer(fake.#server)
    fake.#port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure()
      fake.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)))
    })
    return fake
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  set health(status: ServingStatus) {
    this.#health.setStatus('', status)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown()
  }

  #found(): object {
    const [transaction] = this.listing.transactions
    if (transaction === undefined) throw transactionError('TRANSACTION_NOT_FOUND')
    return encodeTransactionReport(transaction)
  }

  #answer(handle: (request: object) => object) {
    return (call: Call, callback: grpc.sendUnaryData<object>): void => {
      try {
        callback(null, handle(call.request))
      } catch (error) {
        callback(toServiceError(error))
      }
    }
  }
}

function read<T>(decoded: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (decoded.ok) return decoded.value
  throw transactionError('REQUEST_INVALID', decoded.error.message)
}

export interface Ran {
  readonly code: ExitCode
  readonly out: string
  readonly error: string
}

export interface Person {
  /** What the person answers; without it nobody is there. */
  readonly typed?: string
  readonly columns?: number
}

/** Runs a command on a terminal. */
export async function run(argv: readonly string[], { typed, columns = 200 }: Person = {}): Promise<Ran> {
  const out: string[] = []
  const error: string[] = []
  const code = await runCommand(argv, {
    out: (line) => void out.push(line),
    error: (line) => void error.push(line),
    isInteractive: typed !== undefined,
    hasColor: false,
    columns,
    ask: async () => typed ?? '',
  })
  return { code, out: out.join('\n'), error: error.join('\n') }
}
