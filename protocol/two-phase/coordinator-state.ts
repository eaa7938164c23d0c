// States, events, messages, replies and timers of the two-phase coordinator (protocols.md 1.4).
// A state's variant holds only what is legal in it; cause, attempt and deadline are fields.

import type { BranchNumber, Identity, Instant, ParticipantName, StorageId } from '../ids.ts'
import type { BranchKnowledge, DecisionAnswer, InquiryAnswer, ToParticipant, Vote } from '../messages.ts'
import type { Decision, Outcome, Reason } from '../outcome.ts'
import type { CoordinatorRecord, DecidedBranch, DelegatedBranch, TransactionFacts } from '../records.ts'
import type { BackoffPolicy, Step } from '../step.ts'

/** A branch as the client asked for it, with what the coordinator knows of its participant at that moment. */
export interface EnlistedBranch {
  readonly branch: BranchNumber
  readonly participant: ParticipantName
  readonly operation: string
  readonly input: string
  readonly address: string
  /** Absent when the participant has never been reached. */
  readonly identity?: Identity
}

export interface UndecidedBranch extends EnlistedBranch {
  /** How many Prepares were sent. */
  readonly attempt: number
  readonly voteBy: Instant
  /** Somebody waits for this vote as the answer to a call. */
  readonly isCalled?: true
  /** A no is not kept: it ends the transaction. */
  readonly vote?: { readonly vote: 'yes' | 'read-only'; readonly result: string; readonly voter: Identity }
}

export interface CommittingBranch extends DecidedBranch {
  /**
   * `sent`: no answer yet. `applied`: visible there, not yet durable. `acked`: durable, or nothing to tell.
   * `hazard`: its share may be lost; Commit goes on being sent. `heuristic`: ended by an operator.
   */
  readonly progress: 'sent' | 'applied' | 'acked' | 'hazard' | 'heuristic'
  readonly did?: Decision
  readonly lastError?: string
}

export type State =
  /** Open: branches are called one after another, each prepared at once. */
  | { readonly phase: 'active'; readonly facts: TransactionFacts; readonly branches: readonly UndecidedBranch[] }
  /** Commit was asked for; votes are missing. */
  | {
      readonly phase: 'preparing'
      readonly facts: TransactionFacts
      readonly branches: readonly UndecidedBranch[]
      readonly attempt: number
    }
  /** One-phase: the only participant decides; this side can only find out (design rule 1). */
  | {
      readonly phase: 'delegated'
      readonly facts: TransactionFacts
      readonly branch: DelegatedBranch
      /** What Prepare carries; absent after a restart, when only Status may be asked. */
      readonly request?: EnlistedBranch & { readonly voteBy: Instant }
      readonly attempt: number
      /** Set when another database answered: the outcome may be lost. */
      readonly hazard?: string
    }
  /** The decision to commit is recorded. There is no way back. */
  | {
      readonly phase: 'committing'
      readonly facts: TransactionFacts
      readonly branches: readonly CommittingBranch[]
      readonly attempt: number
      /** Whoever waits for `applied` has been answered. */
      readonly answered: boolean
    }
  | {
      readonly phase: 'ended'
      readonly facts: TransactionFacts
      readonly outcome: Outcome
      /** Branches that the decision to commit was for; every other one's inquiry is answered abort. */
      readonly committed: readonly BranchNumber[]
    }

export type Event =
  | { readonly type: 'call'; readonly at: Instant; readonly branch: EnlistedBranch }
  | { readonly type: 'commit'; readonly at: Instant; readonly expected: readonly BranchNumber[] }
  | { readonly type: 'abort'; readonly at: Instant; readonly reason: Reason }
  | {
      readonly type: 'vote'
      readonly at: Instant
      readonly branch: BranchNumber
      readonly vote: Vote
      readonly from: Identity
    }
  | {
      readonly type: 'decision-answer'
      readonly at: Instant
      readonly branch: BranchNumber
      readonly answer: DecisionAnswer
      readonly from: Identity
    }
  /** What the participant applied is durable there: its forced turn has reached the answer's turn. */
  | { readonly type: 'acked'; readonly at: Instant; readonly branch: BranchNumber }
  | {
      readonly type: 'status-answer'
      readonly at: Instant
      readonly branch: BranchNumber
      readonly knowledge: BranchKnowledge
      readonly from: Identity
    }
  | { readonly type: 'inquiry'; readonly branch: BranchNumber }
  | { readonly type: 'timer'; readonly at: Instant; readonly timer: TimerName }
  /** The participant can be reached again: whatever it was sent before may be lost. */
  | { readonly type: 'connected'; readonly at: Instant; readonly participant: ParticipantName }
  | {
      readonly type: 'storage-changed'
      readonly at: Instant
      readonly participant: ParticipantName
      readonly storageId: StorageId
    }
  /** An operator ends the wait for one branch. */
  | {
      readonly type: 'resolve'
      readonly at: Instant
      readonly branch: BranchNumber
      readonly decision: Decision
      readonly detail: string
    }

export type TimerName = 'timeout' | 'vote-deadline' | 'resend' | 'applied-wait'

export interface Sent {
  readonly to: ParticipantName
  readonly message: ToParticipant
}

export type Reply =
  | { readonly type: 'call'; readonly branch: BranchNumber; readonly vote: Vote }
  /** The outcome is durable. `applied` follows, unless it says so itself. */
  | { readonly type: 'decided'; readonly outcome: Outcome; readonly applied: boolean }
  /** Visible at every participant; or the bounded wait for that is over. */
  | { readonly type: 'applied'; readonly outcome: Outcome; readonly applied: boolean }
  | { readonly type: 'inquiry'; readonly branch: BranchNumber; readonly answer: InquiryAnswer }

export type CoordinatorStep = Step<State, never, CoordinatorRecord, Sent, Reply, TimerName>

export interface Policy {
  /** From Prepare to the vote. */
  readonly voteTimeoutMs: number
  /** How long `waitFor: 'applied'` waits after the decision. */
  readonly appliedWaitMs: number
  /** When an unanswered message is sent again. */
  readonly resend: BackoffPolicy
  /** Whether a single submitted branch is committed in one phase. */
  readonly onePhase: boolean
}
