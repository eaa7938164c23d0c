// The tables of the orders service. Concordat keeps its own beside them, in the same file.

export const migrations = [
  {
    name: '001-orders',
    sql: `
      CREATE TABLE orders (
        order_id TEXT PRIMARY KEY,
        customer TEXT NOT NULL,
        lines TEXT NOT NULL CHECK (json_valid(lines)),
        status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'cancelled'))
      ) STRICT, WITHOUT ROWID`,
  },
]
