// Messages that make no difference any more, wherever and whenever they arrive: worlds that differ only in these are one.
// Only what is durable at the receiver counts, so that no crash brings one of them back to life.

import { type BallotAnswer, compareBallots, isSameBallot, type Pledge } from '../../../protocol/index.ts'
import { coordinatorPlace, type Envelope } from '../explore/process.ts'
import type { CoordinatorProcess } from './coordinator-party.ts'
import type { ParticipantProcess } from './participant-party.ts'
import type { Scenario } from './scenario.ts'

type Answered = Extract<Envelope['body'], { type: 'ballot-answer' }>

export function isDead(
  envelope: Envelope,
  receiver: CoordinatorProcess | ParticipantProcess,
  scenario: Scenario,
): boolean {
  const { to, from, incarnation, about, only } = envelope
  // Fenced: a later epoch was heard of. An answer to an epoch that is over.
  if (only !== undefined && only < receiver.epoch) return true
  if (from === coordinatorPlace && about === undefined && incarnation < receiver.epoch) return true
  return to === coordinatorPlace
    ? isDeadAtCoordinator(envelope, receiver as CoordinatorProcess, scenario)
    : isDeadAtParticipant(envelope, receiver as ParticipantProcess, scenario)
}

function isDeadAtCoordinator({ body }: Envelope, { state, durable }: CoordinatorProcess, scenario: Scenario): boolean {
  const isUndecided = state?.phase === 'preparing' || state?.phase === 'active'
  switch (body.type) {
    case 'vote':
      return !isUndecided && (state !== undefined || scenario.submitsAgain === 0)
    case 'ballot-answer': {
      if (state === undefined) return scenario.submitsAgain === 0
      if (state.phase === 'pre-committing') return isDeadAnswer(body, state.round)
      return !isUndecided
    }
    case 'collect': {
      if (state?.phase !== 'pre-committing') return false
      const [recorded] = durable.flatMap((row) => (row.type === 'pledged' ? [row.pledge.promised] : []))
      return scenario.isCoarse && recorded !== undefined && compareBallots(body.ballot, recorded) <= 0
    }
    default:
      return false
  }
}

function isDeadAtParticipant(
  { body }: Envelope,
  { state, durable, storage }: ParticipantProcess,
  scenario: Scenario,
): boolean {
  const [row] = durable
  // A new database is no member, where the old ones were named from the start: it can only say no.
  if (storage > 0 && scenario.isKnown) return body.type !== 'prepare' && body.type !== 'abort'
  if (row === undefined || storage > 0 || scenario.submitsAgain > 0) return false
  const isFinal = row.type === 'committed' || row.type === 'aborted'
  const pledge = row.type === 'prepared' || row.type === 'pledged' ? row.branch.pledge : undefined
  switch (body.type) {
    // Asked again it would say what it has said, and that is on its way.
    case 'prepare':
      return isFinal || pledge !== undefined || body.ballot === undefined
    case 'commit':
    case 'abort':
      return isFinal
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return scenario.isCoarse && pledge !== undefined && isDeadQuestion(body.type, body.ballot, pledge)
    case 'ballot-answer':
      return isFinal || (state.state === 'prepared' && isDeadAnswer(body, state.round))
    default:
      return false
  }
}

function isDeadQuestion(to: Answered['to'], ballot: Answered['ballot'], { promised, adopted }: Pledge): boolean {
  const order = compareBallots(ballot, promised)
  if (to === 'collect') return order <= 0
  return order < 0 || (adopted !== undefined && isSameBallot(adopted.ballot, ballot))
}

interface Asking {
  readonly ballot: Answered['ballot']
  readonly choice?: string
}

const ends: readonly BallotAnswer['answer'][] = ['committed', 'aborted']

/** An answer to another question than the one that is being asked: that one is never asked again. */
function isDeadAnswer({ ballot, to, answer }: Answered, round: Asking | undefined): boolean {
  if (ends.includes(answer.answer)) return false
  if (answer.answer === 'nothing' || round === undefined || !isSameBallot(round.ballot, ballot)) return true
  return round.choice !== undefined && to === 'collect'
}
