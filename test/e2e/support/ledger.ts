// The participant of the end-to-end tests: a ledger whose every line says which transaction wrote it and how it ended,
// so that agreement can be read from the databases and not from what anybody claims.

import { contract, operation } from '../../../protocol/index.ts'

const operations = {
  /** Writes a pending line; refuses when the account would fall below zero. */
  add: operation<{ account: string; amount: number }, { balance: number }>(),
  balance: operation<{ account: string }, { balance: number }>(),
  /** Like add; the first try of each branch in each process throws. */
  addFlaky: operation<{ account: string; amount: number }, { balance: number }>(),
  /** Never succeeds. */
  fail: operation<{ account: string; amount: number }, { balance: number }>(),
  /** Like add; fails until somebody writes the file `allowed` beside the database. */
  addOnce: operation<{ account: string; amount: number }, { balance: number }>(),
  /** Like add, and takes the account's lock. */
  addLocked: operation<{ account: string; amount: number }, { balance: number }>(),
}

/** The same ledger under the name of each participant. */
export const ledgerContract = <const Name extends string>(name: Name) => contract(name, operations)

export const ledgerMigrations = [
  {
    name: '0001-ledger.sql',
    sql: `CREATE TABLE lines (
      transaction_id TEXT NOT NULL, branch INTEGER NOT NULL, account TEXT NOT NULL, amount INTEGER NOT NULL,
      state TEXT NOT NULL, applied INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (transaction_id, branch)
    ) STRICT;
    CREATE TABLE calls (transaction_id TEXT NOT NULL, work TEXT NOT NULL, at INTEGER NOT NULL) STRICT;`,
  },
]
