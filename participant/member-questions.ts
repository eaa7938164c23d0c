// What in-doubt branches ask the other members of their transaction, and tell them: cooperative termination in two-phase,
// ballots and the decision in three-phase.
//
// Owns: how much is asked at a time, and who is believed. Does not own: when a branch asks, what it makes of an answer.
//
// M1 A member is believed only if it is the very database that the branch names as a member; a coordinator only if it
//    speaks for the branch's log, in an epoch that is not over.
// M2 An answer says nothing about another try of the same id: it goes back with the sequence that was asked about.
// M3 A question without an answer is no event: the branch asks again by its own timer. So one that its branch has no use
//    for any more is not asked, and neither is one too many.

import type { BallotAnswerMessage, BranchAddress, Sequence } from '../protocol/index.ts'
import {
  callUnary,
  coordinatorStub,
  decodeParticipantResponse,
  decodeVotingAnswer,
  encodeMemberRequest,
  encodeVotingRequest,
  type ParticipantResponse,
  participantStub,
  unaryMethods,
} from '../wire/index.ts'
import type { ParticipantConfig } from './config.ts'
import type { Logger } from './environment.ts'
import type { Facts } from './facts.ts'
import type { Participant } from './participant.ts'
import { Stubs } from './stubs.ts'
import type { Question } from './turn.ts'

type Asked = Exclude<Question, { to: 'coordinator' }>
/** With the epoch of its log's coordinator by then. */
type Waiting = Asked & { readonly epoch: number }
type ToMember = Extract<Asked, { to: 'member' }>
type ToVoting = Extract<Asked, { to: 'voting-coordinator' }>

const callsMax = 64
/** Past that many waiting questions new ones are dropped: the branch asks again. */
const questionsMax = 10_000
/**
 * Of the members of a two-phase transaction one may know the decision, or all may have to wait. Past so many questions in this
 * time that came to nothing no more are asked: with thousands in doubt that would take every processor there is, and the
 * coordinator needs one to come back.
 */
const fruitlessMax = 64
const fruitlessMs = 250

export class MemberQuestions {
  readonly #config: ParticipantConfig
  readonly #logger: Logger
  readonly #members = new Stubs(participantStub)
  readonly #coordinators = new Stubs(coordinatorStub)
  #queue: Waiting[] = []
  #calls = 0
  #fruitless = 0
  #pause: NodeJS.Timeout | undefined
  #driver: Participant | undefined
  #facts: Facts | undefined

  constructor(config: ParticipantConfig, logger: Logger) {
    this.#config = config
    this.#logger = logger
  }

  attach(driver: Participant, facts: Facts): void {
    this.#driver = driver
    this.#facts = facts
  }

  ask(question: Asked): void {
    if (this.#queue.length >= questionsMax) return
    this.#queue.push({ ...question, epoch: this.#epochOf(question) })
    this.#callNext()
  }

  close(): void {
    this.#queue = []
    clearTimeout(this.#pause)
    this.#members.close()
    this.#coordinators.close()
  }

  #callNext(): void {
    while (this.#calls < callsMax) {
      const question = this.#queue.shift()
      if (question === undefined) return
      if (isStatus(question) && !this.#isOfUse(question)) continue
      this.#calls += 1
      const call = question.to === 'member' ? this.#callMember(question) : this.#callCoordinator(question)
      call
        .catch((error: unknown) => {
          if (isStatus(question)) this.#cameToNothing()
          const to = question.to === 'member' ? question.sent.member.participant : 'the coordinator'
          this.#logger.debug({ to, error: String(error) }, 'a member does not answer')
        })
        .finally(() => {
          this.#calls -= 1
          this.#callNext()
        })
    }
  }

  /** Not once its coordinator has come back: that knows more than any member. */
  #isOfUse(question: Waiting): boolean {
    if (this.#fruitless >= fruitlessMax) return false
    return question.epoch === this.#epochOf(question) && this.#driver?.isInDoubt(question.about) === true
  }

  #epochOf({ logId }: Asked): number {
    return this.#driver?.coordinators.epochOf(logId) ?? 0
  }

  #cameToNothing(): void {
    this.#fruitless += 1
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined
      this.#fruitless = 0
    }, fruitlessMs).unref()
  }

  async #callMember({ logId, about, sent }: ToMember): Promise<void> {
    const { member, message } = sent
    const stub = this.#members.at(member.address)
    const options = { timeoutMs: this.#config.inquiryTimeoutMs, unreachable: 'PARTICIPANT_UNREACHABLE' as const }
    const request = encodeMemberRequest(logId, message)
    const response = (await callUnary(
      stub,
      unaryMethods[message.type],
      request as never,
      options,
    )) as ParticipantResponse
    const decoded = decodeParticipantResponse(message.type, response)
    if (!decoded.ok) throw new Error(decoded.error.message)
    const { header, message: answer } = decoded.value
    if (header.storageId !== member.storageId) throw new Error('another database answers at its address')
    if (!isSame(answer, message)) throw new Error('it answers another question')
    if (answer.type === 'status-answer') {
      const { sequence } = message
      const { knowledge } = answer
      if (knowledge.knows !== 'committed' && knowledge.knows !== 'aborted') this.#cameToNothing()
      this.#driver?.tell(about, { type: 'member-answer', knowledge, sequence })
    } else if (answer.type === 'ballot-answer') {
      const from = { storageId: member.storageId, branch: answer.branch }
      this.#heard(about, from, answer, message.sequence)
    }
  }

  async #callCoordinator({ logId, about, message }: ToVoting): Promise<void> {
    const [driver, facts] = [this.#driver, this.#facts]
    const address = driver?.coordinators.addressOf(logId) ?? ''
    if (driver === undefined || facts === undefined || address === '') throw new Error('it never said where it is')
    const stub = this.#coordinators.at(address)
    const { inquiryTimeoutMs: timeoutMs } = this.#config
    const request = encodeVotingRequest(facts.header(logId), logId, message)
    const response = await callUnary(stub, unaryMethods[message.type], request as never, { timeoutMs })
    const decoded = decodeVotingAnswer(response as never)
    if (!decoded.ok) throw new Error(decoded.error.message)
    const { header, message: answer } = decoded.value
    if (header.logId !== logId) throw new Error('the coordinator of another log answers')
    const refusal = driver.hear(header)
    if (refusal !== undefined) throw new Error(refusal.message)
    this.#heard(about, 'coordinator', answer, message.sequence)
  }

  #heard(
    about: BranchAddress,
    from: 'coordinator' | { readonly storageId: ToMember['sent']['member']['storageId']; readonly branch: number },
    { to, ballot, answer }: BallotAnswerMessage,
    sequence: Sequence,
  ): void {
    this.#driver?.tell(about, { type: 'ballot-answer', from, to, ballot, answer, sequence })
  }
}

/** What a branch of a two-phase transaction asks. */
const isStatus = (question: Asked): boolean => question.to === 'member' && question.sent.message.type === 'status'

const isSame = (a: BranchAddress, b: BranchAddress): boolean =>
  a.transactionId === b.transactionId && a.branch === b.branch
