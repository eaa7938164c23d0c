// The orders service: an order is pending while its transaction is undecided, then confirmed or cancelled. In a saga it
// is confirmed at once, for everybody to see, and cancelled when the saga turns.

import { type ParticipantService, participant, readOnly, refuse, sqlite } from 'concordat/participant'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type Order, type OrderLine, orders } from './contract.ts'
import { migrations } from './migrations.ts'

const placeOrder = z.object({
  orderId: z.string().min(1),
  customer: z.string().min(1),
  lines: z.array(z.object({ sku: z.string().min(1), quantity: z.int().positive() })).min(1),
})

const setStatus = 'UPDATE orders SET status = ? WHERE order_id = ?'

export function ordersService(file: string, logger: Logger): ParticipantService {
  return participant(orders, {
    store: sqlite(file, { migrations }),
    logger,
    operations: {
      place: {
        input: placeOrder,
        prepare({ db, lock, protocol }, { orderId, customer, lines }) {
          // An order that was cancelled may be placed again. The lock makes the second try wait until the first one,
          // which may still be in doubt here, has really been cancelled.
          lock(`order/${orderId}`)
          const known = db.prepare<[string], { status: string }>('SELECT status FROM orders WHERE order_id = ?')
          if (known.get(orderId)?.status === 'confirmed') refuse('ORDER_EXISTS', `${orderId} has been placed`)
          const status = protocol === 'saga' ? 'confirmed' : 'pending'
          const row = { orderId, customer, lines: JSON.stringify(lines), status }
          db.prepare(
            `INSERT INTO orders (order_id, customer, lines, status) VALUES (@orderId, @customer, @lines, @status)
             ON CONFLICT (order_id) DO UPDATE
             SET customer = excluded.customer, lines = excluded.lines, status = excluded.status`,
          ).run(row)
          return { orderId }
        },
        commit({ db }, { input }) {
          db.prepare(setStatus).run('confirmed', input.orderId)
        },
        abort({ db }, { input }) {
          db.prepare(setStatus).run('cancelled', input.orderId)
        },
      },
      get: {
        input: z.object({ orderId: z.string() }),
        prepare({ db }, { orderId }) {
          const row = db
            .prepare<[string], OrderRow>('SELECT order_id, customer, lines, status FROM orders WHERE order_id = ?')
            .get(orderId)
          return readOnly(row === undefined ? null : toOrder(row))
        },
      },
    },
  })
}

interface OrderRow {
  readonly order_id: string
  readonly customer: string
  readonly lines: string
  readonly status: Order['status']
}

function toOrder(row: OrderRow): Order {
  const lines = JSON.parse(row.lines) as OrderLine[]
  return { orderId: row.order_id, customer: row.customer, lines, status: row.status }
}
