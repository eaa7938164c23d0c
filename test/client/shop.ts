// The contracts that the tests of the client call.

import { contract, operation } from '../../protocol/index.ts'

export const orders = contract('orders', {
  place: operation<{ sku: string }, { sku: string }>(),
})

export const payments = contract('payments', {
  authorize: operation<{ cents: number }, { cents: number }>(),
  check: operation<void, string>(),
})
