// One bank as a process: node main.js NAME FILE LISTEN COORDINATOR. Accounts and lists, and for every branch a row that says how
// often each of its functions has run to its end.

import { type BusinessDatabase, type OperationContext, participant, refuse, sqlite } from '../../participant/index.ts'
import { accountsOf, type BankName, banks, openingBalance } from './contract.ts'

const [name = '', file = '', listen = '', coordinator = ''] = process.argv.slice(2)

const openingRows = [...accountsOf(false), ...accountsOf(true)].map((account) => `('${account}', ${openingBalance})`)
const migrations = [
  {
    name: '0001-bank.sql',
    sql: `CREATE TABLE accounts (account TEXT PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
    INSERT INTO accounts VALUES ${openingRows.join(', ')};
    CREATE TABLE items (position INTEGER PRIMARY KEY AUTOINCREMENT, list TEXT NOT NULL, element TEXT NOT NULL,
      transaction_id TEXT NOT NULL, branch INTEGER NOT NULL) STRICT;
    CREATE INDEX items_of_list ON items (list, position);
    CREATE TABLE done (
      transaction_id TEXT NOT NULL, branch INTEGER NOT NULL, protocol TEXT NOT NULL, job TEXT NOT NULL,
      operation TEXT NOT NULL, account TEXT, amount INTEGER NOT NULL, state TEXT NOT NULL,
      prepared INTEGER NOT NULL DEFAULT 0, committed INTEGER NOT NULL DEFAULT 0, aborted INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (transaction_id, branch)) STRICT;`,
  },
]

interface Done {
  readonly job: string
  readonly operation: string
  readonly account?: string
  readonly amount?: number
}

function prepared({ db, transactionId, branch, protocol }: OperationContext, done: Done): void {
  db.prepare(
    `INSERT INTO done (transaction_id, branch, protocol, job, operation, account, amount, state, prepared)
    VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 1) ON CONFLICT DO UPDATE SET prepared = prepared + 1`,
  ).run(transactionId, branch, protocol, done.job, done.operation, done.account ?? null, done.amount ?? 0)
}

const committed = ({ db, transactionId, branch }: OperationContext): void => {
  const sql = `UPDATE done SET state = 'final', committed = committed + 1 WHERE transaction_id = ? AND branch = ?`
  db.prepare(sql).run(transactionId, branch)
}

const aborted = ({ db, transactionId, branch }: OperationContext): void => {
  const sql = `UPDATE done SET state = 'released', aborted = aborted + 1 WHERE transaction_id = ? AND branch = ?`
  db.prepare(sql).run(transactionId, branch)
}

function add(db: BusinessDatabase, account: string, amount: number): number {
  const sql = 'UPDATE accounts SET balance = balance + ? WHERE account = ? RETURNING balance'
  return db.prepare<[number, string], number>(sql).pluck().get(amount, account) ?? Number.NaN
}

const elementsOf = (db: BusinessDatabase, list: string): string[] =>
  db.prepare<[string], string>('SELECT element FROM items WHERE list = ? ORDER BY position').pluck().all(list)

const tried = new Set<string>()

const service = participant(banks[name as BankName], {
  store: sqlite(file, { migrations }),
  inquiryDelayMs: 300,
  inquiryTimeoutMs: 500,
  roundTimeoutMs: 500,
  retryMaxMs: 1_000,
  lockWaitMs: 700,
  operations: {
    move: {
      prepare(context, { job, account, amount, isAtOnce, isFlaky }) {
        const { db, transactionId, branch } = context
        context.lock(`account/${account}`)
        const key = `${transactionId}/${branch}`
        if (isFlaky === true && !tried.has(key)) {
          tried.add(key)
          throw new Error('the first try fails')
        }
        const isNow = amount < 0 || isAtOnce === true
        const balance = add(db, account, isNow ? amount : 0)
        if (balance < 0) refuse('OVERDRAWN', `${account} would fall to ${balance}`)
        prepared(context, { job, operation: 'move', account, amount })
        return { balance }
      },
      commit(context, { input: { account, amount, isAtOnce } }) {
        if (amount > 0 && isAtOnce !== true) add(context.db, account, amount)
        committed(context)
      },
      abort(context, { input: { account, amount, isAtOnce } }) {
        if (amount < 0 || isAtOnce === true) add(context.db, account, -amount)
        aborted(context)
      },
    },
    append: {
      prepare(context, { job, list, element }) {
        const { db, transactionId, branch } = context
        context.lock(`list/${list}`)
        const sql = 'INSERT INTO items (list, element, transaction_id, branch) VALUES (?, ?, ?, ?)'
        db.prepare(sql).run(list, element, transactionId, branch)
        prepared(context, { job, operation: 'append' })
        return { elements: elementsOf(db, list) }
      },
      commit: committed,
      abort(context) {
        const { db, transactionId, branch } = context
        db.prepare('DELETE FROM items WHERE transaction_id = ? AND branch = ?').run(transactionId, branch)
        aborted(context)
      },
    },
    read: {
      prepare(context, { job, list }) {
        context.lock(`list/${list}`)
        prepared(context, { job, operation: 'read' })
        return { elements: elementsOf(context.db, list) }
      },
      commit: committed,
      abort: aborted,
    },
    audit: {
      prepare(context, { job }) {
        for (const account of accountsOf(false)) context.lock(`account/${account}`)
        prepared(context, { job, operation: 'audit' })
        const sql = `SELECT sum(balance) AS total, min(balance) AS least FROM accounts WHERE account LIKE 'locked-%'`
        const found = context.db.prepare<[], { total: number; least: number }>(sql).get()
        return found ?? { total: Number.NaN, least: Number.NaN }
      },
      commit: committed,
      abort: aborted,
    },
  },
})

const at = listen.lastIndexOf(':')
const running = await service.listen({
  host: listen.slice(0, at),
  port: Number(listen.slice(at + 1)),
  coordinator,
})
console.log(JSON.stringify({ msg: 'listening', address: running.address }))
process.on('SIGTERM', () => {
  void running.close().then(() => process.exit(0))
})
