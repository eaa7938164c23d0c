// Concordat's own tables inside the service's database, apart from the service's migrations.

import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3'
import { Boot, type Identity, StorageId } from '../protocol/index.ts'
import { transactionError } from '../wire/index.ts'
import { idText } from './branch-rows.ts'
import type { BusinessDatabase } from './definitions.ts'
import { type Migration, migrate } from './migrations.ts'
import { times } from './sqlite-rows.ts'

/** Raised when a table changes; a database with a higher one belongs to a newer version of the SDK. */
const schemaVersion = 3

/** Lists that branches name by their number; see sqlite-member-lists.ts. */
const createMembers =
  'CREATE TABLE IF NOT EXISTS concordat_members (id INTEGER PRIMARY KEY, members TEXT NOT NULL) STRICT'

const createTables = `
CREATE TABLE IF NOT EXISTS concordat_identity (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  schema INTEGER NOT NULL,
  storage_id BLOB NOT NULL CHECK (length(storage_id) = 16),
  boot INTEGER NOT NULL,
  -- The newest turn of this boot that wrote something; written first, so that it shows whether a turn was committed.
  turn INTEGER NOT NULL,
  record_sequence INTEGER NOT NULL,
  -- Counts forces that had nothing else to write: SQLite syncs nothing when no page changes.
  forces INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS concordat_branches (
  transaction_id BLOB NOT NULL,
  branch INTEGER NOT NULL,
  -- prepared, committed, aborted or heuristic; without a CHECK, which would run for each record.
  state TEXT NOT NULL,
  log_id BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  number INTEGER NOT NULL,
  protocol TEXT NOT NULL,
  one_phase INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  operation TEXT NOT NULL,
  trace_parent TEXT NOT NULL,
  result TEXT NOT NULL,
  input TEXT NOT NULL,
  locks TEXT NOT NULL,
  members TEXT NOT NULL,
  reason TEXT NOT NULL,
  did TEXT NOT NULL,
  forgotten INTEGER NOT NULL,
  agreement TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (transaction_id, branch)
) WITHOUT ROWID, STRICT;

CREATE TABLE IF NOT EXISTS concordat_coordinators (
  log_id BLOB PRIMARY KEY CHECK (length(log_id) = 16),
  epoch INTEGER NOT NULL,
  address TEXT NOT NULL,
  watermark TEXT NOT NULL,
  seen_record_sequence INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

${createMembers};
`

/** What a database of an earlier version lacks: of each version what makes it out of the one before. */
const upgrades: readonly string[] = [
  `ALTER TABLE concordat_branches ADD COLUMN agreement TEXT NOT NULL DEFAULT ''`,
  createMembers,
]

/**
 * In the order of `rowValues`. A tombstone, a no, or the end of a prepared branch: whichever record was there, this one is
 * newer, perhaps of a later try.
 */
const upsertBranch = `
INSERT INTO concordat_branches (
  transaction_id, branch, state, log_id, epoch, number, protocol, one_phase, started_at, operation, trace_parent,
  result, input, locks, members, reason, did, forgotten, agreement
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (transaction_id, branch) DO UPDATE SET
  epoch = excluded.epoch, number = excluded.number, state = excluded.state, input = excluded.input,
  result = excluded.result, locks = excluded.locks, members = excluded.members, reason = excluded.reason,
  did = excluded.did, agreement = excluded.agreement`

/** In the order of `preparedValues`: what every prepared row has alike is not bound each time. */
const prepareBranch = `
INSERT INTO concordat_branches (
  transaction_id, branch, log_id, epoch, number, protocol, one_phase, started_at, operation, trace_parent, result,
  input, locks, members, agreement, state, reason, did, forgotten
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'prepared', '', '', 0)`

/** The same in the order of `bindUsual`, for two-phase branches: what they have alike need not be bound either. */
export const prepareUsual = (rows: number): string => `
INSERT INTO concordat_branches (
  transaction_id, branch, log_id, epoch, number, started_at, operation, trace_parent, result, input, locks, members,
  protocol, one_phase, agreement, state, reason, did, forgotten
) VALUES ${times(`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'two-phase', 0, '', 'prepared', '', '', 0)`, rows, ', ')}`

