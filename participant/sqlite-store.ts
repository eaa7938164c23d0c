// The store of a participant in its service's own SQLite database: the only file of participant/ that loads SQLite.
//
// Owns: the connection, its durability, the savepoints. Does not own: what is recorded when, and the rows that records
// become (sqlite-branches.ts).
// It keeps D1 to D5 of store.ts, and:
//
// Q1 `synchronous` is set by `db.pragma` between local transactions, never inside one (an error) and never by a prepared
//    statement (silently nothing), and is read back after every forced turn: better-sqlite3 is compiled to fall to NORMAL.
// Q2 A turn at NORMAL is durable with the next commit at FULL: frames of the write-ahead log are in order in one file.
// Q3 Every turn that writes changes the identity row of its own boot first: a process that lost the file stops there,
//    and no force is lost because no page changed.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { lockStore, StoreInUseError, type StoreLock } from '../log/store-lock.ts'
import { type BranchAddress, Epoch, type Identity, invariant, LogId, type Watermark } from '../protocol/index.ts'
import { transactionError } from '../wire/index.ts'
import { type BranchRow, boundId, fromRow, idBytes, idText } from './branch-rows.ts'
import type { BusinessDatabase } from './definitions.ts'
import { type Migration, type Migrations, readMigrations } from './migrations.ts'
import { BranchTable } from './sqlite-branches.ts'
import { MemberLists } from './sqlite-member-lists.ts'
import { isLive, openIdentity, prepareStatements, type Statements } from './sqlite-schema.ts'
import {
  FencedError,
  isStoreFailure,
  type LocalTransaction,
  type Store,
  type StoredBranch,
  type StoredCoordinator,
  type StoreSource,
  type TurnEnd,
} from './store.ts'

const synchronousFull = 2
/** How long SQLite itself waits for another connection's write; after that the turn is put off. */
const busyTimeoutMs = 50
/** The same while the store is opened, when nobody waits for an answer. */
const openTimeoutMs = 3_000
/** A force that finds the file busy tries again: what it forces was already done. */
const forceTriesMax = 200

/** Where a participant keeps its branches: the service's own database file, opened by `listen`. */
export function sqlite(file: string, options: { readonly migrations?: Migrations } = {}): StoreSource {
  return { open: () => openSqliteStore(file, readMigrations(options.migrations ?? [])) }
}

function openSqliteStore(file: string, migrations: readonly Migration[]): SqliteStore {
  if (file === '' || file === ':memory:') {
    throw transactionError(
      'STORE_FAILED',
      'a participant needs a database file: what is only in memory cannot be promised',
    )
  }
  const lock = lockOrRefuse(file)
  let db: BusinessDatabase | undefined
  try {
    db = new Database(file, { timeout: openTimeoutMs })
    const store = new SqliteStore(file, lock, db, migrations)
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    return store
  } catch (error) {
    db?.close()
    lock.release()
    throw error
  }
}

function lockOrRefuse(file: string): StoreLock {
  const folder = dirname(resolve(file))
  if (!existsSync(folder)) {
    throw transactionError('STORE_FAILED', `${file} cannot be opened: there is no folder ${folder}; make it first`)
  }
  try {
    return lockStore(file)
  } catch (error) {
    if (error instanceof StoreInUseError) throw transactionError('STORE_IN_USE', error.message, { cause: error })
    throw error
  }
}

/** Gives a restored copy of a database a new identity: it then counts as another database (design rule 6). */
export function renewStorageId(file: string): void {
  const lock = lockOrRefuse(file)
  const db = new Database(file, { fileMustExist: true })
  try {
    db.pragma('synchronous = FULL')
    const { changes } = db.prepare('UPDATE concordat_identity SET storage_id = ?, boot = 0').run(randomBytes(16))
    if (changes !== 1) throw transactionError('STORE_FAILED', `${file} was never used by a participant`)
  } finally {
    db.close()
    lock.release()
  }
}

/** Leaves the body of a turn that cannot be committed as it is. */
class TurnEnded extends Error {
  override readonly name = 'TurnEnded'
  readonly end: 'busy' | 'constraint' | 'closed'

  constructor(end: 'busy' | 'constraint' | 'closed', cause: unknown) {
    super(String((cause as { message?: unknown }).message), { cause })
    this.end = end
  }
}

