// The payments service: money goes from a customer's balance to what is held when an order is prepared, and from there
// to the shop's revenue when it commits, or back when it aborts. The sum of the three never changes.

import { type ParticipantService, participant, refuse, sqlite } from 'concordat/participant'
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
        prepare({ db, transactionId, branch }, { customer, amountCents, card, orderId }) {
          if (card.endsWith(declinedCardEnding)) refuse('CARD_DECLINED', 'the issuer declined the card')
          const hold = db.prepare(
            'UPDATE accounts SET balance = balance - :n, held = held + :n WHERE customer = :customer AND balance >= :n',
          )
          if (hold.run({ n: amountCents, customer }).changes === 0) {
            refuse('INSUFFICIENT_FUNDS', `${customer} cannot pay ${amountCents} cents`)
          }
          const chargeId = `charge-${transactionId}-${branch}`
          db.prepare(`INSERT INTO charges VALUES (?, ?, ?, ?, 'held')`).run(chargeId, orderId, customer, amountCents)
          return { chargeId }
        },
        commit({ db }, { input: { customer, amountCents }, result: { chargeId } }) {
          db.prepare('UPDATE accounts SET held = held - ? WHERE customer = ?').run(amountCents, customer)
          db.prepare('UPDATE shop SET revenue = revenue + ?').run(amountCents)
          db.prepare(setState).run('final', chargeId)
        },
        abort({ db }, { input: { customer, amountCents }, result: { chargeId } }) {
          const giveBack = db.prepare(
            'UPDATE accounts SET held = held - :n, balance = balance + :n WHERE customer = :customer',
          )
          giveBack.run({ n: amountCents, customer })
          db.prepare(setState).run('released', chargeId)
        },
      },
    },
  })
}
