// The coordinator's log in a simulated world: the same promises as log/log.ts, over a disk that survives its process.
//
// Owns: what is visible, what is durable, and how long a force takes. It keeps L1 to L4, and:
//
// K1 One force is under way at a time; what is appended meanwhile waits for the next one.
// K2 When the process dies, some prefix of what was not durable turns out to be: no more is promised, and no less happens.

import {
  type Log,
  type LogEntry,
  type LogListener,
  type Query,
  type RecordedParticipant,
  type RecordedTransaction,
  type Recovered,
  withEntry,
} from '../log/index.ts'
import { Epoch, type Instant, type LogId, type TransactionId } from '../protocol/index.ts'
import type { Process } from './machine.ts'
import type { DiskPoint } from './probe.ts'

/** What survives a crash. */
export interface LogDisk {
  readonly logId: LogId
  epoch: number
  recordSequence: number
  readonly transactions: Map<string, RecordedTransaction>
  readonly participants: Map<string, RecordedParticipant>
}

export const newLogDisk = (logId: LogId): LogDisk => ({
  logId,
  epoch: 0,
  recordSequence: 0,
  transactions: new Map(),
  participants: new Map(),
})

/** What the world decides about the disk, and is told of it. */
export interface LogWorld {
  /** True: the process dies here. */
  diesAt(point: DiskPoint, entries: readonly LogEntry[]): boolean
  /** How many of so many turns that were not forced outlive the process. */
  keeps(count: number): number
  /** How long this force takes; undefined if it fails. */
  forceMs(): number | undefined
  /** Visible from now on, durable later. */
  appended(entries: readonly LogEntry[]): void
  /** Durable from now on. */
  hardened(entries: readonly LogEntry[]): void
}

/** How long a turn that nobody waits for may stay in memory. */
const deferredWriteMs = 20

const newer = (one: string, other: string): string => (one > other ? one : other)

interface Turn {
  readonly number: number
  readonly entries: readonly LogEntry[]
}

export class DiskLog implements Log {
  readonly logId: LogId
  readonly epoch: Epoch
  readonly recovered: Recovered
  appendedTurn = 0
  forcedTurn = 0
  readonly #disk: LogDisk
  readonly #process: Process
  readonly #world: LogWorld
  /** As they are for whoever looks them up. */
  readonly #visible: Map<string, RecordedTransaction>
  #unforced: Turn[] = []
  #listener: LogListener | undefined
  #isForcing = false
  #mustForce = false
  #isDeferred = false
  #newestId: string

  constructor(disk: LogDisk, process: Process, world: LogWorld) {
    disk.epoch += 1
    this.#disk = disk
    this.#process = process
    this.#world = world
    this.logId = disk.logId
    this.epoch = Epoch(disk.epoch)
    this.recovered = {
      transactions: [...disk.transactions.values()].filter(({ outcome }) => outcome === undefined),
      participants: [...disk.participants.values()],
    }
    this.#visible = new Map(disk.transactions)
    this.#newestId = [...disk.transactions.keys()].reduce(newer, '')
    process.onDeath(() => this.#crash())
  }

  forgetRecovered(): void {}

  get recordSequence(): number {
    return this.#disk.recordSequence
  }

  mayHave(transactionId: TransactionId): boolean {
    return transactionId <= this.#newestId
  }

  append(entries: readonly LogEntry[], force: boolean): number {
    this.appendedTurn += 1
    if (this.#world.diesAt('before-append', entries)) this.#process.die()
    if (!this.#process.isAlive) return this.appendedTurn
    this.#unforced.push({ number: this.appendedTurn, entries })
    for (const entry of entries) {
      fold(this.#visible, entry)
      if (entry.type !== 'participant' && 'facts' in entry) {
        this.#newestId = newer(this.#newestId, entry.facts.transactionId)
      }
    }
    this.#world.appended(entries)
    if (force) this.#force()
    else if (!this.#isForcing && !this.#isDeferred) {
      this.#isDeferred = true
      this.#process.after(deferredWriteMs, () => this.#force())
    }
    return this.appendedTurn
  }

  lookUp(query: Query, answer: (found: readonly RecordedTransaction[]) => void): void {
    const found = query.by === 'transaction' ? this.#find(query.transactionId) : this.#search(query)
    // The question may make the thread write what it has.
    if (this.#unforced.length > 0) this.#force()
    this.#process.after(0.05, () => answer(found))
  }

  trim(_before: Instant): void {}

  listen(listener: LogListener): void {
    this.#listener = listener
  }

  async close(): Promise<void> {}

  #find(id: string): RecordedTransaction[] {
    const found = this.#visible.get(id)
    return found === undefined ? [] : [found]
  }

  #search(query: Exclude<Query, { by: 'transaction' }>): RecordedTransaction[] {
    return [...this.#visible.values()].filter(({ facts, first, hazards, outcome }) => {
      if (query.by === 'hazard') return hazards.length > 0 && outcome !== undefined
      return facts.idempotencyKey === query.key && first.record !== 'aborted' && outcome?.outcome !== 'aborted'
    })
  }

  #force(): void {
    if (this.#isForcing) {
      this.#mustForce = true
      return
    }
    if (this.#unforced.length === 0) return
    this.#isForcing = true
    this.#isDeferred = false
    this.#mustForce = false
    const upTo = this.appendedTurn
    const ms = this.#world.forceMs()
    if (this.#world.diesAt('before-force', [])) return this.#process.die()
    this.#process.after(ms ?? 1, () => {
      if (ms === undefined) {
        this.#listener?.failed(new Error('SQLITE_IOERR_FSYNC'))
        return
      }
      this.#isForcing = false
      this.#harden(upTo)
      if (this.#world.diesAt('after-force', [])) return this.#process.die()
      if (this.#mustForce) this.#force()
      else if (this.#unforced.length > 0) this.#process.after(deferredWriteMs, () => this.#force())
      this.#listener?.forced()
    })
  }

  #harden(upTo: number): void {
    const count = this.#unforced.findIndex(({ number }) => number > upTo)
    for (const { entries } of this.#unforced.splice(0, count === -1 ? this.#unforced.length : count)) {
      for (const entry of entries) {
        if (entry.type === 'participant') this.#disk.participants.set(entry.facts.participant, entry.facts)
        else fold(this.#disk.transactions, entry)
        this.#disk.recordSequence += 1
      }
      this.#world.hardened(entries)
    }
    this.forcedTurn = upTo
  }

  #crash(): void {
    if (this.#unforced.length === 0) return
    const kept = this.#world.keeps(this.#unforced.length)
    if (kept > 0) this.#harden((this.#unforced[kept - 1] as Turn).number)
    this.#unforced = []
  }
}

function fold(transactions: Map<string, RecordedTransaction>, entry: LogEntry): void {
  if (entry.type === 'participant') return
  const id = 'facts' in entry ? entry.facts.transactionId : entry.transactionId
  const next = withEntry(transactions.get(id), entry)
  if (next !== undefined) transactions.set(id, next)
}
