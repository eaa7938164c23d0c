// A sealed three-phase branch as a member of its transaction: it answers proposers, and proposes itself when no coordinator
// answers (protocols.md 2.4; design rules 2 to 5 and 7).
//
// T1 What a member promises or adopts is forced before the answer leaves, in one record with what it was (M1, M3).
// T2 A branch that was never prepared makes itself unable to be before it answers `aborted`; one that an operator ended
//    says nothing: what a person did is no evidence.
// T3 The ballot number is forced, as its own promise, before its first Collect leaves (rule 5).
// T4 Only sealed branches propose. A branch that is not sealed adopts the members that a Collect brings (rule 2), and after
//    the transaction's timeout it may abort alone: no PreCommit can have left. That is forced before anything is said of
//    it, because the coordinator may still seal whoever comes back prepared.

import { compareSequences, type Instant } from '../ids.ts'
import type { Abort, BallotAnswer, Collect, Commit, Propose } from '../messages.ts'
import type { Decision } from '../outcome.ts'
import { stepTo, unchanged } from '../participant/pieces.ts'
import type { Event, Message, ParticipantStep, State, Surroundings } from '../participant/state.ts'
import type { PreparedBranch } from '../records.ts'
import { unreachable } from '../step.ts'
import { type Choice, nextBallot, type Pledge } from './ballot.ts'
import { type Answered, adopt, collect } from './member.ts'
import { collecting, type Heard, hear, questionOf, type Round, roundUntil } from './round.ts'
import { coordinatorVotes } from './voting-set.ts'

type Prepared = Extract<State, { state: 'prepared' }>

export const ballotAnswer = (message: Collect | Propose, answer: BallotAnswer): Message => ({
  to: 'asker',
  message: {
    type: 'ballot-answer',
    transactionId: message.transactionId,
    branch: message.branch,
    to: message.type,
    ballot: message.ballot,
    answer,
  },
})

/** A proposer's question to a prepared branch. */
export function answerProposer(state: Prepared, message: Collect | Propose): ParticipantStep {
  const { branch, applying } = state
  const say = (answer: BallotAnswer): ParticipantStep => stepTo(state, { messages: [ballotAnswer(message, answer)] })
  if (branch.protocol !== 'three-phase' || branch.onePhase) return say({ answer: 'nothing' })
  if (compareSequences(branch.sequence, message.sequence) !== 0) return say({ answer: 'nothing' })
  // It knows the decision and has not managed to apply it yet. An operator's is no evidence (T2).
  if (applying?.source === 'operator') return say({ answer: 'nothing' })
  if (applying !== undefined) return say({ answer: applying.decision === 'commit' ? 'committed' : 'aborted' })
  const { pledge } = branch
  if (pledge === undefined) {
    if (message.type !== 'collect') return say({ answer: 'nothing' })
    const { ballot, members } = message
    return pledged(state, { ...branch, members, pledge: { promised: ballot } }, message, { answer: 'promised' })
  }
  const answered =
    message.type === 'collect' ? collect(pledge, message.ballot) : adopt(pledge, message.ballot, message.type)
  if (answered.pledge === undefined) return say(answered.answer)
  return pledged(state, { ...branch, pledge: answered.pledge }, message, answered.answer)
}

/** Recorded and forced, then said (T1). Its own round, at a lower ballot, has come to nothing. */
function pledged(
  state: Prepared,
  branch: PreparedBranch,
  message: Collect | Propose,
  answer: BallotAnswer,
): ParticipantStep {
  return stepTo(
    { ...withoutRound(state, message.ballot.number), branch },
    { records: [{ type: 'pledged', branch }], force: true, messages: [ballotAnswer(message, answer)] },
  )
}

/** No coordinator answers: what the members do about it. */
export function terminate(state: Prepared, at: Instant, around: Surroundings): ParticipantStep | 'abandon' {
  const { branch, round } = state
  if (branch.pledge === undefined) {
    return branch.abandonAt !== undefined && branch.abandonAt <= at ? 'abandon' : unchanged(state)
  }
  if (round !== undefined && at < round.until) return unchanged(state)
  return beginRound(state, branch.pledge, at, around)
}

