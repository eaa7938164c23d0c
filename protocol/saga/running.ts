// A saga while it runs (protocols.md 3.1; design rule 14).
//
// S1 A branch is logged, forced, before its Prepare leaves: at any crash the log says what may have been done.
// S2 Each try carries its number; what an earlier one came to counts only if it is final.
// The other invariants are kept in settling.ts and coordinator/aborting.ts.

import { stepTo, unchanged, where } from '../coordinator/pieces.ts'
import type { CoordinatorStep, EnlistedBranch, Event, Policy, Reply } from '../coordinator/state.ts'
import type { BranchNumber, Identity, Instant } from '../ids.ts'
import type { Vote } from '../messages.ts'
import { type Reason, reason } from '../outcome.ts'
import type { CoordinatorRecord, TransactionFacts } from '../records.ts'
import { unreachable } from '../step.ts'
import { type EnlistedSagaBranch, problemOfPlan, sagaBranch } from './admission.ts'
import type { SagaBranch } from './plan.ts'
import { proceed } from './proceeding.ts'
import { become, branchOf, isOfAnother, type Running, type RunningBranch, replace, waiting } from './running-state.ts'
import { type Does, failed, running, sendAgain, withMore } from './sending.ts'
import { isUnknown, lost, settle, statusAnswered, turn } from './settling.ts'

/** An open saga without branches. */
export function begin(facts: TransactionFacts): CoordinatorStep {
  const records: CoordinatorRecord[] = [{ type: 'saga', facts, branches: [], isOpen: true }]
  const state: Running = { phase: 'running', facts, branches: [], isOpen: true }
  return stepTo(state, { records, force: true, timers: [{ timer: 'timeout', at: facts.timeoutAt }] })
}

/** A saga whose branches all come at once. They have been admitted: `problemOfPlan` found nothing. */
export function submit(
  facts: TransactionFacts,
  enlisted: readonly EnlistedSagaBranch[],
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const branches = enlisted.map((branch, index) => sagaBranch(branch, enlisted[index - 1]?.branch, policy.sagaRetry))
  const records: CoordinatorRecord[] = [{ type: 'saga', facts, branches, isOpen: false }]
  const state: Running = { phase: 'running', facts, branches: branches.map(waiting), isOpen: false }
  const step = advance(state, at, policy, { records, force: true })
  if (step.state.phase !== 'running') return step
  return { ...step, timers: [...step.timers, { timer: 'timeout', at: facts.timeoutAt }] }
}

