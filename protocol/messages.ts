// What coordinators and participants say to each other, as the core sees it. The wire form and the numbers are in
// proto/concordat/v1/participant.proto; wire/codec.ts translates and is the only place that validates.

import type { BranchNumber, Identity, Instant, ParticipantName, Sequence, StorageId, TransactionId } from './ids.ts'
import type { Decision, Protocol, Reason } from './outcome.ts'

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

export type Vote =
  | { readonly vote: 'yes'; readonly result: string }
  | { readonly vote: 'read-only'; readonly result: string }
  | { readonly vote: 'no'; readonly reason: Reason }
  /** Only as the answer to a one-phase Prepare. */
  | { readonly vote: 'committed'; readonly result: string }

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

/** What an in-doubt branch is told by the coordinator of its log. */
export type InquiryAnswer = 'commit' | 'abort' | 'in-progress' | 'unknown-log'

export type ToParticipant = Prepare | Commit | Abort | Status
export type FromParticipant = VoteMessage | DecisionAnswerMessage | StatusAnswerMessage
