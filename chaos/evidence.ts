// What the databases of the banks say in the end, whatever anybody was told.

import Database from 'better-sqlite3'
import { type BankName, bankNames } from './bank/contract.ts'

/** One branch, as its bank has recorded it. */
export interface Done {
  readonly bank: BankName
  readonly transactionId: string
  readonly branch: number
  readonly protocol: string
  readonly job: string
  readonly operation: string
  readonly account: string | null
  readonly amount: number
  readonly state: 'pending' | 'final' | 'released'
  readonly prepared: number
  readonly committed: number
  readonly aborted: number
}

export interface Item {
  readonly bank: BankName
  readonly list: string
  readonly element: string
  readonly transactionId: string
  readonly branch: number
}

export interface Account {
  readonly bank: BankName
  readonly account: string
  readonly balance: number
}

export interface Evidence {
  readonly done: readonly Done[]
  /** In the order of each list. */
  readonly items: readonly Item[]
  readonly accounts: readonly Account[]
}

export function readEvidence(fileOf: (bank: BankName) => string): Evidence {
  const all = bankNames.map((bank) => {
    const db = new Database(fileOf(bank), { readonly: true })
    const rows = <Row>(sql: string): Row[] =>
      db
        .prepare<[], object>(sql)
        .all()
        .map((row) => ({ ...row, bank }) as Row)
    try {
      return {
        done: rows<Done>(`SELECT transaction_id AS "transactionId", branch, protocol, job, operation, account, amount, state,
          prepared, committed, aborted FROM done ORDER BY transaction_id, branch`),
        items: rows<Item>(
          'SELECT list, element, transaction_id AS "transactionId", branch FROM items ORDER BY list, position',
        ),
        accounts: rows<Account>('SELECT account, balance FROM accounts ORDER BY account'),
      }
    } finally {
      db.close()
    }
  })
  return {
    done: all.flatMap(({ done }) => done),
    items: all.flatMap(({ items }) => items),
    accounts: all.flatMap(({ accounts }) => accounts),
  }
}
