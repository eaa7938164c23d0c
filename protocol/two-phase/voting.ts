// The coordinator while votes are missing: two-phase and three-phase prepare in the same way (protocols.md 1.4 and 2.4,
// design rules 1, 2, 11, 16, 17). Three-phase asks once more when it first learns who all the members are: it *seals*.
//
// O1 A no, a missed vote deadline, a client's abort: it aborts. Nothing was given away yet, so nothing is recorded.
// O2 No PreCommit before every branch has recorded the final members with its yes (design rule 2).

import * as aborting from '../coordinator/aborting.ts'
import * as committing from '../coordinator/committing.ts'
import { members, stepTo, unchanged, where } from '../coordinator/pieces.ts'
import type {
  AbortingBranch,
  CoordinatorStep,
  CountedVote,
  EnlistedBranch,
  Event,
  Policy,
  Reply,
  Seal,
  Sent,
  State,
  UndecidedBranch,
} from '../coordinator/state.ts'
import { after, type BranchNumber, type Instant, type ParticipantName } from '../ids.ts'
import type { Prepare } from '../messages.ts'
import { type Outcome, type Reason, reason } from '../outcome.ts'
import type { CoordinatorRecord, TransactionFacts } from '../records.ts'
import { backoffMs, unreachable } from '../step.ts'
import { firstBallot } from '../three-phase/ballot.ts'
import * as preCommitting from '../three-phase/pre-committing.ts'

type Undecided = Extract<State, { phase: 'active' | 'preparing' }>

/** Written out, with what there is none of: a spread with more fields becomes two objects. */
const undecided = (
  { branch, participant, operation, input: asked, address, identity }: EnlistedBranch,
  attempt: number,
  voteBy: Instant,
  isCalled?: true,
  vote?: CountedVote,
  input = asked,
): UndecidedBranch => ({ branch, participant, operation, input, address, identity, attempt, voteBy, isCalled, vote })

/** All branches are prepared in parallel. */
export function submit(
  facts: TransactionFacts,
  branches: readonly EnlistedBranch[],
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const voteBy = earlier(after(at, policy.voteTimeoutMs), facts.timeoutAt)
  const enlisted = branches.map((branch) => undecided(branch, 1, voteBy))
  const isKnown = facts.protocol === 'three-phase' && branches.every(({ identity }) => identity !== undefined)
  const unsealed: Undecided = { phase: 'preparing', facts, branches: enlisted, attempt: 1 }
  const state: Undecided = isKnown ? { ...unsealed, seal: sealOf(enlisted, policy) } : unsealed
  if (enlisted.length === 0) return decideWhenComplete(state, at, policy)
  return stepTo(state, {
    messages: prepareEach(state, enlisted),
    timers: [
      { timer: 'vote-deadline', at: voteBy },
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
    ],
  })
}

