// The two-phase coordinator: presumed abort, as one pure function (protocols.md 1.4, design rules 1, 6, 11, 16, 17).
//
// Owns: what each event does to one transaction. Does not own: who is connected, what time it is, where callers wait.
//
// C1 Nothing is recorded before the decision, and nothing is forced for an abort: no record means abort.
// C2 No Commit leaves before the decision is forced; no one-phase Prepare before `delegated` is forced.
// C3 After the decision there is no way back: Commit is sent until every yes-voter has acknowledged, durably.
// C4 Every Prepare that may have been handled is followed by a decision or by nothing at all; never by two decisions.
// C5 A participant that should have a record and has none is a hazard, never an ack.

import { after, type BranchNumber, type Instant, type ParticipantName } from '../ids.ts'
import { type Outcome, type Reason, reason } from '../outcome.ts'
import type { TransactionFacts } from '../records.ts'
import { backoffMs, unreachable } from '../step.ts'
import * as committing from './committing.ts'
import type {
  CoordinatorStep,
  EnlistedBranch,
  Event,
  Policy,
  Reply,
  Sent,
  State,
  UndecidedBranch,
} from './coordinator-state.ts'
import { members, stepTo, unchanged, where } from './coordinator-step.ts'
import * as delegated from './delegated.ts'

type Undecided = Extract<State, { phase: 'active' | 'preparing' }>

/** An open transaction without branches. */
export function begin(facts: TransactionFacts): CoordinatorStep {
  return stepTo({ phase: 'active', facts, branches: [] }, { timers: [{ timer: 'timeout', at: facts.timeoutAt }] })
}

/** A transaction whose branches all come at once: prepared in parallel, or delegated when there is only one. */
export function submit(
  facts: TransactionFacts,
  branches: readonly EnlistedBranch[],
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const [only, ...others] = branches
  // Without the participant's storage id nobody could tell later whether the one that decided is the one that answers.
  if (policy.onePhase && only?.identity !== undefined && others.length === 0) {
    return delegated.submit(facts, { ...only, identity: only.identity }, at, policy)
  }
  const voteBy = earlier(after(at, policy.voteTimeoutMs), facts.timeoutAt)
  const enlisted = branches.map((branch) => ({ ...branch, attempt: 1, voteBy }))
  const state: Undecided = { phase: 'preparing', facts, branches: enlisted, attempt: 1 }
  if (enlisted.length === 0) return decideWhenComplete(state, at, policy)
  return stepTo(state, {
    messages: enlisted.map((branch) => prepare(state, branch)),
    timers: [
      { timer: 'vote-deadline', at: voteBy },
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
    ],
  })
}

export function step(state: State, event: Event, policy: Policy): CoordinatorStep {
  switch (state.phase) {
    case 'active':
    case 'preparing':
      return stepUndecided(state, event, policy)
    case 'delegated':
      return delegated.step(state, event, policy)
    case 'committing':
      return committing.step(state, event, policy)
    case 'ended':
      return stepEnded(state, event)
    default:
      return unreachable(state)
  }
}

