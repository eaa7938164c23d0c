// The storefront's answers: each way a transaction can end is one HTTP status, and what cannot be ordered says why.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pino } from 'pino'
import type { Branch, Coordinator, Protocol, SubmitOptions } from '../../client/index.ts'
import { storefrontServer } from '../../demo/storefront/server.ts'
import { placeOrder } from '../../demo/storefront/shop.ts'
import { transactionError } from '../../wire/index.ts'

const transactionId = '0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35'
const reason = (code: string, refused: boolean) => ({
  code,
  message: `because of ${code}`,
  refused,
  retryable: !refused,
})

/** Plays the coordinator: whatever is asked, this is what came of it. */
let end: () => unknown = () => undefined
const asked: SubmitOptions<readonly Branch[]>[] = []
const coordinator = {
  transact: async () => end(),
  submit: async (options: SubmitOptions<readonly Branch[]>) => {
    asked.push(options)
    return end()
  },
} as unknown as Coordinator
const logger = pino({ level: 'silent' })
const server = storefrontServer(coordinator, 'two-phase', logger)

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const form = { customer: 'ada', sku: 'cup', quantity: 1, card: '4000 0000 0000 1234', orderId: 'order-1' }

async function ask(path: string, init: RequestInit = {}): Promise<[status: number, body: unknown]> {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init)
  return [response.status, await response.json()]
}

const order = (body: unknown, query = '') =>
  ask(`/orders${query}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })

describe('an order', () => {
  test.each<[what: string, end: () => unknown, status: number, body: object]>([
    ['committed', () => ({ outcome: 'committed', transactionId }), 201, { told: 'confirmed', transactionId }],
    [
      'refused',
      () => ({ outcome: 'aborted', transactionId, reason: reason('OUT_OF_STOCK', true) }),
      409,
      { told: 'refused', code: 'OUT_OF_STOCK' },
    ],
    [
      'aborted for a passing reason',
      () => ({ outcome: 'aborted', transactionId, reason: reason('VOTE_TIMEOUT', false) }),
      503,
      { told: 'try-again', code: 'VOTE_TIMEOUT' },
    ],
    [
      'a hazard',
      () => ({ outcome: 'hazard', transactionId, reason: reason('STORAGE_CHANGED', false) }),
      500,
      { code: 'STORAGE_CHANGED', transactionId },
    ],
    [
      'unknown',
      () => {
        throw transactionError('OUTCOME_UNKNOWN', undefined, { transactionId: transactionId as never })
      },
      202,
      { told: 'unknown', transactionId },
    ],
    [
      'not begun',
      () => {
        throw transactionError('COORDINATOR_UNREACHABLE')
      },
      503,
      { told: 'try-again', code: 'COORDINATOR_UNREACHABLE' },
    ],
    [
      'another one under the same id',
      () => {
        throw transactionError('IDEMPOTENCY_KEY_REUSED')
      },
      409,
      { told: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' },
    ],
    [
      'a mistake of ours',
      () => {
        throw new RangeError('a secret')
      },
      500,
      { code: 'INTERNAL' },
    ],
  ])('that is %s', async (_what, ending, status, body) => {
    end = ending
    for (const style of ['submit', 'transact']) {
      const [toldStatus, told] = await order(form, `?style=${style}`)
      expect([toldStatus, told]).toEqual([status, expect.objectContaining(body)])
      expect(JSON.stringify(told)).not.toContain('a secret')
    }
  })

  test.each<[body: unknown, path: string]>([
    [{ ...form, quantity: 0 }, 'quantity'],
    [{ ...form, sku: 'anvil' }, 'sku'],
    [{ ...form, orderId: 'no spaces' }, 'orderId'],
    [{ ...form, card: undefined }, 'card'],
    ['not JSON', ''],
  ])('that is none is refused with its path: %#', async (body, path) => {
    const [status, told] = await order(body)
    expect([status, told]).toEqual([400, expect.objectContaining({ code: 'INPUT_INVALID', path })])
  })

  test('that is too large, or of no known style', async () => {
    expect((await order({ ...form, customer: 'x'.repeat(20_000) }))[0]).toBe(413)
    expect(await order(form, '?style=guess')).toEqual([400, expect.objectContaining({ path: 'style' })])
  })
})

test('looking up', async () => {
  end = () => ({ outcome: 'committed', value: null })
  expect((await ask('/orders/order-2'))[0]).toBe(404)
  end = () => ({ outcome: 'committed', value: { orderId: 'order-1', status: 'confirmed' } })
  expect(await ask('/orders/order-1')).toEqual([200, expect.objectContaining({ status: 'confirmed' })])
  expect((await ask('/stock'))[0]).toBe(200)
  end = () => ({ outcome: 'aborted', reason: reason('VOTE_TIMEOUT', false) })
  expect((await ask('/stock'))[0]).toBe(503)
  end = () => {
    throw transactionError('COORDINATOR_UNREACHABLE')
  }
  expect((await ask('/orders/order-1'))[0]).toBe(503)
  expect(await ask('/healthz')).toEqual([200, { status: 'serving' }])
  for (const path of ['/', '/orders', '/orders/a/b', '/nowhere']) expect((await ask(path))[0]).toBe(404)
})

describe("the protocol is the shop's", () => {
  const placed = async (protocol: Protocol): Promise<SubmitOptions<readonly Branch[]> | undefined> => {
    end = () => ({ outcome: 'committed', transactionId })
    await placeOrder(coordinator, form, 'submit', protocol)
    return asked.at(-1)
  }

  test.each<Protocol>(['two-phase', 'three-phase', 'saga'])('%s, with the same operations', async (protocol) => {
    const options = await placed(protocol)
    expect(options).toMatchObject({ protocol, idempotencyKey: form.orderId })
    const operations = options?.branches.map(({ participant, operation }) => `${participant}.${operation}`)
    expect(operations).toEqual(['orders.place', 'inventory.reserve', 'payments.authorize'])
  })

  test('in a saga the payment comes last, as the pivot, and the order id from the first step', async () => {
    const branches = (await placed('saga'))?.branches ?? []
    expect(branches.map(({ saga }) => saga?.role ?? 'compensatable')).toEqual([
      'compensatable',
      'compensatable',
      'pivot',
    ])
    expect(branches[2]?.saga?.after).toEqual([branches[1]])
    expect(branches[1]?.saga?.references).toEqual([{ at: '/orderId', branch: branches[0], from: '/orderId' }])
  })
})
