// W3C trace context for a transaction whose caller has none.

import { randomFillSync } from 'node:crypto'

const idBytes = 24
/** Asking for randomness once for many ids: a call of its own for each would cost more than the rest of a submit. */
const pool = Buffer.alloc(idBytes * 256)
let used = pool.length

/** A new trace, marked as sampled so that whoever records traces records this one. */
export function newTraceParent(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const traceId = pool.toString('hex', used, used + 16)
  const spanId = pool.toString('hex', used + 16, used + idBytes)
  used += idBytes
  return `00-${traceId}-${spanId}-01`
}
