// One-phase commit: the only participant is given the power to decide (design rule 1). From the forced `delegated`
// record on this side can only find out: it asks, and never presumes.

import { stepTo, unchanged, where } from '../coordinator/pieces.ts'
import type { CoordinatorStep, EnlistedBranch, Event, Policy, Sent, State } from '../coordinator/state.ts'
import { after, type Identity, type Instant } from '../ids.ts'
import type { BranchKnowledge, Vote } from '../messages.ts'
import { type Outcome, reason } from '../outcome.ts'
import type { CoordinatorRecord, TransactionFacts } from '../records.ts'
import { backoffMs, unreachable } from '../step.ts'

type Delegated = Extract<State, { phase: 'delegated' }>

export function submit(
  facts: TransactionFacts,
  branch: EnlistedBranch & { readonly identity: Identity },
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const { storageId } = branch.identity
  const voteBy = earlier(after(at, policy.voteTimeoutMs), facts.timeoutAt)
  const { participant, operation } = branch
  const delegatedBranch = { branch: branch.branch, participant, operation, storageId }
  const state: Delegated = {
    phase: 'delegated',
    facts,
    branch: delegatedBranch,
    request: { ...branch, voteBy },
    attempt: 1,
  }
  return stepTo(state, {
    records: [{ type: 'delegated', facts, branch: delegatedBranch }],
    force: true,
    messages: [ask(state, at)],
    timers: [
      { timer: 'vote-deadline', at: voteBy },
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
    ],
  })
}

