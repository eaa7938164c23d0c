// What a client asks for as a saga, completed with this coordinator's own retry policy.

import { type BranchNumber, coordinatorSide, type RetryPolicy } from '../protocol/index.ts'
import type { RequestedBranch, RequestedPlan } from '../wire/index.ts'

/** How a branch is to be carried out; without `after` the core knows whom it waits for. */
export interface Plan extends Omit<RequestedPlan, 'retry'> {
  readonly retry: RetryPolicy
}

export function planOf({ saga }: RequestedBranch, { sagaRetry }: coordinatorSide.Policy): Plan {
  if (saga === undefined) return { references: [], role: 'compensatable', retry: sagaRetry }
  const { references, role, after, retry: asked } = saga
  const retry = asked === undefined ? sagaRetry : { ...sagaRetry, ...asked }
  return after === undefined ? { references, role, retry } : { references, role, retry, after }
}

/** Written out: what is added to a spread costs more than all of the rest. */
export function planned(
  enlisted: coordinatorSide.EnlistedBranch & RequestedBranch,
  policy: coordinatorSide.Policy,
): coordinatorSide.EnlistedSagaBranch {
  const { branch, participant, operation, input, address, identity } = enlisted
  const { references, role, retry, after } = planOf(enlisted, policy)
  return {
    branch,
    participant,
    operation,
    input,
    address,
    identity,
    references,
    role,
    retry,
    ...(after === undefined ? {} : { after }),
  }
}

/** What keeps these branches from being a saga, in a sentence; undefined when nothing does. */
export const problemOfSaga = (branches: readonly coordinatorSide.EnlistedSagaBranch[]): string | undefined =>
  problemOfRetry(branches) ?? coordinatorSide.problemOfPlan(branches)

/** A problem of the policies that came of it, in a sentence. */
export function problemOfRetry(
  branches: readonly { readonly branch: BranchNumber; readonly retry?: RetryPolicy }[],
): string | undefined {
  for (const { branch, retry } of branches) {
    if (retry === undefined || retry.firstMs <= retry.maxMs) continue
    const { firstMs, maxMs } = retry
    return `branch ${branch}: the first wait between its tries, ${firstMs} ms, is longer than the longest, ${maxMs} ms`
  }
  return undefined
}
