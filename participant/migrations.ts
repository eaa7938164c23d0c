// The service's own schema: SQL files in order, each run once, all pending ones in one local transaction.
//
// M1 An applied migration never changes: its checksum is kept.
// M2 A database that knows migrations which this version does not have is refused: it belongs to a newer version.
// M3 A new migration comes after all applied ones.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transactionError } from '../wire/index.ts'
import type { BusinessDatabase } from './definitions.ts'

export interface Migration {
  readonly name: string
  readonly sql: string
}

/** A folder of `.sql` files, taken in the order of their names; or the migrations themselves, in order. */
export type Migrations = string | URL | readonly Migration[]

export function readMigrations(from: Migrations): readonly Migration[] {
  if (typeof from !== 'string' && !(from instanceof URL)) return from
  const folder = from instanceof URL ? fileURLToPath(from) : from
  const names = namesIn(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    const message = `migrations: the folder ${resolve(folder)} cannot be read; it holds the .sql files of the service`
    throw transactionError('CONFIG_INVALID', message, { cause })
  }
}

/** Brings the service's schema up to date. Runs inside the caller's local transaction. */
export function migrate(db: BusinessDatabase, migrations: readonly Migration[]): void {
  db.exec(`CREATE TABLE IF NOT EXISTS concordat_migrations (
    position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT`)
  const applied = db.prepare('SELECT name, checksum FROM concordat_migrations ORDER BY position').all() as {
    name: string
    checksum: string
  }[]
  const insert = db.prepare(
    'INSERT INTO concordat_migrations (position, name, checksum, applied_at) VALUES (?, ?, ?, ?)',
  )
  for (const [index, { name, checksum }] of applied.entries()) {
    const migration = migrations[index]
    if (migration?.name === name && checksumOf(migration) === checksum) continue
    throw transactionError('STORE_FAILED', differenceAt(migration, migrations, name))
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < applied.length) continue
    db.exec(migration.sql)
    insert.run(index + 1, migration.name, checksumOf(migration), new Date().toISOString())
  }
}

function differenceAt(found: Migration | undefined, all: readonly Migration[], applied: string): string {
  if (found?.name === applied) return `migration ${applied} was changed after it had been applied; write a new one`
  if (all.some((migration) => migration.name === applied)) {
    return `migration ${found?.name} stands before ${applied}, which is applied; give it a later name`
  }
  return `the database has migration ${applied}, which this version does not know; run the newer version of the service`
}

const checksumOf = (migration: Migration): string => createHash('sha256').update(migration.sql).digest('hex')
