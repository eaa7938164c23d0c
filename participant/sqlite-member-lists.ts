// Lists of members in the database. Nearly all branches that are prepared at a time name one of a few lists, and a list
// is most of a branch's row: one that comes again is written once, and rows name it by its number.
//
// Owns: what stands in the column `members`: the list as JSON, or the number of one in `concordat_members`.
// Does not own: the local transaction that it is written in.
//
// ML1 A number in a row stands for a list that is in the database: what a turn has added goes when the turn goes.

import { invariant, type Member } from '../protocol/index.ts'
import type { BusinessDatabase } from './definitions.ts'

/** Past so many lists those that no row names are looked for. */
const listsMax = 64
/** So many lists are remembered as having come once. */
const oncesMax = 256

export class MemberLists {
  readonly #insert
  readonly #readAll
  readonly #deleteUnused
  /** By the text of the list: its number, as rows have it. */
  #numbers = new Map<string, string>()
  /** By the number. */
  readonly #lists = new Map<string, readonly Member[]>()
  readonly #once = new Set<string>()
  /** Of this turn. */
  #added: string[] = []
  #max = listsMax
  /** Decoding gives equal lists as one: most rows have the list of the row before. */
  #last: { readonly list: readonly Member[]; readonly column: string } | undefined

  constructor(db: BusinessDatabase) {
    this.#insert = db.prepare('INSERT INTO concordat_members (members) VALUES (?)')
    this.#readAll = db.prepare('SELECT id, members FROM concordat_members').raw()
    this.#deleteUnused = db.prepare(
      `DELETE FROM concordat_members WHERE id NOT IN
       (SELECT CAST(members AS INTEGER) FROM concordat_branches WHERE members NOT LIKE '[%')`,
    )
    this.#deleteUnused.run()
    this.#load()
  }

  /** What a row has for this list. May write the list into the turn's local transaction. */
  columnOf(list: readonly Member[]): string {
    if (list.length === 0) return '[]'
    if (this.#last?.list === list) return this.#last.column
    const text = JSON.stringify(list)
    const known = this.#numbers.get(text) ?? this.#numberIfAgain(text)
    if (known === undefined) return text
    this.#last = { list, column: known }
    return known
  }

  listOf(column: string): readonly Member[] {
    if (column.startsWith('[')) return JSON.parse(column) as Member[]
    const list = this.#lists.get(column)
    invariant(list !== undefined, `ML1: a branch names the list of members ${column}, and there is none`)
    return list
  }

  /** The turn's local transaction is committed. */
  keep(): void {
    if (this.#added.length > 0) this.#added = []
  }

  /** It was rolled back. */
  undo(): void {
    if (this.#added.length === 0) return
    for (const text of this.#added.splice(0)) this.#forget(text)
    this.#last = undefined
  }

  #numberIfAgain(text: string): string | undefined {
    if (!this.#once.delete(text)) {
      if (this.#once.size >= oncesMax) this.#once.clear()
      this.#once.add(text)
      return undefined
    }
    if (this.#numbers.size >= this.#max) this.#thin()
    const number = String(this.#insert.run(text).lastInsertRowid)
    this.#know(number, text)
    this.#added.push(text)
    return number
  }

  /** What is left after it may be double before the next look: a look reads all rows. */
  #thin(): void {
    this.#deleteUnused.run()
    // A list of this turn may have no row yet, and what the turn deletes comes back if the turn is rolled back: its
    // number is then unknown here, and in no row that will be written.
    const isThere = new Set((this.#readAll.all() as [number, string][]).map(([number]) => String(number)))
    for (const [text, number] of this.#numbers) if (!isThere.has(number)) this.#forget(text)
    this.#last = undefined
    this.#max = Math.max(listsMax, 2 * this.#numbers.size)
  }

  #load(): void {
    for (const [number, text] of this.#readAll.all() as [number, string][]) this.#know(String(number), text)
  }

  #know(number: string, text: string): void {
    this.#numbers.set(text, number)
    this.#lists.set(number, JSON.parse(text) as Member[])
  }

  #forget(text: string): void {
    const number = this.#numbers.get(text)
    if (number !== undefined) this.#lists.delete(number)
    this.#numbers.delete(text)
  }
}
