// What the storefront does for its customers: each order is one transaction over three services.

import { branch, type Coordinator, TransactionError } from 'concordat/client'
import { z } from 'zod'
import { findArticle } from '../catalogue.ts'
import { inventory } from '../inventory/contract.ts'
import { orders } from '../orders/contract.ts'
import { payments } from '../payments/contract.ts'

export const orderForm = z.strictObject({
  customer: z.string().min(1).max(64),
  sku: z.string().refine((sku) => findArticle(sku) !== undefined, 'we do not sell this'),
  quantity: z.int().min(1).max(100),
  card: z.string().min(4).max(32),
  orderId: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
})

export interface OrderForm extends z.infer<typeof orderForm> {
  readonly orderId: string
}

/** An HTTP answer. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Longer than a participant needs to come back after a crash, shorter than a customer's patience. */
const timeoutMs = 5_000

/** Places an order. Sent again with the same order id it never charges twice: the id is the idempotency key. */
export async function placeOrder(
  coordinator: Coordinator,
  form: OrderForm,
  style: 'submit' | 'transact',
): Promise<Answer> {
  const { orderId } = form
  try {
    const outcome = await (style === 'submit' ? submitOrder(coordinator, form) : transactOrder(coordinator, form))
    const { transactionId } = outcome
    if (outcome.outcome === 'committed') return { status: 201, body: { orderId, told: 'confirmed', transactionId } }
    const { code, message, refused } = outcome.reason
    if (outcome.outcome === 'aborted' && refused) {
      return { status: 409, body: { orderId, told: 'refused', code, message, transactionId } }
    }
    // Aborted, and nobody's business said no: nothing was ordered, and the customer may try again.
    if (outcome.outcome === 'aborted') return { status: 503, body: { orderId, told: 'try-again', code, message } }
    return { status: 500, body: { orderId, told: 'unknown', code, message, transactionId } }
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error
    if (error.code !== 'OUTCOME_UNKNOWN') {
      return { status: 503, body: { orderId, told: 'try-again', code: error.code, message: error.message } }
    }
    // It may have been ordered. Whoever asks again with the same order id will be told what became of it.
    return { status: 202, body: { orderId, told: 'unknown', transactionId: error.transactionId } }
  }
}

/** One call after another, as when a later input needs an earlier result. The last two run at the same time. */
function transactOrder(coordinator: Coordinator, form: OrderForm) {
  const { place, reserve, authorize } = inputs(form)
  return coordinator.transact(
    { protocol: 'two-phase', timeoutMs, idempotencyKey: form.orderId },
    async (transaction) => {
      await transaction.call(orders.place, place)
      await Promise.all([transaction.call(inventory.reserve, reserve), transaction.call(payments.authorize, authorize)])
    },
  )
}

/** The same in one request, as all inputs are known: the fastest way. */
function submitOrder(coordinator: Coordinator, form: OrderForm) {
  const { place, reserve, authorize } = inputs(form)
  return coordinator.submit({
    protocol: 'two-phase',
    timeoutMs,
    idempotencyKey: form.orderId,
    branches: [branch(orders.place, place), branch(inventory.reserve, reserve), branch(payments.authorize, authorize)],
  })
}

function inputs({ orderId, customer, sku, quantity, card }: OrderForm) {
  const amountCents = (findArticle(sku)?.priceCents ?? 0) * quantity
  return {
    place: { orderId, customer, lines: [{ sku, quantity }] },
    reserve: { orderId, sku, quantity },
    authorize: { orderId, customer, amountCents, card },
  }
}

/** A read-only transaction: its branch votes, and takes no part in the rest. */
export async function findOrder(coordinator: Coordinator, orderId: string): Promise<Answer> {
  const outcome = await coordinator.transact({ timeoutMs }, (transaction) => transaction.call(orders.get, { orderId }))
  if (outcome.outcome !== 'committed') return { status: 503, body: outcome.reason }
  return outcome.value === null ? { status: 404, body: { orderId } } : { status: 200, body: outcome.value }
}

export async function listStock(coordinator: Coordinator): Promise<Answer> {
  const outcome = await coordinator.transact({ timeoutMs }, (transaction) => transaction.call(inventory.stock, {}))
  if (outcome.outcome !== 'committed') return { status: 503, body: outcome.reason }
  return { status: 200, body: outcome.value }
}
