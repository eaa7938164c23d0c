// A saga's branch while the saga runs.

import type { State } from '../coordinator/state.ts'
import type { Identity, Instant } from '../ids.ts'
import type { Decision } from '../outcome.ts'
import type { SagaBranch } from './plan.ts'

export type Running = Extract<State, { phase: 'running' }>

export interface RunningBranch extends SagaBranch {
  /**
   * `waiting`: for others. `sent`: its Prepare may have left, and its result is not known. `failed`: its last try changed
   * nothing; the next one is due at `retryAt`. `yes`: done. `no`: it has changed nothing and never will (S3).
   *
   * While the saga turns: `asked`: Status asks what became of it. `done`: it is prepared, its result is not known. `lost`:
   * another database answers for the one that was asked.
   */
  readonly progress: 'waiting' | 'sent' | 'failed' | 'yes' | 'no' | 'asked' | 'done' | 'lost'
  /** 0 before the first. */
  readonly tryNumber: number
  /** How many of these tries met a participant that was being stopped: nothing was tried, and they do not count. */
  readonly untried?: number
  /** How often this try's Prepare, or Status, was sent. */
  readonly attempt: number
  /** `sent` and `asked`: when it is sent again. */
  readonly resendAt?: Instant
  /** `failed`: when the next try begins. */
  readonly retryAt?: Instant
  readonly lastError?: string
  /** `yes`: JSON text. */
  readonly result?: string
  /** `yes` and `done`: who said it. */
  readonly voter?: Identity
  /** Somebody waits for it as the answer to a call. */
  readonly isCalled?: true
  /** Its Prepare may have left before this coordinator restarted, or before the saga went forward again. */
  readonly isAskedAgain?: true
  /** An operator has ended the wait for it. */
  readonly ended?: { readonly did: Decision; readonly detail: string }
}

export const branchOf = (state: Running, number: number): RunningBranch | undefined =>
  state.branches.find(({ branch }) => branch === number)

export const replace = (state: Running, branch: RunningBranch): Running => ({
  ...state,
  branches: state.branches.map((known) => (known.branch === branch.branch ? branch : known)),
})

/** What it is now; nothing is due any more. */
export function become(branch: RunningBranch, changes: Partial<RunningBranch>): RunningBranch {
  const { resendAt: _, retryAt: __, ...others } = branch
  return { ...others, ...changes }
}

/** Whether another database speaks than the one that was asked, or that said yes. */
export function isOfAnother(branch: RunningBranch, { storageId }: Pick<Identity, 'storageId'>): boolean {
  const expected = branch.voter?.storageId ?? branch.storageId
  return expected !== undefined && expected !== storageId
}
