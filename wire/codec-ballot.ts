// Three-phase: ballots, what a proposer asks (Collect, PreCommit, PreAbort), and what a member answers.

import type {
  Adopted,
  Ballot,
  BallotAnswer,
  BallotAnswerMessage,
  BranchAddress,
  Choice,
  Collect,
  Propose,
} from '../protocol/index.ts'
import { type WireEnum, wordsByNumber } from './codec-enums.ts'
import {
  readBranchNumber,
  readSequence,
  readStorageId,
  readTransactionId,
  required,
  toCount,
  uuidBytes,
  type WireBytes,
  writeSequence,
} from './codec-ids.ts'
import { readVotingSet, writeMembers } from './codec-member.ts'
import { malformed } from './decoded.ts'
import { AdoptedChoice } from './generated/concordat/v1/AdoptedChoice.ts'
import type { Ballot as WireBallot } from './generated/concordat/v1/Ballot.ts'
import type { BallotAnswer as WireBallotAnswer } from './generated/concordat/v1/BallotAnswer.ts'
import { BallotAnswerKind as Kind } from './generated/concordat/v1/BallotAnswerKind.ts'
import { BallotQuestion } from './generated/concordat/v1/BallotQuestion.ts'
import type { Collect as WireCollect } from './generated/concordat/v1/Collect.ts'
import type { Propose as WirePropose } from './generated/concordat/v1/Propose.ts'

/** A proposer's branch is 1 to 128, or 0 when it is the coordinator. */
const proposingBranchMax = 128

export const writeBallot = ({ number, by, branch }: Ballot): WireBallot => ({ number, by: uuidBytes(by), branch })

export function readBallot(wire: WireBallot | null | undefined, path: string): Ballot {
  const { number: told, by, branch = 0 } = required(wire, path)
  const number = toCount(told, `${path}.number`)
  if (number === 0) malformed('REQUEST_INVALID', `${path}.number`, 'wants a number from 1')
  if (branch > proposingBranchMax) {
    malformed('BRANCH_INVALID', `${path}.branch`, `wants a number from 0 to ${proposingBranchMax}, has ${branch}`)
  }
  // A database's or a log's: nobody has to know which, it only has to be one's own.
  return { number, by: readStorageId(by, `${path}.by`), branch }
}

interface WireAddress {
  readonly transactionId?: WireBytes
  readonly branch?: number | null
}

const readAddress = ({ transactionId, branch }: WireAddress, path: string): BranchAddress => ({
  transactionId: readTransactionId(transactionId, `${path}.transactionId`),
  branch: readBranchNumber(branch, `${path}.branch`),
})

export const encodeCollect = (message: Collect): WireCollect => ({
  transactionId: uuidBytes(message.transactionId),
  branch: message.branch,
  sequence: writeSequence(message.sequence),
  ballot: writeBallot(message.ballot),
  members: writeMembers(message.members),
})

export const readCollect = (wire: WireCollect): Collect => ({
  type: 'collect',
  ...readAddress(wire, 'collect'),
  sequence: readSequence(wire.sequence, 'collect.sequence'),
  ballot: readBallot(wire.ballot, 'collect.ballot'),
  members: readVotingSet(wire.members, 'collect.members'),
})

export const encodePropose = (message: Propose): WirePropose => ({
  transactionId: uuidBytes(message.transactionId),
  branch: message.branch,
  sequence: writeSequence(message.sequence),
  ballot: writeBallot(message.ballot),
})

/** The field that it came in says which of the two it is. */
export const readPropose = (wire: WirePropose, type: Choice, path: 'preCommit' | 'preAbort'): Propose => ({
  type,
  ...readAddress(wire, path),
  sequence: readSequence(wire.sequence, `${path}.sequence`),
  ballot: readBallot(wire.ballot, `${path}.ballot`),
})

const questionNumbers = {
  collect: BallotQuestion.BALLOT_QUESTION_COLLECT,
  'pre-commit': BallotQuestion.BALLOT_QUESTION_PRE_COMMIT,
  'pre-abort': BallotQuestion.BALLOT_QUESTION_PRE_ABORT,
} as const satisfies Record<BallotAnswerMessage['to'], number>
const questions = wordsByNumber(questionNumbers)

