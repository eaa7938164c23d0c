// What a client asks for as a saga, completed with this coordinator's own retry policy.

import type { coordinatorSide, RetryPolicy } from '../protocol/index.ts'
import type { RequestedBranch } from '../wire/index.ts'

/** How a branch is to be carried out; what the client left out is absent, and the core knows what it means. */
export function planOf(
  { saga = { references: [], role: 'compensatable' } }: RequestedBranch,
  policy: coordinatorSide.Policy,
) {
  const { retry: asked, ...plan } = saga
  const retry: RetryPolicy = { ...policy.sagaRetry, ...asked }
  return { ...plan, retry }
}

/** A problem of the policy that came of it, in a sentence. */
export function problemOfRetry(
  branches: readonly RequestedBranch[],
  policy: coordinatorSide.Policy,
): string | undefined {
  const wrong = branches.find((branch) => {
    const { retry } = planOf(branch, policy)
    return retry.firstMs > retry.maxMs
  })
  if (wrong === undefined) return undefined
  const { firstMs, maxMs } = planOf(wrong, policy).retry
  return `branch ${wrong.branch}: the first wait between its tries, ${firstMs} ms, is longer than the longest, ${maxMs} ms`
}
