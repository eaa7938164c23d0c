// One statement for several rows of a turn: a call of SQLite costs something besides its row, binding and stepping and an
// object that says what it did (docs/benchmarks.md, special paths).

import type Database from 'better-sqlite3'
import type { BusinessDatabase } from './definitions.ts'

/** More at once save little. */
const rowsAtOnce = 8
/** Ids of the rows that are bound: binding copies them. New buffers would cost as much as what is saved. */
const idBuffers: readonly Buffer[] = Array.from({ length: rowsAtOnce }, () => Buffer.alloc(16))

/** Appends the values of a row; its id is written into the buffer. */
export type Bind<Row> = (values: unknown[], row: Row, id: Buffer) => void

export class RowsStatement<Row> {
  readonly #one: Database.Statement<unknown[]>
  readonly #several: Database.Statement<unknown[]>
  readonly #bind: Bind<Row>

  /** `sqlOf`: the statement for so many rows. */
  constructor(db: BusinessDatabase, sqlOf: (rows: number) => string, bind: Bind<Row>) {
    this.#one = db.prepare(sqlOf(1))
    this.#several = db.prepare(sqlOf(rowsAtOnce))
    this.#bind = bind
  }

  run(rows: readonly Row[]): void {
    let at = 0
    for (; at + rowsAtOnce <= rows.length; at += rowsAtOnce) this.#several.run(...this.#values(rows, at, rowsAtOnce))
    for (; at < rows.length; at += 1) this.#one.run(...this.#values(rows, at, 1))
  }

  #values(rows: readonly Row[], from: number, count: number): unknown[] {
    const values: unknown[] = []
    for (let place = 0; place < count; place += 1) {
      this.#bind(values, rows[from + place] as Row, idBuffers[place] as Buffer)
    }
    return values
  }
}

/** The text so many times, with something between. */
export const times = (text: string, count: number, between: string): string => Array(count).fill(text).join(between)
