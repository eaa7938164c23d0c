// What coordinators and participants say to each other, as the core sees it. The wire form and the numbers are in
// proto/concordat/v1/participant.proto; wire/codec.ts translates and is the only place that validates.

import type { BranchNumber, Identity, Instant, ParticipantName, Sequence, StorageId, TransactionId } from './ids.ts'
import type { Decision, Protocol, Reason } from './outcome.ts'
import type { Adopted, Ballot } from './three-phase/ballot.ts'

/** A participant of a transaction, as told to the others so that they can ask each other. */
export interface Member extends Identity {
  readonly participant: ParticipantName
  readonly address: string
  readonly branches: readonly BranchNumber[]
}

/** Which branch of which transaction, in every message. */
export interface BranchAddress {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
}

export interface Prepare extends BranchAddress {
  readonly type: 'prepare'
  readonly sequence: Sequence
  readonly protocol: Protocol
  readonly operation: string
  /** JSON text. */
  readonly input: string
  /** The database this transaction counts on; another one votes no. */
  readonly expectedStorageId?: StorageId
  /** Age for locks: together with the id it orders all transactions. */
  readonly startedAt: Instant
  /** By the receiver's clock once received; by the sender's while it is being sent. */
  readonly voteBy: Instant
  /** The only branch: prepare and commit in one. */
  readonly onePhase: boolean
  readonly members: readonly Member[]
  readonly traceParent: string
  readonly attempt: number
  /** Three-phase: `members` is the voting set, final, and this the coordinator's ballot. Absent: not sealed (rule 2). */
  readonly ballot?: Ballot
  /** Three-phase, not sealed: from here on the branch may abort alone. By the receiver's clock, like `voteBy`. */
  readonly abandonAt?: Instant
  readonly saga?: SagaTry
}

/** Which try of a saga's branch this is (design rule 14). */
export interface SagaTry {
  /** From 1; grows when a try has failed. Sending the same try again does not count. */
  readonly tryNumber: number
  /** After the pivot: not even a refusal is final, it is tried again until it succeeds. */
  readonly isRetriable: boolean
}

export interface Commit extends BranchAddress {
  readonly type: 'commit'
  readonly sequence: Sequence
  readonly expectedStorageId: StorageId
}

export interface Abort extends BranchAddress {
  readonly type: 'abort'
  readonly sequence: Sequence
}

/** "What do you know of this branch?" */
export interface Status extends BranchAddress {
  readonly type: 'status'
  readonly sequence: Sequence
  /**
   * Asks a participant without a record to write a tombstone and answer `aborted`. It does so only if it is the very
   * storage and boot named here, so that it has forgotten no vote (design rule 7).
   */
  readonly abortIfNone: boolean
  readonly expected?: Identity
  /** Storage alone, when any boot will do (one-phase: the outcome is a durable record). */
  readonly expectedStorageId?: StorageId
}

/** Three-phase: "promise to answer no lower ballot, and say what you have adopted", in one atomic step. */
export interface Collect extends BranchAddress {
  readonly type: 'collect'
  readonly sequence: Sequence
  readonly ballot: Ballot
  /** The voting set; a branch that is not sealed yet adopts it (design rule 2). */
  readonly members: readonly Member[]
}

/** Three-phase: "everyone voted yes; do not abort alone any more", and its opposite. */
export interface Propose extends BranchAddress {
  readonly type: 'pre-commit' | 'pre-abort'
  readonly sequence: Sequence
  readonly ballot: Ballot
}

export type Vote =
  /** Three-phase: `isSealed` once the members are recorded with it; no PreCommit leaves before (design rule 2). */
  | { readonly vote: 'yes'; readonly result: string; readonly isSealed?: true }
  | { readonly vote: 'read-only'; readonly result: string }
  | { readonly vote: 'no'; readonly reason: Reason }
  /** Only as the answer to a one-phase Prepare. */
  | { readonly vote: 'committed'; readonly result: string }
  /** Saga: this try changed nothing and is not remembered; a higher one runs again (design rule 14). */
  | { readonly vote: 'failed'; readonly tryNumber: number; readonly reason: Reason }

/** What a member answers to Collect, PreCommit and PreAbort; each answer that binds it is forced first. */
export type BallotAnswer =
  /** To Collect: no lower ballot will be answered. */
  | { readonly answer: 'promised'; readonly adopted?: Adopted }
  | { readonly answer: 'adopted' }
  /** A ballot at least as high was promised. */
  | { readonly answer: 'refused'; readonly promised: Ballot }
  /** It knows how the transaction ends. */
  | { readonly answer: 'committed' }
  | { readonly answer: 'aborted' }
  /** No such branch of this transaction, or not sealed, or ended by an operator: it does not count. */
  | { readonly answer: 'nothing' }

export type DecisionAnswer =
  /** Visible; durable once the participant's forced turn has reached `turn` (design rule 8). */
  | { readonly answer: 'applied'; readonly turn: number }
  /** Below the watermark: applied and forgotten. */
  | { readonly answer: 'ended' }
  /** There should be such a branch, and there is none (design rule 6). */
  | { readonly answer: 'no-record' }
  | { readonly answer: 'heuristic'; readonly did: Decision }
  /** The branch holds the opposite decision. */
  | { readonly answer: 'contradicted' }
  /** The operation threw; the participant goes on trying. */
  | { readonly answer: 'retrying'; readonly detail: string }

export type BranchKnowledge =
  | { readonly knows: 'nothing' }
  | { readonly knows: 'active' }
  | { readonly knows: 'prepared' }
  | { readonly knows: 'committed'; readonly result: string }
  | { readonly knows: 'aborted'; readonly reason: Reason }
  | { readonly knows: 'read-only' }
  /** Below the watermark. */
  | { readonly knows: 'ended' }

export interface VoteMessage extends BranchAddress {
  readonly type: 'vote'
  readonly vote: Vote
}

export interface DecisionAnswerMessage extends BranchAddress {
  readonly type: 'decision-answer'
  readonly decision: Decision
  readonly answer: DecisionAnswer
}

export interface StatusAnswerMessage extends BranchAddress {
  readonly type: 'status-answer'
  readonly knowledge: BranchKnowledge
}

export interface BallotAnswerMessage extends BranchAddress {
  readonly type: 'ballot-answer'
  /** Of the question. */
  readonly to: 'collect' | 'pre-commit' | 'pre-abort'
  readonly ballot: Ballot
  readonly answer: BallotAnswer
}

/** What an in-doubt branch is told by the coordinator of its log. */
export type InquiryAnswer = 'commit' | 'abort' | 'in-progress' | 'unknown-log'

export type ToParticipant = Prepare | Commit | Abort | Status | Collect | Propose
export type FromParticipant = VoteMessage | DecisionAnswerMessage | StatusAnswerMessage | BallotAnswerMessage
