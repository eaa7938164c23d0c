// One turn of the driver: the drafts of what its events change. Nothing of it counts until its local transaction is
// committed; if that is rolled back, the turn is thrown away.

import type { BranchAddress, Instant, LogId, participantSide } from '../protocol/index.ts'
import type { Branch } from './branches.ts'
import type { QueuedEvent } from './event-queue.ts'
import type { Asker, Outgoing } from './outbox.ts'
import type { StoredCoordinator } from './store.ts'

/** A question to the outside: to the coordinator of a branch's log, or to another member. */
export type Question =
  | { readonly to: 'coordinator'; readonly logId: LogId; readonly inquire: participantSide.InDoubt }
  | {
      readonly to: 'member'
      readonly logId: LogId
      readonly about: BranchAddress
      readonly sent: Extract<participantSide.Message, { to: 'member' }>
    }
  /** The coordinator of the log, as a member of the voting set. */
  | {
      readonly to: 'voting-coordinator'
      readonly logId: LogId
      readonly about: BranchAddress
      readonly message: Extract<participantSide.Message, { to: 'voting-coordinator' }>['message']
    }

export interface TimerChange {
  readonly key: string
  readonly timer: participantSide.TimerName
  readonly at: Instant | 'never'
}

/** One line of the log, written once the turn counts. */
export interface Note {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

export class Turn {
  readonly number: number
  readonly at: Instant
  /** Some step asked for a force. */
  mustForce = false
  /** Something was written, or may have been. */
  writes = false
  readonly drafts = new Map<string, Branch>()
  readonly outgoing: Outgoing[] = []
  readonly questions: Question[] = []
  readonly timers: TimerChange[] = []
  readonly followUps: QueuedEvent[] = []
  readonly notes: Note[] = []
  /** Who asked about a branch of another coordinator's log. */
  readonly refusals: Asker[] = []
  coordinators: readonly StoredCoordinator[] = []
  dropped: readonly Branch[] = []
  /** Records of each kind: for crash points. */
  readonly written = { vote: 0, promise: 0, adoption: 0, commit: 0, abort: 0 }

  constructor(number: number, at: Instant) {
    this.number = number
    this.at = at
  }
}