export class SqliteStore implements Store {
  readonly identity: Identity
  readonly readDatabase: BusinessDatabase
  readonly #db: BusinessDatabase
  readonly #lock: StoreLock
  readonly #statements: Statements
  readonly #memberLists: MemberLists
  readonly #rows: BranchTable
  readonly #local: LocalTransaction
  #synchronous: 'FULL' | 'NORMAL' = 'FULL'
  /** The turn has begun its local transaction; what the work of a branch did to it is looked at after each run. */
  #hasBegun = false
  #turn = 0
  #committedTurn = 0
  #forcedTurn = 0
  #recordSequence: number
  #committedRecordSequence: number
  #forcedRecordSequence: number

  constructor(file: string, lock: StoreLock, db: BusinessDatabase, migrations: readonly Migration[]) {
    this.#db = db
    this.#lock = lock
    const mode = db.pragma('journal_mode = WAL', { simple: true })
    if (mode !== 'wal')
      throw transactionError('STORE_FAILED', `${file} cannot use write-ahead logging, but ${String(mode)}`)
    db.pragma('synchronous = FULL')
    const { identity, recordSequence } = db.transaction(() => openIdentity(db, file, migrations)).immediate()
    // Only now does it show whether the setting held (Q1).
    this.#checkSynchronous()
    this.identity = identity
    this.#recordSequence = recordSequence
    this.#committedRecordSequence = recordSequence
    this.#forcedRecordSequence = recordSequence
    this.#statements = prepareStatements(db)
    this.#memberLists = new MemberLists(db)
    this.#rows = new BranchTable(db, this.#statements.branch, this.#memberLists)
    this.#local = this.#localTransaction()
    this.readDatabase = new Database(file, { readonly: true, timeout: busyTimeoutMs })
  }

  get forcedTurn(): number {
    return this.#forcedTurn
  }

  get recordSequence(): number {
    return this.#recordSequence
  }

  get forcedRecordSequence(): number {
    return this.#forcedRecordSequence
  }

  runTurn(turn: number, expectForce: boolean, body: (local: LocalTransaction) => boolean): TurnEnd {
    invariant(turn > this.#turn, 'turns are counted upwards')
    this.#turn = turn
    this.#hasBegun = false
    this.#setSynchronous(expectForce ? 'FULL' : 'NORMAL')
    try {
      const mustForce = body(this.#local)
      this.#rows.flush()
      if (this.#db.inTransaction) this.#commit(turn)
      else this.#pass(turn)
      if (mustForce && this.#forcedTurn < turn) this.#force(turn)
      return { end: 'committed' }
    } catch (error) {
      this.#recordSequence = this.#committedRecordSequence
      this.#rows.undo()
      this.#memberLists.undo()
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      if (!(error instanceof TurnEnded)) throw error
      if (error.end === 'closed') this.#checkNotCommitted(turn)
      return { end: error.end, error: error.message }
    }
  }

  #begin(): void {
    if (this.#hasBegun) return
    try {
      this.#statements.begin.run()
    } catch (error) {
      if (codeOf(error).startsWith('SQLITE_BUSY')) throw new TurnEnded('busy', error)
      throw error
    }
    this.#hasBegun = true
    const { changes } = this.#statements.mark.run(this.#turn, this.identity.boot)
    if (changes !== 1) throw new FencedError('another process has opened this database: its boot is higher')
  }

  #commit(turn: number): void {
    if (this.#recordSequence > this.#committedRecordSequence) this.#statements.count.run(this.#recordSequence)
    try {
      this.#statements.commit.run()
    } catch (error) {
      const code = codeOf(error)
      if (code.startsWith('SQLITE_CONSTRAINT')) throw new TurnEnded('constraint', error)
      if (code.startsWith('SQLITE_BUSY')) throw new TurnEnded('busy', error)
      throw error
    }
    this.#committedTurn = turn
    this.#committedRecordSequence = this.#recordSequence
    this.#memberLists.keep()
    if (this.#synchronous === 'FULL') this.#isForced()
  }

  /** A turn that wrote nothing is as durable as what came before it. */
  #pass(turn: number): void {
    const isAllForced = this.#committedTurn <= this.#forcedTurn
    this.#committedTurn = turn
    if (isAllForced) this.#forcedTurn = turn
  }

  #force(turn: number): void {
    this.#setSynchronous('FULL')
    for (let tries = 1; ; tries += 1) {
      try {
        const { changes } = this.#statements.force.run(this.identity.boot)
        if (changes !== 1) throw new FencedError('another process has opened this database: its boot is higher')
        this.#committedTurn = turn
        this.#isForced()
        return
      } catch (error) {
        if (!codeOf(error).startsWith('SQLITE_BUSY') || tries === forceTriesMax) throw error
      }
    }
  }

  #isForced(): void {
    this.#checkSynchronous()
    this.#forcedTurn = this.#committedTurn
    this.#forcedRecordSequence = this.#committedRecordSequence
  }

  #setSynchronous(value: 'FULL' | 'NORMAL'): void {
    if (this.#synchronous === value) return
    this.#db.pragma(`synchronous = ${value}`)
    this.#synchronous = value
  }

  #checkSynchronous(): void {
    const value = this.#db.pragma('synchronous', { simple: true })
    invariant(value === synchronousFull, `Q1: synchronous is ${String(value)} after a commit that had to be durable`)
  }

  #localTransaction(): LocalTransaction {
    const { branch } = this.#statements
    return {
      savepoint: (work, keeps) => this.#savepoint(work, keeps),
      touch: () => this.#begin(),
      append: (logId, record) => {
        this.#begin()
        this.#rows.append(logId, record)
        this.#recordSequence += 1
      },
      putCoordinator: (row) => {
        this.#begin()
        const { logId, epoch, address, watermark, seenRecordSequence } = row
        branch.putCoordinator.run(idBytes(logId), epoch, address, JSON.stringify(watermark), seenRecordSequence)
      },
      forget: (address) => {
        this.#begin()
        this.#rows.forget(address)
      },
      drop: (addresses) => {
        if (addresses.length === 0) return
        this.#begin()
        this.#rows.drop(addresses)
      },
    }
  }

