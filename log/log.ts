// The coordinator's log: what it promises, whatever keeps it.
//
// L1 `append` returns at once with the number of the turn; what it holds is visible to `lookUp` from then on.
// L2 A turn is durable when `forcedTurn` has reached it. Turns become durable in order, none is skipped.
// L3 After a crash the log holds every durable turn and some prefix of the later ones.
// L4 The epoch is raised and durable before anything of the log is read (design rule 9), and no append of an older
//    epoch succeeds after that: the process that tries is ended by `failed`.

import type {
  Boot,
  CoordinatorRecord,
  coordinatorSide,
  Epoch,
  Instant,
  LogId,
  ParticipantName,
  Protocol,
  StorageId,
  TransactionId,
} from '../protocol/index.ts'

/** What the coordinator remembers of a participant over restarts. */
export interface RecordedParticipant {
  readonly participant: ParticipantName
  readonly address: string
  readonly operations: readonly string[]
  readonly protocols: readonly Protocol[]
  /** The database that its name is bound to; absent until it was reached for the first time. */
  readonly storageId?: StorageId
  readonly boot?: Boot
  /** Highest record number of it that this log has seen (design rule 6). */
  readonly seenRecordSequence: number
}

export type LogEntry = CoordinatorRecord | { readonly type: 'participant'; readonly facts: RecordedParticipant }

export type RecordedTransaction = coordinatorSide.RecordedTransaction

/** What a restart starts from. */
export interface Recovered {
  /** Every transaction that has a first record and no end. */
  readonly transactions: readonly RecordedTransaction[]
  readonly participants: readonly RecordedParticipant[]
}

export type Query =
  | { readonly by: 'transaction'; readonly transactionId: TransactionId }
  /** At most one transaction that has committed, or may have, holds the key. */
  | { readonly by: 'idempotency-key'; readonly key: string }
  /** Ended ones whose hazard or mix no operator has forgotten. */
  | { readonly by: 'hazard'; readonly limit: number }

export interface Log {
  readonly logId: LogId
  readonly epoch: Epoch
  readonly recovered: Recovered
  /** Whoever owns it now has taken it over, and need not keep in memory what has ended since. */
  forgetRecovered(): void
  /** Newest turn appended. */
  readonly appendedTurn: number
  /** Every turn up to this one is durable. */
  readonly forcedTurn: number
  /** Number of the newest durable record. */
  readonly recordSequence: number
  /** False: no record of it was ever appended, because its id is newer than all that have one. True says nothing. */
  mayHave(transactionId: TransactionId): boolean
  /** Appends a turn. With `force` it becomes durable as soon as possible, otherwise with the next one that is. */
  append(entries: readonly LogEntry[], force: boolean): number
  /** Reads back; answered in a later turn of the event loop, never at once. */
  lookUp(query: Query, answer: (found: readonly RecordedTransaction[]) => void): void
  /** Drops ended transactions that began before this, a bounded number at a time; hazards are kept. */
  trim(before: Instant): void
  /** Called after `forcedTurn` has grown, and once if the log has failed: then the process must end. */
  listen(listener: LogListener): void
  /** Makes everything durable and closes. */
  close(): Promise<void>
}

export interface LogListener {
  readonly forced: () => void
  readonly failed: (error: Error) => void
}
