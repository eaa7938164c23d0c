// A proposer's side of the ballots: one round of the termination protocol (protocols.md 2.4, "recovery round"). The
// coordinator's own PreCommit is a round that begins with its second half, because nobody can have adopted anything.
//
// R1 What is proposed is what the answer with the highest adopted ballot says; if nobody has adopted anything, abort.
// R2 A decision needs a majority that has adopted, all at this round's ballot.
// R3 An answer counts for the question it answers, once, and only from a member of the voting set.
// R4 Each round that follows another may take twice as long, so that rounds which are shorter than their messages and forces
//    do not outbid each other for ever. Past eight times the first nothing is gained: the network is down, not slow.

import { after, type Instant } from '../ids.ts'
import type { BallotAnswer, Member } from '../messages.ts'
import type { Decision } from '../outcome.ts'
import { unreachable } from '../step.ts'
import { type Adopted, type Ballot, type Choice, compareBallots, isSameBallot } from './ballot.ts'
import { isQuorum, isSameVoter, isVoter, type Voter } from './voting-set.ts'

export interface Round {
  readonly ballot: Ballot
  readonly members: readonly Member[]
  /** Absent while promises are collected. */
  readonly choice?: Choice
  /** Who has promised, or, with a choice, adopted. */
  readonly answered: readonly Voter[]
  /** Of those who have promised: the highest that was adopted. */
  readonly highest?: Adopted
  /** After this it may be replaced by another one. */
  readonly until: Instant
}

export type Heard =
  | { readonly heard: 'nothing-new' }
  | { readonly heard: 'more'; readonly round: Round }
  /** A majority has promised: this is what to propose. */
  | { readonly heard: 'propose'; readonly round: Round & { readonly choice: Choice } }
  | { readonly heard: 'decided'; readonly decision: Decision }
  /** Somebody has promised a ballot that is higher. */
  | { readonly heard: 'refused'; readonly seen: number }

export const collecting = (ballot: Ballot, members: readonly Member[], until: Instant): Round => ({
  ballot,
  members,
  answered: [],
  until,
})

export const proposing = (
  ballot: Ballot,
  members: readonly Member[],
  choice: Choice,
  until: Instant,
): Round & { readonly choice: Choice } => ({ ballot, members, choice, answered: [], until })

/** How much longer than the first one a round may take at most. */
export const longestFactor = 8

/** When a round may be replaced (R4). Ballot 1 is PreCommit's own, ballot 2 that of the first round after it. */
export function roundUntil({ number }: Ballot, at: Instant, roundTimeoutMs: number): Instant {
  const factor = Math.min(longestFactor, 2 ** Math.max(0, number - 2))
  return after(at, factor * roundTimeoutMs)
}

/** Which question this round is asking. */
export const questionOf = (round: Round): 'collect' | Choice => round.choice ?? 'collect'

export interface MemberAnswer {
  readonly from: Voter
  readonly to: 'collect' | Choice
  readonly ballot: Ballot
  readonly answer: BallotAnswer
}

export function hear(round: Round, { from, to, ballot, answer }: MemberAnswer): Heard {
  if (!isVoter(round.members, from)) return { heard: 'nothing-new' }
  switch (answer.answer) {
    // Whatever it was asked: this is how the transaction ends.
    case 'committed':
      return { heard: 'decided', decision: 'commit' }
    case 'aborted':
      return { heard: 'decided', decision: 'abort' }
    case 'nothing':
      return { heard: 'nothing-new' }
    case 'promised':
    case 'adopted':
    case 'refused':
      if (to !== questionOf(round) || !isSameBallot(ballot, round.ballot)) return { heard: 'nothing-new' }
      break
    default:
      return unreachable(answer)
  }
  if (answer.answer === 'refused') {
    // Its own Collect came twice, and was promised the first time.
    if (isSameBallot(answer.promised, round.ballot)) return { heard: 'nothing-new' }
    return { heard: 'refused', seen: answer.promised.number }
  }
  if ((answer.answer === 'promised') !== (round.choice === undefined)) return { heard: 'nothing-new' }
  if (round.answered.some((voter) => isSameVoter(voter, from))) return { heard: 'nothing-new' }
  const more: Round = { ...round, answered: [...round.answered, from] }
  const next = answer.answer === 'promised' ? withHighest(more, answer.adopted) : more
  const isEnough = isQuorum(next.members, (voter) => next.answered.some((known) => isSameVoter(known, voter)))
  if (!isEnough) return { heard: 'more', round: next }
  if (next.choice !== undefined) {
    return { heard: 'decided', decision: next.choice === 'pre-commit' ? 'commit' : 'abort' }
  }
  const choice = next.highest?.choice ?? 'pre-abort'
  return { heard: 'propose', round: proposing(next.ballot, next.members, choice, next.until) }
}

function withHighest(round: Round, adopted: Adopted | undefined): Round {
  const { highest } = round
  if (adopted === undefined) return round
  if (highest !== undefined && compareBallots(adopted.ballot, highest.ballot) <= 0) return round
  return { ...round, highest: adopted }
}
