// A SQLite file with the durability of Concordat's: write-ahead log, every commit at FULL.

import Database from 'better-sqlite3'

export function openDatabase(file: string): Database.Database {
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('synchronous=FULL does not hold')
  return db
}
