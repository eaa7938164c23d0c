// Asks the coordinator and the participants, as an operator's tool would, what has not ended yet. It needs nothing but
// the .proto files: any language could do the same.

import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as grpc from '@grpc/grpc-js'
import { load } from '@grpc/proto-loader'
import { type Processes, serviceNames } from './processes.ts'

interface OpenTransaction {
  readonly transactionId: Buffer
  readonly startedAtMs: number
}

type List = (
  request: object,
  options: grpc.CallOptions,
  answer: (error: grpc.ServiceError | null, response?: { readonly transactions: OpenTransaction[] }) => void,
) => void

const protoFolder = fileURLToPath(new URL('../../../proto', import.meta.url))
const definitions = await load('concordat/v1/operator.proto', {
  includeDirs: [protoFolder],
  longs: Number,
  defaults: true,
})
const Operator = grpc.makeGenericClientConstructor(
  definitions['concordat.v1.Operator'] as grpc.ServiceDefinition,
  'Operator',
)

const pollMs = 20
const answerMs = 5_000
/** Longer than any wait of the protocol between two attempts. */
const patienceMs = 45_000

/**
 * Resolves when every transaction that began before this time has ended, at the coordinator and at each participant.
 * Without a time, all of them.
 */
export async function untilEnded(processes: Processes, beganBefore = Number.POSITIVE_INFINITY): Promise<void> {
  const names = ['coordinator', ...serviceNames] as const
  await Promise.all(names.map((name) => untilEndedAt(processes.addressOf(name), beganBefore)))
}

async function untilEndedAt(address: string, beganBefore: number): Promise<void> {
  const operator = new Operator(address, grpc.credentials.createInsecure())
  const giveUpAt = performance.now() + patienceMs
  try {
    for (;;) {
      const open = (await listOpen(operator)).filter((transaction) => transaction.startedAtMs < beganBefore)
      if (open.length === 0) return
      if (performance.now() > giveUpAt) throw new Error(`${address}: ${open.length} transactions are still open`)
      await setTimeout(pollMs)
    }
  } finally {
    operator.close()
  }
}

/** What became of the orders that were under way when their coordinator died. */
export interface Alone {
  readonly ms: number
  /** How many orders had not ended at every service, when it had died, and in the end. */
  readonly before: number
  readonly left: number
}

/** Watches the services while nobody coordinates them: until they have ended everything, or for this long. */
export async function leaveAlone(
  processes: Processes,
  { atMostMs, mustEnd }: { readonly atMostMs: number; readonly mustEnd: boolean },
): Promise<Alone> {
  const operators = serviceNames.map(
    (name) => new Operator(processes.addressOf(name), grpc.credentials.createInsecure()),
  )
  const countOpen = async (): Promise<number> => {
    const lists = await Promise.all(operators.map(listOpen))
    return new Set(lists.flat().map(({ transactionId }) => transactionId.toString('hex'))).size
  }
  const startedAt = performance.now()
  try {
    const before = await countOpen()
    for (;;) {
      const left = await countOpen()
      const ms = performance.now() - startedAt
      if (left === 0) return { ms, before, left }
      if (ms >= atMostMs) {
        if (mustEnd) throw new Error(`after ${Math.round(ms)} ms without a coordinator ${left} orders are still open`)
        return { ms, before, left }
      }
      await setTimeout(pollMs)
    }
  } finally {
    for (const operator of operators) operator.close()
  }
}

/** The longest waiting come first, so that one page is enough to see whether an old one is left. */
function listOpen(operator: grpc.Client): Promise<readonly OpenTransaction[]> {
  const { List } = operator as unknown as { readonly List: List }
  return new Promise((resolve, reject) => {
    List.call(operator, { pageSize: 1_000 }, { deadline: Date.now() + answerMs }, (error, response) => {
      if (error === null) resolve(response?.transactions ?? [])
      else reject(error)
    })
  })
}
