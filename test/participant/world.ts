// A participant's driver over a real database file in a small world: a clock that is moved by hand, askers that remember
// what they were told, and a network that only remembers what it was asked.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ParticipantOptions, resolveOptions } from '../../participant/config.ts'
import { type AnyOperation, readOnly, refuse } from '../../participant/definitions.ts'
import { type Environment, type Logger, silentLogger } from '../../participant/environment.ts'
import { Operations } from '../../participant/operations.ts'
import type { Asker } from '../../participant/outbox.ts'
import { Participant } from '../../participant/participant.ts'
import { sqlite } from '../../participant/sqlite-store.ts'
import type { Store } from '../../participant/store.ts'
import type { Question } from '../../participant/turn.ts'
import {
  BranchNumber,
  Epoch,
  type FromParticipant,
  Instant,
  LogId,
  noWatermark,
  type Prepare,
  type Sequence,
  StorageId,
  TransactionId,
  type Watermark,
} from '../../protocol/index.ts'
import type { CoordinatorHeader } from '../../wire/index.ts'

const folders: string[] = []

/** A file in a folder of its own. */
export function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-participant-'))
  folders.push(folder)
  return join(folder, 'shop.db')
}

export function removeFiles(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

export const migrations = [
  {
    name: '0001-shop.sql',
    sql: `
      CREATE TABLE stock (sku TEXT PRIMARY KEY, available INTEGER NOT NULL CHECK (available >= 0)) STRICT;
      CREATE TABLE reservations (transaction_id TEXT, branch INTEGER, sku TEXT, state TEXT, applied INTEGER,
        PRIMARY KEY (transaction_id, branch)) STRICT;
      CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL
        REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED) STRICT;
      CREATE TABLE forbidden (id INTEGER PRIMARY KEY) STRICT;
      CREATE TRIGGER forbid BEFORE INSERT ON forbidden BEGIN SELECT RAISE(ROLLBACK, 'it is forbidden'); END;
      INSERT INTO stock VALUES ('book', 10), ('lamp', 1);
    `,
  },
]

/** What the tests' operations do; tests may put others in their place. */
export function shopOperations(): Record<string, AnyOperation> {
  const state = 'UPDATE reservations SET state = ?, applied = applied + 1 WHERE transaction_id = ? AND branch = ?'
  return {
    reserve: {
      prepare({ db, transactionId, branch }, { sku }: { sku: string }) {
        const left = db.prepare('SELECT available FROM stock WHERE sku = ?').pluck().get(sku) as number
        if (left === 0) refuse('OUT_OF_STOCK', `no ${sku} is left`)
        db.prepare('UPDATE stock SET available = available - 1 WHERE sku = ?').run(sku)
        db.prepare("INSERT INTO reservations VALUES (?, ?, ?, 'reserved', 0)").run(transactionId, branch, sku)
        return { left: left - 1 }
      },
      commit: ({ db, transactionId, branch }) => {
        db.prepare(state).run('sold', transactionId, branch)
      },
      abort: ({ db, transactionId, branch }, { input }: { input: { sku: string } }) => {
        db.prepare('UPDATE stock SET available = available + 1 WHERE sku = ?').run(input.sku)
        db.prepare(state).run('released', transactionId, branch)
      },
    },
    /** Takes the locks it is told to, in order. */
    lock: {
      prepare({ lock }, { keys }: { keys: string[] }) {
        for (const key of keys) lock(key)
        return keys
      },
    },
    look: { prepare: ({ db }) => readOnly(db.prepare('SELECT sum(available) FROM stock').pluck().get()) },
    throws: {
      prepare({ db }) {
        db.prepare("UPDATE stock SET available = 0 WHERE sku = 'book'").run()
        throw new Error('no such luck')
      },
    },
    orphan: {
      prepare: ({ db, branch }) => {
        db.prepare('INSERT INTO children VALUES (?, 999)').run(branch)
      },
    },
    forbidden: {
      prepare: ({ db }) => {
        db.prepare('INSERT INTO forbidden VALUES (1)').run()
      },
    },
  }
}

export class ManualEnvironment implements Environment {
  #now = 1_700_000_000_000
  #soon: (() => void)[] = []
  #due: { at: number; run: () => void }[] = []
  readonly fatalErrors: unknown[] = []

  now = (): Instant => Instant(this.#now)
  random = (): number => 0
  soon = (run: () => void): void => {
    this.#soon.push(run)
  }
  wakeAt = (at: Instant, run: () => void) => {
    const due = { at, run }
    this.#due.push(due)
    return {
      cancel: () => {
        this.#due = this.#due.filter((other) => other !== due)
      },
    }
  }
  fatal = (error: unknown): void => {
    this.fatalErrors.push(error)
  }

  /** Everything that is to run soon, and what that brings about. */
  settle(): void {
    for (let next = this.#soon.shift(); next !== undefined; next = this.#soon.shift()) next()
  }

  advance(ms: number): void {
    this.settle()
    const until = this.#now + ms
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#due = this.#due.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
      this.settle()
    }
    this.#now = until
  }

  /** The process was stopped for so long: nothing ran meanwhile. */
  freeze(ms: number): void {
    this.#now += ms
  }
}

export class RememberingAsker implements Asker {
  readonly isUnary: boolean
  readonly answers: FromParticipant[] = []
  readonly refused: string[] = []
  handledCount = 0

  constructor(isUnary: boolean) {
    this.isUnary = isUnary
  }

  answer(message: FromParticipant): void {
    this.answers.push(message)
  }
  refuse(code: string): void {
    this.refused.push(code)
  }
  handled(): void {
    this.handledCount += 1
  }

  /** The answers since the last look, as short words: `yes`, `no LOCK_CONFLICT`, `applied`, `committed`. */
  take(): string[] {
    return this.answers.splice(0).map(wordOf)
  }
}

export function wordOf(message: FromParticipant): string {
  switch (message.type) {
    case 'vote':
      return message.vote.vote === 'no' ? `no ${message.vote.reason.code}` : message.vote.vote
    case 'decision-answer':
      return message.answer.answer
    case 'status-answer':
      return `knows ${message.knowledge.knows}`
    case 'ballot-answer':
      return `${message.to} ${message.answer.answer}`
  }
}

export const logId = LogId('11111111-1111-4111-8111-111111111111')
export const otherLogId = LogId('22222222-2222-4222-8222-222222222222')
export const otherStorageId = StorageId('33333333-3333-4333-8333-333333333333')

/** The n-th transaction: its id, its place in the coordinator's order, its age. */
export const transactionId = (n: number): TransactionId =>
  TransactionId(`0198f0aa-0000-7000-8000-${String(n).padStart(12, '0')}`)
export const sequence = (n: number, epoch = 1): Sequence => ({ epoch: Epoch(epoch), number: n })
export const branchOf = (n: number, branch = 1) => ({ transactionId: transactionId(n), branch: BranchNumber(branch) })

export interface WorldOptions extends ParticipantOptions {
  readonly operations?: Record<string, AnyOperation>
  readonly wrap?: (store: Store) => Store
  readonly logger?: Logger
}

export class World {
  readonly file: string
  readonly environment = new ManualEnvironment()
  readonly session = new RememberingAsker(false)
  readonly unary = new RememberingAsker(true)
  readonly questions: Question[] = []
  readonly store: Store
  readonly driver: Participant

  constructor(file: string, { operations, wrap, logger, ...options }: WorldOptions = {}) {
    this.file = file
    const config = resolveOptions(options)
    const opened = sqlite(file, { migrations }).open()
    this.store = wrap?.(opened) ?? opened
    const log = logger ?? silentLogger
    const runner = new Operations(operations ?? shopOperations(), config, log)
    const network = { ask: (question: Question) => void this.questions.push(question) }
    this.driver = new Participant(this.store, runner, this.environment, network, config, log)
  }

  header(about: Partial<CoordinatorHeader> = {}): CoordinatorHeader {
    return {
      logId,
      epoch: Epoch(1),
      recordSequence: 0,
      seenRecordSequence: 0,
      watermark: noWatermark,
      address: '127.0.0.1:7400',
      sentAt: this.environment.now(),
      ...about,
    }
  }

  hear(about: Partial<CoordinatorHeader> = {}): string | undefined {
    return this.driver.hear(this.header(about))?.code
  }

  /** What the next header says of the coordinator's log. */
  get seenRecordSequence(): number {
    return this.driver.coordinators.seenRecordSequence(this.header({}).logId)
  }

  /** Everything below `n` has ended, but for the open ones; stored and forced by the idle turns. */
  watermark(n: number, open: readonly number[] = []): void {
    const watermark: Watermark = { below: sequence(n), open: open.map((one) => sequence(one)) }
    this.hear({ watermark })
    this.environment.advance(100)
  }

  prepareMessage(n: number, operation: string, input: unknown, more: Partial<Prepare> = {}): Prepare {
    const now = this.environment.now()
    return {
      type: 'prepare',
      ...branchOf(n),
      sequence: sequence(n),
      protocol: 'two-phase',
      operation,
      input: JSON.stringify(input),
      startedAt: Instant(1_000 + n),
      voteBy: Instant(now + 5_000),
      onePhase: false,
      members: [],
      traceParent: '',
      attempt: 1,
      ...more,
    }
  }

  prepare(n: number, operation: string, input: unknown = {}, more: Partial<Prepare> = {}, asker = this.session) {
    this.driver.receive(logId, [this.prepareMessage(n, operation, input, more)], asker)
    this.environment.settle()
    return asker.take()
  }

  reserve(n: number, sku = 'book'): string[] {
    return this.prepare(n, 'reserve', { sku })
  }

  commit(n: number, branch = 1, asker = this.session): string[] {
    const expectedStorageId = this.store.identity.storageId
    const message = { type: 'commit' as const, ...branchOf(n, branch), sequence: sequence(n), expectedStorageId }
    this.driver.receive(logId, [message], asker)
    this.environment.settle()
    return asker.take()
  }

  abort(n: number, branch = 1, asker = this.session): string[] {
    this.driver.receive(logId, [{ type: 'abort', ...branchOf(n, branch), sequence: sequence(n) }], asker)
    this.environment.settle()
    return asker.take()
  }

  status(n: number, abortIfNone: boolean, expected = this.store.identity): string[] {
    const message = { type: 'status' as const, ...branchOf(n), sequence: sequence(n), abortIfNone, expected }
    this.driver.receive(logId, [message], this.unary)
    this.environment.settle()
    return this.unary.take()
  }

  value(sql: string): unknown {
    return this.store.readDatabase.prepare(sql).pluck().get()
  }

  get reservations(): string[] {
    const sql = "SELECT state || ' ' || applied FROM reservations ORDER BY transaction_id, branch"
    return this.store.readDatabase.prepare(sql).pluck().all() as string[]
  }

  get rows(): number {
    return this.value('SELECT count(*) FROM concordat_branches') as number
  }

  close(): void {
    this.driver.stop()
    this.store.close()
  }

  /** The process is killed and starts again over the same file. */
  restart(options: WorldOptions = {}): World {
    this.store.close()
    return new World(this.file, options)
  }
}
