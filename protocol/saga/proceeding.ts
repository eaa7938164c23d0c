// Forward: who is prepared next, and the decision when all have said yes.
//
// F1 A branch is prepared when all that it waits for have said yes, with what it refers to in their results.
// F2 Every branch has said yes before the decision is recorded; what an operator has ended is left to him.

import * as committing from '../coordinator/committing.ts'
import type { CoordinatorStep, Policy, Sent } from '../coordinator/state.ts'
import { Boot, type Identity, type Instant, StorageId } from '../ids.ts'
import type { Reason } from '../outcome.ts'
import type { DecidedBranch } from '../records.ts'
import { branchOf, type Running, type RunningBranch, replace } from './running-state.ts'
import { failed, running, tryBranch } from './sending.ts'

/** A database that nobody has. */
const nobody: Identity = { storageId: StorageId('00000000-0000-0000-0000-000000000000'), boot: Boot(0) }

/** One step forward; or the reason for which the saga must turn. */
export function proceed(state: Running, at: Instant, policy: Policy): CoordinatorStep | Reason {
  const messages: Sent[] = []
  let next = state
  for (const branch of state.branches) {
    if (branch.progress !== 'waiting' || isOver(state, branch) || !mayBegin(state, branch)) continue
    const tryNumber = branch.tryNumber + 1
    const tried = tryBranch(next, branch, tryNumber, at, policy)
    if ('lacks' in tried) {
      if (!state.isForward) return tried.lacks
      next = replace(next, failed({ ...branch, tryNumber }, tried.lacks, at))
      continue
    }
    next = replace(next, tried.branch)
    messages.push(tried.sent)
  }
  const isComplete = !next.isOpen && next.branches.every((branch) => isOver(next, branch))
  return isComplete ? complete(next, at, policy) : running(next, { messages })
}

/** Its share of the way forward is behind it. Once there is no way back, a lost one is over, too: its Commit finds out. */
function isOver({ isForward }: Running, { progress, ended }: RunningBranch): boolean {
  return progress === 'yes' || ended !== undefined || (progress === 'lost' && isForward === true)
}

const mayBegin = (state: Running, { after }: RunningBranch): boolean =>
  after.every((number) => {
    const other = branchOf(state, number)
    return other !== undefined && isOver(state, other)
  })

function complete({ facts, branches }: Running, at: Instant, policy: Policy): CoordinatorStep {
  const ended = branches.flatMap(({ branch, ended }) => (ended === undefined ? [] : [{ branch, ...ended }]))
  return committing.enter(facts, branches.map(decided), at, policy, ended)
}

function decided(of: RunningBranch): DecidedBranch {
  const { branch, participant, operation, voter, result } = of
  return { branch, participant, operation, vote: 'yes', voter: voter ?? unheard(of), result: result ?? '' }
}

/** Whoever was to do what an operator has ended. */
const unheard = ({ storageId }: RunningBranch): Identity =>
  storageId === undefined ? nobody : { storageId, boot: nobody.boot }