export function step(state: Delegated, event: Event, policy: Policy): CoordinatorStep {
  switch (event.type) {
    case 'vote':
      return voted(state, event.vote, event.from)
    case 'status-answer':
      return found(state, event.knowledge, event.from)
    case 'timer':
      if (event.timer === 'resend' || event.timer === 'vote-deadline') return askAgain(state, event.at, policy)
      return unchanged(state)
    case 'connected':
      return event.participant === state.branch.participant ? askAgain(state, event.at, policy) : unchanged(state)
    case 'inquiry':
      return stepTo(state, { replies: [{ type: 'inquiry', branch: event.branch, answer: 'in-progress' }] })
    case 'resolve':
      return resolved(state, event)
    // The power to abort was given away; whoever asks waits for the outcome, or is told that it may be lost.
    case 'abort':
    case 'commit':
      if (state.hazard === undefined) return unchanged(state)
      return stepTo(state, { replies: [{ type: 'applied', outcome: hazardOf(state, state.hazard), applied: false }] })
    // No member of a delegated transaction has anything to ask: there is only one.
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return stepTo(state, { replies: [{ type: 'ballot', answer: { answer: 'nothing' } }] })
    case 'ballot-answer':
    case 'call':
    case 'decision-answer':
    case 'acked':
    // If the old storage returns it still answers; the new one's answer is the hazard.
    case 'storage-changed':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}

function voted(state: Delegated, vote: Vote, from: Identity): CoordinatorStep {
  const isDelegate = from.storageId === state.branch.storageId
  switch (vote.vote) {
    case 'committed':
    case 'read-only':
      if (!isDelegate) return unchanged(state)
      return end(state, committedWith(state, vote.result), vote.vote === 'committed')
    case 'no':
      // Another database refused; whether the delegate got an earlier Prepare nobody here can know, unless only one
      // was ever sent, and that one was refused.
      if (!isDelegate && (state.attempt > 1 || state.request === undefined)) return lost(state, from)
      return end(state, { outcome: 'aborted', reason: { ...vote.reason, ...where(state.branch) } })
    case 'failed':
    case 'yes':
      // It may go either way and waits for us: a participant that does not know one-phase. Ask on.
      return unchanged(state)
    default:
      return unreachable(vote)
  }
}

function found(state: Delegated, knowledge: BranchKnowledge, from: Identity): CoordinatorStep {
  if (from.storageId !== state.branch.storageId) return lost(state, from)
  switch (knowledge.knows) {
    case 'committed':
      return end(state, committedWith(state, knowledge.result), true)
    case 'aborted':
      return end(state, { outcome: 'aborted', reason: { ...knowledge.reason, ...where(state.branch) } })
    case 'read-only': {
      // It wrote nothing and its result was lost with the answer: nobody was told, so nothing has happened.
      const because = reason('VOTE_TIMEOUT', 'the result of a read-only operation was lost', where(state.branch))
      return end(state, { outcome: 'aborted', reason: because })
    }
    case 'active':
    case 'prepared':
    case 'nothing':
    case 'ended':
      return unchanged(state)
    default:
      return unreachable(knowledge)
  }
}

/** The database that the decision was given to is not the one that answers (C5). It goes on being asked for. */
function lost(state: Delegated, from: Identity): CoordinatorStep {
  if (state.hazard !== undefined) return unchanged(state)
  const { participant, branch, storageId } = state.branch
  const detail = `${participant} answers with database ${from.storageId}; the outcome is in ${storageId}`
  const { transactionId } = state.facts
  const outcome = hazardOf(state, detail)
  return stepTo(
    { ...state, hazard: detail },
    {
      records: [{ type: 'hazard', transactionId, branch, hazard: 'hazard', detail }],
      force: true,
      // Nothing more will come for whoever waits for `applied`.
      replies: [{ type: 'applied', outcome, applied: false }],
    },
  )
}

/** Before the deadline Prepare itself is the question; later, and after a restart, only what became of it. */
function askAgain(state: Delegated, at: Instant, policy: Policy): CoordinatorStep {
  const attempt = state.attempt + 1
  const next: Delegated = { ...state, attempt }
  return stepTo(next, {
    messages: [ask(next, at)],
    timers: [{ timer: 'resend', at: after(at, backoffMs(policy.resend, attempt)) }],
  })
}

export function ask(state: Delegated, at: Instant): Sent {
  const { facts, branch, request } = state
  const to = branch.participant
  const address = { transactionId: facts.transactionId, branch: branch.branch, sequence: facts.sequence }
  const expectedStorageId = branch.storageId
  if (request === undefined || request.voteBy <= at) {
    return { to, message: { type: 'status', ...address, abortIfNone: true, expectedStorageId } }
  }
  return {
    to,
    message: {
      type: 'prepare',
      ...address,
      protocol: facts.protocol,
      operation: request.operation,
      input: request.input,
      expectedStorageId,
      startedAt: facts.startedAt,
      voteBy: request.voteBy,
      onePhase: true,
      members: [],
      traceParent: facts.traceParent,
      attempt: state.attempt,
    },
  }
}

function resolved(state: Delegated, event: Extract<Event, { type: 'resolve' }>): CoordinatorStep {
  const { transactionId } = state.facts
  const { branch, decision, detail } = event
  const outcome: Outcome =
    decision === 'commit'
      ? { ...hazardOf(state, detail), decision }
      : { outcome: 'aborted', reason: reason('RESOLVED_BY_OPERATOR', detail, where(state.branch)) }
  const ended = end(state, outcome)
  const record: CoordinatorRecord = { type: 'resolved', transactionId, branch, decision, detail }
  return { ...ended, records: [record, ...ended.records], force: true }
}

/**
 * A commit needs no force: the participant keeps its record until the watermark, so a crash here only asks again. Anything
 * else may rest on a vote that left no record there (read-only, another database), and asking again could be answered
 * otherwise.
 */
function end(state: Delegated, outcome: Outcome, isDurableThere = false): CoordinatorStep {
  const { facts, branch } = state
  const committed = outcome.outcome === 'aborted' ? [] : [branch.branch]
  return stepTo(
    { phase: 'ended', facts, outcome, committed },
    {
      records: [{ type: 'end', transactionId: facts.transactionId, outcome }],
      force: !isDurableThere,
      replies: [{ type: 'decided', outcome, applied: true }],
    },
  )
}

const committedWith = (state: Delegated, result: string): Outcome => ({
  outcome: 'committed',
  results: [{ branch: state.branch.branch, result }],
})

const hazardOf = (state: Delegated, detail: string): Extract<Outcome, { outcome: 'mixed' | 'hazard' }> => ({
  outcome: 'hazard',
  decision: 'commit',
  reason: reason('PARTICIPANT_LOST', detail, where(state.branch)),
  results: [],
})

/** What to tell of one whose delegate is lost; undefined while it may still be found out. */
export const hazardOfDelegated = (state: Delegated): Outcome | undefined =>
  state.hazard === undefined ? undefined : hazardOf(state, state.hazard)

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b)
