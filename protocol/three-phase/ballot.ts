// Ballots: who may speak, and what was promised to whom (protocols.md 2.4; design rules 3 to 5).
//
// L1 Ballots are totally ordered, and no two proposers ever have the same one: the number is forced before its first use,
//    and each branch of a participant is a proposer of its own.
// L2 Number 1 belongs to the coordinator that began the transaction. Every later round has a higher number.

import type { LogId, StorageId } from '../ids.ts'

export interface Ballot {
  readonly number: number
  /** The database or log whose number it is. */
  readonly by: StorageId | LogId
  /** The branch whose round it is; 0 for the coordinator's. */
  readonly branch: number
}

/** What a proposer asks members to adopt. */
export type Choice = 'pre-commit' | 'pre-abort'

export interface Adopted {
  readonly ballot: Ballot
  readonly choice: Choice
}

/**
 * What a member is bound to: LE and LA of protocols.md 2.4. Forced before anything of it is said. In a member with several
 * branches each branch has its own; the member has promised, or adopted, what all of them have.
 */
export interface Pledge {
  /** No lower ballot is answered any more (LE). */
  readonly promised: Ballot
  /** Of the highest ballot at which anything was adopted (LA); absent: nothing yet. */
  readonly adopted?: Adopted
}

export const firstBallot = (logId: LogId): Ballot => ({ number: 1, by: logId, branch: 0 })

export function compareBallots(a: Ballot, b: Ballot): number {
  if (a.number !== b.number) return a.number - b.number
  if (a.by !== b.by) return a.by < b.by ? -1 : 1
  return a.branch - b.branch
}

export const isSameBallot = (a: Ballot, b: Ballot): boolean => compareBallots(a, b) === 0

/** Above everything that was seen. */
export const nextBallot = (seen: number, by: Ballot['by'], branch: number): Ballot => ({
  number: seen + 1,
  by,
  branch,
})
