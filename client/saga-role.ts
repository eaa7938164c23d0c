// What may become of a branch of a saga, as its caller says it: whether it can be taken back, and how it is tried again.

import type { SagaRole } from '../protocol/index.ts'
import { type RequestedPlan, transactionError } from '../wire/index.ts'

/** How a branch is tried again that failed without refusing; what is absent is the coordinator's default. */
export interface BranchRetry {
  /** 1 to 1,000, the first one included. */
  readonly tries?: number
  /** The wait after the first try, in milliseconds; it doubles with each. At most a day. */
  readonly firstMs?: number
  /** The longest wait, in milliseconds. At most a day. */
  readonly maxMs?: number
}

/** Of a branch of a saga. One that says nothing is compensated when the saga turns. */
export type RoleOptions =
  | {
      /** Once it has said yes, the saga only goes forward. At most one; everything else comes before it or after it. */
      readonly pivot?: true
      readonly retriable?: never
      readonly retry?: BranchRetry
    }
  | {
      readonly pivot?: never
      /** Comes after the pivot: tried until it succeeds, however often that is, and never compensated. */
      readonly retriable: true
      readonly retry?: Omit<BranchRetry, 'tries'>
    }

export type RolePlan = Pick<RequestedPlan, 'role' | 'retry'>

/** The plan of a branch by its options; throws `BRANCH_INVALID` where they contradict each other. */
export function rolePlan({ pivot, retriable, retry }: RoleOptions): RolePlan {
  if (pivot && retriable) throw transactionError('BRANCH_INVALID', 'a branch is the pivot or comes after it, not both')
  const role: SagaRole = pivot ? 'pivot' : retriable ? 'retriable' : 'compensatable'
  if (retry === undefined) return { role }
  for (const [name, value] of Object.entries(retry)) {
    if (Number.isSafeInteger(value) && (value as number) > 0) continue
    throw transactionError('BRANCH_INVALID', `retry.${name}: ${value} is not a whole number above 0`)
  }
  return { role, retry }
}

export const saysNothing = ({ role, retry }: RolePlan): boolean => role === 'compensatable' && retry === undefined

/** How far the pivot of an open saga is. */
export type PivotProgress = 'none' | 'called' | 'done'

/** Why a branch of this role cannot be called now; the saga itself is none the worse for having been asked. */
export function untimely(role: SagaRole, pivot: PivotProgress, pending: number): string | undefined {
  switch (role) {
    case 'compensatable':
      return pivot === 'none' ? undefined : 'after the pivot there are only retriable branches'
    case 'pivot':
      if (pivot !== 'none') return 'a saga has at most one pivot'
      return pending === 0 ? undefined : 'the pivot is called when every call before it has been answered'
    case 'retriable':
      return pivot === 'done' ? undefined : 'a retriable branch is called when the pivot has been answered'
  }
}
