// What a client asked for, and whether it is a saga at all: after admission its plan can be carried out.
//
// A1 The order has no cycle, and names only branches that there are.
// A2 At most one pivot; every other branch is before it and compensatable, or after it and retriable. Without a pivot all
//    are compensatable.

import type { EnlistedBranch } from '../coordinator/state.ts'
import type { BranchNumber } from '../ids.ts'
import { ancestors, cyclic, descendants, type Ordered } from './graph.ts'
import type { Reference, RetryPolicy, SagaBranch, SagaRole } from './plan.ts'
import { problemOfReferences } from './references.ts'

/** A branch of a saga as the client asked for it. */
export interface EnlistedSagaBranch extends EnlistedBranch, PlannedBranch {}

/** What of it says how it is carried out; absent is what most branches are. */
export interface PlannedBranch {
  readonly branch: BranchNumber
  readonly input: string
  readonly references?: readonly Reference[]
  /** Absent: after the previous branch of the list; empty: at once. A reference implies it. */
  readonly after?: readonly BranchNumber[]
  /** Absent: compensatable. */
  readonly role?: SagaRole
  /** Absent: the coordinator's own. */
  readonly retry?: RetryPolicy
}

type Planned = Ordered & { readonly role: SagaRole }

/** What keeps these branches from being a saga, in a sentence; undefined when nothing does. */
export function problemOfPlan(branches: readonly PlannedBranch[]): string | undefined {
  for (const [index, planned] of branches.entries()) {
    const problem = problemOfBranch(branches, index, planned)
    if (problem !== undefined) return `branch ${planned.branch}: ${problem}`
  }
  const ordered = branches.map((branch, index): Planned => {
    const after = orderOf(branch, branches[index - 1]?.branch)
    return { branch: branch.branch, after, role: branch.role ?? 'compensatable' }
  })
  const inCircle = cyclic(ordered)
  return inCircle === undefined ? problemOfRoles(ordered) : `branch ${inCircle}: waits for itself`
}

/** Whom it waits for, its references included. */
export function orderOf(branch: PlannedBranch, previous: BranchNumber | undefined): readonly BranchNumber[] {
  const { references = [], after = previous === undefined ? [] : [previous] } = branch
  if (references.length === 0) return after
  return [...new Set([...after, ...references.map((reference) => reference.branch)])]
}

/** As it is logged. */
export function sagaBranch(
  enlisted: EnlistedSagaBranch,
  previous: BranchNumber | undefined,
  retry: RetryPolicy,
): SagaBranch {
  const { branch, participant, operation, input, identity } = enlisted
  return {
    branch,
    participant,
    operation,
    input,
    references: enlisted.references ?? [],
    after: orderOf(enlisted, previous),
    role: enlisted.role ?? 'compensatable',
    retry: enlisted.retry ?? retry,
    ...(identity === undefined ? {} : { storageId: identity.storageId }),
  }
}

function problemOfBranch(
  branches: readonly PlannedBranch[],
  index: number,
  { branch, input, references = [], after = [], retry }: PlannedBranch,
): string | undefined {
  const isKnown = (number: BranchNumber): boolean => branches.some((other) => other.branch === number)
  if (branches.findIndex((other) => other.branch === branch) !== index) return 'there are two of this number'
  const unknown = after.find((number) => !isKnown(number))
  if (unknown !== undefined) return `waits for branch ${unknown}, which is no branch of this saga`
  const nowhere = references.find((reference) => !isKnown(reference.branch))
  if (nowhere !== undefined) return `refers to branch ${nowhere.branch}, which is no branch of this saga`
  if (retry !== undefined && !(retry.tries >= 1)) return 'is tried less than once'
  return problemOfReferences(input, references)
}

function problemOfRoles(branches: readonly Planned[]): string | undefined {
  const [pivot, second] = branches.filter(({ role }) => role === 'pivot')
  if (second !== undefined) return `branch ${second.branch}: is a second pivot, after branch ${pivot?.branch}`
  const before = pivot === undefined ? undefined : ancestors(branches, pivot.branch)
  const behind = pivot === undefined ? undefined : descendants(branches, pivot.branch)
  for (const { branch, role } of branches) {
    if (role === 'retriable' && behind?.has(branch) !== true)
      return `branch ${branch}: is retriable and not after a pivot`
    if (role === 'compensatable' && before !== undefined && !before.has(branch)) {
      const must =
        behind?.has(branch) === true
          ? 'comes after the pivot and must be retriable'
          : 'must be before the pivot or after it'
      return `branch ${branch}: ${must}, because the pivot can not be taken back`
    }
  }
  return undefined
}
