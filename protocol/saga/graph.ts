// The order of a saga's branches, as a graph: a branch comes after those that it builds on.

import type { BranchNumber } from '../ids.ts'

export interface Ordered {
  readonly branch: BranchNumber
  readonly after: readonly BranchNumber[]
}

/** All that this branch builds on, directly or not. */
export const ancestors = (branches: readonly Ordered[], number: BranchNumber): ReadonlySet<BranchNumber> =>
  reached(number, (from) => branches.find(({ branch }) => branch === from)?.after ?? [])

/** All that build on this branch, directly or not: they are compensated before it (S7). */
export const descendants = (branches: readonly Ordered[], number: BranchNumber): ReadonlySet<BranchNumber> =>
  reached(number, (from) => branches.filter(({ after }) => after.includes(from)).map(({ branch }) => branch))

/** A branch that is its own ancestor; whoever waits for nobody is not. */
export const cyclic = (branches: readonly Ordered[]): BranchNumber | undefined =>
  branches.find(({ branch, after }) => after.length > 0 && ancestors(branches, branch).has(branch))?.branch

function reached(
  start: BranchNumber,
  next: (from: BranchNumber) => readonly BranchNumber[],
): ReadonlySet<BranchNumber> {
  const found = new Set<BranchNumber>()
  const open = [start]
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const number of next(from)) {
      if (found.has(number)) continue
      found.add(number)
      open.push(number)
    }
  }
  return found
}
