// The inventory service: pieces go from available to reserved when an order is prepared, and from there to sold when it
// commits, or back when it aborts. In a saga they are sold at once, and come back when it turns.

import {
  type BusinessDatabase,
  type OperationContext,
  type ParticipantService,
  participant,
  readOnly,
  refuse,
  sqlite,
} from 'concordat/participant'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { OpeningStock } from '../catalogue.ts'
import { inventory, type Shelf } from './contract.ts'
import { migrations } from './migrations.ts'

const reserve = z.object({ sku: z.string().min(1), quantity: z.int().positive(), orderId: z.string().min(1) })

const setState = 'UPDATE reservations SET state = ? WHERE reservation_id = ?'

/** Where pieces are once an order has taken them: nobody waits for a decision in a saga. */
const taken = ({ protocol }: OperationContext) =>
  protocol === 'saga' ? ({ shelf: 'sold', state: 'final' } as const) : ({ shelf: 'reserved', state: 'held' } as const)

export function inventoryService(file: string, opening: OpeningStock, logger: Logger): ParticipantService {
  return participant(inventory, {
    store: sqlite(file, { migrations: migrations(opening) }),
    logger,
    operations: {
      reserve: {
        input: reserve,
        prepare(context, { sku, quantity, orderId }) {
          const { db, lock, transactionId, branch } = context
          // Held until the decision. So whoever reads OUT_OF_STOCK may believe it: the pieces are sold, and not merely
          // reserved by another order that may yet abort and give them back. (A saga holds no lock after this function:
          // there, an order that is taken back later may have kept another one from the last piece.)
          lock(`sku/${sku}`)
          const row = db.prepare<[string], Shelf>('SELECT * FROM stock WHERE sku = ?').get(sku)
          if (row === undefined) refuse('UNKNOWN_SKU', `we do not sell ${sku}`)
          if (row.available < quantity) refuse('OUT_OF_STOCK', `${quantity} of ${sku} wanted, ${row.available} left`)
          const reservationId = `reservation-${transactionId}-${branch}`
          const { shelf: to, state } = taken(context)
          move(db, 'available', to, sku, quantity)
          db.prepare('INSERT INTO reservations VALUES (?, ?, ?, ?, ?)').run(
            reservationId,
            orderId,
            sku,
            quantity,
            state,
          )
          return { reservationId }
        },
        commit({ db, protocol }, { input: { sku, quantity }, result: { reservationId } }) {
          if (protocol === 'saga') return
          move(db, 'reserved', 'sold', sku, quantity)
          db.prepare(setState).run('final', reservationId)
        },
        abort(context, { input: { sku, quantity }, result: { reservationId } }) {
          move(context.db, taken(context).shelf, 'available', sku, quantity)
          context.db.prepare(setState).run('released', reservationId)
        },
      },
      stock: {
        input: z.object({}),
        prepare({ db }) {
          return readOnly(db.prepare<[], Shelf>('SELECT * FROM stock ORDER BY sku').all())
        },
      },
    },
  })
}

type Place = 'available' | 'reserved' | 'sold'

function move(db: BusinessDatabase, from: Place, to: Place, sku: string, quantity: number): void {
  const sql = `UPDATE stock SET ${from} = ${from} - :quantity, ${to} = ${to} + :quantity WHERE sku = :sku`
  db.prepare(sql).run({ quantity, sku })
}
