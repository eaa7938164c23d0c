// What the storefront does for its customers: each order is one transaction over three services, by the protocol that
// the shop runs under.

import { branch, type Coordinator, type Protocol, resultOf, type Transaction, TransactionError } from 'concordat/client'
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
  protocol: Protocol,
): Promise<Answer> {
  const { orderId } = form
  try {
    const outcome = await (style === 'submit' ? submitOrder : transactOrder)(coordinator, form, protocol)
    const { transactionId } = outcome
    if (outcome.outcome === 'committed') return { status: 201, body: { orderId, told: 'confirmed', transactionId } }
    const { code, message, refused } = outcome.reason
    // An operator or a lost disk came between. A person has to find out what was ordered and paid.
    if (outcome.outcome !== 'aborted') return { status: 500, body: { orderId, code, message, transactionId } }
    if (refused) return { status: 409, body: { orderId, told: 'refused', code, message, transactionId } }
    return tryAgain(orderId, outcome.reason)
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error
    // It may have been ordered. Whoever asks again with the same order id will be told what became of it.
    if (error.code === 'OUTCOME_UNKNOWN') {
      return { status: 202, body: { orderId, told: 'unknown', transactionId: error.transactionId } }
    }
    if (error.code === 'IDEMPOTENCY_KEY_REUSED') {
      const message = 'this order id was used for another order'
      return { status: 409, body: { orderId, told: 'refused', code: error.code, message } }
    }
    return tryAgain(orderId, error)
  }
}

/** Nothing was ordered, and nobody's business said no: the same order may go through a moment later. */
function tryAgain(orderId: string, { code, message }: { readonly code: string; readonly message: string }): Answer {
  return { status: 503, body: { orderId, told: 'try-again', code, message } }
}

/** One call after another, as when a later input needs an earlier result. */
function transactOrder(coordinator: Coordinator, form: OrderForm, protocol: Protocol) {
  const { place, reserve, authorize } = inputs(form)
  return coordinator.transact({ protocol, timeoutMs, idempotencyKey: form.orderId }, async (transaction) => {
    await transaction.call(orders.place, place)
    if (protocol === 'saga') {
      // What can be taken back comes first. Once the money is there, so is the sale.
      await transaction.call(inventory.reserve, reserve)
      await transaction.call(payments.authorize, authorize, { pivot: true })
    } else {
      // Nobody sees more than a reservation before the decision, so these two may run at the same time.
      await Promise.all([transaction.call(inventory.reserve, reserve), transaction.call(payments.authorize, authorize)])
    }
  })
}

/** The same in one request, as all inputs are known: the fastest way. */
function submitOrder(coordinator: Coordinator, form: OrderForm, protocol: Protocol) {
  if (protocol === 'saga') return submitSaga(coordinator, form)
  const { place, reserve, authorize } = inputs(form)
  return coordinator.submit({
    protocol,
    timeoutMs,
    idempotencyKey: form.orderId,
    branches: [branch(orders.place, place), branch(inventory.reserve, reserve), branch(payments.authorize, authorize)],
  })
}

/** One request too, and yet one step after another, each with what an earlier one has returned. */
function submitSaga(coordinator: Coordinator, form: OrderForm) {
  const { place, reserve, authorize } = inputs(form)
  const order = branch(orders.place, place)
  const { orderId } = resultOf(order)
  const pieces = branch(inventory.reserve, { ...reserve, orderId }, { after: [order] })
  const payment = branch(payments.authorize, { ...authorize, orderId }, { after: [pieces], pivot: true })
  return coordinator.submit({
    protocol: 'saga',
    timeoutMs,
    idempotencyKey: form.orderId,
    branches: [order, pieces, payment],
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

export async function findOrder(coordinator: Coordinator, orderId: string): Promise<Answer> {
  const answer = await read(coordinator, (transaction) => transaction.call(orders.get, { orderId }))
  return answer.status === 200 && answer.body === null ? { status: 404, body: { orderId } } : answer
}

export function listStock(coordinator: Coordinator): Promise<Answer> {
  return read(coordinator, (transaction) => transaction.call(inventory.stock, {}))
}

/** A read-only transaction: its branch votes, and has no part in the decision. */
async function read(coordinator: Coordinator, ask: (transaction: Transaction) => Promise<unknown>): Promise<Answer> {
  try {
    const outcome = await coordinator.transact({ timeoutMs }, ask)
    return outcome.outcome === 'committed'
      ? { status: 200, body: outcome.value }
      : { status: 503, body: { code: outcome.reason.code, message: outcome.reason.message } }
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error
    return { status: 503, body: { code: error.code, message: error.message } }
  }
}
