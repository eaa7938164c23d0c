// The audit after the play: do the books of four databases agree with each other, and with what the customers were
// told? Pure checks over plain data; play/books.ts reads the data.

export interface Books {
  readonly opening: Opening
  /** What each customer was told in the end, with what was ordered. */
  readonly told: readonly ToldOrder[]
  readonly orders: readonly { readonly orderId: string; readonly status: string }[]
  readonly stock: readonly StockRow[]
  readonly reservations: readonly ReservationRow[]
  readonly accounts: readonly { readonly customer: string; readonly balance: number; readonly held: number }[]
  readonly revenue: number
  readonly charges: readonly ChargeRow[]
  /** Branches that their participant has not ended. */
  readonly openBranches: readonly { readonly participant: string; readonly branch: string; readonly state: string }[]
  readonly locks: readonly { readonly participant: string; readonly key: string }[]
  /** The coordinator's log: which orders it decided to commit, and what it has not ended. */
  readonly committedKeys: readonly string[]
  readonly openTransactions: readonly string[]
}

export interface Opening {
  readonly stock: Readonly<Record<string, number>>
  readonly accounts: Readonly<Record<string, number>>
}

export interface ToldOrder {
  readonly orderId: string
  readonly told: 'confirmed' | 'refused' | 'unknown'
  readonly sku: string
  readonly quantity: number
  readonly amount: number
}

export interface StockRow {
  readonly sku: string
  readonly available: number
  readonly reserved: number
  readonly sold: number
}

export interface ReservationRow {
  readonly orderId: string
  readonly sku: string
  readonly quantity: number
  readonly state: string
}

export interface ChargeRow {
  readonly orderId: string
  readonly amount: number
  readonly state: string
}

/** A rule the books must keep, and the sentences about where they do not. */
export interface Check {
  readonly rule: string
  readonly find: (books: Books) => string[]
}

export interface Finding {
  readonly rule: string
  readonly sentences: readonly string[]
}

/** Every check with what it found; an empty list of sentences means that the rule holds. */
export function audit(books: Books): Finding[] {
  return checks.map(({ rule, find }) => ({ rule, sentences: find(books) }))
}

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

