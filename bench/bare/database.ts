// A SQLite file with the durability of Concordat's: write-ahead log, every commit at FULL.

import Database from 'better-sqlite3'

/** `pageBytes`: the log's are larger, see docs/decisions/0010. */
export function openDatabase(file: string, pageBytes = 4_096): Database.Database {
  const db = new Database(file)
  db.pragma(`page_size = ${pageBytes}`)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('synchronous=FULL does not hold')
  return db
}
