// A process that commits one row after the other, says each number once it is committed, and kills itself after the
// last one: node writer.js FILE SYNCHRONOUS ROWS

import { writeSync } from 'node:fs'
import Database from 'better-sqlite3'

const [file = '', synchronous = '', rows = ''] = process.argv.slice(2)
const db = new Database(file)
db.pragma('journal_mode = WAL')
if (synchronous !== '') db.pragma(`synchronous = ${synchronous}`)
db.exec('CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT')
const insert = db.prepare('INSERT INTO rows (text) VALUES (?)')
for (let row = 0; row < Number(rows); row++) {
  const { lastInsertRowid } = insert.run('x'.repeat(100))
  writeSync(1, `${lastInsertRowid}\n`)
}
if (process.env['END'] !== 'exit') process.kill(process.pid, 'SIGKILL')