function stepUndecided(state: Undecided, event: Event, policy: Policy): CoordinatorStep {
  switch (event.type) {
    case 'call':
      return call(state, event.branch, event.at, policy)
    case 'commit':
      return commit(state, event.expected, event.at, policy)
    case 'abort':
      return abort(state, event.reason)
    case 'vote':
      return voted(state, event, policy)
    case 'timer':
      return onTimer(state, event.timer, event.at, policy)
    case 'connected':
      return reconnected(state, event.participant)
    case 'storage-changed': {
      const lost = state.branches.find(
        (branch) =>
          branch.participant === event.participant &&
          (branch.vote?.voter ?? branch.identity ?? event).storageId !== event.storageId,
      )
      return lost === undefined ? unchanged(state) : abort(state, storageChanged(lost))
    }
    case 'inquiry':
      // Not "abort" unless we also abort: the vote may be on its way.
      return stepTo(state, { replies: [{ type: 'inquiry', branch: event.branch, answer: 'in-progress' }] })
    case 'resolve':
      return abort(state, reason('RESOLVED_BY_OPERATOR', event.detail))
    case 'decision-answer':
    case 'acked':
    case 'status-answer':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}

/** An early prepare (design section 2): the branch is prepared while the transaction is still open. */
function call(state: Undecided, branch: EnlistedBranch, at: Instant, policy: Policy): CoordinatorStep {
  if (state.phase === 'preparing' || state.branches.some((known) => known.branch === branch.branch)) {
    return unchanged(state)
  }
  const voteBy = earlier(after(at, policy.voteTimeoutMs), state.facts.timeoutAt)
  const enlisted: UndecidedBranch = { ...branch, attempt: 1, voteBy, isCalled: true }
  const next: Undecided = { ...state, branches: [...state.branches, enlisted] }
  return stepTo(next, {
    messages: [prepare(next, enlisted)],
    timers: [
      { timer: 'vote-deadline', at: earliestVoteBy(next) },
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
    ],
  })
}

/** Commit names the branches it expects; one missing, or one too many, aborts (design rule 11). */
function commit(state: Undecided, expected: readonly BranchNumber[], at: Instant, policy: Policy): CoordinatorStep {
  if (state.phase === 'preparing') return unchanged(state)
  const missing = expected.find((number) => !state.branches.some((branch) => branch.branch === number))
  if (missing !== undefined) {
    return abort(state, reason('BRANCH_MISSING', `commit names branch ${missing}, which was never called`))
  }
  const extra = state.branches.find((branch) => !expected.includes(branch.branch))
  if (extra !== undefined) {
    const sentence = `branch ${extra.branch} was called and commit does not name it`
    return abort(state, reason('BRANCH_MISSING', sentence, where(extra)))
  }
  const next: Undecided = { phase: 'preparing', facts: state.facts, branches: state.branches, attempt: 1 }
  return decideWhenComplete(next, at, policy)
}

function voted(state: Undecided, event: Extract<Event, { type: 'vote' }>, policy: Policy): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === event.branch)
  if (branch === undefined) return unchanged(state)
  const { vote, from } = event
  if (vote.vote === 'no') {
    const because: Reason = { ...vote.reason, ...where(branch) }
    return abort(state, because, branch)
  }
  // One-phase was not asked for: whoever answers so has decided alone.
  if (vote.vote === 'committed') return unchanged(state)
  const counted = branch.vote?.voter ?? branch.identity
  if (counted !== undefined && counted.storageId !== from.storageId) return abort(state, storageChanged(branch))
  if (branch.vote !== undefined) return unchanged(state)
  const cast: UndecidedBranch = { ...branch, vote: { vote: vote.vote, result: vote.result, voter: from } }
  const next = { ...state, branches: state.branches.map((known) => (known === branch ? cast : known)) }
  const replies: Reply[] = branch.isCalled === true ? [{ type: 'call', branch: event.branch, vote }] : []
  if (next.phase === 'preparing') {
    const decision = decideWhenComplete(next, event.at, policy)
    return { ...decision, replies: [...replies, ...decision.replies] }
  }
  const timers = next.branches.some(isWaiting)
    ? [{ timer: 'vote-deadline' as const, at: earliestVoteBy(next) }]
    : [
        { timer: 'vote-deadline' as const, at: 'never' as const },
        { timer: 'resend' as const, at: 'never' as const },
      ]
  return stepTo(next, { replies, timers })
}

function decideWhenComplete(state: Undecided, at: Instant, policy: Policy): CoordinatorStep {
  if (state.branches.some(isWaiting)) return stepTo(state, { timers: [] })
  return committing.decide(state.facts, state.branches, at, policy)
}

/**
 * Presumed abort: tell those who may be prepared, once, and forget. Whoever misses the message inquires and finds no
 * record. `refuser` has said no and knows.
 */
function abort(state: Undecided, because: Reason, refuser?: UndecidedBranch): CoordinatorStep {
  const outcome: Outcome = { outcome: 'aborted', reason: because }
  const { facts } = state
  const replies: Reply[] = state.branches
    .filter(isWaiting)
    .map((branch) => ({ type: 'call', branch: branch.branch, vote: { vote: 'no', reason: because } }))
  const told = state.branches.filter((branch) => branch !== refuser && branch.vote?.vote !== 'read-only')
  return stepTo(
    { phase: 'ended', facts, outcome, committed: [] },
    {
      records: [{ type: 'aborted', facts, reason: because }],
      messages: told.map((branch) => ({
        to: branch.participant,
        message: {
          type: 'abort',
          transactionId: facts.transactionId,
          branch: branch.branch,
          sequence: facts.sequence,
        },
      })),
      replies: [...replies, { type: 'decided', outcome, applied: true }],
    },
  )
}

