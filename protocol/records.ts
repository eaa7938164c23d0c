// What is written down, by whom. A record's form on disk is log/record-codec.ts (coordinator) and
// participant/store.ts (participant); what may be forgotten when is protocols.md 1.8 and docs/guarantees.md.

import type { BranchNumber, Identity, Instant, ParticipantName, Sequence, StorageId, TransactionId } from './ids.ts'
import type { Member } from './messages.ts'
import type { Decision, Outcome, Protocol, Reason } from './outcome.ts'
import type { SagaBranch } from './saga/plan.ts'
import type { Ballot, Pledge } from './three-phase/ballot.ts'

/** A branch of a decided transaction, with the vote that it rests on. */
export interface DecidedBranch {
  readonly branch: BranchNumber
  readonly participant: ParticipantName
  readonly operation: string
  readonly vote: 'yes' | 'read-only'
  readonly voter: Identity
  /** JSON text, returned to whoever asks by the idempotency key. */
  readonly result: string
}

/** The only branch of a one-phase transaction; the power to decide is given to it. */
export interface DelegatedBranch {
  readonly branch: BranchNumber
  readonly participant: ParticipantName
  readonly operation: string
  readonly storageId: StorageId
}

/** What every first record of a transaction says of it. */
export interface TransactionFacts {
  readonly transactionId: TransactionId
  readonly sequence: Sequence
  readonly protocol: Protocol
  readonly startedAt: Instant
  readonly timeoutAt: Instant
  readonly idempotencyKey?: string
  /** Hash of what was submitted, to tell a retry from another request under the same key. Empty for begin. */
  readonly digest: string
  readonly traceParent: string
}

/** The coordinator's log. Presumed abort: nothing before the decision, and for an abort only a deferred row. */
export type CoordinatorRecord =
  /** Forced before the first Commit leaves (design rule 1). */
  | { readonly type: 'decision'; readonly facts: TransactionFacts; readonly branches: readonly DecidedBranch[] }
  /** Forced before the one-phase Prepare leaves: after a restart ask, never presume. */
  | { readonly type: 'delegated'; readonly facts: TransactionFacts; readonly branch: DelegatedBranch }
  /**
   * Three-phase: forced before the first PreCommit leaves; from here on only a quorum decides. It is the coordinator's
   * own adoption as well, in case it votes. A `decision` may follow.
   */
  | {
      readonly type: 'pre-committed'
      readonly facts: TransactionFacts
      readonly branches: readonly DecidedBranch[]
      readonly members: readonly Member[]
      readonly ballot: Ballot
    }
  /** Three-phase: forced before the coordinator promises or adopts, and before the first Collect of its own round. */
  | { readonly type: 'pledged'; readonly transactionId: TransactionId; readonly pledge: Pledge }
  /** Saga: forced before its first Prepare leaves; of an open one with the branches called so far. A `decision` may follow. */
  | {
      readonly type: 'saga'
      readonly facts: TransactionFacts
      readonly branches: readonly SagaBranch[]
      /** Branches may still be called. */
      readonly isOpen: boolean
    }
  /** Saga: a branch called later, forced before its Prepare leaves. */
  | { readonly type: 'saga-branch'; readonly transactionId: TransactionId; readonly branch: SagaBranch }
  /** Saga: the turn to compensation, forced before the first Abort leaves (design rule 14). */
  | { readonly type: 'compensating'; readonly transactionId: TransactionId; readonly reason: Reason }
  /** Deferred, so that people can look an aborted transaction up. Losing it changes no answer. */
  | { readonly type: 'aborted'; readonly facts: TransactionFacts; readonly reason: Reason }
  /** A branch's share may be lost, or was ended against the decision by an operator. */
  | {
      readonly type: 'hazard'
      readonly transactionId: TransactionId
      readonly branch: BranchNumber
      readonly hazard: 'hazard' | 'mixed'
      readonly detail: string
    }
  /** Deferred: after the last ack. */
  | { readonly type: 'end'; readonly transactionId: TransactionId; readonly outcome: Outcome }
  /** An operator ended the wait for a branch. */
  | {
      readonly type: 'resolved'
      readonly transactionId: TransactionId
      readonly branch: BranchNumber
      readonly decision: Decision
      readonly detail: string
    }
  /** An operator has dealt with a hazard or mix. */
  | { readonly type: 'forgotten'; readonly transactionId: TransactionId; readonly detail: string }

/** A branch as its participant keeps it: all that it needs after a restart. */
export interface PreparedBranch {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly sequence: Sequence
  readonly protocol: Protocol
  readonly operation: string
  readonly input: string
  readonly result: string
  readonly startedAt: Instant
  /** Keys held until the decision. */
  readonly locks: readonly string[]
  readonly members: readonly Member[]
  /** It decided alone: after a restart it goes on to commit, and inquires nowhere. */
  readonly onePhase: boolean
  readonly traceParent: string
  /** Three-phase: what it is bound to since `members` is final. Absent: not sealed (design rule 2). */
  readonly pledge?: Pledge
  /** Three-phase, not sealed: from here on it may abort alone. */
  readonly abandonAt?: Instant
  /** It changed nothing, and is recorded all the same: neither commit nor abort has anything to run (design rule 13). */
  readonly isReadOnly?: true
}

/** The participant's log: rows of its own database, written in the same local transaction as the work. */
export type ParticipantRecord =
  /** Forced before the yes leaves. */
  | { readonly type: 'prepared'; readonly branch: PreparedBranch }
  /** Three-phase, forced before the answer: the members are final, or it has promised or adopted more. */
  | { readonly type: 'pledged'; readonly branch: PreparedBranch }
  /** Deferred, after `prepared`; forced with the vote when one-phase. */
  | { readonly type: 'committed'; readonly branch: PreparedBranch }
  /** Deferred, after `prepared`. */
  | {
      readonly type: 'aborted'
      readonly transactionId: TransactionId
      readonly branch: BranchNumber
      readonly sequence: Sequence
      readonly reason: Reason
      /**
       * Whether other members may conclude from it that the transaction aborts. Not from a no in a later boot than the
       * one that the transaction counts on: the earlier one may have voted read-only, and forgotten it.
       */
      readonly isEvidence: boolean
    }
  /** Forced: an operator ended a prepared branch without the decision. */
  | { readonly type: 'heuristic'; readonly branch: PreparedBranch; readonly did: Decision; readonly detail: string }
