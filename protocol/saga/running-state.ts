// A saga's branch while the saga runs.
//
// Every field is there from the beginning, also when there is nothing to say in it: each event copies the branch that it
// changes, and V8 copies an object that keeps its fields much faster than one that gets a new one (docs/decisions/0012).

import type { State } from '../coordinator/state.ts'
import type { Identity, Instant } from '../ids.ts'
import type { Decision } from '../outcome.ts'
import type { SagaBranch } from './plan.ts'

export type Running = Extract<State, { phase: 'running' }>

export interface RunningBranch extends SagaBranch {
  /**
   * `waiting`: for others. `sent`: its Prepare may have left, and its result is not known. `failed`: its last try changed
   * nothing. `yes`: done. `no`: it has changed nothing and never will (S3).
   *
   * While the saga turns: `asked`: Status asks what became of it. `done`: it is prepared, its result is not known. `lost`:
   * another database answers for the one that was asked.
   */
  readonly progress: 'waiting' | 'sent' | 'failed' | 'yes' | 'no' | 'asked' | 'done' | 'lost'
  /** 0 before the first. */
  readonly tryNumber: number
  /** How many of these tries met a participant that was being stopped: nothing was tried, and they do not count. */
  readonly untried: number
  /** How often this try's Prepare, or Status, was sent. */
  readonly attempt: number
  /** `sent` and `asked`: when it is sent again. `failed`: when the next try begins. */
  readonly dueAt: Instant | 'never'
  readonly lastError: string | undefined
  /** `yes`: JSON text. */
  readonly result: string | undefined
  /** `yes` and `done`: who said it. */
  readonly voter: Identity | undefined
  /** Somebody waits for it as the answer to a call. */
  readonly isCalled: boolean
  /** Its Prepare may have left before this coordinator restarted, or before the saga went forward again. */
  readonly isAskedAgain: boolean
  /** An operator has ended the wait for it. */
  readonly ended: { readonly did: Decision; readonly detail: string } | undefined
}

/** Nothing of it has been sent. */
export const waiting = (plan: SagaBranch): RunningBranch => ({
  branch: plan.branch,
  participant: plan.participant,
  operation: plan.operation,
  input: plan.input,
  references: plan.references,
  after: plan.after,
  role: plan.role,
  retry: plan.retry,
  progress: 'waiting',
  tryNumber: 0,
  untried: 0,
  attempt: 0,
  dueAt: 'never',
  lastError: undefined,
  result: undefined,
  voter: undefined,
  isCalled: false,
  isAskedAgain: false,
  ended: undefined,
  ...(plan.storageId === undefined ? {} : { storageId: plan.storageId }),
})

export const branchOf = (state: Running, number: number): RunningBranch | undefined =>
  state.branches.find(({ branch }) => branch === number)

export const replace = (state: Running, branch: RunningBranch): Running => ({
  ...state,
  branches: state.branches.map((known) => (known.branch === branch.branch ? branch : known)),
})

/** What it is now; what was due is due no more. */
export const become = (branch: RunningBranch, changes: Partial<RunningBranch>): RunningBranch => ({
  ...branch,
  dueAt: 'never',
  ...changes,
})

/** Whether another database speaks than the one that was asked, or that said yes. */
export function isOfAnother(branch: RunningBranch, { storageId }: Pick<Identity, 'storageId'>): boolean {
  const expected = branch.voter?.storageId ?? branch.storageId
  return expected !== undefined && expected !== storageId
}
