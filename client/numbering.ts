// Submitted branches as the coordinator knows them: by number, the first one 1.

import { BranchNumber, ParticipantName, type Protocol } from '../protocol/index.ts'
import { defaultLimits, type RequestedBranch, type RequestedPlan, transactionError } from '../wire/index.ts'
import type { Branch, BranchPlan } from './branch.ts'

const nameOf = ({ participant, operation }: Branch): string => `${participant}.${operation}`

/** Throws `BRANCH_INVALID` where a branch says what this protocol cannot do, or speaks of one that is not in the list. */
export function numbered(branches: readonly Branch[], protocol: Protocol): RequestedBranch[] {
  if (branches.length > defaultLimits.branchesMax) throw transactionError('TOO_MANY_BRANCHES')
  return branches.map((one, index) => {
    const branch = BranchNumber(index + 1)
    const participant = ParticipantName(one.participant)
    const { operation, input, saga } = one
    if (saga === undefined) return { branch, participant, operation, input }
    const who = `branch ${branch}, ${nameOf(one)},`
    if (protocol !== 'saga') throw transactionError('BRANCH_INVALID', `${who} ${saidOf(saga)}: choose protocol 'saga'`)
    return { branch, participant, operation, input, saga: numberedPlan(saga, branches, who) }
  })
}

function numberedPlan(plan: BranchPlan, branches: readonly Branch[], who: string): RequestedPlan {
  const { role, retry, references, after } = plan
  const find = (other: Branch, how: string): BranchNumber => {
    const at = branches.indexOf(other)
    if (at === -1) throw transactionError('BRANCH_INVALID', `${who} ${how} ${nameOf(other)}, which is not in the list`)
    if (branches.lastIndexOf(other) === at) return BranchNumber(at + 1)
    throw transactionError('BRANCH_INVALID', `${who} ${how} ${nameOf(other)}, which is in the list twice`)
  }
  return {
    role,
    references: references.map(({ at, branch, from }) => ({ at, branch: find(branch, 'uses the result of'), from })),
    ...(after === undefined ? {} : { after: [...new Set(after)].map((other) => find(other, 'comes after')) }),
    ...(retry === undefined ? {} : { retry }),
  }
}

function saidOf({ references, after, role }: BranchPlan): string {
  if (references.length > 0) return 'uses the result of another one'
  if (after !== undefined) return 'comes after others'
  return role === 'compensatable' ? 'has retries of its own' : `is ${role === 'pivot' ? 'the pivot' : 'retriable'}`
}
