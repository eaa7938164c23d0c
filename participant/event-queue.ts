// Events that wait for their turn, in the order in which they are to be handled.
//
// Owns: the order. Follow-ups of the last turn come first; branches of a turn that could not be committed come one by
// one (design rule 18); then whatever arrived, oldest first.

import { hasCrashPoints, isArmed } from '../log/crash-points.ts'
import {
  type BranchAddress,
  type Instant,
  type LogId,
  type participantSide,
  type ToParticipant,
  unreachable,
} from '../protocol/index.ts'
import type { Asker } from './outbox.ts'

/** Without the instant: that is the turn's. */
type WithoutInstant<Event> = Event extends { readonly at: unknown } ? Omit<Event, 'at'> : never

/** What does not come as a message, and is not the result of work in the same turn. */
export type InnerEvent =
  | Exclude<WithoutInstant<participantSide.Event>, { type: ToParticipant['type'] | 'prepared' | 'applied' }>
  /** An operator has dealt with the branch's heuristic outcome. */
  | { readonly type: 'forget' }

export interface QueuedEvent extends BranchAddress {
  readonly key: string
  /** A message of another process, or an event from within. */
  readonly event: ToParticipant | InnerEvent
  /** Absent: only for a branch that is known. */
  readonly logId?: LogId
  readonly asker?: Asker
}

/** The event as the branch is to see it, in a turn at this instant. */
export function eventAt(event: Exclude<QueuedEvent['event'], { type: 'forget' }>, at: Instant): participantSide.Event {
  switch (event.type) {
    case 'prepare':
      return { type: 'prepare', at, message: event }
    case 'commit':
      return { type: 'commit', at, message: event }
    case 'abort':
      return { type: 'abort', at, message: event }
    case 'status':
      return { type: 'status', at, message: event }
    case 'collect':
      return { type: 'collect', at, message: event }
    case 'pre-commit':
    case 'pre-abort':
      return { type: event.type, at, message: event }
    default:
      return { ...event, at }
  }
}

/**
 * Whether a turn with this event should begin at full durability; a wrong guess costs time and nothing else. A branch
 * is settled when it has a record: then a decision needs no tombstone.
 */
export function mayForce({ key, event, asker }: QueuedEvent, isSettled: (key: string) => boolean): boolean {
  switch (event.type) {
    case 'commit':
    case 'abort':
      if (hasCrashPoints && isArmed(`participant.after-${event.type}-force`)) return true
      return asker?.isUnary === true || !isSettled(key)
    case 'timer':
      return event.timer === 'lock-wait'
    case 'status':
      return event.abortIfNone && !isSettled(key)
    case 'inquiry-answer':
    case 'no-coordinator':
    case 'member-answer':
      return false
    case 'prepare':
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
    case 'ballot-answer':
    case 'lock-free':
    case 'lock-refused':
    case 'resolve':
    case 'forget':
      return true
    default:
      return unreachable(event)
  }
}

export interface Batch {
  readonly events: readonly QueuedEvent[]
  /** It is run alone because it, or a neighbour, could not be committed. */
  readonly isSuspect: boolean
}

export class EventQueue {
  #first: QueuedEvent[] = []
  #suspects: QueuedEvent[] = []
  #arrived: QueuedEvent[] = []
  #head = 0

  get length(): number {
    return this.#first.length + this.#suspects.length + this.#arrived.length - this.#head
  }

  push(event: QueuedEvent): void {
    this.#arrived.push(event)
  }

  pushFirst(events: readonly QueuedEvent[]): void {
    if (events.length > 0) this.#first.push(...events)
  }

  /** They will come again, each in a turn of its own, before everything else. */
  pushSuspects(events: readonly QueuedEvent[]): void {
    this.#suspects.unshift(...events)
  }

  take(max: number): Batch {
    const suspect = this.#suspects.shift()
    if (suspect !== undefined) return { events: [suspect], isSuspect: true }
    const events = this.#first.splice(0, max)
    const end = Math.min(this.#arrived.length, this.#head + max - events.length)
    for (; this.#head < end; this.#head += 1) events.push(this.#arrived[this.#head] as QueuedEvent)
    if (this.#head === this.#arrived.length) {
      this.#arrived = []
      this.#head = 0
    }
    return { events, isSuspect: false }
  }

  /** A batch that found the database busy comes again as it was. */
  putBack(batch: Batch): void {
    if (batch.isSuspect) this.#suspects.unshift(...batch.events)
    else this.#first.unshift(...batch.events)
  }
}