const checks: readonly Check[] = [
  {
    rule: 'every piece is on the shelf or sold, and none is reserved any more',
    find: ({ opening, stock }) => [
      ...stock.flatMap(({ sku, available, reserved, sold }) => {
        const opened = opening.stock[sku] ?? 0
        const there = available + reserved + sold
        return [
          ...(there === opened ? [] : [`${sku}: ${opened} at the opening, ${there} now`]),
          ...(reserved === 0 ? [] : [`${sku}: ${reserved} still reserved`]),
        ]
      }),
      ...missing(Object.keys(opening.stock), new Set(stock.map((row) => row.sku))).map((sku) => `${sku}: shelf gone`),
    ],
  },
  {
    rule: 'no cent came or went, and none is held any more',
    find: ({ opening, accounts, revenue }) => {
      const opened = sum(Object.values(opening.accounts))
      const now = sum(accounts.map((account) => account.balance + account.held)) + revenue
      const held = accounts.filter((account) => account.held !== 0)
      return [
        ...(now === opened ? [] : [`${opened} cents at the opening, ${now} now`]),
        ...held.map((account) => `${account.customer}: ${account.held} cents still held`),
      ]
    },
  },
  {
    rule: 'what is sold is what the reservations say, and the revenue is what the charges say',
    find: ({ stock, reservations, charges, revenue }) => {
      const charged = sum(charges.filter(isFinal).map((charge) => charge.amount))
      return [
        ...stock.flatMap(({ sku, sold }) => {
          const reserved = sum(reservations.filter((row) => isFinal(row) && row.sku === sku).map((row) => row.quantity))
          return reserved === sold ? [] : [`${sku}: ${sold} sold, ${reserved} by reservations`]
        }),
        ...(charged === revenue ? [] : [`${revenue} cents of revenue, ${charged} by charges`]),
      ]
    },
  },
  {
    rule: 'every reservation and every charge is final or released',
    find: ({ reservations, charges }) => [
      ...reservations.filter(isHeld).map((row) => `${row.orderId}: reservation still held`),
      ...charges.filter(isHeld).map((row) => `${row.orderId}: charge still held`),
    ],
  },
  {
    rule: 'each confirmed order has exactly one reservation and one charge, of what was ordered',
    find: (books) => {
      const reservations = groupByOrder(books.reservations.filter(isFinal))
      const charges = groupByOrder(books.charges.filter(isFinal))
      return books.told
        .filter(isConfirmed)
        .flatMap((order) => [
          ...onlyOne(
            order,
            'reservation',
            reservations,
            (row) => row.sku === order.sku && row.quantity === order.quantity,
          ),
          ...onlyOne(order, 'charge', charges, (row) => row.amount === order.amount),
        ])
    },
  },
  {
    rule: 'an order that was not confirmed took nothing and paid nothing',
    find: ({ told, reservations, charges }) => {
      const confirmed = new Set(told.filter(isConfirmed).map((order) => order.orderId))
      const wrong = (row: { readonly orderId: string; readonly state: string }) =>
        isFinal(row) && !confirmed.has(row.orderId)
      return [
        ...reservations
          .filter(wrong)
          .map((row) => `${row.orderId}: not confirmed, yet ${row.quantity} ${row.sku} sold`),
        ...charges.filter(wrong).map((row) => `${row.orderId}: not confirmed, yet ${row.amount} cents charged`),
      ]
    },
  },
  {
    rule: 'what the customers were told is what the orders service says',
    find: ({ told, orders }) => {
      const statuses = new Map(orders.map((order) => [order.orderId, order.status]))
      const asked = new Set(told.map((order) => order.orderId))
      return [
        ...told.flatMap((order) => disagreement(order, statuses.get(order.orderId))),
        ...missing(statuses.keys(), asked).map((orderId) => `${orderId}: nobody ordered it`),
      ]
    },
  },
  {
    rule: "the coordinator's log holds one commit decision for each confirmed order, and no other",
    find: ({ told, committedKeys }) => {
      const confirmed = new Set(told.filter(isConfirmed).map((order) => order.orderId))
      const decided = new Set<string>()
      const twice = committedKeys.filter((key) => decided.has(key) || !decided.add(key))
      return [
        ...twice.map((key) => `${key}: committed twice`),
        ...missing(confirmed, decided).map((key) => `${key}: confirmed, but not committed`),
        ...missing(decided, confirmed).map((key) => `${key}: committed, but not confirmed`),
      ]
    },
  },
  {
    rule: 'nothing is in doubt: every transaction and every branch has ended, and no lock is left',
    find: ({ openBranches, locks, openTransactions }) => [
      ...openTransactions.map((transaction) => `coordinator: ${transaction} has not ended`),
      ...openBranches.map(({ participant, branch, state }) => `${participant}: ${branch} is ${state}`),
      ...locks.map(({ participant, key }) => `${participant}: lock on ${key} is left`),
    ],
  },
]

const isFinal = (row: { readonly state: string }): boolean => row.state === 'final'
const isHeld = (row: { readonly state: string }): boolean => row.state === 'held'
const isConfirmed = (order: ToldOrder): boolean => order.told === 'confirmed'

const missing = (wanted: Iterable<string>, present: ReadonlySet<string>): string[] =>
  [...wanted].filter((key) => !present.has(key))

function groupByOrder<Row extends { readonly orderId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row.orderId, [...(groups.get(row.orderId) ?? []), row])
  return groups
}

function onlyOne<Row>(
  order: ToldOrder,
  what: string,
  rows: ReadonlyMap<string, readonly Row[]>,
  fits: (row: Row) => boolean,
): string[] {
  const found = rows.get(order.orderId) ?? []
  if (found.length !== 1) return [`${order.orderId}: confirmed with ${found.length} ${what}s`]
  return found.every(fits) ? [] : [`${order.orderId}: its ${what} is not what was ordered`]
}

/** A refused order is cancelled, or unknown to the orders service when it was refused before it got there. */
function disagreement(order: ToldOrder, status: string | undefined): string[] {
  const agreeing = order.told === 'confirmed' ? ['confirmed'] : order.told === 'refused' ? ['cancelled', undefined] : []
  if (agreeing.includes(status)) return []
  return [`${order.orderId}: the customer was told '${order.told}', the orders service says '${status ?? 'nothing'}'`]
}
