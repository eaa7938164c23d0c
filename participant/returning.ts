// Coordinators that have come back: when the branches that they left in doubt ask them.
//
// What it had decided a coordinator sends by itself, at once, and what it does not know has been aborted: only that needs to be
// asked about. So nobody asks as long as decisions keep coming; to ask about a hundred thousand of them meanwhile would
// take longer than to be told.

import { after, type Epoch, type Instant, type LogId } from '../protocol/index.ts'
import type { QueuedEvent } from './event-queue.ts'

interface Returned {
  readonly logId: LogId
  readonly epoch: Epoch
  /** However long decisions keep coming, others are asked about from here on. */
  readonly latest: Instant
  askAt: Instant
}

/**
 * Within this time a restarted coordinator has begun to send what it had decided, and a channel on which nobody answered has
 * tried again: an inquiry that fails at once would have the members end what their coordinator is about to end.
 */
const unaskedMs = 700
const unaskedMaxMs = 30_000

export class Returning {
  readonly #logs = new Map<LogId, Returned>()

  /** The coordinator of this log is back in this epoch. */
  back(logId: LogId, epoch: Epoch, now: Instant): void {
    this.#logs.set(logId, { logId, epoch, askAt: after(now, unaskedMs), latest: after(now, unaskedMaxMs) })
  }

  /** These events have had their turn: perhaps decisions of what was begun before it went away. */
  handled(events: readonly QueuedEvent[], now: Instant): void {
    if (this.#logs.size === 0) return
    for (const { event, logId } of events) {
      if ((event.type !== 'commit' && event.type !== 'abort') || logId === undefined) continue
      const returned = this.#logs.get(logId)
      if (returned === undefined || event.sequence.epoch >= returned.epoch) continue
      returned.askAt = Math.min(after(now, unaskedMs), returned.latest) as Instant
    }
  }

  get nextAt(): Instant | undefined {
    if (this.#logs.size === 0) return undefined
    return Math.min(...[...this.#logs.values()].map(({ askAt }) => askAt)) as Instant
  }

  /** Those that may be asked now. */
  takeDue(now: Instant): Pick<Returned, 'logId' | 'epoch'>[] {
    const due = [...this.#logs.values()].filter(({ askAt }) => askAt <= now)
    for (const { logId } of due) this.#logs.delete(logId)
    return due
  }
}
