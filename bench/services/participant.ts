// A real participant whose operations do next to nothing.

import { createHistogram } from 'node:perf_hooks'
import { participant, refuse, sqlite } from 'concordat/participant'
import { type ParticipantName, services, type Work } from './contract.ts'
import { refuseSessions } from './unary-only.ts'

export interface Served {
  readonly address: string
  /** Branches that wait for their decision. */
  openBranches(): number
  /** Whether there are any: asked often, it must not take the time that is measured. */
  hasOpenBranches(): boolean
  /** Branches that stand in its table, whatever became of them. */
  keptBranches(): number
  /** How long those have waited for the hot lock that have got it, since this was last asked, in milliseconds. */
  lockWaits(): Waits
  close(): Promise<void>
}

export interface Waits {
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export async function startParticipant(
  name: ParticipantName,
  file: string,
  port: number,
  isUnary: boolean,
): Promise<Served> {
  if (isUnary) refuseSessions()
  const waits = new LockWaits()
  const service = participant(services[name], {
    store: sqlite(file),
    operations: {
      work: { prepare: (_context, input: Work) => input },
      hot: {
        prepare({ lock, transactionId }, input: Work) {
          // Unwound when it must wait, and run again from here.
          waits.begin(transactionId)
          lock('hot')
          waits.end(transactionId)
          return input
        },
      },
      refused: { prepare: () => refuse('REFUSED', 'this operation always says no') },
    },
  })
  const running = await service.listen({ port })
  const open = running.db.prepare(`SELECT count(*) FROM concordat_branches WHERE state = 'prepared'`).pluck()
  // From the end of the table: decisions come in the order of the ids, so that it stops at the first row until the last came.
  const anyOpen = running.db
    .prepare(`SELECT 1 FROM concordat_branches WHERE state = 'prepared' ORDER BY transaction_id DESC LIMIT 1`)
    .pluck()
  const kept = running.db.prepare('SELECT count(*) FROM concordat_branches').pluck()
  return {
    address: running.address,
    keptBranches: () => kept.get() as number,
    openBranches: () => open.get() as number,
    hasOpenBranches: () => anyOpen.get() !== undefined,
    lockWaits: () => waits.take(),
    close: () => running.close(),
  }
}

class LockWaits {
  /** Since when; what never gets the lock is forgotten with the next `take`. */
  readonly #since = new Map<string, number>()
  readonly #histogram = createHistogram()

  begin(transactionId: string): void {
    if (!this.#since.has(transactionId)) this.#since.set(transactionId, performance.now())
  }

  end(transactionId: string): void {
    const waited = performance.now() - (this.#since.get(transactionId) ?? performance.now())
    this.#since.delete(transactionId)
    this.#histogram.record(Math.max(1, Math.round(waited * 1_000)))
  }

  take(): Waits {
    const { count } = this.#histogram
    const [p50Ms, p99Ms] = [50, 99].map((percent) => this.#histogram.percentile(percent) / 1_000) as [number, number]
    this.#histogram.reset()
    this.#since.clear()
    return { count, p50Ms, p99Ms }
  }
}