function onTimer(state: Undecided, timer: string, at: Instant, policy: Policy): CoordinatorStep {
  switch (timer) {
    case 'timeout': {
      const sentence = 'commit was not asked for before its timeout'
      return abort(state, reason('TRANSACTION_TIMEOUT', sentence))
    }
    case 'vote-deadline': {
      const late = state.branches.find((branch) => isWaiting(branch) && branch.voteBy <= at)
      if (late === undefined) return awaitVotes(state)
      return abort(state, reason('VOTE_TIMEOUT', `${late.participant} did not vote in time`, where(late)))
    }
    case 'resend':
      return resend(state, at, policy)
    default:
      return unchanged(state)
  }
}

/** Branches are called at different times, so that one that has voted may have been due before one that has not. */
function awaitVotes(state: Undecided): CoordinatorStep {
  if (!state.branches.some(isWaiting)) return unchanged(state)
  return stepTo(state, { timers: [{ timer: 'vote-deadline', at: earliestVoteBy(state) }] })
}

function resend(state: Undecided, at: Instant, policy: Policy): CoordinatorStep {
  if (!state.branches.some(isWaiting)) return unchanged(state)
  const step = prepareAgain(state, isWaiting)
  const attempt = Math.max(...step.state.branches.filter(isWaiting).map((branch) => branch.attempt))
  return stepTo(step.state, {
    messages: step.messages,
    timers: [{ timer: 'resend', at: after(at, backoffMs(policy.resend, attempt)) }],
  })
}

/** The resend timer stays as it is: a participant that comes and goes must not put off what others are waiting for. */
function reconnected(state: Undecided, participant: ParticipantName): CoordinatorStep {
  const concerns = (branch: UndecidedBranch): boolean => isWaiting(branch) && branch.participant === participant
  if (!state.branches.some(concerns)) return unchanged(state)
  const { state: next, messages } = prepareAgain(state, concerns)
  return stepTo(next, { messages })
}

/** Sends Prepare again to some who have not voted: the same question gets the same answer. */
function prepareAgain(
  state: Undecided,
  concerns: (branch: UndecidedBranch) => boolean,
): { readonly state: Undecided; readonly messages: Sent[] } {
  const branches = state.branches.map((branch) =>
    concerns(branch) ? { ...branch, attempt: branch.attempt + 1 } : branch,
  )
  const next = { ...state, branches }
  return { state: next, messages: branches.filter(concerns).map((branch) => prepare(next, branch)) }
}

/** Nothing changes any more; who asks is told the outcome. */
function stepEnded(state: Extract<State, { phase: 'ended' }>, event: Event): CoordinatorStep {
  const { outcome } = state
  switch (event.type) {
    case 'inquiry': {
      const answer = state.committed.includes(event.branch) ? 'commit' : 'abort'
      return stepTo(state, { replies: [{ type: 'inquiry', branch: event.branch, answer }] })
    }
    case 'call':
      if (outcome.outcome !== 'aborted') return unchanged(state)
      return stepTo(state, {
        replies: [{ type: 'call', branch: event.branch.branch, vote: { vote: 'no', reason: outcome.reason } }],
      })
    case 'commit':
    case 'abort':
      return stepTo(state, { replies: [{ type: 'decided', outcome, applied: true }] })
    case 'vote':
    case 'decision-answer':
    case 'acked':
    case 'status-answer':
    case 'timer':
    case 'connected':
    case 'storage-changed':
    case 'resolve':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}

const isWaiting = (branch: UndecidedBranch): boolean => branch.vote === undefined

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b)

const earliestVoteBy = (state: Undecided): Instant =>
  state.branches.filter(isWaiting).reduce((by, branch) => earlier(by, branch.voteBy), state.facts.timeoutAt)

const storageChanged = (branch: UndecidedBranch): Reason =>
  reason('STORAGE_CHANGED', `${branch.participant} came back with another database`, where(branch))

function prepare(state: Undecided, branch: UndecidedBranch): Sent {
  const { facts } = state
  return {
    to: branch.participant,
    message: {
      type: 'prepare',
      transactionId: facts.transactionId,
      branch: branch.branch,
      sequence: facts.sequence,
      protocol: facts.protocol,
      operation: branch.operation,
      input: branch.input,
      ...(branch.identity === undefined ? {} : { expectedStorageId: branch.identity.storageId }),
      startedAt: facts.startedAt,
      voteBy: branch.voteBy,
      onePhase: false,
      members: members(state.branches),
      traceParent: facts.traceParent,
      attempt: branch.attempt,
    },
  }
}
