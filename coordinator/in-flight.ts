// Transactions in memory: those in flight, and for a short while those that have just ended.

import type { BranchNumber, coordinatorSide, Instant, TransactionFacts, TransactionId } from '../protocol/index.ts'
import type { CallAnswer, OutcomeReport, WaitFor, WatchEvent } from '../wire/index.ts'
import type { Answer } from './answer.ts'

export interface Waiter {
  readonly waitFor: WaitFor
  readonly answer: Answer<OutcomeReport>
}

export type Watcher = (event: WatchEvent) => void

export interface InFlight {
  readonly facts: TransactionFacts
  state: coordinatorSide.State
  /** The newest turn that must be durable before anything more of this transaction is told (U2). */
  needs: number
  waiters: Waiter[]
  /** Who waits for the answer to a call; made with the first, as most transactions have none. */
  calls: Map<BranchNumber, readonly Answer<CallAnswer>[]> | undefined
  /** The same of those who watch it. */
  watchers: Set<Watcher> | undefined
  /** When its phase last changed; for the operator. */
  since: Instant
  /** When a message of it was last sent. */
  sentAt: Instant
}

/** How long an ended transaction is answered from memory; after that the log is asked. */
const recentMs = 10_000
/** A participant that stays away must not hold up the others, nor the watermark, which lists only so many. */
const presumedMax = 500

export class Transactions {
  readonly #inFlight = new Map<TransactionId, InFlight>()
  /**
   * Keys of transactions in flight, and for a short while of those that ended without an abort: a second request attaches
   * (design rule 10), even if it has read the log before the end was written.
   */
  readonly #byKey = new Map<string, InFlight>()
  /** Three-phase: aborted without a record, and told to whoever has not acknowledged; the oldest first. */
  readonly #presumed = new Set<InFlight>()
  readonly #recent = new Map<TransactionId, { readonly ended: InFlight; readonly at: Instant }>()

  get size(): number {
    return this.#inFlight.size
  }

  get(id: TransactionId): InFlight | undefined {
    return this.#inFlight.get(id)
  }

  byKey(key: string): InFlight | undefined {
    return this.#byKey.get(key)
  }

  all(): IterableIterator<InFlight> {
    return this.#inFlight.values()
  }

  recent(id: TransactionId): InFlight | undefined {
    return this.#recent.get(id)?.ended
  }

  add(facts: TransactionFacts, state: coordinatorSide.State, since: Instant): InFlight {
    const inFlight: InFlight = {
      facts,
      state,
      needs: 0,
      waiters: [],
      calls: undefined,
      watchers: undefined,
      since,
      sentAt: since,
    }
    this.#inFlight.set(facts.transactionId, inFlight)
    if (facts.idempotencyKey !== undefined) this.#byKey.set(facts.idempotencyKey, inFlight)
    return inFlight
  }

  /** Its abort is presumed; returns the one that is to be given up because there are too many. */
  presumeAbort(inFlight: InFlight): InFlight | undefined {
    this.#presumed.add(inFlight)
    this.#freeKey(inFlight)
    if (this.#presumed.size <= presumedMax) return undefined
    const [oldest] = this.#presumed
    return oldest
  }

  /** It has ended: from now on it is only remembered. */
  end(inFlight: InFlight, at: Instant): void {
    const { facts, state } = inFlight
    const { transactionId } = facts
    this.#inFlight.delete(transactionId)
    this.#presumed.delete(inFlight)
    if (state.phase === 'ended' && state.outcome.outcome === 'aborted') this.#freeKey(inFlight)
    this.#recent.set(transactionId, { ended: inFlight, at })
  }

  /** Drops what ended long ago. */
  forgetOld(now: Instant): void {
    for (const [id, { ended, at }] of this.#recent) {
      if (now - at < recentMs) return
      this.#recent.delete(id)
      this.#freeKey(ended)
    }
  }

  /** It has aborted: its key may be used by a new id (design rule 10). */
  #freeKey(inFlight: InFlight): void {
    const { idempotencyKey } = inFlight.facts
    if (idempotencyKey !== undefined && this.#byKey.get(idempotencyKey) === inFlight) {
      this.#byKey.delete(idempotencyKey)
    }
  }
}
