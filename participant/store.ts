// What the driver needs of a participant's database. The SQLite one is in sqlite-store.ts; a simulated one keeps the
// same promises.
//
// D1 A turn is one local transaction: all of it, or nothing of it.
// D2 `forcedTurn` grows only by a force: what was done in turns up to it survives a power cut.
// D3 A turn that was asked to be forced is durable when `runTurn` returns.
// D4 Each turn that writes has checked, in its local transaction, that this process still owns the database.
// D5 A failing disk is never an answer: it leaves `runTurn` as an exception for which `isStoreFailure` holds.

import {
  type BranchAddress,
  type Epoch,
  type Identity,
  InvariantError,
  type LogId,
  type ParticipantRecord,
  type Watermark,
} from '../protocol/index.ts'
import type { BusinessDatabase } from './definitions.ts'

export interface Store {
  readonly identity: Identity
  /** The newest turn that is durable, with all before it; turns are counted from 1 at each open. */
  readonly forcedTurn: number
  /** Number of the newest record, and of the newest durable one. Others are told only the second. */
  readonly recordSequence: number
  readonly forcedRecordSequence: number

  /**
   * Runs the body in one local transaction, which begins with the first use of `local`. The turn is forced if
   * `expectForce`, or if the body returns true; it is cheaper when expected.
   */
  runTurn(turn: number, expectForce: boolean, body: (local: LocalTransaction) => boolean): TurnEnd
  readBranch(address: BranchAddress): StoredBranch | undefined
  /** Every branch that may still change. */
  readLiveBranches(): StoredBranch[]
  /** Ended branches in the order of their addresses, from the one after the given one. */
  readEndedBranches(after: BranchAddress | undefined, limit: number): StoredBranch[]
  countEndedBranches(): number
  readCoordinators(): StoredCoordinator[]
  /** For the service's own reads; sees what is committed locally. */
  readonly readDatabase: BusinessDatabase
  close(): void
}

export interface LocalTransaction {
  /**
   * Runs work in a savepoint of its own, which is rolled back unless `keeps` holds for what it returned. Work that
   * leaves the local transaction closed ends the turn (`TurnEnd` `closed`).
   */
  savepoint<T>(work: (db: BusinessDatabase) => T, keeps: (result: T) => boolean): T
  append(logId: LogId, record: ParticipantRecord): void
  /** Makes sure that the turn writes something, so that a force forces what came before. */
  touch(): void
  putCoordinator(coordinator: StoredCoordinator): void
  /** An operator has dealt with a heuristic outcome; from now on it is an ended branch. */
  forget(address: BranchAddress): void
  drop(addresses: readonly BranchAddress[]): void
}

export type TurnEnd =
  | { readonly end: 'committed' }
  /** Another connection is writing: nothing was done, the turn may be run again. */
  | { readonly end: 'busy' }
  /** Rolled back: the work of some branch cannot be committed, or closed the local transaction (design rule 18). */
  | { readonly end: 'constraint' | 'closed'; readonly error: string }

export interface StoredBranch {
  readonly logId: LogId
  /** The newest record of the branch. */
  readonly record: ParticipantRecord
  readonly forgotten: boolean
}

/** What is remembered of a coordinator's log. */
export interface StoredCoordinator {
  readonly logId: LogId
  /** Highest seen: lower ones are refused. */
  readonly epoch: Epoch
  readonly address: string
  readonly watermark: Watermark
  /** Highest record number of its log that was seen. */
  readonly seenRecordSequence: number
}

/** Opens a store; what `sqlite(...)` returns. */
export interface StoreSource {
  open(): Store
}

/** This process no longer owns the database: it must end without another word. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
}

const failures = ['IOERR', 'FULL', 'CORRUPT', 'NOTADB', 'NOMEM', 'CANTOPEN', 'PROTOCOL']
const failurePattern = new RegExp(`^SQLITE_(${failures.join('|')})(_|$)`)

/** Whether the error says that the store, or this program, can no longer be trusted. Such an error is nobody's vote. */
export function isStoreFailure(error: unknown): boolean {
  if (error instanceof FencedError || error instanceof InvariantError) return true
  // By code: errors of better-sqlite3 are not instances of SqliteError in every test process.
  const code = (error as { readonly code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && failurePattern.test(code)
}
