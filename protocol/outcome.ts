// How a transaction ends, and why. Votes, decisions, outcomes and errors are four different things here.

import type { BranchNumber, ParticipantName } from './ids.ts'

/** How a transaction reaches its outcome; chosen for each transaction. */
export type Protocol = 'two-phase' | 'three-phase' | 'saga'

/** The coordinator's durable choice. */
export type Decision = 'commit' | 'abort'

/** Why there was a no. */
export interface Reason {
  /** Stable, for programs. A refusal's code is the business's own; the others are `AbortCode`s. */
  readonly code: string
  /** For people. */
  readonly message: string
  /** True when business logic said no. */
  readonly refused: boolean
  /** True when the same work may succeed under a new transaction id. */
  readonly retryable: boolean
  readonly branch?: BranchNumber
  readonly participant?: ParticipantName
  readonly operation?: string
  /** `INPUT_INVALID`: where in the input. */
  readonly path?: string
}

/** Every code that Concordat itself gives as the reason of an abort, with what it means for the one who asked. */
export const abortCodes = {
  LOCK_CONFLICT: { retryable: true, meaning: 'an older transaction holds a lock that this one needs' },
  VOTE_TIMEOUT: { retryable: true, meaning: 'a participant did not vote before the vote deadline' },
  TRANSACTION_TIMEOUT: { retryable: true, meaning: 'the transaction was not committed before its timeout' },
  DEADLINE_PASSED: { retryable: true, meaning: 'a Prepare arrived after its deadline' },
  COORDINATOR_RESTARTED: { retryable: true, meaning: 'the coordinator restarted before it had decided' },
  DRAINING: { retryable: true, meaning: 'the participant is being stopped and prepares nothing new' },
  STORAGE_CHANGED: { retryable: true, meaning: 'a participant came back with another database before the decision' },
  BELOW_WATERMARK: { retryable: false, meaning: 'the participant was told that this transaction has ended' },
  TOMBSTONE: { retryable: false, meaning: 'an abort came before this Prepare' },
  ABORTED_BY_CLIENT: { retryable: false, meaning: 'the client asked for the abort' },
  BRANCH_MISSING: { retryable: false, meaning: 'commit named a branch that had not voted yes' },
  INPUT_INVALID: { retryable: false, meaning: "the input does not fit the operation's schema" },
  OPERATION_UNKNOWN: { retryable: false, meaning: 'the participant offers no such operation' },
  OPERATION_FAILED: { retryable: false, meaning: "the operation's prepare threw an exception" },
  PROTOCOL_UNSUPPORTED: { retryable: false, meaning: 'the participant cannot take part in this protocol' },
  UNKNOWN_TRANSACTION: { retryable: false, meaning: 'the coordinator has no record of it, and has barred the id' },
  PARTICIPANT_LOST: {
    retryable: false,
    meaning: 'a participant that voted yes has no record of it: its data may be lost',
  },
  ENDED_AGAINST_DECISION: { retryable: false, meaning: 'an operator ended a branch against the decision' },
  ENDED_BY_MEMBERS: {
    retryable: true,
    meaning: 'the members of a three-phase transaction ended it among themselves, without the coordinator',
  },
  REFERENCE_MISSING: { retryable: false, meaning: 'an input refers to something that an earlier result does not have' },
  RESOLVED_BY_OPERATOR: { retryable: false, meaning: 'an operator named the decision' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>

export type AbortCode = keyof typeof abortCodes

/** A reason that is Concordat's own. */
export function reason(code: AbortCode, message: string, where: Partial<Reason> = {}): Reason {
  return { code, message, refused: false, retryable: abortCodes[code].retryable, ...where }
}

/** A business no: `refuse(code, message)` in an operation. */
export function refusal(code: string, message: string): Reason {
  return { code, message, refused: true, retryable: false }
}

export interface BranchResult {
  readonly branch: BranchNumber
  /** JSON text; empty for nothing. */
  readonly result: string
}

/** What happened. `mixed` and `hazard` are never told as committed: a person has to look. */
export type Outcome =
  | { readonly outcome: 'committed'; readonly results: readonly BranchResult[] }
  | { readonly outcome: 'aborted'; readonly reason: Reason }
  | {
      readonly outcome: 'mixed' | 'hazard'
      readonly decision: Decision
      readonly reason: Reason
      readonly results: readonly BranchResult[]
    }
