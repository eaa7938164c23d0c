// The coordinator's log on disk: this thread's half. The file itself lives in its own thread, so that fsync overlaps
// with the network and never stops a heartbeat.

import { Worker } from 'node:worker_threads'
import { Epoch, type Instant, LogId, type TransactionId } from '../protocol/index.ts'
import type { Log, LogEntry, LogListener, Query, RecordedTransaction, Recovered } from './log.ts'
import { decodeTransaction, encodeEntry, type Row } from './record-codec.ts'
import type { FromWorker, ToWorker } from './sqlite-log-worker.ts'

/** How long a turn that nobody waits for may stay in memory; handing each over alone costs more than writing it. */
const deferredMs = 20

const nothing: Recovered = { transactions: [], participants: [] }

/** An error of the file, told by its thread; `code` is SQLite's or ours. */
export class LogError extends Error {
  override readonly name = 'LogError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Opens the file, raises the epoch and reads what has not ended. Rejects when another process has it open. */
export function openSqliteLog(file: string): Promise<Log> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./sqlite-log-worker.js', import.meta.url), { workerData: file })
    const transactions: RecordedTransaction[] = []
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'recovered') for (const row of message.rows) transactions.push(decodeTransaction(row))
      else if (message.type === 'opened') resolve(new SqliteLog(worker, message, transactions))
      else reject(message.type === 'failed' ? new LogError(message.code, message.message) : new Error('no log'))
    })
    worker.once('error', reject)
  })
}

class SqliteLog implements Log {
  readonly logId: LogId
  readonly epoch: Epoch
  recovered: Recovered
  #appendedTurn = 0
  #forcedTurn = 0
  #recordSequence = 0
  /** Of all ids that a record begins with; their text sorts as their bytes do. Empty: there is none. */
  #newestId: string
  #listener: LogListener | undefined
  /** Of turns that wait for one that is forced. */
  #deferred: Row[] = []
  #handedTurn = 0
  #deferral: NodeJS.Timeout | undefined
  #question = 0
  #closed: (() => void) | undefined
  readonly #questions = new Map<number, (found: readonly RecordedTransaction[]) => void>()
  readonly #worker: Worker

  constructor(
    worker: Worker,
    opened: Extract<FromWorker, { type: 'opened' }>,
    transactions: readonly RecordedTransaction[],
  ) {
    this.#worker = worker
    this.logId = LogId(opened.logId)
    this.epoch = Epoch(opened.epoch)
    this.recovered = { transactions, participants: opened.participants }
    this.#recordSequence = opened.recordSequence
    this.#newestId = opened.newestId
    worker.removeAllListeners('message').removeAllListeners('error')
    worker.on('message', (message: FromWorker) => this.#heard(message))
    worker.on('error', (error) => this.#listener?.failed(error))
  }

  forgetRecovered(): void {
    this.recovered = nothing
  }

  get appendedTurn(): number {
    return this.#appendedTurn
  }

  get forcedTurn(): number {
    return this.#forcedTurn
  }

  get recordSequence(): number {
    return this.#recordSequence
  }

  mayHave(transactionId: TransactionId): boolean {
    return transactionId <= this.#newestId
  }

  append(entries: readonly LogEntry[], force: boolean): number {
    this.#appendedTurn += 1
    for (const entry of entries) {
      const row = encodeEntry(entry)
      if (row.write === 'first' && row.id > this.#newestId) this.#newestId = row.id
      this.#deferred.push(row)
    }
    if (force) this.#handOver()
    else this.#deferral ??= setTimeout(() => this.#handOver(), deferredMs)
    return this.#appendedTurn
  }

  lookUp(query: Query, answer: (found: readonly RecordedTransaction[]) => void): void {
    this.#handOver()
    this.#question += 1
    this.#questions.set(this.#question, answer)
    this.#tell({ type: 'look-up', question: this.#question, query })
  }

  trim(before: Instant): void {
    this.#tell({ type: 'trim', before })
  }

  listen(listener: LogListener): void {
    this.#listener = listener
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#closed = resolve
      this.#handOver()
      this.#tell({ type: 'close' })
    })
    await this.#worker.terminate()
  }

  /** All turns up to now: the thread writes them as soon as it can. */
  #handOver(): void {
    clearTimeout(this.#deferral)
    this.#deferral = undefined
    if (this.#handedTurn === this.#appendedTurn) return
    this.#handedTurn = this.#appendedTurn
    const rows = this.#deferred
    this.#deferred = []
    this.#tell({ type: 'append', turn: this.#appendedTurn, rows })
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #heard(message: FromWorker): void {
    switch (message.type) {
      case 'forced':
        this.#forcedTurn = message.turn
        this.#recordSequence = message.recordSequence
        this.#listener?.forced()
        return
      case 'found': {
        const answer = this.#questions.get(message.question)
        this.#questions.delete(message.question)
        answer?.(message.rows.map(decodeTransaction))
        return
      }
      case 'closed':
        this.#closed?.()
        return
      case 'failed':
        this.#listener?.failed(new LogError(message.code, message.message))
        return
      case 'recovered':
      case 'opened':
        return
      default:
        message satisfies never
    }
  }
}
