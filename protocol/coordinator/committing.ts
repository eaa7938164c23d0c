// From the decision to commit to the last ack (protocols.md 1.4, rows COMMITTING; design rules 6 and 8).

import { after, type BranchNumber, type Instant, type ParticipantName } from '../ids.ts'
import type { DecisionAnswer } from '../messages.ts'
import { type BranchResult, type Decision, type Outcome, reason } from '../outcome.ts'
import type { CoordinatorRecord, DecidedBranch, TransactionFacts } from '../records.ts'
import { backoffMs, invariant, type Timer, unreachable } from '../step.ts'
import { stepTo, unchanged, where } from './pieces.ts'
import type {
  CommittingBranch,
  CoordinatorStep,
  Event,
  Policy,
  Reply,
  Sent,
  State,
  TimerName,
  UndecidedBranch,
} from './state.ts'

type Committing = Extract<State, { phase: 'committing' }>
type Ended = Extract<State, { phase: 'ended' }>

/**
 * Everyone has voted: the decision is recorded, forced, and only then told. A transaction in which nothing was written
 * is recorded too: what a client was told survives (G2), and its idempotency key finds it.
 */
export function decide(
  facts: TransactionFacts,
  undecided: readonly UndecidedBranch[],
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  return enter(facts, undecided.map(decided), at, policy)
}

/** A branch that an operator ended before the decision: it is told nothing. */
export interface EndedBranch {
  readonly branch: BranchNumber
  readonly did: Decision
  readonly detail: string
}

/** The decision of any protocol: two-phase and saga when all have said yes, three-phase when a majority has adopted it. */
export function enter(
  facts: TransactionFacts,
  votes: readonly DecidedBranch[],
  at: Instant,
  policy: Policy,
  alreadyEnded: readonly EndedBranch[] = [],
): CoordinatorStep {
  const records: CoordinatorRecord[] = [{ type: 'decision', facts, branches: votes }]
  const branches = votes.map((branch): CommittingBranch => {
    const ended = alreadyEnded.find((other) => other.branch === branch.branch)
    if (ended !== undefined) return { ...branch, progress: 'heuristic', did: ended.did, lastError: ended.detail }
    // Read-only voters are told nothing and owe nothing.
    return atProgress(branch, branch.vote === 'yes' ? 'sent' : 'acked')
  })
  const state: Committing = { phase: 'committing', facts, branches, attempt: 1, answered: false }
  const calm: Timer<TimerName>[] = [
    { timer: 'timeout', at: 'never' },
    { timer: 'vote-deadline', at: 'never' },
  ]
  if (branches.every(isFinished)) {
    const ended = end(state)
    const replies: Reply[] = [{ type: 'decided', outcome: ended.state.outcome, applied: true }]
    return stepTo(ended.state, { records: [...records, ended.record], force: true, replies })
  }
  return stepTo(state, {
    records,
    force: true,
    messages: branches.filter((branch) => !isFinished(branch)).map((branch) => commit(facts, branch)),
    replies: [{ type: 'decided', outcome: outcomeOf(state), applied: false }],
    timers: [
      ...calm,
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
      { timer: 'applied-wait', at: after(at, policy.appliedWaitMs) },
    ],
  })
}

