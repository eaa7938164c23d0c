// The three-phase coordinator between the last yes and the decision (protocols.md 2.4; design rules 1, 4 and 5).
//
// E1 `pre-committed` is forced before the first PreCommit leaves. From there on the coordinator is one of the proposers,
//    and, when it votes, one of the members: it decides nothing alone, neither now nor after a restart.
// E2 Having promised a higher ballot, it neither sends nor counts anything at its own: its round is given up.
// E3 Commit is decided by a majority that has adopted it, and recorded before anyone is told.
// E4 It goes on without end: another round with a higher ballot, until it has decided or was told the decision. Only an
//    operator can end it otherwise, when a majority is lost for good: that is a heuristic, and may contradict the members.

import * as abortingPhase from '../coordinator/aborting.ts'
import * as committing from '../coordinator/committing.ts'
import { stepTo, unchanged } from '../coordinator/pieces.ts'
import type { CoordinatorStep, Event, Policy, Seal, Sent, State } from '../coordinator/state.ts'
import { after, type BranchNumber, type Instant, type ParticipantName } from '../ids.ts'
import type { Decision } from '../outcome.ts'
import type { DecidedBranch, TransactionFacts } from '../records.ts'
import { backoffMs, unreachable } from '../step.ts'
import { type Choice, isSameBallot, nextBallot, type Pledge } from './ballot.ts'
import { type Answered, adopt, collect } from './member.ts'
import { collecting, type Heard, hear, proposing, questionOf, type Round, roundUntil } from './round.ts'
import { coordinatorVotes } from './voting-set.ts'

type PreCommitting = Extract<State, { phase: 'pre-committing' }>

/** Everyone has voted yes, sealed: the first round begins with its second half (E1). */
export function enter(
  facts: TransactionFacts,
  branches: readonly DecidedBranch[],
  { ballot, members }: Seal,
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const choice = 'pre-commit'
  const state: PreCommitting = {
    phase: 'pre-committing',
    facts,
    branches,
    members,
    pledge: { promised: ballot, adopted: { ballot, choice } },
    seen: ballot.number,
    round: proposing(ballot, members, choice, roundUntil(ballot, at, policy.roundTimeoutMs)),
    attempt: 1,
  }
  const step = countOwn(state, { answer: 'adopted' }, at, policy)
  return {
    ...step,
    records: [{ type: 'pre-committed', facts, branches, members, ballot }, ...step.records],
    force: true,
    messages: step.state.phase === 'pre-committing' ? asked(step.state) : step.messages,
    timers: [
      { timer: 'timeout', at: 'never' },
      { timer: 'vote-deadline', at: 'never' },
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
      ...step.timers,
    ],
  }
}

