// Questions of in-doubt branches: to the coordinator of their log, and, when none answers, to the other members.
//
// Owns: batching, deadlines, how much is asked at a time. Does not own: when a branch asks, what it makes of an answer.
//
// I1 One inquiry to each log is outstanding at a time; what comes meanwhile goes into the next one.
// I2 Every question to a coordinator gets an event: its answer, or `no-coordinator`.
// I3 A coordinator whose epoch is over is none: its answer is not believed.
// I4 A member is believed only if it is the very database that the branch names as a member.

import type { BranchAddress, LogId, participantSide } from '../protocol/index.ts'
import {
  callUnary,
  coordinatorStub,
  decodeInquireAnswer,
  decodeParticipantResponse,
  encodeInquire,
  encodeMemberStatus,
  participantStub,
} from '../wire/index.ts'
import type { ParticipantConfig } from './config.ts'
import type { Logger } from './environment.ts'
import type { Facts } from './facts.ts'
import type { Network, Participant } from './participant.ts'
import type { Question } from './turn.ts'

type InDoubt = participantSide.InDoubt
type MemberQuestion = Extract<Question, { to: 'member' }>

const branchesPerInquiryMax = 1_000
const memberCallsMax = 64
/** Past that many waiting questions new ones are dropped: the branch asks again. */
const memberQuestionsMax = 10_000
const stubsMax = 64

interface Lane {
  waiting: InDoubt[]
  isAsking: boolean
}

export class Inquiry implements Network {
  readonly #config: ParticipantConfig
  readonly #logger: Logger
  readonly #lanes = new Map<LogId, Lane>()
  readonly #lastErrors = new Map<LogId, string>()
  readonly #coordinators = new Stubs(coordinatorStub)
  readonly #members = new Stubs(participantStub)
  #memberQueue: MemberQuestion[] = []
  #memberCalls = 0
  #driver: Participant | undefined
  #facts: Facts | undefined
  #isClosed = false

  constructor(config: ParticipantConfig, logger: Logger) {
    this.#config = config
    this.#logger = logger
  }

  /** The driver is made with its network, so the network learns of it afterwards. */
  attach(driver: Participant, facts: Facts): void {
    this.#driver = driver
    this.#facts = facts
  }

  ask(question: Question): void {
    if (this.#isClosed) return
    if (question.to === 'coordinator') this.#askCoordinator(question.logId, question.inquire)
    else this.#askMember(question)
  }

  /** Why the last inquiry to this log had no answer; empty when it had one. */
  lastErrorOf(logId: LogId): string {
    return this.#lastErrors.get(logId) ?? ''
  }

  close(): void {
    this.#isClosed = true
    this.#memberQueue = []
    this.#coordinators.close()
    this.#members.close()
  }

  #askCoordinator(logId: LogId, inquire: InDoubt): void {
    const lane = this.#lanes.get(logId) ?? { waiting: [], isAsking: false }
    this.#lanes.set(logId, lane)
    if (!lane.waiting.some((known) => isSame(known, inquire))) lane.waiting.push(inquire)
    if (lane.isAsking) return
    lane.isAsking = true
    // With the rest of its turn.
    setImmediate(() => this.#inquire(logId, lane))
  }

  #inquire(logId: LogId, lane: Lane): void {
    if (this.#isClosed) return
    const branches = lane.waiting.splice(0, branchesPerInquiryMax)
    this.#answers(logId, branches)
      .then(
        (answers) => {
          this.#lastErrors.delete(logId)
          for (const branch of branches) {
            const answer = answers.get(keyOf(branch))
            this.#driver?.tell(
              branch,
              answer === undefined ? { type: 'no-coordinator' } : { type: 'inquiry-answer', answer },
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
        if (lane.waiting.length > 0) this.#inquire(logId, lane)
        else this.#lanes.delete(logId)
      })
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

  #askMember(question: MemberQuestion): void {
    if (this.#memberQueue.length >= memberQuestionsMax) return
    this.#memberQueue.push(question)
    this.#callMembers()
  }

  #callMembers(): void {
    while (this.#memberCalls < memberCallsMax) {
      const question = this.#memberQueue.shift()
      if (question === undefined) return
      this.#memberCalls += 1
      this.#callMember(question)
        .catch((error: unknown) => {
          const { participant, address } = question.sent.member
          this.#logger.debug({ participant, address, error: String(error) }, 'a member does not answer')
        })
        .finally(() => {
          this.#memberCalls -= 1
          this.#callMembers()
        })
    }
  }

  async #callMember({ logId, about, sent }: MemberQuestion): Promise<void> {
    const { member, message } = sent
    const { inquiryTimeoutMs: timeoutMs } = this.#config
    const stub = this.#members.at(member.address)
    const options = { timeoutMs, unreachable: 'PARTICIPANT_UNREACHABLE' as const }
    const response = await callUnary(stub, 'status', encodeMemberStatus(logId, message), options)
    const decoded = decodeParticipantResponse('status', response)
    if (!decoded.ok) throw new Error(decoded.error.message)
    const { header, message: answer } = decoded.value
    if (header.storageId !== member.storageId) throw new Error('another database answers at its address')
    if (answer.type !== 'status-answer' || !isSame(answer, message)) throw new Error('it answers another question')
    this.#driver?.tell(about, { type: 'member-answer', knowledge: answer.knowledge })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const keyOf = ({ transactionId, branch }: BranchAddress): string => `${transactionId}/${branch}`
const isSame = (a: BranchAddress, b: BranchAddress): boolean =>
  a.transactionId === b.transactionId && a.branch === b.branch

/** Stubs by address; the one that was used least lately is closed when there are too many. */
class Stubs<Stub extends { close(): void }> {
  readonly #make: (address: string) => Stub
  readonly #stubs = new Map<string, Stub>()

  constructor(make: (address: string) => Stub) {
    this.#make = make
  }

  at(address: string): Stub {
    const stub = this.#stubs.get(address) ?? this.#make(address)
    this.#stubs.delete(address)
    this.#stubs.set(address, stub)
    for (const [oldest, unused] of this.#stubs) {
      if (this.#stubs.size <= stubsMax) break
      this.#stubs.delete(oldest)
      unused.close()
    }
    return stub
  }

  close(): void {
    for (const stub of this.#stubs.values()) stub.close()
    this.#stubs.clear()
  }
}