export function step(state: Committing, event: Event, policy: Policy): CoordinatorStep {
  switch (event.type) {
    case 'decision-answer':
      return event.decision === 'commit' ? answered(state, event.branch, event.answer) : unchanged(state)
    case 'acked':
      return acked(state, event.branch)
    case 'vote':
      return lateVote(state, event)
    case 'inquiry':
      return stepTo(state, {
        replies: [
          { type: 'inquiry', branch: event.branch, answer: isCommitted(state, event.branch) ? 'commit' : 'abort' },
        ],
      })
    case 'timer':
      if (event.timer === 'resend') return resend(state, event.at, policy)
      if (event.timer === 'applied-wait') return answerApplied(state, false)
      return unchanged(state)
    case 'connected':
      return reconnected(state, event.participant)
    case 'resolve':
      return resolved(state, event)
    case 'abort':
    case 'commit':
      // Too late to change, or asked twice: the answer is the decision.
      return stepTo(state, {
        replies: [
          { type: state.answered ? 'applied' : 'decided', outcome: outcomeOf(state), applied: isVisible(state) },
        ],
      })
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return stepTo(state, { replies: [{ type: 'ballot', answer: { answer: 'committed' } }] })
    case 'call':
    case 'status-answer':
    case 'ballot-answer':
    // Commit goes to the new storage too, which has no record: that answer is the hazard (design rule 16).
    case 'storage-changed':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}

function answered(state: Committing, number: BranchNumber, answer: DecisionAnswer): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === number)
  if (branch === undefined || isFinished(branch)) return unchanged(state)
  switch (answer.answer) {
    case 'applied':
      return branch.progress === 'applied' ? unchanged(state) : progress(state, movedOn(branch, 'applied'))
    case 'ended':
      return acked(state, number)
    case 'retrying':
      return stepTo(replace(state, { ...branch, lastError: answer.detail }), {})
    case 'no-record': {
      const detail = `${branch.participant} has no record of branch ${number}, which voted yes: its data may be lost`
      return inDanger(state, { ...branch, progress: 'hazard', lastError: detail }, 'hazard', detail)
    }
    case 'contradicted': {
      const detail = `${branch.participant} says that it has aborted branch ${number}, which voted yes`
      return inDanger(state, { ...branch, progress: 'hazard', lastError: detail }, 'hazard', detail)
    }
    case 'heuristic': {
      const ended: CommittingBranch = { ...branch, progress: 'heuristic', did: answer.did }
      if (answer.did === 'commit') return progress(state, ended)
      const detail = `an operator aborted branch ${number} at ${branch.participant}; the decision was commit`
      return inDanger(state, { ...ended, lastError: detail }, 'mixed', detail)
    }
    default:
      return unreachable(answer)
  }
}

/** Recorded and forced before anyone is told, so that no restart makes it look whole again. */
function inDanger(
  state: Committing,
  branch: CommittingBranch,
  hazard: 'hazard' | 'mixed',
  detail: string,
): CoordinatorStep {
  const known = state.branches.find((other) => other.branch === branch.branch)
  if (known?.progress === branch.progress) return unchanged(state)
  const { transactionId } = state.facts
  const next = progress(replace(state, branch), branch)
  const record: CoordinatorRecord = { type: 'hazard', transactionId, branch: branch.branch, hazard, detail }
  return { ...next, records: [record, ...next.records], force: true }
}

/** One branch got further: perhaps all are visible now, perhaps all have ended. */
function progress(state: Committing, branch: CommittingBranch): CoordinatorStep {
  const next = replace(state, branch)
  if (next.branches.every(isFinished)) {
    const { state: ended, record } = end(next)
    const replies: Reply[] = [{ type: 'applied', outcome: ended.outcome, applied: true }]
    return stepTo(ended, { records: [record], replies })
  }
  const isInDanger = next.branches.some((other) => other.progress === 'hazard')
  return isVisible(next) || isInDanger ? answerApplied(next, !isInDanger) : stepTo(next, {})
}

function acked(state: Committing, number: BranchNumber): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === number)
  if (branch === undefined || isFinished(branch)) return unchanged(state)
  return progress(state, movedOn(branch, 'acked'))
}

function answerApplied(state: Committing, applied: boolean): CoordinatorStep {
  if (state.answered) return stepTo(state, {})
  return stepTo(
    { ...state, answered: true },
    {
      replies: [{ type: 'applied', outcome: outcomeOf(state), applied }],
      timers: [{ timer: 'applied-wait', at: 'never' }],
    },
  )
}

/**
 * A yes that comes again asks for the decision. A yes of a branch that was counted as read-only is left to its inquiry,
 * which is answered abort: it ran again after a restart, on a Prepare that came late, and what it wrote now is no part of
 * this transaction. It is not sent an Abort, because a tombstone made of that would tell the others that all abort.
 */
function lateVote(state: Committing, event: Extract<Event, { type: 'vote' }>): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === event.branch)
  if (branch?.vote !== 'yes' || event.vote.vote !== 'yes') return unchanged(state)
  return stepTo(state, { messages: [commit(state.facts, branch)] })
}

/** No give-up (C3): at the longest backoff it is sent for as long as the branch has not acknowledged. */
function resend(state: Committing, at: Instant, policy: Policy): CoordinatorStep {
  const waiting = state.branches.filter((branch) => !isFinished(branch))
  if (waiting.length === 0) return unchanged(state)
  const attempt = state.attempt + 1
  return stepTo(
    { ...state, attempt },
    {
      messages: waiting.map((branch) => commit(state.facts, branch)),
      timers: [{ timer: 'resend', at: after(at, backoffMs(policy.resend, attempt)) }],
    },
  )
}

