// The examples of docs/protocols.md, here so that the compiler reads them. The test of the page writes them into it.

import { branch, type Coordinator, contract, operation, resultOf } from '../../client/index.ts'

const orders = contract('orders', { place: operation<{ sku: string }, { orderId: string }>() })
const inventory = contract('inventory', {
  reserve: operation<{ orderId: string; quantity: number }, { reservationId: string; warehouse: string }>(),
})
const payments = contract('payments', { charge: operation<{ orderId: string; cents: number }, { chargeId: string }>() })
const shipping = contract('shipping', { send: operation<{ orderId: string; from: string }, { parcelId: string }>() })

export async function submitted(coordinator: Coordinator, key: string) {
  // example: submitted
  const order = branch(orders.place, { sku: 'A-1' })
  const { orderId } = resultOf(order)
  const pieces = branch(inventory.reserve, { orderId, quantity: 2 }, { after: [order], retry: { tries: 3 } })
  const payment = branch(payments.charge, { orderId, cents: 4_200 }, { after: [pieces], pivot: true })
  const from = resultOf(pieces).warehouse
  const parcel = branch(shipping.send, { orderId, from }, { after: [payment], retriable: true })

  const outcome = await coordinator.submit({
    protocol: 'saga',
    idempotencyKey: key,
    branches: [order, pieces, payment, parcel],
  })
  // /example
  return outcome
}

export async function called(coordinator: Coordinator, key: string) {
  // example: called
  const outcome = await coordinator.transact({ protocol: 'saga', idempotencyKey: key }, async (saga) => {
    const { orderId } = await saga.call(orders.place, { sku: 'A-1' })
    const { warehouse } = await saga.call(inventory.reserve, { orderId, quantity: 2 })
    const cents = warehouse === 'abroad' ? 5_100 : 4_200
    await saga.call(payments.charge, { orderId, cents }, { pivot: true })
    await saga.call(shipping.send, { orderId, from: warehouse }, { retriable: true })
    return orderId
  })
  // /example
  return outcome
}
