// The coordinator's log as one SQLite file: schema, append, read. Blocks; runs in the log's own thread.
//
// D1 `synchronous=FULL` on this connection, asserted after the first write: better-sqlite3 lowers it silently in WAL
//    mode (decisions/0002). A turn that was committed is therefore durable.
// D2 The epoch is raised and durable before anything is read, and every append checks in its own local transaction that
//    the row still holds it (design rule 9).
// D3 Rows start with the time-ordered transaction id and are updated in place; the indexes hold only what is open or
//    wants a person, so that they stay small however many transactions have ended.
//    A row of three branches with results is about a kilobyte. In pages of 4 KiB, more than 1,002 bytes of it would go to a
//    page of its own, and four times as much would be written; so a new file has pages of 8 KiB (decisions/0010).
// D4 A row that has decided, or has ended, is never turned into another kind.

import { randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import { Epoch, InvariantError, invariant, LogId } from '../protocol/index.ts'
import { type CrashPoint, crashPoint, crashPoints, hasCrashPoints } from './crash-points.ts'
import type { Query, RecordedParticipant } from './log.ts'
import { decodeParticipant, type Row, type TransactionRow } from './record-codec.ts'
import { lockStore } from './store-lock.ts'

const schemaVersion = 1
/** Of a new file; one that is there keeps its own. */
const pageBytes = 8_192

const schema = `
  CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    log_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    record_sequence INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE transactions (
    id BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    outcome TEXT,
    hazards TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX open_transactions ON transactions (id) WHERE outcome IS NULL;
  CREATE INDEX hazards ON transactions (id) WHERE hazards IS NOT NULL;
  CREATE TABLE idempotency_keys (key TEXT NOT NULL PRIMARY KEY, id BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE participants (name TEXT NOT NULL PRIMARY KEY, seen INTEGER NOT NULL, facts TEXT NOT NULL) STRICT, WITHOUT ROWID;
`

const columns = `hex(id) AS id, epoch, number, started_at AS startedAt, kind, facts, outcome, hazards`

export interface LogDatabase {
  readonly logId: LogId
  readonly epoch: Epoch
  /** Of the newest record when it was opened. */
  readonly recordSequence: number
  /** Of all transactions; empty for none. */
  readonly newestId: string
  readonly participants: readonly RecordedParticipant[]
  /** Every transaction that has a first record and no end, some at a time: there may be very many. */
  openTransactions(): Iterable<readonly TransactionRow[]>
  /** One local transaction, durable when this returns. Returns the number of the newest record. */
  append(rows: readonly Row[]): number
  lookUp(query: Query): TransactionRow[]
  trim(before: number): number
  close(): void
}

export function openLogDatabase(file: string): LogDatabase {
  const lock = lockStore(file)
  const db = new Database(file)
  db.pragma(`page_size = ${pageBytes}`)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  prepareSchema(db, file)
  const identity = raiseEpoch(db)
  const { epoch } = identity
  const append = appender(db, epoch, identity.recordSequence)
  return {
    logId: identity.logId,
    epoch,
    recordSequence: identity.recordSequence,
    newestId: newestId(db),
    participants: participants(db),
    openTransactions: () => openTransactions(db),
    append,
    lookUp: looker(db),
    trim: trimmer(db),
    close() {
      db.close()
      lock.release()
    },
  }
}

/** Written, and not durable yet: the local transaction is open. */
function crashAfterAppend(row: Row): void {
  const record = row.write === 'first' ? row.kind : row.write
  const name = `coordinator.after-${record}-append`
  if (Object.hasOwn(crashPoints, name)) crashPoint(name as CrashPoint)
}

function prepareSchema(db: Database.Database, file: string): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > schemaVersion) {
    throw new Error(`${file} was written by a newer version (schema ${version}); this one knows ${schemaVersion}`)
  }
  if (version === schemaVersion) return
  db.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`)
}

function raiseEpoch(db: Database.Database): { logId: LogId; epoch: Epoch; recordSequence: number } {
  db.prepare(
    `INSERT INTO identity (id, log_id, epoch, record_sequence) VALUES (1, ?, 1, 0)
     ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1`,
  ).run(newUuid())
  invariant(db.pragma('synchronous', { simple: true }) === 2, 'D1: the log runs at synchronous=FULL')
  const row = db.prepare('SELECT log_id, epoch, record_sequence FROM identity').get() as {
    log_id: string
    epoch: number
    record_sequence: number
  }
  return { logId: LogId(row.log_id), epoch: Epoch(row.epoch), recordSequence: row.record_sequence }
}

const rowsAtATime = 500

function* openTransactions(db: Database.Database): Iterable<readonly TransactionRow[]> {
  const open = db.prepare(`SELECT ${columns} FROM transactions WHERE outcome IS NULL`)
  let page: TransactionRow[] = []
  for (const row of open.iterate() as Iterable<TransactionRow>) {
    page.push(canonical(row))
    if (page.length < rowsAtATime) continue
    yield page
    page = []
  }
  yield page
}

function participants(db: Database.Database): RecordedParticipant[] {
  const found = db.prepare('SELECT name, seen, facts FROM participants').all() as {
    name: string
    seen: number
    facts: string
  }[]
  return found.map(({ name, seen, facts }) => decodeParticipant(name, seen, facts))
}

function newestId(db: Database.Database): string {
  const [newest] = db.prepare(`SELECT ${columns} FROM transactions ORDER BY id DESC LIMIT 1`).all() as TransactionRow[]
  return newest === undefined ? '' : canonical(newest).id
}

function appender(db: Database.Database, epoch: Epoch, from: number): (rows: readonly Row[]) => number {
  let recordSequence = from
  const claim = db.prepare('UPDATE identity SET record_sequence = ? WHERE epoch = ?')
  const write = writer(db)
  const turn = db.transaction((rows: readonly Row[]) => {
    const claimed = claim.run(recordSequence + rows.length, epoch).changes
    if (claimed !== 1) throw new InvariantError('D2: another process has opened this log; this one must end')
    for (const row of rows) write(row)
    if (hasCrashPoints) for (const row of rows) crashAfterAppend(row)
  })
  return (rows) => {
    turn.immediate(rows)
    recordSequence += rows.length
    return recordSequence
  }
}

function writer(db: Database.Database): (row: Row) => void {
  const first = db.prepare(
    `INSERT INTO transactions (id, epoch, number, started_at, kind, facts, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, facts = excluded.facts
     WHERE excluded.kind = 'decision' AND kind IN ('pre-committed', 'saga') AND transactions.outcome IS NULL`,
  )
  const key = db.prepare(
    'INSERT INTO idempotency_keys (key, id) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET id = excluded.id',
  )
  const pledged = db.prepare(
    `UPDATE transactions SET facts = json_set(facts, '$.pledge', json(?)) WHERE id = ? AND kind = 'pre-committed'`,
  )
  const sagaBranch = db.prepare(
    `UPDATE transactions SET facts = json_insert(facts, '$.branches[#]', json(?)) WHERE id = ? AND kind = 'saga'`,
  )
  const compensating = db.prepare(
    `UPDATE transactions SET facts = json_set(facts, '$.compensating', json(?)) WHERE id = ? AND kind = 'saga'`,
  )
  const end = db.prepare('UPDATE transactions SET outcome = ? WHERE id = ?')
  const freeKey = db.prepare(
    `DELETE FROM idempotency_keys WHERE id = @id
     AND key = (SELECT facts ->> 'idempotencyKey' FROM transactions WHERE id = @id)`,
  )
  const hazard = db.prepare(
    `UPDATE transactions SET hazards = json_insert(coalesce(hazards, '[]'), '$[#]', json(?)) WHERE id = ?`,
  )
  const forgotten = db.prepare('UPDATE transactions SET hazards = NULL WHERE id = ?')
  const participant = db.prepare(
    `INSERT INTO participants (name, seen, facts) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, facts = excluded.facts`,
  )
  return (row) => {
    switch (row.write) {
      case 'first': {
        const id = blob(row.id)
        const { changes } = first.run(id, row.epoch, row.number, row.startedAt, row.kind, row.facts, row.outcome)
        if (row.key !== null && changes === 1) key.run(row.key, id)
        return
      }
      case 'pledged':
        pledged.run(row.pledge, blob(row.id))
        return
      case 'saga-branch':
        sagaBranch.run(row.branch, blob(row.id))
        return
      case 'compensating':
        compensating.run(row.reason, blob(row.id))
        return
      case 'end': {
        const id = blob(row.id)
        if (row.freesKey) freeKey.run({ id })
        end.run(row.outcome, id)
        return
      }
      case 'hazard':
        hazard.run(row.hazard, blob(row.id))
        return
      case 'forgotten':
        forgotten.run(blob(row.id))
        return
      case 'participant':
        participant.run(row.name, row.seen, row.facts)
        return
      default:
        row satisfies never
    }
  }
}

function looker(db: Database.Database): (query: Query) => TransactionRow[] {
  const select = `SELECT ${columns} FROM transactions`
  const byId = db.prepare(`${select} WHERE id = ?`)
  const byKey = db.prepare(`${select} WHERE id = (SELECT id FROM idempotency_keys WHERE key = ?)`)
  const byHazard = db.prepare(`${select} WHERE hazards IS NOT NULL AND outcome IS NOT NULL LIMIT ?`)
  return (query) => {
    switch (query.by) {
      case 'transaction':
        return rows(byId.all(blob(query.transactionId)))
      case 'idempotency-key':
        return rows(byKey.all(query.key))
      case 'hazard':
        return rows(byHazard.all(query.limit))
      default:
        return query satisfies never
    }
  }
}

/** A thousand at a time: a log that was never trimmed must not stop the coordinator for seconds. */
function trimmer(db: Database.Database): (before: number) => number {
  const keys = db.prepare(
    `DELETE FROM idempotency_keys WHERE key IN (SELECT facts ->> 'idempotencyKey' FROM transactions
     WHERE id < @id AND outcome IS NOT NULL AND hazards IS NULL AND facts ->> 'idempotencyKey' IS NOT NULL LIMIT 1000)
     AND id < @id`,
  )
  const ended = db.prepare(
    `DELETE FROM transactions WHERE id IN
     (SELECT id FROM transactions WHERE id < ? AND outcome IS NOT NULL AND hazards IS NULL LIMIT 1000)`,
  )
  const trim = db.transaction((before: number) => {
    // A UUIDv7 begins with its time in milliseconds: ids older than this are smaller than it.
    const bound = Buffer.alloc(16)
    bound.writeUIntBE(Math.max(0, before), 0, 6)
    keys.run({ id: bound })
    return ended.run(bound).changes
  })
  return (before) => trim.immediate(before)
}

const rows = (found: unknown[]): TransactionRow[] => (found as TransactionRow[]).map(canonical)

const blob = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')

/** SQLite hands out the id as hexadecimal digits; ids are canonical text everywhere else. */
function canonical(row: TransactionRow): TransactionRow {
  const hex = row.id.toLowerCase()
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return { ...row, id: parts.join('-') }
}

function newUuid(): string {
  return canonical({ id: randomBytes(16).toString('hex') } as TransactionRow).id
}
