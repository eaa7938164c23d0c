// The demo's audit finds what it is there to find: books that agree pass, and each corrupted example fails its rule.

import { describe, expect, test } from '@jest/globals'
import { audit, type Books } from '../../demo/audit.ts'

/** Two articles and two customers; one order confirmed, one refused after it was placed, one refused at once. */
const soundBooks: Books = {
  opening: { stock: { cup: 10, teapot: 5 }, accounts: { ada: 5_000, ben: 1_000 } },
  told: [
    { orderId: 'order-1', told: 'confirmed', sku: 'cup', quantity: 2, amount: 1_800 },
    { orderId: 'order-2', told: 'refused', sku: 'teapot', quantity: 1, amount: 6_400 },
    { orderId: 'order-3', told: 'refused', sku: 'cup', quantity: 1, amount: 900 },
  ],
  orders: [
    { orderId: 'order-1', status: 'confirmed' },
    { orderId: 'order-2', status: 'cancelled' },
  ],
  stock: [
    { sku: 'cup', available: 8, reserved: 0, sold: 2 },
    { sku: 'teapot', available: 5, reserved: 0, sold: 0 },
  ],
  reservations: [
    { orderId: 'order-1', sku: 'cup', quantity: 2, state: 'final' },
    { orderId: 'order-2', sku: 'teapot', quantity: 1, state: 'released' },
  ],
  accounts: [
    { customer: 'ada', balance: 3_200, held: 0 },
    { customer: 'ben', balance: 1_000, held: 0 },
  ],
  revenue: 1_800,
  charges: [{ orderId: 'order-1', amount: 1_800, state: 'final' }],
  openBranches: [],
  locks: [],
  committedKeys: ['order-1'],
  openTransactions: [],
}

const sentencesAbout = (corruption: Partial<Books>): string[] =>
  audit({ ...soundBooks, ...corruption }).flatMap((finding) => finding.sentences)

const [order1, order2, order3] = soundBooks.told as [Books['told'][0], Books['told'][0], Books['told'][0]]
const [cup, teapot] = soundBooks.stock as [Books['stock'][0], Books['stock'][0]]
const [ada, ben] = soundBooks.accounts as [Books['accounts'][0], Books['accounts'][0]]
const [sold, released] = soundBooks.reservations as [Books['reservations'][0], Books['reservations'][0]]
const [charge] = soundBooks.charges as [Books['charges'][0]]

describe('the audit', () => {
  test('passes books that agree', () => {
    expect(sentencesAbout({})).toEqual([])
  })

  test.each<[what: string, corruption: Partial<Books>, sentence: string]>([
    ['a piece that is gone', { stock: [{ ...cup, available: 7 }, teapot] }, 'cup: 10 at the opening, 9 now'],
    [
      'a piece that is still reserved',
      { stock: [{ ...cup, available: 7, reserved: 1 }, teapot] },
      'cup: 1 still reserved',
    ],
    ['a shelf that is gone', { stock: [cup] }, 'teapot: shelf gone'],
    ['a cent that is gone', { accounts: [{ ...ada, balance: 3_199 }, ben] }, '6000 cents at the opening, 5999 now'],
    ['money still held', { accounts: [{ ...ada, balance: 3_000, held: 200 }, ben] }, 'ada: 200 cents still held'],
    ['sold without a reservation', { reservations: [released] }, 'cup: 2 sold, 0 by reservations'],
    ['revenue without a charge', { charges: [] }, '1800 cents of revenue, 0 by charges'],
    [
      'a reservation still held',
      { reservations: [sold, { ...released, state: 'held' }] },
      'order-2: reservation still held',
    ],
    ['a charge still held', { charges: [{ ...charge, state: 'held' }] }, 'order-1: charge still held'],
    ['confirmed, not reserved', { reservations: [released] }, 'order-1: confirmed with 0 reservations'],
    ['charged twice', { charges: [charge, charge] }, 'order-1: confirmed with 2 charges'],
    ['not charged', { charges: [] }, 'order-1: confirmed with 0 charges'],
    [
      'a wrong quantity',
      { reservations: [{ ...sold, quantity: 3 }] },
      'order-1: its reservation is not what was ordered',
    ],
    ['a wrong amount', { charges: [{ ...charge, amount: 1 }] }, 'order-1: its charge is not what was ordered'],
    [
      'refused, and sold all the same',
      { reservations: [sold, { ...released, state: 'final' }] },
      'order-2: not confirmed, yet 1 teapot sold',
    ],
    [
      'refused, and charged all the same',
      { charges: [charge, { orderId: 'order-3', amount: 900, state: 'final' }] },
      'order-3: not confirmed, yet 900 cents charged',
    ],
    [
      'told confirmed, then cancelled',
      { orders: [{ orderId: 'order-1', status: 'cancelled' }] },
      "order-1: the customer was told 'confirmed', the orders service says 'cancelled'",
    ],
    [
      'told refused, and confirmed all the same',
      { orders: [...soundBooks.orders, { orderId: 'order-3', status: 'confirmed' }] },
      "order-3: the customer was told 'refused', the orders service says 'confirmed'",
    ],
    [
      'told confirmed, and nobody knows of it',
      { orders: [] },
      "order-1: the customer was told 'confirmed', the orders service says 'nothing'",
    ],
    [
      'never told',
      { told: [order1, order2, { ...order3, told: 'unknown' }] },
      "order-3: the customer was told 'unknown', the orders service says 'nothing'",
    ],
    [
      'an order out of nowhere',
      { orders: [...soundBooks.orders, { orderId: 'order-9', status: 'cancelled' }] },
      'order-9: nobody ordered it',
    ],
    ['confirmed without a decision', { committedKeys: [] }, 'order-1: confirmed, but not committed'],
    ['decided and not confirmed', { committedKeys: ['order-1', 'order-2'] }, 'order-2: committed, but not confirmed'],
    ['decided twice', { committedKeys: ['order-1', 'order-1'] }, 'order-1: committed twice'],
    ['an open transaction', { openTransactions: ['order-2'] }, 'coordinator: order-2 has not ended'],
    [
      'a prepared branch',
      { openBranches: [{ participant: 'payments', branch: 'order-2/1', state: 'prepared' }] },
      'payments: order-2/1 is prepared',
    ],
    [
      'a lock that is left',
      { locks: [{ participant: 'inventory', key: 'sku/cup' }] },
      'inventory: lock on sku/cup is left',
    ],
  ])('finds %s', (_what, corruption, sentence) => {
    expect(sentencesAbout(corruption)).toContain(sentence)
  })

  test('has an example for every rule', () => {
    const empty = { orders: [], stock: [], reservations: [sold], charges: [{ ...charge, state: 'held' }], revenue: 1 }
    const broken = audit({
      ...soundBooks,
      ...empty,
      told: [order1, { ...order2, told: 'confirmed' }],
      reservations: [sold, { ...sold, orderId: 'order-3' }],
      locks: [{ participant: 'inventory', key: 'sku/cup' }],
    })
    expect(broken.filter((finding) => finding.sentences.length === 0)).toEqual([])
  })
})
