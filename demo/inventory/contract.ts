// What the inventory service offers. Its clients import this file, and nothing else of the service.

import { contract, operation } from 'concordat/protocol'

export interface Reserve {
  readonly sku: string
  readonly quantity: number
  readonly orderId: string
}

export interface Shelf {
  readonly sku: string
  /** For sale. */
  readonly available: number
  /** Belongs to orders that are not decided yet. */
  readonly reserved: number
  readonly sold: number
}

export const inventory = contract('inventory', {
  reserve: operation<Reserve, { reservationId: string }>(),
  stock: operation<Record<string, never>, Shelf[]>(),
})
