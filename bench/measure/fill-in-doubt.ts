// More transactions in doubt than were really run: copies of one that is decided in the coordinator's log and prepared at
// every participant, under other ids, inserted in bulk while all these processes are down.

import Database from 'better-sqlite3'
import type { World } from '../processes/world.ts'
import { participantNames } from '../services/contract.ts'

/** How a column of a copy is made, in SQL: `n` counts the copies from 1. Every other column is copied. */
type Changes = Readonly<Record<string, string>>

export function fillInDoubt(world: World, copies: number): void {
  const log = new Database(world.logFile)
  const open = 'SELECT * FROM transactions WHERE outcome IS NULL ORDER BY id DESC LIMIT 1'
  const template = log.prepare(open).get() as { readonly id: Buffer } | undefined
  if (template === undefined) throw new Error('the log has no open transaction to copy')
  const { id } = template
  copy(log, 'transactions', open, copies, { id: idAfter(id), number: '(SELECT max(number) FROM transactions) + n' })
  log.close()
  for (const name of participantNames) {
    const db = new Database(world.databaseFile(name))
    const prepared = `SELECT * FROM concordat_branches WHERE transaction_id = x'${id.toString('hex')}'`
    const numbers = '(SELECT max(number) FROM concordat_branches) + n'
    copy(db, 'concordat_branches', prepared, copies, { transaction_id: idAfter(id), number: numbers })
    db.close()
  }
}

/** The ids that follow it: its last six bytes are counted up, from 0 on. */
const idAfter = (id: Buffer): string => `unhex('${id.subarray(0, 10).toString('hex')}' || printf('%012x', n))`

function copy(db: Database.Database, table: string, template: string, copies: number, changes: Changes): void {
  db.pragma('synchronous = OFF')
  const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all() as string[]
  const values = columns.map((column) => changes[column] ?? `template.${column}`)
  db.prepare(
    `INSERT INTO ${table} (${columns.join(', ')})
     WITH RECURSIVE numbers(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < CAST(? AS INTEGER)),
     template AS MATERIALIZED (${template})
     SELECT ${values.join(', ')} FROM numbers, template`,
  ).run(copies)
}
