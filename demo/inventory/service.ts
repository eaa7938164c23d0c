// The inventory service: pieces go from available to reserved when an order is prepared, and from there to sold when it
// commits, or back when it aborts.

import { type ParticipantService, participant, readOnly, refuse, sqlite } from 'concordat/participant'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { OpeningStock } from '../catalogue.ts'
import { inventory, type Shelf } from './contract.ts'
import { migrations } from './migrations.ts'

const reserve = z.object({ sku: z.string().min(1), quantity: z.int().positive(), orderId: z.string().min(1) })

const setState = 'UPDATE reservations SET state = ? WHERE reservation_id = ?'

export function inventoryService(file: string, opening: OpeningStock, logger: Logger): ParticipantService {
  return participant(inventory, {
    store: sqlite(file, { migrations: migrations(opening) }),
    logger,
    operations: {
      reserve: {
        input: reserve,
        prepare({ db, lock, transactionId, branch }, { sku, quantity, orderId }) {
          // Held until the decision. So whoever reads OUT_OF_STOCK may believe it: the pieces are sold, and not merely
          // reserved by another order that may yet abort and give them back.
          lock(`sku/${sku}`)
          const shelf = db.prepare<[string], Shelf>('SELECT * FROM stock WHERE sku = ?').get(sku)
          if (shelf === undefined) refuse('UNKNOWN_SKU', `we do not sell ${sku}`)
          if (shelf.available < quantity) {
            refuse('OUT_OF_STOCK', `${quantity} of ${sku} wanted, ${shelf.available} left`)
          }
          const reservationId = `reservation-${transactionId}-${branch}`
          db.prepare('UPDATE stock SET available = available - :n, reserved = reserved + :n WHERE sku = :sku').run({
            n: quantity,
            sku,
          })
          db.prepare(`INSERT INTO reservations VALUES (?, ?, ?, ?, 'held')`).run(reservationId, orderId, sku, quantity)
          return { reservationId }
        },
        commit({ db }, { input: { sku, quantity }, result: { reservationId } }) {
          const sell = db.prepare('UPDATE stock SET reserved = reserved - :n, sold = sold + :n WHERE sku = :sku')
          sell.run({ n: quantity, sku })
          db.prepare(setState).run('final', reservationId)
        },
        abort({ db }, { input: { sku, quantity }, result: { reservationId } }) {
          const giveBack = db.prepare(
            'UPDATE stock SET reserved = reserved - :n, available = available + :n WHERE sku = :sku',
          )
          giveBack.run({ n: quantity, sku })
          db.prepare(setState).run('released', reservationId)
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
