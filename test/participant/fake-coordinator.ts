// The coordinator's side of the wire for one test: it dials a participant, over a session or unary, and serves Register
// and Inquire as the test says.

import {
  type BranchAddress,
  Epoch,
  type FromParticipant,
  Instant,
  type LogId,
  noWatermark,
  type ToParticipant,
} from '../../protocol/index.ts'
import {
  type CoordinatorHeader,
  type CoordinatorSession,
  callUnary,
  closeServer,
  coordinatorService,
  coordinatorSession,
  createServer,
  type Description,
  decodeInquire,
  decodeParticipantResponse,
  decodeRegister,
  encodeInquireAnswer,
  encodeParticipantRequest,
  encodeRegisterAnswer,
  type InquireAnswer,
  listen,
  type ParticipantHeader,
  type ParticipantResponse,
  participantStub,
  type RegisterCommand,
  transactionError,
  unary,
  unaryMethods,
} from '../../wire/index.ts'
import { logId, wordOf } from './world.ts'

type InquiryAnswer = InquireAnswer['answers'][number]['answer']

const now = (): Instant => Instant(Date.now())

export class FakeCoordinator {
  readonly address: string
  readonly registered: RegisterCommand[] = []
  readonly inquired: BranchAddress[] = []
  epoch = 1
  ownLogId: LogId = logId
  answer: InquiryAnswer = 'in-progress'
  refusesRegister = false
  readonly #server: ReturnType<typeof createServer>

  private constructor(server: ReturnType<typeof createServer>, address: string) {
    this.#server = server
    this.address = address
  }

  static async start(port = 0): Promise<FakeCoordinator> {
    const server = createServer()
    const made: FakeCoordinator[] = []
    const unimplemented = unary(() => {
      throw transactionError('UNIMPLEMENTED')
    })
    const all = Object.fromEntries(Object.keys(coordinatorService).map((name) => [camel(name), unimplemented]))
    server.addService(coordinatorService, {
      ...all,
      register: unary((request: Parameters<typeof decodeRegister>[0]) => only(made).#register(request)),
      inquire: unary((request: Parameters<typeof decodeInquire>[0]) => only(made).#inquire(request)),
    })
    const bound = await listen(server, `127.0.0.1:${port}`)
    const fake = new FakeCoordinator(server, `127.0.0.1:${bound}`)
    made.push(fake)
    return fake
  }

  header(about: Partial<CoordinatorHeader> = {}): CoordinatorHeader {
    return {
      logId: this.ownLogId,
      epoch: Epoch(this.epoch),
      recordSequence: 5,
      seenRecordSequence: 0,
      watermark: noWatermark,
      address: this.address,
      sentAt: now(),
      ...about,
    }
  }

  #register(request: Parameters<typeof decodeRegister>[0]) {
    const command = decodeRegister(request)
    if (!command.ok) throw transactionError(command.error.code, command.error.message)
    if (this.refusesRegister) throw transactionError('NOT_READY')
    this.registered.push(command.value)
    return encodeRegisterAnswer(this.header())
  }

  #inquire(request: Parameters<typeof decodeInquire>[0]) {
    const command = decodeInquire(request)
    if (!command.ok) throw transactionError(command.error.code, command.error.message)
    this.inquired.push(...command.value.branches)
    const answers = command.value.branches.map(({ transactionId, branch }) => ({
      transactionId,
      branch,
      answer: command.value.logId === this.ownLogId ? this.answer : ('unknown-log' as const),
    }))
    return encodeInquireAnswer({ header: this.header(), answers })
  }

  close(): Promise<void> {
    return closeServer(this.#server, () => undefined, 50)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function only(made: readonly FakeCoordinator[]): FakeCoordinator {
  const [fake] = made
  if (fake === undefined) throw new Error('asked before it has started')
  return fake
}

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** Unary calls of the participant's methods. */
export class UnaryCaller {
  readonly #stub: ReturnType<typeof participantStub>
  readonly #coordinator: FakeCoordinator
  lastHeader: ParticipantHeader | undefined

  constructor(address: string, coordinator: FakeCoordinator) {
    this.#stub = participantStub(address)
    this.#coordinator = coordinator
  }

  async call(message: ToParticipant, header = this.#coordinator.header()): Promise<string> {
    const request = encodeParticipantRequest(header, message, now())
    const response = await callUnary(this.#stub, unaryMethods[message.type], request as never, { timeoutMs: 3_000 })
    const decoded = decodeParticipantResponse(message.type, response as ParticipantResponse)
    if (!decoded.ok) throw new Error(decoded.error.message)
    this.lastHeader = decoded.value.header
    return wordOf(decoded.value.message)
  }

  close(): void {
    this.#stub.close()
  }
}

/** A session with a participant, and what came over it. */
export class SessionCaller {
  readonly session: CoordinatorSession
  readonly answers: FromParticipant[] = []
  readonly headers: ParticipantHeader[] = []
  description: Description | undefined
  closedBy: string | undefined
  isOpen = false
  readonly #stub: ReturnType<typeof participantStub>
  #watchers: (() => void)[] = []

  constructor(address: string, coordinator: FakeCoordinator, about: () => Partial<CoordinatorHeader> = () => ({})) {
    this.#stub = participantStub(address)
    this.session = coordinatorSession(
      this.#stub.session(),
      {
        header: () => coordinator.header(about()),
        onOpen: (header, description) => {
          this.isOpen = true
          this.headers.push(header)
          this.description = description
          this.#changed()
        },
        onMessages: (messages, header) => {
          this.answers.push(...messages)
          this.headers.push(header)
          this.#changed()
        },
        onMalformed: (error) => {
          throw new Error(error.message)
        },
        onClose: (error) => {
          this.closedBy = error?.code ?? 'in order'
          this.#changed()
        },
      },
      { now },
    )
  }

  get words(): string[] {
    return this.answers.map(wordOf)
  }

  get lastHeader(): ParticipantHeader | undefined {
    return this.headers[this.headers.length - 1]
  }

  /** Resolves when the claim holds; the test's own time limit ends the wait. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (holds()) resolve()
        else this.#watchers.push(look)
      }
      look()
    })
  }

  close(): void {
    this.session.close()
    this.#stub.close()
  }

  #changed(): void {
    for (const look of this.#watchers.splice(0)) look()
  }
}

/** Looks every few milliseconds. */
export async function eventually(holds: () => boolean, withinMs = 5_000): Promise<void> {
  const end = Date.now() + withinMs
  while (!holds()) {
    if (Date.now() > end) throw new Error(`did not come true within ${withinMs} ms: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