export function step(state: Running, event: Event, policy: Policy): CoordinatorStep {
  switch (event.type) {
    case 'call':
      return call(state, event, policy)
    case 'commit':
      return commit(state, event.expected, event.at, policy)
    case 'abort':
      return turn(state, event.reason, event.at, policy)
    case 'vote':
      return voted(state, event, policy)
    case 'status-answer':
      return statusAnswered(state, event, policy)
    case 'timer':
      return onTimer(state, event, policy)
    case 'connected': {
      const isUnanswered = ({ participant, progress }: RunningBranch): boolean =>
        participant === event.participant && (progress === 'sent' || progress === 'asked')
      return sendAgain(state, isUnanswered, event.at, policy)
    }
    case 'storage-changed':
      return storageChanged(state, event, policy)
    case 'inquiry':
      // Whether it commits or is compensated is not decided: not before its turn is it answered `abort`.
      return stepTo(state, { replies: [{ type: 'inquiry', branch: event.branch, answer: 'in-progress' }] })
    case 'resolve':
      return resolved(state, event, policy)
    case 'decision-answer':
    case 'acked':
    case 'ballot-answer':
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}

/** What keeps this branch from being called now, in a sentence; undefined when nothing does. */
export function problemOfCall(
  state: Running,
  branch: EnlistedBranch,
  plan: Pick<SagaBranch, 'role' | 'retry'> | undefined,
): string | undefined {
  return problemOfPlan([...state.branches, { ...branch, ...plan, after: calledAfter(state) }])
}

/** Those that had said yes; what is asked for again after a restart may have, as far as the client knows. */
const calledAfter = ({ branches }: Running): readonly BranchNumber[] =>
  branches.filter(({ progress, isAskedAgain }) => progress === 'yes' || isAskedAgain).map(({ branch }) => branch)

function call(state: Running, event: Extract<Event, { type: 'call' }>, policy: Policy): CoordinatorStep {
  const { branch: number } = event.branch
  const refused = (because: Reason): CoordinatorStep =>
    stepTo(state, { replies: [{ type: 'call', branch: number, vote: { vote: 'no', reason: because } }] })
  const known = branchOf(state, number)
  if (known?.progress === 'yes') {
    return running(state, {
      replies: repliesTo({ ...known, isCalled: true }, { vote: 'yes', result: known.result ?? '' }),
    })
  }
  if (known !== undefined) return running(replace(state, { ...known, isCalled: true }))
  if (state.turning !== undefined) return refused(state.turning)
  if (!state.isOpen) return unchanged(state)
  const problem = problemOfCall(state, event.branch, event.plan)
  if (problem !== undefined) return refused(reason('INPUT_INVALID', problem, where(event.branch)))
  const plan = { ...event.plan, after: calledAfter(state) }
  const branch = sagaBranch({ ...event.branch, ...plan }, undefined, policy.sagaRetry)
  const { transactionId } = state.facts
  const next: Running = { ...state, branches: [...state.branches, { ...waiting(branch), isCalled: true }] }
  const records: CoordinatorRecord[] = [{ type: 'saga-branch', transactionId, branch }]
  return advance(next, event.at, policy, { records, force: true })
}

/** Commit names the branches it expects; one missing, or one too many, turns the saga (design rule 11). */
function commit(state: Running, expected: readonly BranchNumber[], at: Instant, policy: Policy): CoordinatorStep {
  if (!state.isOpen || state.turning !== undefined) return unchanged(state)
  const missing = expected.find((number) => branchOf(state, number) === undefined)
  const extra = state.branches.find(({ branch }) => !expected.includes(branch))
  const closed: Running = { ...state, isOpen: false }
  if (missing !== undefined) {
    const sentence = `commit names branch ${missing}, which was never called`
    return turn(closed, reason('BRANCH_MISSING', sentence), at, policy)
  }
  if (extra !== undefined) {
    const sentence = `branch ${extra.branch} was called and commit does not name it`
    return turn(closed, reason('BRANCH_MISSING', sentence, where(extra)), at, policy)
  }
  return advance(closed, at, policy)
}

function voted(state: Running, event: Extract<Event, { type: 'vote' }>, policy: Policy): CoordinatorStep {
  const branch = branchOf(state, event.branch)
  if (branch === undefined || branch.ended !== undefined) return unchanged(state)
  const { vote, from, at } = event
  if (isOfAnother(branch, from)) return strange(state, branch, at, policy)
  if (branch.progress === 'yes' || branch.progress === 'no' || branch.progress === 'lost') return unchanged(state)
  switch (vote.vote) {
    case 'yes':
    case 'read-only':
      return yes(state, branch, vote.result, from, at, policy)
    case 'no': {
      const because: Reason = { ...vote.reason, ...where(branch) }
      // After the pivot nothing is final; and what is prepared does not say no.
      if (branch.role === 'retriable' || state.isForward) {
        return branch.progress === 'sent' ? tryFailed(state, branch, because, at, policy) : unchanged(state)
      }
      const replies = repliesTo(branch, { vote: 'no', reason: because })
      const refused = become(branch, { progress: 'no', lastError: because.message, isCalled: false })
      return turn(replace(state, refused), because, at, policy, { replies })
    }
    case 'failed': {
      if (branch.progress !== 'sent' || branch.tryNumber !== vote.tryNumber) return unchanged(state)
      return tryFailed(state, branch, { ...vote.reason, ...where(branch) }, at, policy)
    }
    case 'committed':
      return unchanged(state)
    default:
      return unreachable(vote)
  }
}

function yes(
  state: Running,
  branch: RunningBranch,
  result: string,
  voter: Identity,
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const next = replace(state, become(branch, { progress: 'yes', result, voter, isCalled: false }))
  const replies = repliesTo(branch, { vote: 'yes', result })
  if (next.turning !== undefined) return settle(next, at, policy, { replies })
  const isPivot = branch.role === 'pivot'
  return advance(isPivot ? { ...next, isForward: true } : next, at, policy, { replies })
}

function tryFailed(
  state: Running,
  branch: RunningBranch,
  because: Reason,
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  if (state.turning !== undefined) return unchanged(state)
  const untried = branch.untried + (because.code === 'DRAINING' ? 1 : 0)
  const next = replace(state, failed({ ...branch, untried }, because, at))
  const isLast = branch.role !== 'retriable' && !state.isForward && branch.tryNumber - untried >= branch.retry.tries
  return isLast ? turn(next, because, at, policy) : running(next)
}

/** Another database speaks: what the one that was asked has done is not known to it (design rules 16 and 17). */
function strange(state: Running, branch: RunningBranch, at: Instant, policy: Policy): CoordinatorStep {
  const because = otherStorage(branch)
  if (state.isForward || branch.role === 'retriable') {
    if (branch.role === 'retriable') {
      return branch.progress === 'sent' ? tryFailed(state, branch, because, at, policy) : unchanged(state)
    }
    return branch.progress === 'yes' ? unchanged(state) : advance(replace(state, lost(branch)), at, policy)
  }
  if (branch.progress === 'no' || branch.progress === 'lost') return unchanged(state)
  // A yes stays one: the database that said it is told to compensate, and whoever answers for it makes a hazard.
  const isDone = branch.progress === 'yes' || branch.progress === 'done'
  return turn(isDone ? state : replace(state, lost(branch)), because, at, policy)
}

/** What it was to do, or has done, is not in this database: its yes counts no longer (design rule 11). */
function storageChanged(
  state: Running,
  { participant, storageId, at }: Extract<Event, { type: 'storage-changed' }>,
  policy: Policy,
): CoordinatorStep {
  if (state.isForward || state.turning !== undefined) return unchanged(state)
  const changed = state.branches.find(
    (branch) => branch.participant === participant && isOfAnother(branch, { storageId }),
  )
  return changed === undefined ? unchanged(state) : turn(state, otherStorage(changed), at, policy)
}

const otherStorage = (branch: RunningBranch): Reason =>
  reason('STORAGE_CHANGED', `${branch.participant} came back with another database`, where(branch))

function onTimer(state: Running, event: Extract<Event, { type: 'timer' }>, policy: Policy): CoordinatorStep {
  const { timer, at } = event
  switch (timer) {
    case 'timeout':
      if (state.isForward && !state.isOpen) return unchanged(state)
      return turn(state, reason('TRANSACTION_TIMEOUT', 'the saga was not done before its timeout'), at, policy)
    case 'resend': {
      const isDue = ({ dueAt }: RunningBranch): boolean => dueAt !== 'never' && dueAt <= at
      return sendAgain(state, isDue, at, policy)
    }
    case 'vote-deadline':
    case 'applied-wait':
      return unchanged(state)
    default:
      return unreachable(timer)
  }
}

/** An operator says what became of a branch; `abort` of any turns the saga, as long as there is a way back. */
function resolved(state: Running, event: Extract<Event, { type: 'resolve' }>, policy: Policy): CoordinatorStep {
  const { decision, detail, at } = event
  const branch = branchOf(state, event.branch)
  if (branch === undefined) return unchanged(state)
  const because = reason('RESOLVED_BY_OPERATOR', detail, where(branch))
  const isWaitedFor = isUnknown(branch) || (branch.progress === 'lost' && branch.ended === undefined)
  if (!isWaitedFor) return decision === 'abort' ? turn(state, because, at, policy) : unchanged(state)
  const { transactionId } = state.facts
  const vote =
    decision === 'commit' ? ({ vote: 'yes', result: '' } as const) : ({ vote: 'no', reason: because } as const)
  const records: CoordinatorRecord[] = [{ type: 'resolved', transactionId, branch: event.branch, decision, detail }]
  const does: Does = { records, force: true, replies: repliesTo(branch, vote) }
  const next = replace(state, become(branch, { ended: { did: decision, detail }, isCalled: false }))
  if (next.turning !== undefined) return settle(next, at, policy, does)
  if (decision === 'abort') return turn(next, because, at, policy, does)
  return advance(branch.role === 'pivot' ? { ...next, isForward: true } : next, at, policy, does)
}

/** Forward, or back if an input lacks what it refers to. */
function advance(state: Running, at: Instant, policy: Policy, does: Does = {}): CoordinatorStep {
  if (state.turning !== undefined) return settle(state, at, policy, does)
  const step = proceed(state, at, policy)
  return 'state' in step ? withMore(does, step) : turn(state, step, at, policy, does)
}

/** To whoever waits for it. */
const repliesTo = ({ branch, isCalled }: RunningBranch, vote: Vote): Reply[] =>
  isCalled ? [{ type: 'call', branch, vote }] : []
