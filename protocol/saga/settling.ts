// Backward: the saga turns. First it is settled which branches have done anything, then they are compensated.
//
// S3 A branch whose result is not known is asked until it says that it is done, or that it never will be: its tombstone
//    refuses whatever is still on its way.
// S4 Only then is the turn recorded, forced, and the first Abort sent: no branch can start any more.
// S5 The pivot done, there is no way back: what was settled in the meantime goes forward instead. Retriable branches are
//    not asked, because no Prepare of theirs left before the pivot's yes, and a tombstone would be final.
// S7 Whoever built on a branch is compensated before it.

import * as aborting from '../coordinator/aborting.ts'
import { unchanged } from '../coordinator/pieces.ts'
import type { AbortingBranch, CoordinatorStep, Event, Policy, Reply, Sent } from '../coordinator/state.ts'
import type { Instant } from '../ids.ts'
import type { Reason } from '../outcome.ts'
import { invariant, unreachable } from '../step.ts'
import { descendants } from './graph.ts'
import { proceed } from './proceeding.ts'
import { become, isOfAnother, type Running, type RunningBranch, replace } from './running-state.ts'
import { ask, type Does, running, sendAgain, withMore } from './sending.ts'

/** From here on nothing is prepared; unless there is no way back, when nothing more is called and what was goes forward. */
export function turn(state: Running, because: Reason, at: Instant, policy: Policy, does: Does = {}): CoordinatorStep {
  if (state.isForward) return onward({ ...state, isOpen: false }, at, policy, does)
  return settle(state.turning === undefined ? { ...state, turning: because } : state, at, policy, does)
}

/** Asks those who have not been asked; when all is known the saga goes back, or forward after all. */
export function settle(state: Running, at: Instant, policy: Policy, does: Does = {}): CoordinatorStep {
  const pivot = state.branches.find(({ role }) => role === 'pivot')
  if (pivot !== undefined && isDone(pivot)) return forward(state, at, policy, does)
  const messages: Sent[] = []
  let next = state
  for (const branch of state.branches) {
    if (!isUnsettled(branch, pivot) || branch.progress === 'asked') continue
    const asked = ask(next, branch, at, policy)
    next = replace(next, asked.branch)
    messages.push(asked.sent)
  }
  if (next.branches.some((branch) => isUnsettled(branch, pivot))) return withMore(does, running(next, { messages }))
  return compensate(next, at, policy, does)
}

export function statusAnswered(
  state: Running,
  event: Extract<Event, { type: 'status-answer' }>,
  policy: Policy,
): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === event.branch)
  if (branch?.progress !== 'asked') return unchanged(state)
  const { knowledge, from, at } = event
  if (isOfAnother(branch, from)) return settle(replace(state, lost(branch)), at, policy)
  switch (knowledge.knows) {
    case 'nothing':
    case 'active': {
      if (branch.storageId !== undefined) return unchanged(state)
      // Nobody was known when it was logged: the one who answers is asked by its name to bar it.
      const named = replace(state, { ...branch, storageId: from.storageId })
      return sendAgain(named, (other) => other.branch === event.branch, at, policy)
    }
    case 'prepared':
    case 'committed':
    case 'read-only':
      return settle(replace(state, become(branch, { progress: 'done', voter: from })), at, policy)
    case 'aborted':
    case 'ended':
      return settle(replace(state, become(branch, { progress: 'no' })), at, policy)
    default:
      return unreachable(knowledge)
  }
}

export const lost = (branch: RunningBranch): RunningBranch =>
  become(branch, { progress: 'lost', lastError: `${branch.participant} came back with another database` })

/** Its Prepare may have left, and nothing is known of it. */
export function isUnknown({ progress, isAskedAgain, ended }: RunningBranch): boolean {
  if (ended !== undefined) return false
  return ['sent', 'failed', 'asked'].includes(progress) || (progress === 'waiting' && isAskedAgain)
}

/** Of a lost pivot nobody can say that it had not said yes before the restart: then those after it are asked, too. */
const isUnsettled = (branch: RunningBranch, pivot: RunningBranch | undefined): boolean =>
  isUnknown(branch) && (branch.role !== 'retriable' || pivot?.progress === 'lost' || pivot?.ended !== undefined)

const isDone = ({ progress, ended }: RunningBranch): boolean =>
  ended === undefined ? progress === 'yes' || progress === 'done' : ended.did === 'commit'

/** What was settled as done is asked for its result, with the same Prepare. */
function forward(state: Running, at: Instant, policy: Policy, does: Does): CoordinatorStep {
  const { turning: _, ...others } = state
  const branches = state.branches.map((branch) =>
    isUnknown(branch) || branch.progress === 'done'
      ? become(branch, { progress: 'waiting', isAskedAgain: true, attempt: 0 })
      : branch,
  )
  return onward({ ...others, branches, isOpen: false, isForward: true }, at, policy, does)
}

function onward(state: Running, at: Instant, policy: Policy, does: Does): CoordinatorStep {
  const step = proceed(state, at, policy)
  invariant('state' in step, 'S5: there is no way back')
  return withMore(does, step)
}

function compensate(state: Running, at: Instant, policy: Policy, does: Does): CoordinatorStep {
  const { facts, branches, turning } = state
  invariant(turning !== undefined, 'a saga turns for a reason')
  const told = branches.filter((branch) => branch.ended !== undefined || branch.progress === 'lost' || isDone(branch))
  const replies: Reply[] = branches
    .filter(({ isCalled }) => isCalled)
    .map(({ branch }) => ({ type: 'call', branch, vote: { vote: 'no', reason: turning } }))
  const turned = aborting.aborting(
    facts,
    told.map((branch) => compensated(branch, branches)),
    turning,
    true,
  )
  const { transactionId } = facts
  const recorded: Does = { records: [{ type: 'compensating', transactionId, reason: turning }], force: true, replies }
  return withMore(does, withMore(recorded, aborting.enter(turned, at, policy)))
}

function compensated(branch: RunningBranch, branches: readonly RunningBranch[]): AbortingBranch {
  const { ended, lastError } = branch
  const voter = branch.voter?.storageId ?? branch.storageId
  const error = ended?.detail ?? lastError
  return {
    branch: branch.branch,
    participant: branch.participant,
    operation: branch.operation,
    ...(voter === undefined ? {} : { voter }),
    after: [...descendants(branches, branch.branch)],
    progress: ended === undefined ? 'waiting' : 'heuristic',
    ...(ended === undefined ? {} : { did: ended.did }),
    ...(error === undefined ? {} : { lastError: error }),
  }
}
