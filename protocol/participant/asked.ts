// What a branch says when it is asked about itself: by its coordinator, by another member, by a proposer.
//
// K1 Whoever asks on behalf of the whole transaction may need an answer that stays true: a branch without a record makes
//    itself unable to vote yes before it answers `aborted` (design rule 7).
// K2 What became of one try of an id is no evidence for another; what an operator did is none at all.

import { compareSequences, type Sequence } from '../ids.ts'
import type { BallotAnswer, BranchKnowledge, Collect, Propose, Status } from '../messages.ts'
import { reason } from '../outcome.ts'
import { unreachable } from '../step.ts'
import { answerProposer, ballotAnswer } from '../three-phase/terminating.ts'
import { answer, giveUp, isOfAnother, stepTo } from './pieces.ts'
import type { ParticipantStep, State, Surroundings } from './state.ts'

/** Only another member, who draws conclusions for its own branch, names the boot that it counts on. */
const isAskedAsMember = ({ expected }: Status): boolean => expected !== undefined

export function status(state: State, message: Status, around: Surroundings): ParticipantStep {
  switch (state.state) {
    case 'none':
    case 'active': {
      if (around.hasEnded(message.sequence)) return know(state, message, { knows: 'ended' })
      const { identity } = around
      const isExpected =
        message.expected === undefined
          ? message.expectedStorageId === identity.storageId
          : message.expected.storageId === identity.storageId && message.expected.boot === identity.boot
      if (!message.abortIfNone || !isExpected) {
        return know(state, message, { knows: state.state === 'active' ? 'active' : 'nothing' })
      }
      const because = reason('TOMBSTONE', 'the transaction was given up before this branch was prepared')
      return giveUp(state, message, because, (next) => know(next, message, { knows: 'aborted', reason: because }))
    }
    case 'prepared':
      return know(state, message, { knows: 'prepared' })
    case 'committed':
      if (isAskedAsMember(message) && isOfAnother(state.branch, message))
        return know(state, message, { knows: 'nothing' })
      return know(state, message, { knows: 'committed', result: state.branch.result })
    case 'aborted': {
      const isEvidence = state.isEvidence && !isOfAnother(state, message)
      if (isAskedAsMember(message) && !isEvidence) return know(state, message, { knows: 'nothing' })
      return know(state, message, { knows: 'aborted', reason: state.reason })
    }
    case 'read-only':
      return know(state, message, { knows: 'read-only' })
    case 'heuristic':
      // What an operator did is never evidence: the protocol state was prepared.
      return know(state, message, { knows: 'prepared' })
    default:
      return unreachable(state)
  }
}

/** A proposer asks (three-phase/terminating.ts, T2). */
export function ballot(state: State, message: Collect | Propose, around: Surroundings): ParticipantStep {
  const say = (next: State, told: BallotAnswer): ParticipantStep =>
    stepTo(next, { messages: [ballotAnswer(message, told)] })
  const { sequence } = message
  switch (state.state) {
    case 'none':
    case 'active':
      return neverPrepared(state, message, around, say)
    case 'prepared':
      if (isOfEarlier(state.branch, sequence)) return say(state, { answer: 'aborted' })
      return answerProposer(state, message)
    case 'committed':
      if (isOfEarlier(state.branch, sequence)) return say(state, { answer: 'aborted' })
      return say(state, { answer: isOfAnother(state.branch, message) ? 'nothing' : 'committed' })
    case 'aborted':
      if (isOfEarlier(state, sequence)) return say(state, { answer: 'aborted' })
      // It would refuse this try as well, for as long as it remembers the earlier one: so it remembers this one.
      if (isOfAnother(state, message)) return neverPrepared(state, message, around, say)
      return say(state, { answer: state.isEvidence ? 'aborted' : 'nothing' })
    case 'read-only':
    case 'heuristic':
      return say(state, { answer: 'nothing' })
    default:
      return unreachable(state)
  }
}

/** A Collect that names this branch as a member finds it without a yes: from now on it cannot say one. */
function neverPrepared(
  state: State,
  message: Collect | Propose,
  around: Surroundings,
  say: (next: State, told: BallotAnswer) => ParticipantStep,
): ParticipantStep {
  if (message.type !== 'collect' || around.hasEnded(message.sequence)) return say(state, { answer: 'nothing' })
  const { storageId } = around.identity
  const isMember = message.members.some(
    (member) => member.storageId === storageId && member.branches.includes(message.branch),
  )
  if (!isMember) return say(state, { answer: 'nothing' })
  const because = reason('ENDED_BY_MEMBERS', 'another member ended the transaction before this branch was prepared')
  return giveUp(state, message, because, (next) => say(next, { answer: 'aborted' }))
}

/** The same id was begun again later: the coordinator had no record of the try that is asked about, so that it has aborted. */
const isOfEarlier = (known: { readonly sequence: Sequence }, asked: Sequence): boolean =>
  compareSequences(asked, known.sequence) < 0

const know = (state: State, message: Status, knowledge: BranchKnowledge) =>
  stepTo(state, {
    messages: [
      answer({ type: 'status-answer', transactionId: message.transactionId, branch: message.branch, knowledge }),
    ],
  })
