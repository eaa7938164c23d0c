// One ledger as a process: node ledger-main.js NAME FILE LISTEN COORDINATOR

import { existsSync } from 'node:fs'
import { z } from 'zod'
import { participant, readOnly, refuse, sqlite } from '../../../participant/index.ts'
import { ledgerContract, ledgerMigrations } from './ledger.ts'

const [name = '', file = '', listen = '', coordinator = ''] = process.argv.slice(2)
const input = z.object({ account: z.string(), amount: z.number().int() })

type Db = { prepare(sql: string): { run(...values: unknown[]): unknown; get(...values: unknown[]): unknown } }

function balanceOf(db: Db, account: string): number {
  const row = db.prepare('SELECT coalesce(sum(amount), 0) AS balance FROM lines WHERE account = ?').get(account)
  return (row as { balance: number }).balance
}

function add(context: { db: Db; transactionId: string; branch: number }, { account, amount }: z.infer<typeof input>) {
  const { db, transactionId, branch } = context
  const balance = balanceOf(db, account) + amount
  if (balance < 0) refuse('OVERDRAWN', `${account} would fall to ${balance}`)
  db.prepare("INSERT INTO lines VALUES (?, ?, ?, ?, 'pending', 0)").run(transactionId, branch, account, amount)
  called(context, 'prepare')
  return { balance }
}

type Context = { db: Db; transactionId: string; branch: number }

/** What was done, and when by a clock that all processes of this machine share. */
function called({ db, transactionId }: Context, work: string): void {
  db.prepare('INSERT INTO calls VALUES (?, ?, ?)').run(transactionId, work, process.hrtime.bigint())
}

const finish = {
  commit: ({ db, transactionId, branch }: Context) => {
    db.prepare("UPDATE lines SET state = 'final', applied = applied + 1 WHERE transaction_id = ? AND branch = ?").run(
      transactionId,
      branch,
    )
  },
  abort: (context: Context) => {
    const { db, transactionId, branch } = context
    db.prepare('DELETE FROM lines WHERE transaction_id = ? AND branch = ?').run(transactionId, branch)
    called(context, 'abort')
  },
}

const tried = new Set<string>()

const service = participant(ledgerContract(name), {
  store: sqlite(file, { migrations: ledgerMigrations }),
  inquiryDelayMs: Number(process.env['LEDGER_INQUIRY_DELAY_MS'] ?? 300),
  operations: {
    add: { input, prepare: add, ...finish },
    addLocked: {
      input,
      prepare: (context, wanted) => {
        context.lock(wanted.account)
        return add(context, wanted)
      },
      ...finish,
    },
    addFlaky: {
      input,
      prepare: (context, wanted) => {
        const key = `${context.transactionId}/${context.branch}`
        if (!tried.has(key)) {
          tried.add(key)
          throw new Error('the first try fails')
        }
        return add(context, wanted)
      },
      ...finish,
    },
    fail: {
      input,
      prepare: (): { balance: number } => {
        throw new Error('it never works')
      },
    },
    addOnce: {
      input,
      prepare: (context, wanted) => {
        if (!existsSync(`${file}.allowed`)) throw new Error('not yet')
        return add(context, wanted)
      },
      ...finish,
    },
    balance: {
      input: z.object({ account: z.string() }),
      prepare: ({ db }, { account }) => readOnly({ balance: balanceOf(db, account) }),
    },
  },
})

const at = listen.lastIndexOf(':')
const running = await service.listen({
  host: listen.slice(0, at),
  port: Number(listen.slice(at + 1)),
  ...(coordinator === '' ? {} : { coordinator }),
})
console.log(JSON.stringify({ msg: 'listening', address: running.address }))
process.on('SIGTERM', () => {
  void running.close().then(() => process.exit(0))
})
