// What will be played: who orders what with which card, all of it following from a seed.

import { catalogue, declinedCardEnding, type OpeningAccounts, type OpeningStock } from '../catalogue.ts'

export interface PlannedOrder {
  readonly orderId: string
  readonly customer: string
  readonly sku: string
  readonly quantity: number
  readonly card: string
  /** All branches in one request, or one call after another. */
  readonly style: 'submit' | 'transact'
}

export interface Plan {
  readonly openingStock: OpeningStock
  readonly openingAccounts: OpeningAccounts
  readonly orders: readonly PlannedOrder[]
}

const names = ['ada', 'ben', 'cleo', 'dan', 'eva', 'finn', 'greta', 'hugo', 'ida', 'jon', 'kira', 'leo']
/** The cards of every tenth order are declined, so that each act has something to take back. */
const declinedEvery = 10
const poorShare = 0.1
/** Shelves of every other article hold this share of what will be asked for, so that some orders find them empty. */
const scarceShare = 0.8

export type Random = () => number

/** Mulberry32: small, fast, and the same on every machine. Returns numbers in [0, 1). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from `from` to `to`, both included. */
export const pickNumber = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))

function pickOne<T>(random: Random, among: readonly T[]): T {
  const one = among[pickNumber(random, 0, among.length - 1)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

export function makePlan(orderCount: number, random: Random): Plan {
  const customers = Array.from({ length: Math.max(names.length, Math.ceil(orderCount / 10)) }, (_, index) => {
    const name = names[index % names.length]
    return index < names.length ? `${name}` : `${name}-${Math.floor(index / names.length) + 1}`
  })
  const orders = Array.from({ length: orderCount }, (_, index): PlannedOrder => {
    const isDeclined = index % declinedEvery === declinedEvery / 2
    return {
      orderId: `order-${String(index + 1).padStart(5, '0')}`,
      customer: pickOne(random, customers),
      sku: pickOne(random, catalogue).sku,
      quantity: pickNumber(random, 1, 3),
      card: `4000 0000 0000 ${isDeclined ? declinedCardEnding : pickNumber(random, 1000, 9999)}`,
      style: random() < 0.5 ? 'submit' : 'transact',
    }
  })
  return { openingStock: stockFor(orders), openingAccounts: accountsFor(customers, random), orders }
}

function stockFor(orders: readonly PlannedOrder[]): OpeningStock {
  const entries = catalogue.map(({ sku }, index) => {
    const wanted = orders.filter((order) => order.sku === sku).reduce((sum, order) => sum + order.quantity, 0)
    return [sku, index % 2 === 0 ? Math.floor(wanted * scarceShare) : wanted]
  })
  return Object.fromEntries(entries)
}

function accountsFor(customers: readonly string[], random: Random): OpeningAccounts {
  const entries = customers.map((customer) => [customer, random() < poorShare ? 3_000 : 1_000_000])
  return Object.fromEntries(entries)
}
