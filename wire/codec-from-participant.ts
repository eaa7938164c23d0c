// What a participant answers: votes, answers to decisions, and what it knows of a branch; as a member of three-phase see
// codec-ballot.ts.

import type {
  BranchKnowledge,
  DecisionAnswer,
  DecisionAnswerMessage,
  FromParticipant,
  StatusAnswerMessage,
  Vote,
  VoteMessage,
} from '../protocol/index.ts'
import { encodeBallotAnswer, readBallotAnswer } from './codec-ballot.ts'
import { decisionNumbers, readDecision } from './codec-enums.ts'
import { readBranchNumber, readText, readTransactionId, toCount, uuidBytes, writeText } from './codec-ids.ts'
import { encodeReason, readReason } from './codec-outcome.ts'
import { gateway, malformed } from './decoded.ts'
import { BranchState } from './generated/concordat/v1/BranchState.ts'
import type { DecisionAnswer as WireDecisionAnswer } from './generated/concordat/v1/DecisionAnswer.ts'
import { DecisionAnswerKind as Kind } from './generated/concordat/v1/DecisionAnswerKind.ts'
import type { FromParticipant as WireFromParticipant } from './generated/concordat/v1/FromParticipant.ts'
import type { StatusAnswer as WireStatusAnswer } from './generated/concordat/v1/StatusAnswer.ts'
import type { Vote as WireVote } from './generated/concordat/v1/Vote.ts'
import { VoteKind } from './generated/concordat/v1/VoteKind.ts'
import { sentenceCharactersMax } from './limits.ts'

const voteNumbers = {
  yes: VoteKind.VOTE_KIND_YES,
  'read-only': VoteKind.VOTE_KIND_READ_ONLY,
  committed: VoteKind.VOTE_KIND_COMMITTED,
} as const

// Here and wherever each transaction passes several times, objects are written out: a spread costs a microsecond.
export function encodeVote({ transactionId, branch, vote }: VoteMessage): WireVote {
  const id = uuidBytes(transactionId)
  switch (vote.vote) {
    case 'no':
      return { transactionId: id, branch, vote: VoteKind.VOTE_KIND_NO, reason: encodeReason(vote.reason) }
    case 'failed': {
      const reason = encodeReason(vote.reason)
      return { transactionId: id, branch, vote: VoteKind.VOTE_KIND_FAILED, sagaTry: vote.tryNumber, reason }
    }
    default: {
      const result = writeText(vote.result)
      const wire: WireVote = { transactionId: id, branch, vote: voteNumbers[vote.vote], result }
      if (vote.vote === 'yes' && vote.isSealed) wire.sealed = true
      return wire
    }
  }
}

function readVoteKind(wire: WireVote): Vote {
  switch (wire.vote) {
    case VoteKind.VOTE_KIND_YES:
      return wire.sealed
        ? { vote: 'yes', result: readText(wire.result), isSealed: true }
        : { vote: 'yes', result: readText(wire.result) }
    case VoteKind.VOTE_KIND_NO:
      return { vote: 'no', reason: readReason(wire.reason, 'vote.reason') }
    case VoteKind.VOTE_KIND_READ_ONLY:
      return { vote: 'read-only', result: readText(wire.result) }
    case VoteKind.VOTE_KIND_COMMITTED:
      return { vote: 'committed', result: readText(wire.result) }
    case VoteKind.VOTE_KIND_FAILED:
      if (!wire.sagaTry) return malformed('REQUEST_INVALID', 'vote.sagaTry', 'wants a number from 1')
      return { vote: 'failed', tryNumber: wire.sagaTry, reason: readReason(wire.reason, 'vote.reason') }
    default:
      return malformed('REQUEST_INVALID', 'vote.vote', `${wire.vote ?? 0} is not a vote`)
  }
}

function readVote(wire: WireVote): VoteMessage {
  return {
    type: 'vote',
    transactionId: readTransactionId(wire.transactionId, 'vote.transactionId'),
    branch: readBranchNumber(wire.branch, 'vote.branch'),
    vote: readVoteKind(wire),
  }
}

function encodeAnswerKind(answer: DecisionAnswer): WireDecisionAnswer {
  switch (answer.answer) {
    case 'applied':
      return { answer: Kind.DECISION_ANSWER_KIND_APPLIED, turn: answer.turn }
    case 'ended':
      return { answer: Kind.DECISION_ANSWER_KIND_ENDED }
    case 'no-record':
      return { answer: Kind.DECISION_ANSWER_KIND_NO_RECORD }
    case 'heuristic':
      return answer.did === 'commit'
        ? { answer: Kind.DECISION_ANSWER_KIND_HEURISTIC_COMMITTED }
        : { answer: Kind.DECISION_ANSWER_KIND_HEURISTIC_ABORTED }
    case 'contradicted':
      return { answer: Kind.DECISION_ANSWER_KIND_CONTRADICTED }
    case 'retrying':
      return { answer: Kind.DECISION_ANSWER_KIND_RETRYING, detail: answer.detail }
  }
}

export function encodeDecisionAnswer(message: DecisionAnswerMessage): WireDecisionAnswer {
  const wire = encodeAnswerKind(message.answer)
  wire.transactionId = uuidBytes(message.transactionId)
  wire.branch = message.branch
  wire.decision = decisionNumbers[message.decision]
  return wire
}

