// The contracts that the tests of the client call.

import { contract, operation } from '../../protocol/index.ts'

export const orders = contract('orders', {
  place: operation<{ sku: string }, { sku: string }>(),
})

export const warehouse = contract('warehouse', {
  open: operation<
    { sku: string },
    { orderId: string; lines: { id: string; 'a/b~c': number }[]; pair: [string, number]; note?: string }
  >(),
  reserve: operation<{ orderId: string; quantity: number; note?: string | undefined }, { reservationId: string }>(),
  pack: operation<{ lines: { id: string; quantity: number }[]; at: string | null }, void>(),
  count: operation<number, number>(),
})

export const payments = contract('payments', {
  authorize: operation<{ cents: number }, { cents: number }>(),
  check: operation<void, string>(),
})
