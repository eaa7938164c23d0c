// The payments service: money goes from a customer's balance to what is held when an order is prepared, and from there
// to the shop's revenue when it commits, or back when it aborts. In a saga it is captured at once, and refunded when the
// saga turns. The sum of the three never changes.

import { type BusinessDatabase, type ParticipantService, participant, refuse, sqlite } from 'concordat/participant'
import type { Logger } from 'pino'
import { z } from 'zod'
import { declinedCardEnding, type OpeningAccounts } from '../catalogue.ts'
import { payments } from './contract.ts'
import { migrations } from './migrations.ts'

const authorize = z.object({
  customer: z.string().min(1),
  amountCents: z.int().positive(),
  card: z.string().min(4),
  orderId: z.string().min(1),
})

const setState = 'UPDATE charges SET state = ? WHERE charge_id = ?'

export function paymentsService(file: string, opening: OpeningAccounts, logger: Logger): ParticipantService {
  return participant(payments, {
    store: sqlite(file, { migrations: migrations(opening) }),
    logger,
    operations: {
      authorize: {
        input: authorize,
        // No lock here, unlike in inventory: a hold lowers what the customer can spend at once, as with any card, and
        // the balance in one conditional UPDATE is all that has to be right.
        prepare({ db, protocol, transactionId, branch }, { customer, amountCents, card, orderId }) {
          if (card.endsWith(declinedCardEnding)) refuse('CARD_DECLINED', 'the issuer declined the card')
          const debit =
            'UPDATE accounts SET balance = balance - :cents WHERE customer = :customer AND balance >= :cents'
          if (db.prepare(debit).run({ cents: amountCents, customer }).changes === 0) {
            refuse('INSUFFICIENT_FUNDS', `${customer} cannot pay ${amountCents} cents`)
          }
          const isCaptured = protocol === 'saga'
          if (isCaptured) earn(db, amountCents)
          else hold(db, customer, amountCents)
          const chargeId = `charge-${transactionId}-${branch}`
          const charge = [chargeId, orderId, customer, amountCents, isCaptured ? 'final' : 'held']
          db.prepare('INSERT INTO charges VALUES (?, ?, ?, ?, ?)').run(...charge)
          return { chargeId }
        },
        commit({ db, protocol }, { input: { customer, amountCents }, result: { chargeId } }) {
          if (protocol === 'saga') return
          hold(db, customer, -amountCents)
          earn(db, amountCents)
          db.prepare(setState).run('final', chargeId)
        },
        abort({ db, protocol }, { input: { customer, amountCents }, result: { chargeId } }) {
          if (protocol === 'saga') earn(db, -amountCents)
          else hold(db, customer, -amountCents)
          db.prepare('UPDATE accounts SET balance = balance + ? WHERE customer = ?').run(amountCents, customer)
          db.prepare(setState).run('released', chargeId)
        },
      },
    },
  })
}

const hold = (db: BusinessDatabase, customer: string, cents: number) =>
  db.prepare('UPDATE accounts SET held = held + ? WHERE customer = ?').run(cents, customer)

const earn = (db: BusinessDatabase, cents: number) => db.prepare('UPDATE shop SET revenue = revenue + ?').run(cents)
