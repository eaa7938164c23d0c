// What leaves a process: nothing that its disk would not show after a power cut right now (FORCE-BEFORE-SEND).

import {
  type BallotAnswer,
  type BranchAddress,
  type Collect,
  compareSequences,
  type FromParticipant,
  type InquiryAnswer,
  type ParticipantRecord,
  type Propose,
  type Sequence,
  type ToParticipant,
} from '../protocol/index.ts'
import type { ParticipantHeader } from './frames.ts'
import { pastOf } from './judge.ts'
import { isPledged } from './judge-ballots.ts'
import type { ParticipantNode } from './participant-node.ts'
import { addressKey } from './store-disk.ts'
import type { World } from './world.ts'

export class TellingJudge {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  participantTells(node: ParticipantNode, message: FromParticipant): void {
    const { transactionId } = message
    this.#world.history.add(node.name, tellingOf(message), transactionId)
    const row = node.disk.durable.get(addressKey(message))
    if (row === undefined && this.#world.judge.isDropped(node, message)) return
    if (message.type === 'ballot-answer') {
      if (this.#world.judge.ballots.isBound(row?.record, message.ballot, message.answer.answer)) return
    } else {
      const needed = neededFor(message)
      if (needed === undefined) return
      if (row !== undefined && needed.includes(row.record.type)) return
    }
    const found = row === undefined ? 'nothing' : `'${row.record.type}'`
    const sentence = `${node.name} ${tellingOf(message)}, and its disk holds ${found} of that branch`
    this.#world.history.violated('FORCE-BEFORE-SEND', sentence, transactionId)
  }

  participantSays(node: ParticipantNode, header: ParticipantHeader): void {
    const { unforced } = node.disk
    const [first] = unforced
    if (first === undefined || first.number > header.forcedTurn) return
    const sentence = `${node.name} says that turn ${header.forcedTurn} is durable, and turn ${first.number} is not`
    this.#world.history.violated('FORCE-BEFORE-SEND', sentence)
  }

  /** A participant tells another member. */
  memberTells(node: ParticipantNode, message: ToParticipant): void {
    if (message.type !== 'commit' && message.type !== 'abort') return
    const decision = this.#world.judge.decisionOf(message.transactionId, message.sequence)
    if (decision === undefined || decision === message.type) return
    const sentence = `${node.name} tells others to ${message.type}, and it was ${pastOf(decision)}`
    this.#world.history.violated('AC1', sentence, message.transactionId)
  }

  coordinatorSends(message: ToParticipant): void {
    if (message.type === 'commit') this.#mustBeDecided(message, message.sequence, 'sends Commit')
    if (message.type === 'prepare' && message.onePhase && this.#recorded(message, message.sequence) === undefined) {
      const sentence = 'the coordinator gives away the decision, and its disk holds no record of that'
      this.#world.history.violated('FORCE-BEFORE-SEND', sentence, message.transactionId)
    }
    this.#world.judge.sagas.sends(message)
    if (message.type === 'collect' || message.type === 'pre-commit' || message.type === 'pre-abort') {
      this.#mustBePledged(message, 'promised', `sends ${message.type}`)
    }
  }

  inquiryAnswered(
    transactionId: string,
    branch: number,
    answer: InquiryAnswer,
    asked: readonly (BranchAddress & { sequence: Sequence })[],
  ): void {
    this.#world.history.add('c', `answers the inquiry of ${branch}: ${answer}`, transactionId)
    if (answer !== 'commit' && answer !== 'abort') return
    const about = asked.find((one) => one.transactionId === transactionId && one.branch === branch)
    if (about === undefined) return
    if (answer === 'commit') return this.#mustBeDecided(about, about.sequence, 'answers commit')
    this.#world.judge.sagas.toldToAbort(transactionId, branch, about.sequence)
    if (this.#world.judge.decisionOf(transactionId, about.sequence) !== 'commit') return
    this.#world.history.violated('AC1', `an inquiry is answered abort, and it was committed`, transactionId)
  }

  /** A client is told that it is committed. */
  committed(transactionId: string): void {
    const recorded = this.#world.coordinator.disk.transactions.get(transactionId)
    const isDurable = recorded?.first.record === 'decision' || recorded?.outcome?.outcome === 'committed'
    const isOnlyRead = this.#world.work.get(transactionId)?.moves.length === 0
    // One-phase the participant has decided, durably.
    if (isDurable || isOnlyRead || this.#world.judge.isCommitted(transactionId)) return
    const sentence = 'a client is told committed, and no disk holds the decision'
    this.#world.history.violated('FORCE-BEFORE-SEND', sentence, transactionId)
  }

  /** The coordinator answers as a member. */
  coordinatorAnswers(message: Collect | Propose, answer: BallotAnswer['answer']): void {
    this.#world.history.add('c', `answers ${message.type} ${message.ballot.number}: ${answer}`, message.transactionId)
    if (answer === 'promised' || answer === 'adopted') this.#mustBePledged(message, answer, `has ${answer}`)
  }

  #mustBePledged(message: Collect | Propose, answer: 'promised' | 'adopted', what: string): void {
    const recorded = this.#recorded(message, message.sequence)
    const first = recorded?.first
    if (first?.record === 'decision') return
    if (first?.record === 'pre-committed' && isPledged(first.pledge, message.ballot, answer)) return
    const sentence = `the coordinator ${what} at ballot ${message.ballot.number}, and its disk does not bind it to that`
    this.#world.history.violated('FORCE-BEFORE-SEND', sentence, message.transactionId)
  }

  #mustBeDecided({ transactionId }: BranchAddress, sequence: Sequence, what: string): void {
    const recorded = this.#recorded({ transactionId }, sequence)
    if (recorded?.first.record === 'decision' || recorded?.outcome?.outcome === 'committed') return
    const sentence = `the coordinator ${what}, and its disk holds no decision`
    this.#world.history.violated('FORCE-BEFORE-SEND', sentence, transactionId)
  }

  #recorded({ transactionId }: { readonly transactionId: string }, sequence: Sequence) {
    const recorded = this.#world.coordinator.disk.transactions.get(transactionId)
    return recorded !== undefined && compareSequences(recorded.facts.sequence, sequence) === 0 ? recorded : undefined
  }
}

function tellingOf(message: FromParticipant): string {
  const of = message.branch
  switch (message.type) {
    case 'vote':
      return `votes ${message.vote.vote} for ${of}`
    case 'decision-answer':
      return `answers ${message.decision} of ${of}: ${message.answer.answer}`
    case 'status-answer':
      return `knows ${message.knowledge.knows} of ${of}`
    case 'ballot-answer':
      return `answers ${message.to} of ${of}: ${message.answer.answer}`
  }
}

/** Codes of a no that needs no record. */
const lastingReasons = ['STORAGE_CHANGED', 'BELOW_WATERMARK']
const anyRecord: readonly ParticipantRecord['type'][] = ['prepared', 'pledged', 'committed', 'aborted', 'heuristic']

/** Which record must be on the disk before this is told. */
function neededFor(message: FromParticipant): readonly ParticipantRecord['type'][] | undefined {
  switch (message.type) {
    case 'vote':
      switch (message.vote.vote) {
        case 'yes':
          // An Abort of the same turn may have come after it: then the yes says nothing any more, and harms nobody.
          return anyRecord
        case 'committed':
          return ['committed']
        case 'no':
          return lastingReasons.includes(message.vote.reason.code) ? undefined : anyRecord
        case 'read-only':
        case 'failed':
          return undefined
        default:
          return message.vote satisfies never
      }
    case 'status-answer':
      if (message.knowledge.knows === 'committed') return ['committed']
      return message.knowledge.knows === 'aborted' ? ['aborted'] : undefined
    case 'ballot-answer':
    case 'decision-answer':
      return undefined
  }
}
