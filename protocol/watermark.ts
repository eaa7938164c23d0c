// The watermark (design rule 15): "every transaction of this log below it has ended", so that tombstones and outcomes
// can be dropped without a clock. Transactions that stay open for long do not hold it back: they are listed.

import { compareSequences, type Epoch, type Sequence } from './ids.ts'

export interface Watermark {
  readonly below: Sequence
  /** Transactions below it that have not ended, at most `openBelowMax`. */
  readonly open: readonly Sequence[]
}

/** Past this many stragglers the watermark stands still and the coordinator warns. */
export const openBelowMax = 1_000

export const noWatermark: Watermark = { below: { epoch: 0 as Epoch, number: 0 }, open: [] }

/** Whether the transaction with this sequence has ended for good. */
export function hasEnded(watermark: Watermark, sequence: Sequence): boolean {
  if (compareSequences(sequence, watermark.below) >= 0) return false
  return !watermark.open.some((open) => compareSequences(open, sequence) === 0)
}

/** The one that knows more. Watermarks of one log only grow; among equals the later one has the shorter open list. */
export function laterWatermark(known: Watermark, heard: Watermark): Watermark {
  const order = compareSequences(heard.below, known.below)
  if (order > 0) return heard
  return order === 0 && heard.open.length < known.open.length ? heard : known
}