/** The resend timer stays as it is: a participant that comes and goes must not put off what others are waiting for. */
function reconnected(state: Committing, participant: ParticipantName): CoordinatorStep {
  const waiting = state.branches.filter((branch) => !isFinished(branch) && branch.participant === participant)
  return stepTo(state, { messages: waiting.map((branch) => commit(state.facts, branch)) })
}

/** An operator says what became of a branch that will never answer. */
function resolved(state: Committing, event: Extract<Event, { type: 'resolve' }>): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === event.branch)
  if (branch === undefined || isFinished(branch)) return unchanged(state)
  const { transactionId } = state.facts
  const { decision, detail } = event
  const next = progress(state, { ...branch, progress: 'heuristic', did: decision, lastError: detail })
  const record: CoordinatorRecord = { type: 'resolved', transactionId, branch: event.branch, decision, detail }
  return { ...next, records: [record, ...next.records], force: true }
}

function end(state: Committing): { state: Ended; record: CoordinatorRecord } {
  invariant(state.branches.every(isFinished), 'C3: end is recorded after the last ack')
  const { facts } = state
  const outcome = outcomeOf(state)
  const committed = state.branches.filter((branch) => branch.vote === 'yes').map((branch) => branch.branch)
  return {
    state: { phase: 'ended', facts, outcome, committed },
    record: { type: 'end', transactionId: facts.transactionId, outcome },
  }
}

export function outcomeOf(state: Committing): Outcome {
  const results: BranchResult[] = state.branches.map(({ branch, result }) => ({ branch, result }))
  const danger =
    state.branches.find((branch) => branch.progress === 'hazard') ??
    state.branches.find((branch) => branch.progress === 'heuristic' && branch.did === 'abort')
  if (danger === undefined) return { outcome: 'committed', results }
  const outcome = danger.progress === 'hazard' ? 'hazard' : 'mixed'
  const code = outcome === 'hazard' ? 'PARTICIPANT_LOST' : 'ENDED_AGAINST_DECISION'
  const because = reason(code, danger.lastError ?? '', where(danger))
  return { outcome, decision: 'commit', reason: because, results }
}

/** What the votes say. */
export function decided(branch: UndecidedBranch): DecidedBranch {
  const { vote } = branch
  invariant(vote !== undefined, 'a decision to commit needs every vote')
  return {
    branch: branch.branch,
    participant: branch.participant,
    operation: branch.operation,
    vote: vote.vote,
    voter: vote.voter,
    result: vote.result,
  }
}

/** Written out, as a spread with one field more becomes two objects: every branch comes through here several times. */
const atProgress = (vote: DecidedBranch, progress: CommittingBranch['progress']): CommittingBranch => ({
  branch: vote.branch,
  participant: vote.participant,
  operation: vote.operation,
  vote: vote.vote,
  voter: vote.voter,
  result: vote.result,
  progress,
})

/** What went wrong before stays to be read. */
const movedOn = (branch: CommittingBranch, to: 'applied' | 'acked'): CommittingBranch =>
  branch.lastError === undefined ? atProgress(branch, to) : { ...branch, progress: to }

const isFinished = (branch: CommittingBranch): boolean => branch.progress === 'acked' || branch.progress === 'heuristic'

const isVisible = (state: Committing): boolean =>
  state.branches.every((branch) => branch.progress !== 'sent' && branch.progress !== 'hazard')

const isCommitted = (state: Committing, number: BranchNumber): boolean =>
  state.branches.some((branch) => branch.branch === number && branch.vote === 'yes')

const replace = ({ facts, branches, attempt, answered }: Committing, branch: CommittingBranch): Committing => ({
  phase: 'committing',
  facts,
  branches: branches.map((known) => (known.branch === branch.branch ? branch : known)),
  attempt,
  answered,
})

function commit(facts: TransactionFacts, branch: CommittingBranch): Sent {
  return {
    to: branch.participant,
    message: {
      type: 'commit',
      transactionId: facts.transactionId,
      branch: branch.branch,
      sequence: facts.sequence,
      expectedStorageId: branch.voter.storageId,
    },
  }
}
