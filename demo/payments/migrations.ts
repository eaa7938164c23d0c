// The tables of the payments service. Concordat keeps its own beside them, in the same file.

import type { OpeningAccounts } from '../catalogue.ts'

const tables = {
  name: '001-accounts',
  sql: `
    CREATE TABLE accounts (
      customer TEXT PRIMARY KEY,
      balance INTEGER NOT NULL CHECK (balance >= 0),
      held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE charges (
      charge_id TEXT PRIMARY KEY,
      order_id TEXT NOT NULL,
      customer TEXT NOT NULL REFERENCES accounts,
      amount INTEGER NOT NULL CHECK (amount > 0),
      state TEXT NOT NULL CHECK (state IN ('held', 'final', 'released'))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE shop (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      revenue INTEGER NOT NULL
    ) STRICT;
    INSERT INTO shop VALUES (1, 0)`,
}

/** Opens the accounts as the last migration, so that it happens once in the life of the database file. */
export function migrations(opening: OpeningAccounts) {
  const json = JSON.stringify(opening).replaceAll("'", "''")
  const sql = `INSERT INTO accounts (customer, balance) SELECT key, value FROM json_each('${json}')`
  return [tables, { name: '002-opening-accounts', sql }]
}
