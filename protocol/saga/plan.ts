// What a saga is made of: branches, what each waits for, and which of them can be taken back (protocols.md 3.1).

import type { BranchNumber, ParticipantName, StorageId } from '../ids.ts'
import type { BackoffPolicy } from '../step.ts'

/**
 * `compensatable` branches come before the pivot and are compensated when the saga turns. Once the `pivot` has said yes
 * the saga only goes forward: what comes after it is `retriable`, tried until it succeeds, never compensated.
 */
export type SagaRole = 'compensatable' | 'pivot' | 'retriable'

/** Tries of a branch that fails without refusing; a retriable one is tried without end. */
export interface RetryPolicy extends BackoffPolicy {
  readonly tries: number
}

/** A value of an earlier result that goes into an input. Places are JSON pointers (RFC 6901). */
export interface Reference {
  /** Where in this input. */
  readonly at: string
  readonly branch: BranchNumber
  /** Where in that branch's result. */
  readonly from: string
}

/** A branch of a saga as it is logged: all that a restarted coordinator needs to go on. */
export interface SagaBranch {
  readonly branch: BranchNumber
  readonly participant: ParticipantName
  readonly operation: string
  /** JSON text, without what the references bring. */
  readonly input: string
  readonly references: readonly Reference[]
  /** Branches that must have said yes before this one is prepared. */
  readonly after: readonly BranchNumber[]
  readonly role: SagaRole
  readonly retry: RetryPolicy
  /** The database that was known when it was logged: another one is not asked to do its work. */
  readonly storageId?: StorageId
}
