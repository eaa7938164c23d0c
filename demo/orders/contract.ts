// What the orders service offers. Its clients import this file, and nothing else of the service.

import { contract, operation } from 'concordat/protocol'

export interface OrderLine {
  readonly sku: string
  readonly quantity: number
}

export interface Order {
  readonly orderId: string
  readonly customer: string
  readonly lines: readonly OrderLine[]
  readonly status: 'pending' | 'confirmed' | 'cancelled'
}

export type PlaceOrder = Omit<Order, 'status'>

export const orders = contract('orders', {
  place: operation<PlaceOrder, { orderId: string }>(),
  get: operation<{ orderId: string }, Order | null>(),
})
