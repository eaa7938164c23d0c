// What in-doubt branches ask, in place of participant/inquiry.ts and member-questions.ts: the same promises I1 to I4 and
// M1 to M3, over simulated calls.

import type { Network as AskingNetwork } from '../participant/participant.ts'
import type { Question } from '../participant/turn.ts'
import type { BallotAnswer, InquiryAnswer, LogId, participantSide } from '../protocol/index.ts'
import type { CoordinatorHeader, FromParticipantFrame } from './frames.ts'
import type { Process } from './machine.ts'
import type { ParticipantNode, RunningParticipant } from './participant-node.ts'
import type { World } from './world.ts'

type InDoubt = participantSide.InDoubt

export interface Inquired {
  readonly header: CoordinatorHeader
  readonly answers: readonly (InDoubtAnswer | undefined)[]
}

export interface Voted {
  readonly header: CoordinatorHeader
  readonly answer: BallotAnswer
}

type InDoubtAnswer = { readonly transactionId: string; readonly branch: number; readonly answer: InquiryAnswer }

interface Lane {
  waiting: InDoubt[]
}

export class Questions implements AskingNetwork {
  readonly #world: World
  readonly #node: ParticipantNode
  readonly #process: Process
  readonly #lanes = new Map<LogId, Lane>()
  #running: RunningParticipant | undefined

  constructor(world: World, node: ParticipantNode, process: Process) {
    this.#world = world
    this.#node = node
    this.#process = process
  }

  attach(running: RunningParticipant): void {
    this.#running = running
  }

  ask(question: Question): void {
    if (question.to === 'coordinator') this.#askCoordinator(question.logId, question.inquire)
    else if (question.to === 'member') this.#askMember(question)
    else this.#askVotingCoordinator(question)
  }

  #askCoordinator(logId: LogId, inquire: InDoubt): void {
    const known = this.#lanes.get(logId)
    if (known !== undefined) {
      known.waiting.push(inquire)
      return
    }
    const lane: Lane = { waiting: [inquire] }
    this.#lanes.set(logId, lane)
    this.#process.soon(() => this.#inquire(logId, lane))
  }

  #inquire(logId: LogId, lane: Lane): void {
    const branches = lane.waiting.splice(0)
    const { driver, facts, config } = this.#running as RunningParticipant
    const header = facts.header(logId)
    this.#node.says(header)
    for (const { transactionId, branch } of branches) {
      this.#world.history.add(this.#node.name, `inquires for ${branch}`, transactionId)
    }
    const { network, coordinator } = this.#world
    network.call<Inquired | 'failed'>(
      this.#process,
      this.#node,
      coordinator,
      config.inquiryTimeoutMs,
      (_server, answer) => coordinator.inquired(header, logId, branches, answer),
      (told) => {
        const isHeard =
          told !== undefined &&
          told !== 'failed' &&
          (told.header.logId !== logId || driver.hear(told.header) === undefined)
        for (const branch of branches) {
          const answer = isHeard ? answerFor(branch, told, logId) : undefined
          const { sequence } = branch
          driver.tell(
            branch,
            answer === undefined ? { type: 'no-coordinator' } : { type: 'inquiry-answer', answer, sequence },
          )
        }
        if (lane.waiting.length > 0) this.#inquire(logId, lane)
        else this.#lanes.delete(logId)
      },
      {
        words: ['inquire'],
        about: branches.map(({ transactionId }) => transactionId),
        answerWords: () => ['inquire answer'],
      },
    )
  }

  #askMember({ logId, about, sent }: Extract<Question, { to: 'member' }>): void {
    const { member, message } = sent
    const node = this.#world.participant(member.participant)
    const { driver, config } = this.#running as RunningParticipant
    this.#world.history.add(this.#node.name, `asks ${node.name} ${message.type}`, message.transactionId)
    this.#world.telling.memberTells(this.#node, message)
    this.#world.network.call<FromParticipantFrame | 'refused'>(
      this.#process,
      this.#node,
      node,
      config.inquiryTimeoutMs,
      (_server, answer) => node.take(logId, message, answer),
      (told) => {
        if (told === undefined || told === 'refused' || told.header.storageId !== member.storageId) return
        const [answer] = told.messages
        const { sequence } = message
        if (answer?.type === 'status-answer') {
          driver.tell(about, { type: 'member-answer', knowledge: answer.knowledge, sequence })
        } else if (answer?.type === 'ballot-answer') {
          const from = { storageId: member.storageId, branch: answer.branch }
          driver.tell(about, {
            type: 'ballot-answer',
            from,
            to: answer.to,
            ballot: answer.ballot,
            answer: answer.answer,
            sequence,
          })
        }
      },
      {
        words: [`member ${message.type}`],
        about: [message.transactionId],
        answerWords: () => [`member ${message.type} answer`],
      },
    )
  }

  #askVotingCoordinator({ logId, about, message }: Extract<Question, { to: 'voting-coordinator' }>): void {
    const { driver, facts, config } = this.#running as RunningParticipant
    const { network, coordinator, history } = this.#world
    const header = facts.header(logId)
    this.#node.says(header)
    history.add(this.#node.name, `asks c ${message.type}`, message.transactionId)
    network.call<Voted | 'failed'>(
      this.#process,
      this.#node,
      coordinator,
      config.inquiryTimeoutMs,
      (_server, answer) => coordinator.votes(header, logId, message, answer),
      (told) => {
        if (told === undefined || told === 'failed' || told.header.logId !== logId) return
        if (driver.hear(told.header) !== undefined) return
        const { type: to, ballot, sequence } = message
        driver.tell(about, { type: 'ballot-answer', from: 'coordinator', to, ballot, answer: told.answer, sequence })
      },
      {
        words: [`voting ${message.type}`],
        about: [message.transactionId],
        answerWords: () => [`voting ${message.type} answer`],
      },
    )
  }
}

function answerFor(branch: InDoubt, { header, answers }: Inquired, logId: LogId): InquiryAnswer | undefined {
  const found = answers.find((one) => one?.transactionId === branch.transactionId && one.branch === branch.branch)
  if (found === undefined) return undefined
  return header.logId === logId ? found.answer : 'unknown-log'
}
