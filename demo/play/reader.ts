// A reader: looks into the three databases again and again while the customers order, and counts what it would not have
// seen if there were no moment between "not done" and "done".
//
// An order counts as *done* in a service when the service's own row says so: confirmed, final, final. A reservation that
// waits for its decision is not done, whoever may look at it; in a saga each step is done at once.
//
// The three databases cannot be read at one moment. An order is *half done* only if this is certain all the same: it was
// done in one service when it was not yet read in another, which then had not done it, and the first still had.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type Processes, type ServiceName, serviceNames } from './processes.ts'

export interface Sightings {
  readonly snapshots: number
  /** Of the snapshots: those in which some order was half done. */
  readonly withHalfDone: number
  /** How many orders were ever seen half done. */
  readonly halfDone: number
  /** How many orders a service showed as done and later not any more. */
  readonly takenBack: number
}

const doneOrders: Readonly<Record<ServiceName, string>> = {
  orders: `SELECT order_id FROM orders WHERE status = 'confirmed'`,
  inventory: `SELECT order_id FROM reservations WHERE state = 'final'`,
  payments: `SELECT order_id FROM charges WHERE state = 'final'`,
}

type Look = () => ReadonlySet<string>
type Snapshot = Readonly<Record<ServiceName, ReadonlySet<string>>>

const pauseMs = 10

export class Reader {
  readonly #databases: Database.Database[] = []
  readonly #looks: Readonly<Record<ServiceName, Look>>
  readonly #seenDone: Readonly<Record<ServiceName, Set<string>>> = {
    orders: new Set(),
    inventory: new Set(),
    payments: new Set(),
  }
  readonly #halfDone = new Set<string>()
  readonly #takenBack = new Set<string>()
  #snapshots = 0
  #withHalfDone = 0
  readonly #timer: NodeJS.Timeout

  constructor(processes: Processes) {
    const lookInto = (name: ServiceName): Look => {
      const statement = this.#open(processes.dataFolder(name)).prepare<[], string>(doneOrders[name]).pluck()
      return () => new Set(statement.all())
    }
    this.#looks = { orders: lookInto('orders'), inventory: lookInto('inventory'), payments: lookInto('payments') }
    this.#timer = setInterval(() => this.#sample(), pauseMs)
  }

  /** How many orders are half done now. */
  look(): number {
    return halfDoneIn(this.#snapshot(), this.#snapshot()).size
  }

  stop(): Sightings {
    clearInterval(this.#timer)
    for (const database of this.#databases) database.close()
    return {
      snapshots: this.#snapshots,
      withHalfDone: this.#withHalfDone,
      halfDone: this.#halfDone.size,
      takenBack: this.#takenBack.size,
    }
  }

  #open(folder: string): Database.Database {
    const file = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.db')) : undefined
    if (file === undefined) throw new Error(`there is no database in ${folder}`)
    const database = new Database(join(folder, file), { readonly: true })
    this.#databases.push(database)
    return database
  }

  #sample(): void {
    const snapshot = this.#snapshot()
    this.#snapshots += 1
    for (const name of serviceNames) {
      const seen = this.#seenDone[name]
      for (const orderId of seen) if (!snapshot[name].has(orderId)) this.#takenBack.add(orderId)
      for (const orderId of snapshot[name]) seen.add(orderId)
    }
    if (isEven(snapshot)) return
    const found = halfDoneIn(snapshot, this.#snapshot())
    if (found.size > 0) this.#withHalfDone += 1
    for (const orderId of found) this.#halfDone.add(orderId)
  }

  #snapshot(): Snapshot {
    const { orders, inventory, payments } = this.#looks
    return { orders: orders(), inventory: inventory(), payments: payments() }
  }
}

/** The usual case, in which there is no need to look twice. */
function isEven({ orders, inventory, payments }: Snapshot): boolean {
  if (orders.size !== inventory.size || orders.size !== payments.size) return false
  for (const orderId of orders) if (!inventory.has(orderId) || !payments.has(orderId)) return false
  return true
}

/** Done in some service in both, and not done in another in the second one. */
export function halfDoneIn(first: Snapshot, second: Snapshot): ReadonlySet<string> {
  const found = new Set<string>()
  for (const name of serviceNames) {
    for (const orderId of first[name]) {
      if (!second[name].has(orderId)) continue
      if (serviceNames.some((other) => !second[other].has(orderId))) found.add(orderId)
    }
  }
  return found
}