  #savepoint<T>(work: (db: BusinessDatabase) => T, keeps: (result: T) => boolean): T {
    this.#begin()
    this.#statements.savepoint.run()
    const result = work(this.#db)
    if (!this.#db.inTransaction) throw new TurnEnded('closed', new Error('the work closed the local transaction'))
    try {
      if (!keeps(result)) this.#statements.rollbackTo.run()
      this.#statements.release.run()
    } catch (error) {
      if (isStoreFailure(error)) throw error
      throw new TurnEnded('closed', error)
    }
    return result
  }

  /** A trigger's RAISE(ROLLBACK) closes the local transaction; so does an operation that commits, which is worse. */
  #checkNotCommitted(turn: number): void {
    const marked = this.#db.prepare('SELECT turn FROM concordat_identity').pluck().get()
    invariant(marked !== turn, 'an operation committed the local transaction by itself: work may lack its record')
  }

  #stored(row: BranchRow): StoredBranch {
    return fromRow(row, this.#memberLists)
  }

  readBranch(address: BranchAddress): StoredBranch | undefined {
    const row = this.#statements.branch.read.get(boundId(address.transactionId), address.branch)
    return row === undefined ? undefined : this.#stored(row as BranchRow)
  }

  readLiveBranches(): StoredBranch[] {
    return (this.#db.prepare(`SELECT * FROM concordat_branches WHERE ${isLive}`).all() as BranchRow[]).map((row) =>
      this.#stored(row),
    )
  }

  readEndedBranches(after: BranchAddress | undefined, limit: number): StoredBranch[] {
    const [id, branch] = after === undefined ? [Buffer.alloc(0), 0] : [idBytes(after.transactionId), after.branch]
    const rows = this.#statements.branch.readEnded.all(id, branch, limit) as BranchRow[]
    return rows.map((row) => this.#stored(row))
  }

  countEndedBranches(): number {
    return this.#db.prepare(`SELECT count(*) FROM concordat_branches WHERE NOT ${isLive}`).pluck().get() as number
  }

  readCoordinators(): StoredCoordinator[] {
    const rows = this.#db.prepare('SELECT * FROM concordat_coordinators').all() as CoordinatorRow[]
    return rows.map((row) => ({
      logId: LogId(idText(row.log_id)),
      epoch: Epoch(row.epoch),
      address: row.address,
      watermark: JSON.parse(row.watermark) as Watermark,
      seenRecordSequence: row.seen_record_sequence,
    }))
  }

  close(): void {
    this.readDatabase.close()
    this.#db.close()
    this.#lock.release()
  }
}

interface CoordinatorRow {
  readonly log_id: Buffer
  readonly epoch: number
  readonly address: string
  readonly watermark: string
  readonly seen_record_sequence: number
}

const codeOf = (error: unknown): string => String((error as { readonly code?: unknown }).code)
