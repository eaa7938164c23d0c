// What the payments service offers. Its clients import this file, and nothing else of the service.

import { contract, operation } from 'concordat/protocol'

export interface Authorize {
  readonly customer: string
  readonly amountCents: number
  readonly card: string
  readonly orderId: string
}

export const payments = contract('payments', {
  authorize: operation<Authorize, { chargeId: string }>(),
})
