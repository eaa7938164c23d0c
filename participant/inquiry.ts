// Inquiries of in-doubt branches at the coordinator of their log; what goes to other members is asked by member-questions.ts.
//
// Owns: batching, deadlines, how much is asked at a time. Does not own: when a branch asks, what it makes of an answer.
//
// I1 One inquiry to each log is outstanding at a time; what comes meanwhile goes into the next one.
// I2 Every question to a coordinator gets an event, its answer or `no-coordinator`; unless its branch has heard the decision
//    before it was asked.
// I3 A coordinator whose epoch is over is none: its answer is not believed.
// I4 An answer says nothing about another try of the same id: it goes back with the sequence that was asked about.

import type { BranchAddress, LogId, participantSide } from '../protocol/index.ts'
import { callUnary, coordinatorStub, decodeInquireAnswer, encodeInquire } from '../wire/index.ts'
import type { ParticipantConfig } from './config.ts'
import type { Logger } from './environment.ts'
import type { Facts } from './facts.ts'
import { MemberQuestions } from './member-questions.ts'
import type { Network, Participant } from './participant.ts'
import { Stubs } from './stubs.ts'
import type { Question } from './turn.ts'

type InDoubt = participantSide.InDoubt

const branchesPerInquiryMax = 1_000

interface Lane {
  /** By the keys of the branches, because there may be very many. */
  readonly waiting: Map<string, InDoubt>
  isAsking: boolean
}

export class Inquiry implements Network {
  readonly #config: ParticipantConfig
  readonly #logger: Logger
  readonly #lanes = new Map<LogId, Lane>()
  readonly #lastErrors = new Map<LogId, string>()
  readonly #coordinators = new Stubs(coordinatorStub)
  readonly #members: MemberQuestions
  #driver: Participant | undefined
  #facts: Facts | undefined
  #isClosed = false

  constructor(config: ParticipantConfig, logger: Logger) {
    this.#config = config
    this.#logger = logger
    this.#members = new MemberQuestions(config, logger)
  }

  /** The driver is made with its network, so the network learns of it afterwards. */
  attach(driver: Participant, facts: Facts): void {
    this.#driver = driver
    this.#facts = facts
    this.#members.attach(driver, facts)
  }

  ask(question: Question): void {
    if (this.#isClosed) return
    if (question.to === 'coordinator') this.#askCoordinator(question.logId, question.inquire)
    else this.#members.ask(question)
  }

  /** Why the last inquiry to this log had no answer; empty when it had one. */
  lastErrorOf(logId: LogId): string {
    return this.#lastErrors.get(logId) ?? ''
  }

  close(): void {
    this.#isClosed = true
    this.#coordinators.close()
    this.#members.close()
  }

  #askCoordinator(logId: LogId, inquire: InDoubt): void {
    const lane = this.#lanes.get(logId) ?? { waiting: new Map(), isAsking: false }
    this.#lanes.set(logId, lane)
    lane.waiting.set(keyOf(inquire), inquire)
    if (lane.isAsking) return
    lane.isAsking = true
    // With the rest of its turn.
    setImmediate(() => this.#inquire(logId, lane))
  }

  #inquire(logId: LogId, lane: Lane): void {
    if (this.#isClosed) return
    const branches = this.#take(lane)
    if (branches.length === 0) {
      this.#lanes.delete(logId)
      return
    }
    this.#answers(logId, branches)
      .then(
        (answers) => {
          this.#lastErrors.delete(logId)
          for (const branch of branches) {
            const answer = answers.get(keyOf(branch))
            this.#driver?.tell(
              branch,
              answer === undefined
                ? { type: 'no-coordinator' }
                : { type: 'inquiry-answer', answer, sequence: branch.sequence },
            )
          }
        },
        (error: unknown) => {
          this.#lastErrors.set(logId, messageOf(error))
          this.#logger.warn({ logId, branches: branches.length, error: String(error) }, 'nobody answers an inquiry')
          for (const branch of branches) this.#driver?.tell(branch, { type: 'no-coordinator' })
        },
      )
      .finally(() => {
        if (lane.waiting.size > 0) this.#inquire(logId, lane)
        else this.#lanes.delete(logId)
      })
  }

  /** The oldest of those that still want to know. */
  #take(lane: Lane): InDoubt[] {
    const branches: InDoubt[] = []
    for (const [key, branch] of lane.waiting) {
      if (branches.length === branchesPerInquiryMax) break
      lane.waiting.delete(key)
      if (this.#driver?.isInDoubt(branch) === true) branches.push(branch)
    }
    return branches
  }

  async #answers(logId: LogId, branches: readonly InDoubt[]) {
    const driver = this.#driver
    const address = driver?.coordinators.addressOf(logId) ?? ''
    if (driver === undefined || this.#facts === undefined || address === '') {
      throw new Error('the coordinator never said where it can be asked')
    }
    const request = encodeInquire({ header: this.#facts.header(logId), logId, branches })
    const { inquiryTimeoutMs: timeoutMs } = this.#config
    const response = await callUnary(this.#coordinators.at(address), 'inquire', request, { timeoutMs })
    const decoded = decodeInquireAnswer(response)
    if (!decoded.ok) throw new Error(decoded.error.message)
    const { header, answers } = decoded.value
    if (header.logId === logId) {
      const refusal = driver.hear(header)
      if (refusal !== undefined) throw new Error(refusal.message)
    }
    return new Map(answers.map((one) => [keyOf(one), header.logId === logId ? one.answer : 'unknown-log'] as const))
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const keyOf = ({ transactionId, branch }: BranchAddress): string => `${transactionId}/${branch}`