export const dropBranches = (rows: number): string =>
  `DELETE FROM concordat_branches WHERE ${times('(transaction_id = ? AND branch = ?)', rows, ' OR ')}`

/** The usual commit: in place, without writing again what the row has. */
const commitBranch = `
UPDATE concordat_branches SET state = 'committed', input = '', locks = '[]', members = '[]', agreement = ''
WHERE transaction_id = ? AND branch = ?`

/** In the order of `pledgeValues`. */
const pledgeBranch = `
UPDATE concordat_branches SET members = ?, agreement = ? WHERE transaction_id = ? AND branch = ? AND state = 'prepared'`

const upsertCoordinator = `
INSERT INTO concordat_coordinators (log_id, epoch, address, watermark, seen_record_sequence) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (log_id) DO UPDATE SET
  epoch = excluded.epoch, address = excluded.address, watermark = excluded.watermark,
  seen_record_sequence = excluded.seen_record_sequence`

export const isLive = `(state = 'prepared' OR (state = 'heuristic' AND forgotten = 0))`

interface IdentityRow {
  readonly schema: number
  readonly storage_id: Buffer
  readonly boot: number
  readonly record_sequence: number
}

/** Creates what is missing and raises the boot, before anything is served. */
export function openIdentity(
  db: BusinessDatabase,
  file: string,
  migrations: readonly Migration[],
): { identity: Identity; recordSequence: number } {
  db.exec(createTables)
  db.prepare('INSERT OR IGNORE INTO concordat_identity VALUES (1, ?, ?, 0, 0, 0, 0)').run(
    schemaVersion,
    randomBytes(16),
  )
  const row = db.prepare('SELECT * FROM concordat_identity').get() as IdentityRow
  if (row.schema > schemaVersion) {
    throw transactionError('STORE_FAILED', `${file} was written by a newer version of Concordat; run that version`)
  }
  for (const upgrade of upgrades.slice(row.schema - 1)) db.exec(upgrade)
  migrate(db, migrations)
  const boot = Boot(row.boot + 1)
  db.prepare('UPDATE concordat_identity SET boot = ?, turn = 0, schema = ?').run(boot, schemaVersion)
  const identity = { storageId: StorageId(idText(row.storage_id)), boot }
  return { identity, recordSequence: row.record_sequence }
}

type Statement = Database.Statement<unknown[]>

/** Every statement that runs in turns; there is one connection and it lives as long as they. */
export interface Statements {
  readonly begin: Statement
  readonly commit: Statement
  readonly savepoint: Statement
  readonly release: Statement
  readonly rollbackTo: Statement
  /** The first write of a turn: says whose the database is, and which turn this is. */
  readonly mark: Statement
  readonly count: Statement
  readonly force: Statement
  readonly branch: {
    readonly prepare: Statement
    readonly upsert: Statement
    readonly commit: Statement
    readonly pledge: Statement
    readonly read: Statement
    readonly readEnded: Statement
    readonly forget: Statement
    readonly putCoordinator: Statement
  }
}

export function prepareStatements(db: BusinessDatabase): Statements {
  const byAddress = 'WHERE transaction_id = ? AND branch = ?'
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    savepoint: db.prepare('SAVEPOINT concordat_branch'),
    release: db.prepare('RELEASE concordat_branch'),
    rollbackTo: db.prepare('ROLLBACK TO concordat_branch'),
    mark: db.prepare('UPDATE concordat_identity SET turn = ? WHERE boot = ?'),
    count: db.prepare('UPDATE concordat_identity SET record_sequence = ?'),
    force: db.prepare('UPDATE concordat_identity SET forces = forces + 1 WHERE boot = ?'),
    branch: {
      prepare: db.prepare(prepareBranch),
      upsert: db.prepare(upsertBranch),
      commit: db.prepare(commitBranch),
      pledge: db.prepare(pledgeBranch),
      read: db.prepare(`SELECT * FROM concordat_branches ${byAddress}`),
      readEnded: db.prepare(
        `SELECT * FROM concordat_branches WHERE (transaction_id, branch) > (?, ?) AND NOT ${isLive}
         ORDER BY transaction_id, branch LIMIT ?`,
      ),
      forget: db.prepare(`UPDATE concordat_branches SET forgotten = 1 ${byAddress}`),
      putCoordinator: db.prepare(upsertCoordinator),
    },
  }
}
