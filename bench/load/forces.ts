// One forced write, measured raw: a row with the facts of a transaction in a SQLite file at FULL.

import { join } from 'node:path'
import { uuidv7obj } from 'uuidv7'
import { openDatabase } from '../bare/database.ts'
import { work } from '../services/contract.ts'
import type { Ended } from './closed-loop.ts'

export function forces(folder: string): () => Promise<Ended> {
  const db = openDatabase(join(folder, 'forces.db'))
  db.exec('CREATE TABLE facts (id BLOB PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID, STRICT')
  const insert = db.prepare('INSERT INTO facts VALUES (?, ?)')
  const facts = JSON.stringify([work, work, work])
  return async () => {
    insert.run(uuidv7obj().bytes, facts)
    return 'committed'
  }
}