export function step(state: PreCommitting, event: Event, policy: Policy): CoordinatorStep {
  switch (event.type) {
    case 'ballot-answer':
      return answered(state, event, policy)
    case 'collect':
      return asMember(state, collect(state.pledge, event.ballot), event.ballot.number)
    case 'pre-commit':
    case 'pre-abort':
      return asMember(state, adopt(state.pledge, event.ballot, event.type), event.ballot.number)
    case 'timer':
      return event.timer === 'resend' ? again(state, event.at, policy) : unchanged(state)
    case 'connected':
      return stepTo(state, { messages: asked(state).filter(({ to }) => to === event.participant) })
    case 'inquiry':
      return stepTo(state, { replies: [{ type: 'inquiry', branch: event.branch, answer: 'in-progress' }] })
    case 'resolve':
      return resolved(state, event, policy)
    // The power to abort was given away. Whoever asks waits for the decision.
    case 'abort':
    case 'commit':
    case 'call':
    case 'vote':
    case 'decision-answer':
    case 'acked':
    case 'status-answer':
    // A database that is lost does not count any more (Q3); the others may still be a majority.
    case 'storage-changed':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}

/** After a restart, and whenever a round was given up: never the first ballot again. */
export function beginRound(state: PreCommitting, at: Instant, policy: Policy): CoordinatorStep {
  const number = Math.max(state.seen, state.pledge.promised.number)
  const ballot = nextBallot(number, policy.logId, 0)
  const pledge: Pledge = { ...state.pledge, promised: ballot }
  const { adopted } = state.pledge
  const attempt = state.attempt + 1
  const next: PreCommitting = {
    ...state,
    pledge,
    seen: ballot.number,
    attempt,
    round: collecting(ballot, state.members, roundUntil(ballot, at, policy.roundTimeoutMs)),
  }
  const own = countOwn(next, { answer: 'promised', ...(adopted === undefined ? {} : { adopted }) }, at, policy)
  return {
    ...own,
    records: [{ type: 'pledged', transactionId: state.facts.transactionId, pledge }, ...own.records],
    force: true,
    messages: own.state.phase === 'pre-committing' ? asked(own.state) : own.messages,
    timers: [{ timer: 'resend', at: after(at, backoffMs(policy.resend, attempt)) }, ...own.timers],
  }
}

function answered(
  state: PreCommitting,
  event: Extract<Event, { type: 'ballot-answer' }>,
  policy: Policy,
): CoordinatorStep {
  const { round } = state
  if (round === undefined) {
    // Its own round was given up; how the transaction has ended is heard all the same.
    const { answer } = event.answer
    const isVoter = state.branches.some(
      ({ branch, voter }) => branch === event.branch && voter.storageId === event.from.storageId,
    )
    if (!isVoter || (answer !== 'committed' && answer !== 'aborted')) return unchanged(state)
    return decided(state, answer === 'committed' ? 'commit' : 'abort', event.at, policy)
  }
  const from = { storageId: event.from.storageId, branch: event.branch }
  return follow(state, hear(round, { ...event, from }), event.at, policy)
}

function follow(state: PreCommitting, heard: Heard, at: Instant, policy: Policy): CoordinatorStep {
  switch (heard.heard) {
    case 'nothing-new':
      return unchanged(state)
    case 'more':
      return stepTo({ ...state, round: heard.round }, {})
    case 'refused':
      return stepTo(givenUp(state, heard.seen), {})
    case 'propose':
      return propose(state, heard.round, at, policy)
    case 'decided':
      return decided(state, heard.decision, at, policy)
    default:
      return unreachable(heard)
  }
}

/** A majority has promised. The coordinator adopts first, if it still may, like any other member. */
function propose(
  state: PreCommitting,
  round: Round & { readonly choice: Choice },
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const own = adopt(state.pledge, round.ballot, round.choice)
  if (own.answer.answer !== 'adopted') return stepTo(givenUp(state, state.pledge.promised.number), {})
  const pledge = own.pledge ?? state.pledge
  const counted = countOwn({ ...state, pledge, round }, own.answer, at, policy)
  return {
    ...counted,
    records: [{ type: 'pledged', transactionId: state.facts.transactionId, pledge }, ...counted.records],
    force: true,
    messages: counted.state.phase === 'pre-committing' ? asked(counted.state) : counted.messages,
  }
}

/** Its own answer counts when it votes. */
function countOwn(state: PreCommitting, answer: Answered['answer'], at: Instant, policy: Policy): CoordinatorStep {
  const { round } = state
  if (round === undefined || !coordinatorVotes(state.members)) return stepTo(state, {})
  const own = { from: 'coordinator', to: questionOf(round), ballot: round.ballot, answer } as const
  return follow(state, hear(round, own), at, policy)
}

/** Asked by another proposer. What it promises to somebody else ends its own round (E2). */
function asMember(state: PreCommitting, { answer, pledge }: Answered, number: number): CoordinatorStep {
  const replies = [{ type: 'ballot', answer }] as const
  if (pledge === undefined) return stepTo(state, { replies })
  const isOther = state.round !== undefined && !isSameBallot(state.round.ballot, pledge.promised)
  const next = isOther ? givenUp(state, number) : { ...state, seen: Math.max(state.seen, number) }
  return stepTo(
    { ...next, pledge },
    {
      records: [{ type: 'pledged', transactionId: state.facts.transactionId, pledge }],
      force: true,
      replies,
    },
  )
}

function givenUp(state: PreCommitting, seen: number): PreCommitting {
  const { round: _, ...others } = state
  return { ...others, seen: Math.max(state.seen, seen) }
}

/** At the first ballot the same question is asked again: nobody else can have used it. Later ones are replaced (E4). */
function again(state: PreCommitting, at: Instant, policy: Policy): CoordinatorStep {
  const { round } = state
  if (round === undefined || (round.ballot.number > 1 && round.until <= at)) return beginRound(state, at, policy)
  const attempt = state.attempt + 1
  return stepTo(
    { ...state, attempt },
    {
      messages: asked(state),
      timers: [{ timer: 'resend', at: after(at, backoffMs(policy.resend, attempt)) }],
    },
  )
}

function decided(state: PreCommitting, decision: Decision, at: Instant, policy: Policy): CoordinatorStep {
  const { facts, branches } = state
  if (decision === 'commit') return committing.enter(facts, branches, at, policy)
  return abortingPhase.enter(abortingPhase.endedByMembers(facts, branches), at, policy)
}

/** An operator names the decision in place of the majority, and ends the wait for one branch. */
function resolved(state: PreCommitting, event: Extract<Event, { type: 'resolve' }>, policy: Policy): CoordinatorStep {
  const { facts, branches } = state
  const { branch, decision, detail, at } = event
  if (!branches.some((known) => known.branch === branch)) return unchanged(state)
  const ended = { branch, did: decision, detail }
  const step =
    decision === 'commit'
      ? committing.enter(facts, branches, at, policy, [ended])
      : abortingPhase.enter(abortingPhase.endedByOperator(facts, branches, ended), at, policy)
  const { transactionId } = facts
  return {
    ...step,
    records: [...step.records, { type: 'resolved', transactionId, branch, decision, detail }],
    force: true,
  }
}

/** The round's question, to every branch that has not answered it. */
function asked(state: PreCommitting): Sent[] {
  const { round, facts } = state
  if (round === undefined) return []
  const { transactionId, sequence } = facts
  const question = questionOf(round)
  const { ballot, members } = round
  const toOne = (to: ParticipantName, branch: BranchNumber): Sent => {
    const address = { transactionId, branch, sequence, ballot }
    if (question === 'collect') return { to, message: { type: question, ...address, members } }
    return { to, message: { type: question, ...address } }
  }
  return members.flatMap(({ participant, storageId, branches }) =>
    branches
      .filter(
        (branch) =>
          !round.answered.some(
            (voter) => voter !== 'coordinator' && voter.storageId === storageId && voter.branch === branch,
          ),
      )
      .map((branch) => toOne(participant, branch)),
  )
}
