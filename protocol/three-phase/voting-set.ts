// Who votes on the end of a three-phase transaction, and what a majority is (design rules 3 and 19).
//
// Q1 The voting set is odd: the participants, and the coordinator when their number is even. Three participants survive
//    the loss of the coordinator and of one of them; two survive the loss of any one process.
// Q2 A member counts once, and only when all its branches have said it: any two majorities share a member, and in it
//    every branch.
// Q3 A database that is not the one named in the set never counts (rule 5).

import type { StorageId } from '../ids.ts'
import type { Member } from '../messages.ts'

/** A branch of a voting member; or the coordinator, which has only itself. */
export type Voter = { readonly storageId: StorageId; readonly branch: number } | 'coordinator'

export const coordinatorVotes = (members: readonly Member[]): boolean => members.length % 2 === 0

/** How many members, the coordinator included if it votes, are a majority. */
export function quorumOf(members: readonly Member[]): number {
  const voting = members.length + (coordinatorVotes(members) ? 1 : 0)
  return Math.floor(voting / 2) + 1
}

/** Whether those for whom `has` holds are a majority. */
export function isQuorum(members: readonly Member[], has: (voter: Voter) => boolean): boolean {
  const whole = members.filter(({ storageId, branches }) => branches.every((branch) => has({ storageId, branch })))
  const more = coordinatorVotes(members) && has('coordinator') ? 1 : 0
  return whole.length + more >= quorumOf(members)
}

export function isSameVoter(a: Voter, b: Voter): boolean {
  if (a === 'coordinator' || b === 'coordinator') return a === b
  return a.storageId === b.storageId && a.branch === b.branch
}

/** Whether this branch of this database belongs to the set (Q3). */
export const isVoter = (members: readonly Member[], voter: Voter): boolean =>
  voter === 'coordinator'
    ? coordinatorVotes(members)
    : members.some(
        ({ storageId, branches }) =>
          storageId === voter.storageId && branches.some((branch) => branch === voter.branch),
      )
