// What clients were told: each transaction is a register that is written once (LIN), and whoever was told an outcome
// finds it in the accounts.

import type { World } from './world.ts'

export type Told = 'committed' | 'aborted' | 'mixed' | 'hazard' | 'in-progress'

/** One answer. */
interface Answer {
  readonly client: string
  readonly askedAt: number
  readonly told: Told
}

export class ClientJudge {
  readonly #world: World
  /** The first final answer for each transaction, and when it was given. */
  readonly #final = new Map<string, { readonly told: Told; readonly at: number }>()
  readonly counts: Record<Told, number> = { committed: 0, aborted: 0, mixed: 0, hazard: 0, 'in-progress': 0 }
  readonly reasons = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
  }

  /** What each transaction's clients were told in the end. */
  get final(): ReadonlyMap<string, { readonly told: Told; readonly at: number }> {
    return this.#final
  }

  told(transactionId: string, { client, askedAt, told }: Answer, reasonCode = ''): void {
    const { history, scheduler } = this.#world
    history.add(client, reasonCode === '' ? `is told ${told}` : `is told ${told}: ${reasonCode}`, transactionId)
    const known = this.#final.get(transactionId)
    if (known !== undefined && askedAt > known.at && told !== known.told && !isSofter(known.told, told)) {
      const sentence = `${client} is told ${told} after somebody was told ${known.told}`
      history.violated('LIN', sentence, transactionId)
    }
    if (known === undefined && told !== 'in-progress') {
      this.#final.set(transactionId, { told, at: scheduler.now })
      this.counts[told] += 1
      if (reasonCode !== '') this.reasons.set(reasonCode, (this.reasons.get(reasonCode) ?? 0) + 1)
    } else if (known !== undefined && told !== 'in-progress' && told !== known.told && !isSofter(known.told, told)) {
      history.violated('LIN', `${client} is told ${told}, and somebody was told ${known.told}`, transactionId)
    }
  }
}

/** An outcome may turn out to be damaged at a participant that has lost its disk. */
const isSofter = (first: Told, then: Told): boolean =>
  first !== 'in-progress' && (then === 'hazard' || then === 'mixed')