const choiceNumbers = {
  'pre-commit': AdoptedChoice.ADOPTED_CHOICE_PRE_COMMIT,
  'pre-abort': AdoptedChoice.ADOPTED_CHOICE_PRE_ABORT,
} as const satisfies Record<Choice, number>
const choices = wordsByNumber(choiceNumbers)

function encodeAnswerKind(answer: BallotAnswer): WireBallotAnswer {
  switch (answer.answer) {
    case 'promised': {
      const { adopted } = answer
      if (adopted === undefined) return { answer: Kind.BALLOT_ANSWER_KIND_PROMISED }
      return {
        answer: Kind.BALLOT_ANSWER_KIND_PROMISED,
        adopted: choiceNumbers[adopted.choice],
        adoptedBallot: writeBallot(adopted.ballot),
      }
    }
    case 'adopted':
      return { answer: Kind.BALLOT_ANSWER_KIND_ADOPTED }
    case 'refused':
      return { answer: Kind.BALLOT_ANSWER_KIND_REFUSED, promised: writeBallot(answer.promised) }
    case 'committed':
      return { answer: Kind.BALLOT_ANSWER_KIND_COMMITTED }
    case 'aborted':
      return { answer: Kind.BALLOT_ANSWER_KIND_ABORTED }
    case 'nothing':
      return { answer: Kind.BALLOT_ANSWER_KIND_NOTHING }
  }
}

export function encodeBallotAnswer(message: BallotAnswerMessage): WireBallotAnswer {
  const wire = encodeAnswerKind(message.answer)
  wire.transactionId = uuidBytes(message.transactionId)
  wire.branch = message.branch
  wire.to = questionNumbers[message.to]
  wire.ballot = writeBallot(message.ballot)
  return wire
}

/** Neither half alone: a promise that hides what was adopted would let the proposer choose freely. */
function readAdopted(choice: WireEnum, ballot: WireBallot | null | undefined): Adopted | undefined {
  if ((choice ?? 0) === AdoptedChoice.ADOPTED_CHOICE_UNSPECIFIED && (ballot ?? undefined) === undefined)
    return undefined
  return {
    choice:
      choices.get(choice as number) ??
      malformed('REQUEST_INVALID', 'ballotAnswer.adopted', `${choice ?? 0} is not a choice`),
    ballot: readBallot(ballot, 'ballotAnswer.adoptedBallot'),
  }
}

function readAnswerKind(wire: WireBallotAnswer): BallotAnswer {
  switch (wire.answer) {
    case Kind.BALLOT_ANSWER_KIND_PROMISED: {
      const adopted = readAdopted(wire.adopted, wire.adoptedBallot)
      return adopted === undefined ? { answer: 'promised' } : { answer: 'promised', adopted }
    }
    case Kind.BALLOT_ANSWER_KIND_ADOPTED:
      return { answer: 'adopted' }
    case Kind.BALLOT_ANSWER_KIND_REFUSED:
      return { answer: 'refused', promised: readBallot(wire.promised, 'ballotAnswer.promised') }
    case Kind.BALLOT_ANSWER_KIND_COMMITTED:
      return { answer: 'committed' }
    case Kind.BALLOT_ANSWER_KIND_ABORTED:
      return { answer: 'aborted' }
    case Kind.BALLOT_ANSWER_KIND_NOTHING:
      return { answer: 'nothing' }
    default:
      return malformed('REQUEST_INVALID', 'ballotAnswer.answer', `${wire.answer ?? 0} is not an answer`)
  }
}

export function readBallotAnswer(wire: WireBallotAnswer): BallotAnswerMessage {
  return {
    type: 'ballot-answer',
    ...readAddress(wire, 'ballotAnswer'),
    to:
      questions.get(wire.to as number) ??
      malformed('REQUEST_INVALID', 'ballotAnswer.to', `${wire.to ?? 0} is not a question`),
    ballot: readBallot(wire.ballot, 'ballotAnswer.ballot'),
    answer: readAnswerKind(wire),
  }
}
