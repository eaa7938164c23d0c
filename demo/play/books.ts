// Reads the books of the shop out of its four databases, after every process has stopped.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Books, ChargeRow, ReservationRow, StockRow } from '../audit.ts'
import { findArticle } from '../catalogue.ts'
import type { Purchase } from './customers.ts'
import type { Plan } from './plan.ts'
import { type Processes, type ProcessName, serviceNames } from './processes.ts'

type Read = <Row>(sql: string) => Row[]

export function readBooks(processes: Processes, plan: Plan, purchases: readonly Purchase[]): Books {
  const inFile = <T>(name: ProcessName, look: (read: Read) => T): T => readDatabase(processes.dataFolder(name), look)
  const ended = serviceNames.map((participant) => inFile(participant, (read) => readBranches(participant, read)))
  return {
    opening: { stock: plan.openingStock, accounts: plan.openingAccounts },
    told: purchases.map(({ told, order: { orderId, sku, quantity } }) => {
      return { orderId, told, sku, quantity, amount: (findArticle(sku)?.priceCents ?? 0) * quantity }
    }),
    orders: inFile('orders', (read) => read('SELECT order_id AS orderId, status FROM orders')),
    ...inFile('inventory', (read) => ({
      stock: read<StockRow>('SELECT sku, available, reserved, sold FROM stock'),
      reservations: read<ReservationRow>('SELECT order_id AS orderId, sku, quantity, state FROM reservations'),
    })),
    ...inFile('payments', (read) => ({
      accounts: read<Books['accounts'][number]>('SELECT customer, balance, held FROM accounts'),
      revenue: read<{ revenue: number }>('SELECT revenue FROM shop')[0]?.revenue ?? Number.NaN,
      charges: read<ChargeRow>('SELECT order_id AS orderId, amount, state FROM charges'),
    })),
    openBranches: ended.flatMap(({ openBranches }) => openBranches),
    locks: ended.flatMap(({ locks }) => locks),
    ...inFile('coordinator', readLog),
  }
}

/** The records of the branches, which Concordat keeps beside the tables of the service. */
function readBranches(participant: string, read: Read): Pick<Books, 'openBranches' | 'locks'> {
  const branches = read<{ id: string; branch: number; state: string; locks: string }>(
    'SELECT lower(hex(transaction_id)) AS id, branch, state, locks FROM concordat_branches',
  )
  const open = branches.filter(({ state }) => state !== 'committed' && state !== 'aborted')
  return {
    openBranches: open.map(({ id, branch, state }) => ({ participant, branch: `${id}/${branch}`, state })),
    locks: branches.flatMap(({ locks }) => (JSON.parse(locks) as string[]).map((key) => ({ participant, key }))),
  }
}

/** What the coordinator has decided, and what of it has not ended. */
function readLog(read: Read): Pick<Books, 'committedKeys' | 'openTransactions'> {
  const committed = read<{ key: string }>(
    `SELECT facts ->> 'idempotencyKey' AS key FROM transactions WHERE kind = 'decision' AND key IS NOT NULL`,
  )
  const open = read<{ id: string }>('SELECT lower(hex(id)) AS id FROM transactions WHERE outcome IS NULL')
  return { committedKeys: committed.map(({ key }) => key), openTransactions: open.map(({ id }) => id) }
}

/** Opens the one database in a folder, for reading only. */
function readDatabase<T>(folder: string, look: (read: Read) => T): T {
  const files = readdirSync(folder).filter((file) => /\.(db|sqlite)$/.test(file))
  const [file] = files
  if (file === undefined || files.length > 1) throw new Error(`${folder} holds ${files.length} databases, not one`)
  const db = new Database(join(folder, file), { readonly: true })
  try {
    return look(<Row>(sql: string) => db.prepare<[], Row>(sql).all())
  } finally {
    db.close()
  }
}
