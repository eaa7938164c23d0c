// The three services of the shop under each protocol: what an order moves when it is confirmed, and that all of it is back
// when a later step refuses; a saga moves it at once and must take it back.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pino } from 'pino'
import { branch, type Coordinator, connect, type Protocol } from '../../client/index.ts'
import { inventory } from '../../demo/inventory/contract.ts'
import { inventoryService } from '../../demo/inventory/service.ts'
import { orders } from '../../demo/orders/contract.ts'
import { ordersService } from '../../demo/orders/service.ts'
import { payments } from '../../demo/payments/contract.ts'
import { paymentsService } from '../../demo/payments/service.ts'
import { Child } from '../../demo/play/child.ts'
import type { RunningParticipant } from '../../participant/index.ts'
import { until } from '../e2e/support/processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'concordat-services-'))
const program = fileURLToPath(new URL('../../cli/main.js', import.meta.url))
const logger = pino({ level: 'silent' })
let coordinator: Child
let services: readonly RunningParticipant[] = []
let client: Coordinator

beforeAll(async () => {
  coordinator = await Child.start({
    name: 'coordinator',
    args: [program, 'coordinator', '--listen', '127.0.0.1:0', '--data', join(folder, 'coordinator')],
    logFile: join(folder, 'coordinator.log'),
  })
  const address = await coordinator.address
  const file = (name: string) => join(folder, `${name}.db`)
  services = await Promise.all(
    [
      ordersService(file('orders'), logger),
      inventoryService(file('inventory'), { cup: 100 }, logger),
      paymentsService(file('payments'), { ada: 100_000 }, logger),
    ].map((service) => service.listen({ port: 0, coordinator: address })),
  )
  client = connect(address)
})

afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await Promise.all(services.map((service) => service[Symbol.asyncDispose]()))
  await coordinator.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What the databases say of everything that an order moves. */
function books(orderId: string) {
  const [ordersDb, inventoryDb, paymentsDb] = services.map((service) => service.db)
  return {
    order: ordersDb?.prepare('SELECT status FROM orders WHERE order_id = ?').pluck().get(orderId),
    shelf: inventoryDb?.prepare(`SELECT available, reserved, sold FROM stock WHERE sku = 'cup'`).raw().get(),
    money: paymentsDb?.prepare('SELECT balance, held, (SELECT revenue FROM shop) FROM accounts').raw().get(),
    charge: paymentsDb?.prepare('SELECT state FROM charges WHERE order_id = ?').pluck().get(orderId),
  }
}

function place(protocol: Protocol, orderId: string, quantity: number) {
  const order = branch(orders.place, { orderId, customer: 'ada', lines: [{ sku: 'cup', quantity }] })
  const card = '4000 0000 0000 1234'
  const payment = branch(payments.authorize, { orderId, customer: 'ada', amountCents: 900, card })
  const pieces = branch(inventory.reserve, { orderId, sku: 'cup', quantity })
  return client.submit({ protocol, branches: [order, payment, pieces] })
}

/** The client is told of an abort before every participant has heard of it. */
const takenBack = (orderId: string) =>
  until(
    'the order is taken back',
    () => books(orderId),
    ({ order, charge }) => order === 'cancelled' && charge === 'released',
  )

describe.each<Protocol>(['two-phase', 'three-phase', 'saga'])('under %s', (protocol) => {
  test('a confirmed order has moved its pieces and its money', async () => {
    const before = books('none')
    const orderId = `${protocol}-confirmed`
    expect(await place(protocol, orderId, 2)).toMatchObject({ outcome: 'committed', applied: true })
    const [available = 0, , sold = 0] = before.shelf as number[]
    const [balance = 0, , revenue = 0] = before.money as number[]
    expect(books(orderId)).toEqual({
      order: 'confirmed',
      shelf: [available - 2, 0, sold + 2],
      money: [balance - 900, 0, revenue + 900],
      charge: 'final',
    })
  })

  test('a refused one has left everything as it was, the captured money of a saga too', async () => {
    const before = books('none')
    const orderId = `${protocol}-refused`
    const outcome = await place(protocol, orderId, 1_000)
    expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'OUT_OF_STOCK' } })
    await takenBack(orderId)
    expect(books(orderId)).toMatchObject({ order: 'cancelled', shelf: before.shelf, charge: 'released' })
    expect(books(orderId).money).toEqual(before.money)
  })

  test('while a saga runs, each step is done; otherwise it is set aside', async () => {
    const open = await client.begin({ protocol })
    const orderId = `${protocol}-open`
    await open.call(orders.place, { orderId, customer: 'ada', lines: [{ sku: 'cup', quantity: 1 }] })
    await open.call(payments.authorize, { orderId, customer: 'ada', amountCents: 900, card: '4000 0000 0000 1234' })
    const isSaga = protocol === 'saga'
    expect(books(orderId)).toMatchObject({
      order: isSaga ? 'confirmed' : 'pending',
      charge: isSaga ? 'final' : 'held',
    })
    await open.abort()
    await takenBack(orderId)
  })
})
