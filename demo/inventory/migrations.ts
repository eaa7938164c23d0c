// The tables of the inventory service. Concordat keeps its own beside them, in the same file.

import type { OpeningStock } from '../catalogue.ts'

const tables = {
  name: '001-stock',
  sql: `
    CREATE TABLE stock (
      sku TEXT PRIMARY KEY,
      available INTEGER NOT NULL CHECK (available >= 0),
      reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
      sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reservations (
      reservation_id TEXT PRIMARY KEY,
      order_id TEXT NOT NULL,
      sku TEXT NOT NULL REFERENCES stock,
      quantity INTEGER NOT NULL CHECK (quantity > 0),
      state TEXT NOT NULL CHECK (state IN ('held', 'final', 'released'))
    ) STRICT, WITHOUT ROWID`,
}

/** Fills the shelves as the last migration, so that it happens once in the life of the database file. */
export function migrations(opening: OpeningStock) {
  const json = JSON.stringify(opening).replaceAll("'", "''")
  const sql = `INSERT INTO stock (sku, available) SELECT key, value FROM json_each('${json}')`
  return [tables, { name: '002-opening-stock', sql }]
}