function readAnswerKind(wire: WireDecisionAnswer): DecisionAnswer {
  switch (wire.answer) {
    case Kind.DECISION_ANSWER_KIND_APPLIED:
      return { answer: 'applied', turn: toCount(wire.turn, 'decisionAnswer.turn') }
    case Kind.DECISION_ANSWER_KIND_ENDED:
      return { answer: 'ended' }
    case Kind.DECISION_ANSWER_KIND_NO_RECORD:
      return { answer: 'no-record' }
    case Kind.DECISION_ANSWER_KIND_HEURISTIC_COMMITTED:
      return { answer: 'heuristic', did: 'commit' }
    case Kind.DECISION_ANSWER_KIND_HEURISTIC_ABORTED:
      return { answer: 'heuristic', did: 'abort' }
    case Kind.DECISION_ANSWER_KIND_CONTRADICTED:
      return { answer: 'contradicted' }
    case Kind.DECISION_ANSWER_KIND_RETRYING:
      return { answer: 'retrying', detail: (wire.detail ?? '').slice(0, sentenceCharactersMax) }
    default:
      return malformed('REQUEST_INVALID', 'decisionAnswer.answer', `${wire.answer ?? 0} is not an answer`)
  }
}

function readDecisionAnswer(wire: WireDecisionAnswer): DecisionAnswerMessage {
  return {
    type: 'decision-answer',
    transactionId: readTransactionId(wire.transactionId, 'decisionAnswer.transactionId'),
    branch: readBranchNumber(wire.branch, 'decisionAnswer.branch'),
    decision: readDecision(wire.decision, 'decisionAnswer.decision'),
    answer: readAnswerKind(wire),
  }
}

const stateNumbers = {
  nothing: BranchState.BRANCH_STATE_NO_INFORMATION,
  active: BranchState.BRANCH_STATE_ACTIVE,
  prepared: BranchState.BRANCH_STATE_PREPARED,
  committed: BranchState.BRANCH_STATE_COMMITTED,
  aborted: BranchState.BRANCH_STATE_ABORTED,
  'read-only': BranchState.BRANCH_STATE_READ_ONLY,
  ended: BranchState.BRANCH_STATE_ENDED,
} as const satisfies Record<BranchKnowledge['knows'], number>

export function encodeStatusAnswer({ transactionId, branch, knowledge }: StatusAnswerMessage): WireStatusAnswer {
  return {
    transactionId: uuidBytes(transactionId),
    branch,
    state: stateNumbers[knowledge.knows],
    ...(knowledge.knows === 'committed' ? { result: writeText(knowledge.result) } : {}),
    ...(knowledge.knows === 'aborted' ? { reason: encodeReason(knowledge.reason) } : {}),
  }
}

function readKnowledge(wire: WireStatusAnswer): BranchKnowledge {
  switch (wire.state) {
    case BranchState.BRANCH_STATE_NO_INFORMATION:
      return { knows: 'nothing' }
    case BranchState.BRANCH_STATE_ACTIVE:
      return { knows: 'active' }
    case BranchState.BRANCH_STATE_PREPARED:
      return { knows: 'prepared' }
    case BranchState.BRANCH_STATE_COMMITTED:
      return { knows: 'committed', result: readText(wire.result) }
    case BranchState.BRANCH_STATE_ABORTED:
      return { knows: 'aborted', reason: readReason(wire.reason, 'statusAnswer.reason') }
    case BranchState.BRANCH_STATE_READ_ONLY:
      return { knows: 'read-only' }
    case BranchState.BRANCH_STATE_ENDED:
      return { knows: 'ended' }
    default:
      return malformed('REQUEST_INVALID', 'statusAnswer.state', `${wire.state ?? 0} is not a state`)
  }
}

function readStatusAnswer(wire: WireStatusAnswer): StatusAnswerMessage {
  return {
    type: 'status-answer',
    transactionId: readTransactionId(wire.transactionId, 'statusAnswer.transactionId'),
    branch: readBranchNumber(wire.branch, 'statusAnswer.branch'),
    knowledge: readKnowledge(wire),
  }
}

export function encodeFromParticipant(message: FromParticipant): WireFromParticipant {
  switch (message.type) {
    case 'vote':
      return { vote: encodeVote(message) }
    case 'decision-answer':
      return { decisionAnswer: encodeDecisionAnswer(message) }
    case 'status-answer':
      return { statusAnswer: encodeStatusAnswer(message) }
    case 'ballot-answer':
      return { ballotAnswer: encodeBallotAnswer(message) }
  }
}

function readFromParticipant(wire: WireFromParticipant): FromParticipant {
  if (wire.vote) return readVote(wire.vote)
  if (wire.decisionAnswer) return readDecisionAnswer(wire.decisionAnswer)
  if (wire.statusAnswer) return readStatusAnswer(wire.statusAnswer)
  if (wire.ballotAnswer) return readBallotAnswer(wire.ballotAnswer)
  return malformed('REQUEST_INVALID', 'message', 'is missing, or of a kind that this version does not know')
}

/** Of a message in a session frame. A unary response is decoded by handing over its one field: `{ vote: ... }`. */
export const decodeFromParticipant = gateway(readFromParticipant)
