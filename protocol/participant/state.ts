// States, events, work, messages and timers of one branch at its participant, for all three protocols.

import type { BranchNumber, Identity, Instant, Sequence, TransactionId } from '../ids.ts'
import type {
  Abort,
  BranchKnowledge,
  Collect,
  Commit,
  FromParticipant,
  InquiryAnswer,
  Member,
  Prepare,
  Propose,
  Status,
} from '../messages.ts'
import type { Decision, Reason } from '../outcome.ts'
import type { ParticipantRecord, PreparedBranch } from '../records.ts'
import type { BackoffPolicy, Step } from '../step.ts'
import type { MemberAnswer, Round } from '../three-phase/round.ts'

/** A decision that the operation has not managed to apply yet: it threw, and is tried again. */
export interface Applying {
  readonly decision: Decision
  readonly source: ApplySource
  readonly attempt: number
  readonly lastError: string
  /** What the operator said. */
  readonly detail: string
}

export type State =
  | { readonly state: 'none' }
  /** Prepare is running, or waits for a lock. Volatile: a crash forgets it, and nothing was promised. */
  | { readonly state: 'active'; readonly request: Prepare; readonly waiting: boolean }
  /** The yes is durable: it may go either way, and never by itself (rule P2 of participant.proto). */
  | {
      readonly state: 'prepared'
      readonly branch: PreparedBranch
      /** How often the decision was inquired for. */
      readonly inquiries: number
      readonly applying?: Applying
      /** Three-phase: this branch is asking the others how it ends. Volatile; what it promised itself is recorded. */
      readonly round?: Round
      /** Three-phase: the highest ballot number that it was refused for. */
      readonly seen?: number
    }
  | { readonly state: 'committed'; readonly branch: PreparedBranch }
  /** Includes tombstones and remembered refusals. */
  | {
      readonly state: 'aborted'
      readonly transactionId: TransactionId
      readonly branch: BranchNumber
      readonly sequence: Sequence
      readonly reason: Reason
      /** See the record. */
      readonly isEvidence: boolean
    }
  /** Volatile memory of a read-only vote: the same question gets the same answer, for this boot. */
  | { readonly state: 'read-only'; readonly request: Prepare; readonly result: string }
  /** An operator ended it; kept until forgotten. It is never evidence for others (design rule 7). */
  | { readonly state: 'heuristic'; readonly branch: PreparedBranch; readonly did: Decision; readonly detail: string }

/** What running an operation's prepare came to. */
export type Prepared =
  | { readonly prepared: 'yes'; readonly result: string; readonly locks: readonly string[] }
  | { readonly prepared: 'read-only'; readonly result: string }
  | { readonly prepared: 'no'; readonly reason: Reason }
  /** Unwound to wait for a lock; nothing was changed. */
  | { readonly prepared: 'must-wait' }

export type Applied = { readonly applied: 'ok' } | { readonly applied: 'threw'; readonly error: string }

/**
 * Who said what the decision is; `one-phase`: the branch itself, to which it was given; `alone`: a three-phase branch that
 * is not sealed has given itself up (design rule 2).
 */
export type ApplySource = 'coordinator' | 'inquiry' | 'member' | 'operator' | 'one-phase' | 'alone'

export type Event =
  | { readonly type: 'prepare'; readonly at: Instant; readonly message: Prepare }
  /** The operation's prepare ran. */
  | { readonly type: 'prepared'; readonly at: Instant; readonly result: Prepared }
  | { readonly type: 'lock-free'; readonly at: Instant }
  | { readonly type: 'lock-refused'; readonly at: Instant; readonly reason: Reason }
  | { readonly type: 'commit'; readonly at: Instant; readonly message: Commit }
  | { readonly type: 'abort'; readonly at: Instant; readonly message: Abort }
  /** The operation's commit or abort ran; `source` is that of the work. */
  | { readonly type: 'applied'; readonly at: Instant; readonly result: Applied; readonly work: ApplyWork }
  | { readonly type: 'status'; readonly at: Instant; readonly message: Status }
  | { readonly type: 'collect'; readonly at: Instant; readonly message: Collect }
  | { readonly type: Propose['type']; readonly at: Instant; readonly message: Propose }
  /** Three-phase: an answer to what this branch asked as a proposer. */
  | ({
      readonly type: 'ballot-answer'
      readonly at: Instant
      /** Of the question, as above: two tries of one id may come to the same ballots. */
      readonly sequence?: Sequence
    } & MemberAnswer)
  | {
      readonly type: 'inquiry-answer'
      readonly at: Instant
      readonly answer: InquiryAnswer
      /** Of the question: an answer to an earlier try of the same id says nothing about this one. */
      readonly sequence?: Sequence
    }
  /** No coordinator of this log answered the inquiry: ask the members. */
  | { readonly type: 'no-coordinator'; readonly at: Instant }
  | {
      readonly type: 'member-answer'
      readonly at: Instant
      readonly knowledge: BranchKnowledge
      /** Of the question, as above. */
      readonly sequence?: Sequence
    }
  | { readonly type: 'timer'; readonly at: Instant; readonly timer: TimerName }
  | { readonly type: 'resolve'; readonly at: Instant; readonly decision: Decision; readonly detail: string }

export type TimerName = 'in-doubt' | 'retry' | 'lock-wait'

export interface ApplyWork {
  readonly work: 'commit' | 'abort'
  readonly branch: PreparedBranch
  readonly source: ApplySource
  /** From 1; more after it threw. */
  readonly attempt: number
  /** What the operator said. */
  readonly detail: string
}

export type Work =
  | { readonly work: 'prepare'; readonly request: Prepare }
  | ApplyWork
  /** The branch's transaction holds its locks no longer than this step. */
  | { readonly work: 'release-locks' }

export type Message =
  /** To the coordinator that asked, on the way the question came. */
  | { readonly to: 'asker'; readonly message: FromParticipant }
  /** To the coordinator of the branch's log. */
  | { readonly to: 'coordinator'; readonly inquire: InDoubt }
  /** To another member. Of a decision no answer is needed. */
  | { readonly to: 'member'; readonly member: Member; readonly message: ToMember }
  /** To the coordinator of the branch's log as a member of the voting set. */
  | { readonly to: 'voting-coordinator'; readonly message: Collect | Propose }

export type ToMember = Status | Collect | Propose | Commit | Abort

export interface InDoubt {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly sequence: Sequence
}

export type ParticipantStep = Step<State, Work, ParticipantRecord, Message, never, TimerName>

/** What a branch's step may know of its participant. */
export interface Surroundings {
  readonly identity: Identity
  /** Number of the turn that this step is part of. */
  readonly turn: number
  /** Whether the transaction is below its log's watermark. */
  readonly hasEnded: (sequence: Sequence) => boolean
  /** A read-only vote of this boot may have been cast and is not remembered any more (design rule 7). */
  readonly hasForgottenVotes?: boolean
  readonly policy: Policy
}

export interface Policy {
  /** How long a prepared branch waits before it inquires. */
  readonly inquiryDelayMs: number
  readonly inquiryBackoff: BackoffPolicy
  /** When a commit or abort function that threw is run again. */
  readonly retry: BackoffPolicy
  /** Longest wait for a lock; the vote deadline bounds it too. */
  readonly lockWaitMs: number
  /** Three-phase: how long the first round of the termination protocol may take; those after it longer (round.ts, R4). */
  readonly roundTimeoutMs: number
}
