// The customers: several at a time order over HTTP, and each remembers what it was told.

import type { PlannedOrder } from './plan.ts'

export interface Purchase {
  readonly order: PlannedOrder
  /** What the customer was told last. */
  told: 'confirmed' | 'refused' | 'unknown'
  /** Why it was refused. */
  code?: string
  /** True if the storefront could not say at first. */
  wasUnknown: boolean
  /** From the order to the first answer, with all that was tried in between. */
  readonly latencyMs: number
}

interface StorefrontAnswer {
  readonly told: Purchase['told'] | 'try-again'
  readonly code?: string
}

/** How long a customer goes on asking: far longer than any crash of the play lasts. */
const patienceMs = 60_000
const pauseMs = 50

export class Customers {
  readonly purchases: Purchase[] = []
  readonly #storefront: string
  readonly #atOnce: number

  constructor(storefront: string, atOnce: number) {
    this.#storefront = storefront
    this.#atOnce = atOnce
  }

  /** Places all orders, some at the same time; calls back after each. */
  async place(orders: readonly PlannedOrder[], onAnswer: () => void): Promise<void> {
    await this.#eachAtOnce(orders, async (order) => {
      const orderedAt = performance.now()
      const { told, code } = await this.#ask(order)
      const latencyMs = performance.now() - orderedAt
      this.purchases.push({ order, told, wasUnknown: told === 'unknown', latencyMs, ...(code && { code }) })
      onAnswer()
    })
  }

  /**
   * Asks again about every order that nobody could tell about, until somebody can. Asking is ordering again under the
   * same id: if it has gone through it is not done twice, and if it has not it is done now.
   */
  async askAboutUnknown(): Promise<void> {
    const unknown = this.purchases.filter((purchase) => purchase.told === 'unknown')
    await this.#eachAtOnce(unknown, async (purchase) => {
      const giveUpAt = performance.now() + patienceMs
      while (purchase.told === 'unknown') {
        if (performance.now() > giveUpAt) throw new Error(`${purchase.order.orderId}: still unknown; see the logs`)
        Object.assign(purchase, await this.#ask(purchase.order))
        if (purchase.told === 'unknown') await pause()
      }
    })
  }

  /** Asks until the answer is another than "try again". */
  async #ask(order: PlannedOrder): Promise<StorefrontAnswer & { readonly told: Purchase['told'] }> {
    const giveUpAt = performance.now() + patienceMs
    for (;;) {
      const { told, code } = await this.#post(order)
      if (told !== 'try-again') return { told, ...(told === 'refused' && code !== undefined && { code }) }
      if (performance.now() > giveUpAt) throw new Error(`${order.orderId}: told to try again (${code}) for too long`)
      await pause()
    }
  }

  async #post({ style, ...form }: PlannedOrder): Promise<StorefrontAnswer> {
    const response = await fetch(`http://${this.#storefront}/orders?style=${style}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    })
    const text = await response.text()
    if (![201, 202, 409, 503].includes(response.status)) throw new Error(`${form.orderId}: ${response.status} ${text}`)
    return JSON.parse(text) as StorefrontAnswer
  }

  async #eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const waiting = items.values()
    const oneCustomer = async () => {
      for (const item of waiting) await work(item)
    }
    await Promise.all(Array.from({ length: this.#atOnce }, oneCustomer))
  }
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, pauseMs))
