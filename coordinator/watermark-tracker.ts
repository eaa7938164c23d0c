// Computes the watermark (design rule 15): which transactions of this log can never again send a Prepare.
//
// W1 A transaction below it and not listed has ended durably: a restart will not find it open.
// W2 It only grows.

import { compareSequences, type Instant, openBelowMax, type Sequence, type Watermark } from '../protocol/index.ts'

/** Open for longer than this, a transaction is listed and no longer holds the watermark back. */
const stragglerAfterMs = 5_000

export class WatermarkTracker {
  readonly #open = new Map<Sequence, Instant>()
  #next: Sequence
  #current: Watermark

  /** `recovered` are the open transactions of earlier epochs. */
  constructor(first: Sequence, recovered: readonly Sequence[]) {
    this.#next = first
    for (const sequence of [...recovered].sort(compareSequences)) this.#open.set(sequence, 0 as Instant)
    this.#current = this.#compute(Number.MAX_SAFE_INTEGER)
  }

  get current(): Watermark {
    return this.#current
  }

  /** True while more transactions are old than may be listed: the watermark stands still (and the operator is told). */
  get isStuck(): boolean {
    return this.#current.open.length === openBelowMax
  }

  /** Gives out the sequence of a new transaction. */
  begin(at: Instant): Sequence {
    const sequence = this.#next
    this.#open.set(sequence, at)
    this.#next = { epoch: sequence.epoch, number: sequence.number + 1 }
    return sequence
  }

  /** Its end is durable. */
  end(sequence: Sequence): void {
    this.#open.delete(sequence)
  }

  /** Looks again; returns whether it has changed. */
  update(now: Instant): boolean {
    const next = this.#compute(now - stragglerAfterMs)
    const order = compareSequences(next.below, this.#current.below)
    if (order === 0 && next.open.length === this.#current.open.length) return false
    this.#current = next
    return true
  }

  #compute(listedBefore: number): Watermark {
    const open: Sequence[] = []
    for (const [sequence, startedAt] of this.#open) {
      const isListed = startedAt <= listedBefore && open.length < openBelowMax
      const isBelow = compareSequences(sequence, this.#current?.below ?? sequence) < 0
      // What was listed stays listed (W2): it is below the watermark already.
      if (!isListed && !isBelow) return { below: sequence, open }
      open.push(sequence)
    }
    return { below: this.#next, open }
  }
}