function beginRound(state: Prepared, before: Pledge, at: Instant, around: Surroundings): ParticipantStep {
  const number = Math.max(before.promised.number, state.seen ?? 0)
  const ballot = nextBallot(number, around.identity.storageId, state.branch.branch)
  const pledge: Pledge = { ...before, promised: ballot }
  const branch = { ...state.branch, pledge }
  const round = collecting(ballot, branch.members, roundUntil(ballot, at, around.policy.roundTimeoutMs))
  const next: Prepared = { ...state, branch, round }
  const { adopted } = before
  const own = countOwn(next, { answer: 'promised', ...(adopted === undefined ? {} : { adopted }) }, at, around)
  return {
    ...own,
    records: [{ type: 'pledged', branch }, ...own.records],
    force: true,
    messages: [...asked(next, round, around), ...own.messages],
  }
}

/** A member, or the coordinator as one, answers this branch's question. */
export function answered(
  state: Prepared,
  event: Extract<Event, { type: 'ballot-answer' }>,
  around: Surroundings,
): ParticipantStep {
  const { round } = state
  if (state.applying !== undefined || round === undefined) return unchanged(state)
  return follow(state, hear(round, event), event.at, around)
}

function follow(state: Prepared, heard: Heard, at: Instant, around: Surroundings): ParticipantStep {
  switch (heard.heard) {
    case 'nothing-new':
      return unchanged(state)
    case 'more':
      return stepTo({ ...state, round: heard.round }, {})
    case 'refused':
      return stepTo(withoutRound(state, heard.seen), {})
    case 'propose':
      return propose(state, heard.round, at, around)
    case 'decided':
      return decided(state, heard.decision, around)
    default:
      return unreachable(heard)
  }
}

function propose(
  state: Prepared,
  round: Round & { readonly choice: Choice },
  at: Instant,
  around: Surroundings,
): ParticipantStep {
  const { pledge } = state.branch
  if (pledge === undefined) return unchanged(state)
  const own = adopt(pledge, round.ballot, round.choice)
  if (own.answer.answer !== 'adopted') return stepTo(withoutRound(state, pledge.promised.number), {})
  const branch = { ...state.branch, pledge: own.pledge ?? pledge }
  const next: Prepared = { ...state, branch, round }
  const counted = countOwn(next, own.answer, at, around)
  return {
    ...counted,
    records: [{ type: 'pledged', branch }, ...counted.records],
    force: true,
    messages: [...asked(next, round, around), ...counted.messages],
  }
}

function countOwn(state: Prepared, answer: Answered['answer'], at: Instant, around: Surroundings): ParticipantStep {
  const { round, branch } = state
  if (round === undefined) return unchanged(state)
  const from = { storageId: around.identity.storageId, branch: branch.branch }
  return follow(state, hear(round, { from, to: questionOf(round), ballot: round.ballot, answer }), at, around)
}

/** A majority stands behind it: it is applied here, and the others are told. Whoever misses it finds out as this one did. */
function decided(state: Prepared, decision: Decision, around: Surroundings): ParticipantStep {
  const { branch } = state
  const { transactionId, sequence } = branch
  const toOther = (member: Others[number]['member'], number: Others[number]['branch']): Commit | Abort =>
    decision === 'commit'
      ? { type: 'commit', transactionId, branch: number, sequence, expectedStorageId: member.storageId }
      : { type: 'abort', transactionId, branch: number, sequence }
  return stepTo(withoutRound(state, 0), {
    work: [{ work: decision, branch, source: 'member', attempt: 1, detail: '' }],
    messages: othersOf(state, around).map(({ member, branch: number }) => ({
      to: 'member',
      member,
      message: toOther(member, number),
    })),
  })
}

type Others = ReturnType<typeof othersOf>

/** Every branch of the voting set but this one; another branch of the same participant is one of them. */
function othersOf({ branch: { branch, members } }: Prepared, { identity }: Surroundings) {
  return members.flatMap((member) =>
    member.branches
      .filter((number) => member.storageId !== identity.storageId || number !== branch)
      .map((number) => ({ member, branch: number })),
  )
}

function asked(state: Prepared, round: Round, around: Surroundings): Message[] {
  const { transactionId, branch, sequence } = state.branch
  const { ballot, members } = round
  const question = questionOf(round)
  const to = (number: typeof branch): Collect | Propose => {
    const address = { transactionId, branch: number, sequence, ballot }
    return question === 'collect' ? { type: question, ...address, members } : { type: question, ...address }
  }
  const messages: Message[] = othersOf(state, around).map(({ member, branch: number }) => ({
    to: 'member',
    member,
    message: to(number),
  }))
  return coordinatorVotes(members) ? [...messages, { to: 'voting-coordinator', message: to(branch) }] : messages
}

function withoutRound(state: Prepared, seen: number): Prepared {
  const { round: _, ...others } = state
  return { ...others, seen: Math.max(state.seen ?? 0, seen) }
}
