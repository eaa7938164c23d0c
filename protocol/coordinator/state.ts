// States, events, messages, replies and timers of a transaction at its coordinator, for all three protocols.
// A state's variant holds only what is legal in it; cause, attempt and deadline are fields.

import type { BranchNumber, Identity, Instant, LogId, ParticipantName, Sequence, StorageId } from '../ids.ts'
import type {
  BallotAnswer,
  BallotAnswerMessage,
  BranchKnowledge,
  DecisionAnswer,
  InquiryAnswer,
  Member,
  ToParticipant,
  Vote,
} from '../messages.ts'
import type { Decision, Outcome, Reason } from '../outcome.ts'
import type { CoordinatorRecord, DecidedBranch, DelegatedBranch, TransactionFacts } from '../records.ts'
import type { RetryPolicy, SagaBranch } from '../saga/plan.ts'
import type { RunningBranch } from '../saga/running-state.ts'
import type { BackoffPolicy, Step } from '../step.ts'
import type { Ballot, Choice, Pledge } from '../three-phase/ballot.ts'
import type { Round } from '../three-phase/round.ts'

/** A branch as the client asked for it, with what the coordinator knows of its participant at that moment. */
export interface EnlistedBranch {
  readonly branch: BranchNumber
  readonly participant: ParticipantName
  readonly operation: string
  /** Empty once nobody can need it any more. */
  readonly input: string
  readonly address: string
  /** Absent when the participant has never been reached. */
  readonly identity?: Identity | undefined
}

export interface UndecidedBranch extends EnlistedBranch {
  /** How many Prepares were sent. */
  readonly attempt: number
  readonly voteBy: Instant
  /** Somebody waits for this vote as the answer to a call. */
  readonly isCalled?: true | undefined
  /** A no is not kept: it ends the transaction. */
  readonly vote?: CountedVote | undefined
}

export interface CountedVote {
  readonly vote: 'yes' | 'read-only'
  readonly result: string
  readonly voter: Identity
  /** Three-phase: the members are recorded with it. */
  readonly isSealed?: true
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

export type { RunningBranch }

/** A branch that is to end as aborted, and says so. */
export interface AbortingBranch {
  readonly branch: BranchNumber
  readonly participant: ParticipantName
  readonly operation: string
  /** The database whose work is to be undone; absent when nothing can be lost with it: nothing of it was visible yet. */
  readonly voter?: StorageId
  /** Branches that must have been aborted before this one: a saga is compensated in reverse order. */
  readonly after: readonly BranchNumber[]
  /** `waiting`: not its turn yet. The others as in {@link CommittingBranch}. */
  readonly progress: 'waiting' | CommittingBranch['progress']
  readonly did?: Decision
  readonly lastError?: string
}

/** The voting set of a three-phase transaction, final: what its branches record when they are sealed (design rule 2). */
export interface Seal {
  readonly ballot: Ballot
  readonly members: readonly Member[]
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
      /** Three-phase: set once every participant's database is known. */
      readonly seal?: Seal
    }
  /** Three-phase: everyone has voted yes, and from here on only a quorum decides (protocols.md 2.4). */
  | {
      readonly phase: 'pre-committing'
      readonly facts: TransactionFacts
      readonly branches: readonly DecidedBranch[]
      readonly members: readonly Member[]
      /** The coordinator's own, whether it votes or not. */
      readonly pledge: Pledge
      /** The highest ballot number that was heard of. */
      readonly seen: number
      /** Absent: refused, or given up for another's; the next one begins with the `resend` timer. */
      readonly round?: Round
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
  /** Aborted, and every branch that may have done anything is told until it says so. */
  | {
      readonly phase: 'aborting'
      readonly facts: TransactionFacts
      readonly branches: readonly AbortingBranch[]
      readonly reason: Reason
      readonly attempt: number
      /** Whoever waits for `applied` has been answered. */
      readonly answered: boolean
      /** The log holds a first record of it, so that its end must be recorded, too. */
      readonly isRecorded: boolean
    }
  /** Saga: branches are prepared one after another, as their order allows. */
  | {
      readonly phase: 'running'
      readonly facts: TransactionFacts
      readonly branches: readonly RunningBranch[]
      /** Interactive: more branches may be called, and only a commit completes it. */
      readonly isOpen: boolean
      /** It will be compensated, once it is known which branches have done anything (S3, S4). */
      readonly turning?: Reason
      /** The pivot has said yes, or is known to be prepared: there is no way back. */
      readonly isForward?: true
    }
  | {
      readonly phase: 'ended'
      readonly facts: TransactionFacts
      readonly outcome: Outcome
      /** Branches that the decision to commit was for; every other one's inquiry is answered abort. */
      readonly committed: readonly BranchNumber[]
    }

export type Event =
  | {
      readonly type: 'call'
      readonly at: Instant
      readonly branch: EnlistedBranch
      /** Saga: how it is retried, and whether it is the pivot or comes after it. */
      readonly plan?: Pick<SagaBranch, 'role' | 'retry'>
    }
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
      readonly decision: Decision
      readonly answer: DecisionAnswer
      readonly from: Identity
    }
  /** Three-phase: a member answers Collect, PreCommit or PreAbort. */
  | {
      readonly type: 'ballot-answer'
      readonly at: Instant
      readonly branch: BranchNumber
      readonly to: BallotAnswerMessage['to']
      readonly ballot: Ballot
      readonly answer: BallotAnswer
      readonly from: Identity
    }
  /** Three-phase: a member asks the coordinator as one of the members. */
  | {
      readonly type: 'collect' | Choice
      readonly at: Instant
      readonly ballot: Ballot
      /** Of the question: one about an earlier try of the same id is none about this one. */
      readonly sequence?: Sequence
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
  /** To the member that asked. */
  | { readonly type: 'ballot'; readonly answer: BallotAnswer }

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
  /** This coordinator's log: its ballots are made of it. */
  readonly logId: LogId
  /** How long the first round of the termination protocol may take; those after it take longer (three-phase/round.ts, R4). */
  readonly roundTimeoutMs: number
  /** Of a saga's branch that names none itself. */
  readonly sagaRetry: RetryPolicy
}
