// The plan of the demo follows from its seed, and has something of everything.

import { expect, test } from '@jest/globals'
import { declinedCardEnding } from '../../demo/catalogue.ts'
import { makePlan, seededRandom } from '../../demo/play/plan.ts'
import { quantile } from '../../demo/play/report.ts'

test('the same seed makes the same plan, another one another', () => {
  const plan = (seed: number) => makePlan(100, seededRandom(seed))
  expect(plan(7)).toEqual(plan(7))
  expect(plan(7)).not.toEqual(plan(8))
})

test('every order is its own, and some will be refused', () => {
  const { orders, openingStock, openingAccounts } = makePlan(400, seededRandom(1))
  expect(new Set(orders.map((order) => order.orderId)).size).toBe(400)
  expect(new Set(orders.map((order) => order.style))).toEqual(new Set(['submit', 'transact']))
  for (const order of orders) expect(openingAccounts).toHaveProperty([order.customer])
  const declined = orders.filter((order) => order.card.endsWith(declinedCardEnding))
  expect(declined.length).toBeGreaterThan(0)
  // However the orders are cut into acts of ten or more, each act has one.
  for (let from = 0; from + 10 <= orders.length; from += 1) {
    expect(orders.slice(from, from + 10).some((order) => declined.includes(order))).toBe(true)
  }
  const wanted = orders.reduce((sum, order) => sum + order.quantity, 0)
  const there = Object.values(openingStock).reduce((sum, pieces) => sum + pieces, 0)
  expect(there).toBeLessThan(wanted)
})

test('a quantile is a value that was measured', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2)
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4)
  expect(quantile([], 0.5)).toBe(0)
})
