// The thread of the coordinator's log: takes every turn that has arrived, writes them in one local transaction, forces
// once, and says how far it has come. Batches grow by themselves while a force is in flight.

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Query, RecordedParticipant } from './log.ts'
import { openLogDatabase } from './log-database.ts'
import type { Row, TransactionRow } from './record-codec.ts'

export type ToWorker =
  /** All rows of the turns up to this one. */
  | { readonly type: 'append'; readonly turn: number; readonly rows: readonly Row[] }
  | { readonly type: 'look-up'; readonly question: number; readonly query: Query }
  | { readonly type: 'trim'; readonly before: number }
  | { readonly type: 'close' }

export type FromWorker =
  /** Before `opened`: some of those that have not ended. As rows, because objects cost more to hand over than to make. */
  | { readonly type: 'recovered'; readonly rows: readonly TransactionRow[] }
  | {
      readonly type: 'opened'
      readonly logId: string
      readonly epoch: number
      readonly recordSequence: number
      /** Of all transactions in the file; empty for none. */
      readonly newestId: string
      readonly participants: readonly RecordedParticipant[]
    }
  | { readonly type: 'forced'; readonly turn: number; readonly recordSequence: number }
  | { readonly type: 'found'; readonly question: number; readonly rows: readonly TransactionRow[] }
  | { readonly type: 'closed' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }

function run(port: MessagePort, file: string): void {
  const log = openLogDatabase(file)
  for (const rows of log.openTransactions()) say({ type: 'recovered', rows })
  const { logId, epoch, recordSequence, newestId, participants } = log
  say({ type: 'opened', logId, epoch, recordSequence, newestId, participants })
  let waiting: Row[] = []
  const touched = new Touched()
  let waitingTurn = 0

  function say(message: FromWorker): void {
    port.postMessage(message)
  }

  function write(): void {
    if (waitingTurn === 0) return
    const recordSequence = log.append(waiting)
    const turn = waitingTurn
    waiting = []
    waitingTurn = 0
    touched.clear()
    say({ type: 'forced', turn, recordSequence })
  }

  function take(message: ToWorker): void {
    switch (message.type) {
      case 'append':
        for (const row of message.rows) {
          waiting.push(row)
          touched.add(row)
        }
        waitingTurn = message.turn
        return
      case 'look-up':
        if (touched.concerns(message.query)) write()
        say({ type: 'found', question: message.question, rows: log.lookUp(message.query) })
        return
      case 'trim':
        write()
        log.trim(message.before)
        return
      case 'close':
        try {
          write()
        } finally {
          log.close()
          say({ type: 'closed' })
          port.close()
        }
        return
      default:
        message satisfies never
    }
  }

  port.on('message', (first: ToWorker) => {
    attempt(() => {
      take(first)
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        take(next.message)
      }
      write()
    }, say)
  })
}

/** What the waiting rows change. A look-up that asks for none of it need not wait until they are forced. */
class Touched {
  readonly #ids = new Set<string>()
  readonly #keys = new Set<string>()
  #freesKeys = false

  add(row: Row): void {
    if (row.write === 'participant') return
    this.#ids.add(row.id)
    if (row.write === 'first' && row.key !== null) this.#keys.add(row.key)
    this.#freesKeys ||= row.write === 'end' && row.freesKey
  }

  concerns(query: Query): boolean {
    switch (query.by) {
      case 'transaction':
        return this.#ids.has(query.transactionId)
      case 'idempotency-key':
        // Whose key an end frees, and what else there is to say of its transaction, stands only in the file.
        return this.#keys.has(query.key) || this.#freesKeys
      case 'hazard':
        return this.#ids.size > 0
      default:
        return query satisfies never
    }
  }

  clear(): void {
    this.#ids.clear()
    this.#keys.clear()
    this.#freesKeys = false
  }
}

/** A failed write is never tried again (fsync may have lost it already): the process is told to end. */
function attempt(work: () => void, tell: (message: FromWorker) => void): void {
  try {
    work()
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    tell({ type: 'failed', code: code ?? 'STORE_FAILED', message: message ?? String(error) })
  }
}

if (parentPort !== null) {
  const port = parentPort
  attempt(
    () => run(port, workerData as string),
    (message) => port.postMessage(message),
  )
}