export function step(state: Undecided, event: Event, policy: Policy): CoordinatorStep {
  switch (event.type) {
    case 'call':
      return call(state, event.branch, event.at, policy)
    case 'commit':
      return commit(state, event.expected, event.at, policy)
    case 'abort':
      return abort(state, event.reason, event.at, policy)
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
      return lost === undefined ? unchanged(state) : abort(state, storageChanged(lost), event.at, policy)
    }
    case 'inquiry':
      // Not "abort" unless we also abort: the vote may be on its way.
      return stepTo(state, { replies: [{ type: 'inquiry', branch: event.branch, answer: 'in-progress' }] })
    case 'resolve':
      return abort(state, reason('RESOLVED_BY_OPERATOR', event.detail), event.at, policy)
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return givenUpByMember(state, event.at, policy)
    case 'decision-answer':
    case 'acked':
    case 'status-answer':
    case 'ballot-answer':
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
  const enlisted = undecided(branch, 1, voteBy, true)
  const next: Undecided = { ...state, branches: [...state.branches, enlisted] }
  return stepTo(next, {
    messages: prepareEach(next, [enlisted]),
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
    const sentence = `commit names branch ${missing}, which was never called`
    return abort(state, reason('BRANCH_MISSING', sentence), at, policy)
  }
  const extra = state.branches.find((branch) => !expected.includes(branch.branch))
  if (extra !== undefined) {
    const sentence = `branch ${extra.branch} was called and commit does not name it`
    return abort(state, reason('BRANCH_MISSING', sentence, where(extra)), at, policy)
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
    return abort(state, because, event.at, policy, branch)
  }
  // One-phase was not asked for: whoever answers so has decided alone.
  if (vote.vote === 'committed' || vote.vote === 'failed') return unchanged(state)
  const expected = branch.vote?.voter ?? branch.identity
  if (expected !== undefined && expected.storageId !== from.storageId)
    return abort(state, storageChanged(branch), event.at, policy)
  const isSealed = vote.vote === 'yes' && vote.isSealed === true
  if (branch.vote !== undefined && (!isSealed || branch.vote.isSealed === true)) return unchanged(state)
  const { result } = vote
  const counted: CountedVote = isSealed
    ? { vote: 'yes', result, voter: from, isSealed }
    : { vote: vote.vote, result, voter: from }
  // Its Prepare is not sent again, except to be sealed: what it was asked to do need not be kept until the others have voted.
  const input = state.facts.protocol === 'three-phase' ? branch.input : ''
  const cast = undecided(branch, branch.attempt, branch.voteBy, branch.isCalled, counted, input)
  const next = { ...state, branches: state.branches.map((known) => (known === branch ? cast : known)) }
  const isAnswer = branch.isCalled === true && branch.vote === undefined
  const replies: Reply[] = isAnswer ? [{ type: 'call', branch: event.branch, vote }] : []
  if (next.phase === 'preparing') {
    const decision = decideWhenComplete(next, event.at, policy)
    return replies.length === 0 ? decision : { ...decision, replies: [...replies, ...decision.replies] }
  }
  const timers = isIncomplete(next)
    ? [{ timer: 'vote-deadline' as const, at: earliestVoteBy(next) }]
    : [
        { timer: 'vote-deadline' as const, at: 'never' as const },
        { timer: 'resend' as const, at: 'never' as const },
      ]
  return stepTo(next, { replies, timers })
}

function decideWhenComplete(state: Undecided, at: Instant, policy: Policy): CoordinatorStep {
  if (isIncomplete(state)) return stepTo(state, {})
  const { facts, branches } = state
  if (facts.protocol !== 'three-phase') return committing.decide(facts, branches, at, policy)
  if (state.phase === 'active' || state.seal === undefined) return seal(state, at, policy)
  return preCommitting.enter(facts, branches.map(committing.decided), state.seal, at, policy)
}

/** Every database is known now: each branch records who the others are, and says yes once more (O2). */
function seal(state: Undecided, at: Instant, policy: Policy): CoordinatorStep {
  const voteBy = earlier(after(at, policy.voteTimeoutMs), state.facts.timeoutAt)
  const branches = state.branches.map((branch) => {
    const { vote, attempt } = branch
    return { ...branch, attempt: attempt + 1, voteBy, ...(vote === undefined ? {} : { identity: vote.voter }) }
  })
  const { facts } = state
  const next: Undecided = { phase: 'preparing', facts, branches, attempt: 1, seal: sealOf(branches, policy) }
  return stepTo(next, {
    messages: prepareEach(next, branches),
    timers: [
      { timer: 'vote-deadline', at: voteBy },
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
    ],
  })
}

const sealOf = (branches: readonly UndecidedBranch[], { logId }: Policy): Seal => ({
  ballot: firstBallot(logId),
  members: members(branches),
})

/**
 * Presumed abort: tell those who may be prepared, once, and forget. Whoever misses the message inquires and finds no
 * record. `refuser` has said no and knows. Three-phase members may have to learn it from each other while the coordinator
 * is gone, so they are told until they know.
 */
function abort(
  state: Undecided,
  because: Reason,
  at: Instant,
  policy: Policy,
  refuser?: UndecidedBranch,
): CoordinatorStep {
  const outcome: Outcome = { outcome: 'aborted', reason: because }
  const { facts } = state
  const replies: Reply[] = state.branches
    .filter(({ vote }) => vote === undefined)
    .map((branch) => ({ type: 'call', branch: branch.branch, vote: { vote: 'no', reason: because } }))
  const told = state.branches.filter((branch) => branch !== refuser && branch.vote?.vote !== 'read-only')
  const records: CoordinatorRecord[] = [{ type: 'aborted', facts, reason: because }]
  if (facts.protocol === 'three-phase') {
    const turned = aborting.enter(aborting.aborting(facts, told.map(aborted), because, false), at, policy)
    const last = turned.replies.map((reply) => (reply.type === 'decided' ? { ...reply, applied: true } : reply))
    return { ...turned, records, replies: [...replies, ...last] }
  }
  return stepTo(
    { phase: 'ended', facts, outcome, committed: [] },
    {
      records,
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

/** Without its voter: what was only prepared is invisible, and a database that is lost has aborted it (design rule 16). */
const aborted = ({ branch, participant, operation }: UndecidedBranch): AbortingBranch => ({
  branch,
  participant,
  operation,
  after: [],
  progress: 'waiting',
})

/** A member ends the transaction because it did not hear from here. No PreCommit has left: it can be aborted alone. */
function givenUpByMember(state: Undecided, at: Instant, policy: Policy): CoordinatorStep {
  const because = reason('ENDED_BY_MEMBERS', 'a participant that could not reach the coordinator has ended it')
  const step = abort(state, because, at, policy)
  return { ...step, replies: [...step.replies, { type: 'ballot', answer: { answer: 'aborted' } }] }
}

function onTimer(state: Undecided, timer: string, at: Instant, policy: Policy): CoordinatorStep {
  switch (timer) {
    case 'timeout': {
      const sentence = 'commit was not asked for before its timeout'
      return abort(state, reason('TRANSACTION_TIMEOUT', sentence), at, policy)
    }
    case 'vote-deadline': {
      const late = state.branches.find((branch) => isWaiting(state, branch) && branch.voteBy <= at)
      if (late === undefined) return awaitVotes(state)
      const sentence = `${late.participant} did not vote in time`
      return abort(state, reason('VOTE_TIMEOUT', sentence, where(late)), at, policy)
    }
    case 'resend':
      return resend(state, at, policy)
    default:
      return unchanged(state)
  }
}

/** Branches are called at different times, so that one that has voted may have been due before one that has not. */
function awaitVotes(state: Undecided): CoordinatorStep {
  if (!isIncomplete(state)) return unchanged(state)
  return stepTo(state, { timers: [{ timer: 'vote-deadline', at: earliestVoteBy(state) }] })
}

function resend(state: Undecided, at: Instant, policy: Policy): CoordinatorStep {
  if (!isIncomplete(state)) return unchanged(state)
  const concerns = (branch: UndecidedBranch): boolean => isWaiting(state, branch)
  const step = prepareAgain(state, concerns)
  const attempt = Math.max(...step.state.branches.filter(concerns).map((branch) => branch.attempt))
  return stepTo(step.state, {
    messages: step.messages,
    timers: [{ timer: 'resend', at: after(at, backoffMs(policy.resend, attempt)) }],
  })
}

/** The resend timer stays as it is: a participant that comes and goes must not put off what others are waiting for. */
function reconnected(state: Undecided, participant: ParticipantName): CoordinatorStep {
  const concerns = (branch: UndecidedBranch): boolean => isWaiting(state, branch) && branch.participant === participant
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
  return { state: next, messages: prepareEach(next, branches.filter(concerns)) }
}

/** Its vote is missing, or was given before the members were final. */
function isWaiting(state: Undecided, { vote }: UndecidedBranch): boolean {
  if (vote === undefined) return true
  return state.phase === 'preparing' && state.seal !== undefined && vote.isSealed !== true
}

const isIncomplete = (state: Undecided): boolean => state.branches.some((branch) => isWaiting(state, branch))

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b)

const earliestVoteBy = (state: Undecided): Instant =>
  state.branches
    .filter((branch) => isWaiting(state, branch))
    .reduce((by, branch) => earlier(by, branch.voteBy), state.facts.timeoutAt)

const storageChanged = (branch: UndecidedBranch): Reason =>
  reason('STORAGE_CHANGED', `${branch.participant} came back with another database`, where(branch))

/** All are told the same members. */
function prepareEach(state: Undecided, branches: readonly UndecidedBranch[]): Sent[] {
  const members = memberFacts(state)
  return branches.map((branch) => prepare(state, branch, members))
}

function prepare({ facts }: Undecided, branch: UndecidedBranch, members: MemberFacts): Sent {
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
      traceParent: facts.traceParent,
      attempt: branch.attempt,
      ...members,
    },
  }
}

type MemberFacts = Pick<Prepare, 'members' | 'ballot' | 'abandonAt'>

/** Two-phase: whoever is known so far. Three-phase: the final voting set or none (design rule 2). */
function memberFacts(state: Undecided): MemberFacts {
  const { facts, branches } = state
  if (facts.protocol !== 'three-phase') return { members: members(branches) }
  const seal = state.phase === 'preparing' ? state.seal : undefined
  return seal === undefined
    ? { members: [], abandonAt: facts.timeoutAt }
    : { members: seal.members, ballot: seal.ballot }
}
