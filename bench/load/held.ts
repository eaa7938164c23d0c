// Transactions that are held in flight: every branch has said yes, and nobody has asked for the commit yet.

import { connect, type Transaction } from 'concordat/client'
import { participantNames, services, work } from '../services/contract.ts'

const atOnce = 500

export class Held {
  readonly #coordinator
  #transactions: Transaction[] = []

  constructor(address: string) {
    this.#coordinator = connect(address, { timeoutMs: 3_600_000 })
  }

  /** Until so many are held. */
  async prepare(count: number): Promise<number> {
    await this.#each(atOnce, async () => {
      if (this.#transactions.length >= count) return false
      // Its place is taken before it is there, so that the loops together make no more than asked for.
      const place = this.#transactions.push(undefined as unknown as Transaction) - 1
      const transaction = await this.#coordinator.begin()
      await Promise.all(participantNames.map((name) => transaction.call(services[name].work, work)))
      this.#transactions[place] = transaction
      return true
    })
    return this.#transactions.length
  }

  /** Commits all; resolves when each is decided, applied or not. */
  async decide(): Promise<number> {
    const transactions = this.#transactions
    this.#transactions = []
    const all = transactions.length
    await this.#each(atOnce, async () => {
      const transaction = transactions.pop()
      if (transaction === undefined) return false
      const { outcome } = await transaction.commit({ waitFor: 'decided' })
      if (outcome !== 'committed') throw new Error(`a held transaction was ${outcome}`)
      return true
    })
    return all
  }

  async #each(loops: number, step: () => Promise<boolean>): Promise<void> {
    const loop = async (): Promise<void> => {
      while (await step());
    }
    await Promise.all(Array.from({ length: loops }, loop))
  }
}
