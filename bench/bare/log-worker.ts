// The bare coordinator's log: decision and end rows in one SQLite file, in a thread of its own, as the real one.

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { openDatabase } from './database.ts'

/** A decision has facts; an end has none. */
export interface LogRow {
  readonly id: Uint8Array
  readonly facts?: string
}

export interface Append {
  readonly turn: number
  readonly rows: readonly LogRow[]
  readonly force: boolean
}

/** How long a turn that nobody waits for may stay in memory. */
const deferredWriteMs = 20

const port = parentPort
if (port === null) throw new Error('this is the program of a thread')

const db = openDatabase(workerData as string, 8_192)
db.exec(`CREATE TABLE transactions (
  id BLOB NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL, number INTEGER NOT NULL, started_at INTEGER NOT NULL,
  kind TEXT NOT NULL, facts TEXT NOT NULL, outcome TEXT
) STRICT, WITHOUT ROWID`)
db.exec(
  'CREATE TABLE identity (one INTEGER PRIMARY KEY, records INTEGER NOT NULL) STRICT; INSERT INTO identity VALUES (1, 0)',
)
const count = db.prepare('UPDATE identity SET records = records + ?')
const decide = db.prepare('INSERT INTO transactions VALUES (?, 1, ?, ?, ?, ?, NULL)')
const end = db.prepare('UPDATE transactions SET outcome = ? WHERE id = ?')
const outcome = JSON.stringify({ outcome: 'committed' })

let waiting: LogRow[] = []
let turn = 0
let number = 0
let idle: NodeJS.Timeout | undefined

const writeAll = db.transaction((rows: readonly LogRow[]) => {
  count.run(rows.length)
  for (const { id, facts } of rows) {
    if (facts === undefined) end.run(outcome, id)
    else decide.run(id, ++number, Date.now(), 'decision', facts)
  }
})

function write(): void {
  clearTimeout(idle)
  idle = undefined
  const rows = waiting
  waiting = []
  if (rows.length > 0) writeAll.immediate(rows)
  port?.postMessage(turn)
}

port.on('message', (first: Append) => {
  let force = false
  let next: { message: Append } | undefined = { message: first }
  for (; next !== undefined; next = receiveMessageOnPort(port)) {
    const { message } = next
    for (const row of message.rows) waiting.push(row)
    turn = message.turn
    force ||= message.force
  }
  if (force) write()
  else if (waiting.length > 0) idle ??= setTimeout(write, deferredWriteMs)
})
