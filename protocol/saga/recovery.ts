// A saga after a restart of its coordinator: what the log holds is its branches, not what they said. Their results are
// durable where they are, and are asked for again in the same order, with the same inputs.
//
// Once the turn is recorded no branch can start any more, so nobody has to be asked: Abort goes to all, acked, whatever
// they did. A Status could not tell: `aborted` may be a compensation that is not durable yet.

import { type Aborting, aborting } from '../coordinator/aborting.ts'
import type { RecordedHazard } from '../coordinator/recovery.ts'
import type { AbortingBranch, CoordinatorStep, Policy } from '../coordinator/state.ts'
import { after, type Instant } from '../ids.ts'
import { type Reason, reason } from '../outcome.ts'
import type { TransactionFacts } from '../records.ts'
import { descendants } from './graph.ts'
import type { SagaBranch } from './plan.ts'
import { proceed } from './proceeding.ts'
import { type Running, type RunningBranch, waiting } from './running-state.ts'
import { turn } from './settling.ts'

export interface RecordedSaga {
  readonly branches: readonly SagaBranch[]
  readonly isOpen: boolean
  readonly compensating?: Reason
}

export function recover(
  facts: TransactionFacts,
  { branches, isOpen, compensating }: RecordedSaga,
  hazards: readonly RecordedHazard[],
): Running | Aborting {
  const hazardOf = (branch: SagaBranch) => hazards.find((hazard) => hazard.branch === branch.branch)
  if (compensating === undefined) {
    const pivot = branches.find(({ role }) => role === 'pivot')
    return {
      phase: 'running',
      facts,
      branches: branches.map((branch) => askedAgain(branch, hazardOf(branch))),
      isOpen,
      ...(pivot !== undefined && hazardOf(pivot)?.resolved === 'commit' && { isForward: true }),
    }
  }
  // The pivot not done, no Prepare of a retriable branch has left (settling.ts, S5).
  const told = branches.filter((branch) => branch.role !== 'retriable' || hazardOf(branch) !== undefined)
  const compensated = told.map((branch) => compensatedAgain(branch, branches, hazardOf(branch)))
  return aborting(facts, compensated, compensating, true)
}

function askedAgain(branch: SagaBranch, known: RecordedHazard | undefined): RunningBranch {
  const ended = known?.resolved === undefined ? undefined : { did: known.resolved, detail: known.detail }
  return { ...waiting(branch), isAskedAgain: true, ended }
}

function compensatedAgain(
  { branch, participant, operation, storageId }: SagaBranch,
  branches: readonly SagaBranch[],
  known: RecordedHazard | undefined,
): AbortingBranch {
  const again: AbortingBranch = {
    branch,
    participant,
    operation,
    ...(storageId === undefined ? {} : { voter: storageId }),
    after: [...descendants(branches, branch)],
    progress: 'waiting',
  }
  if (known === undefined) return again
  const { detail: lastError, resolved } = known
  if (resolved === undefined && known.hazard === 'hazard') return { ...again, progress: 'hazard', lastError }
  return { ...again, progress: 'heuristic', did: resolved ?? 'commit', lastError }
}

export function resume(state: Running, at: Instant, policy: Policy): CoordinatorStep {
  const { startedAt, timeoutAt } = state.facts
  // No longer than its whole timeout from now, also when the clock was ahead at begin and is right again.
  const timers = [{ timer: 'timeout', at: Math.min(timeoutAt, after(at, timeoutAt - startedAt)) as Instant }] as const
  const step = resumed(state, at, policy)
  return step.state.phase === 'running' ? { ...step, timers: [...step.timers, ...timers] } : step
}

function resumed(state: Running, at: Instant, policy: Policy): CoordinatorStep {
  const given = state.branches.find(({ ended }) => ended?.did === 'abort')
  if (given?.ended !== undefined && !state.isForward) {
    return turn(state, reason('RESOLVED_BY_OPERATOR', given.ended.detail), at, policy)
  }
  const step = proceed(state, at, policy)
  return 'state' in step ? step : turn(state, step, at, policy)
}
