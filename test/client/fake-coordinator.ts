// A coordinator for tests of the client: it keeps transactions in memory, answers as its script says, and can lose
// connections, vanish and come back in a later epoch.

import * as grpc from '@grpc/grpc-js'
import { BranchNumber, Epoch, Instant, LogId, type Outcome, reason, type TransactionId } from '../../protocol/index.ts'
import {
  type AbortCommand,
  type BeginAnswer,
  type BeginCommand,
  type CallAnswer,
  type CallCommand,
  type CommitCommand,
  coordinatorService,
  type Decoded,
  decodeAbortTransaction,
  decodeBegin,
  decodeCall,
  decodeCommitTransaction,
  decodeGet,
  decodeSubmit,
  encodeBeginAnswer,
  encodeCallAnswer,
  encodeHello,
  encodeOutcome,
  encodeWatchEvent,
  type GetCommand,
  type OutcomeReport,
  type SubmitCommand,
  toRequestError,
  toServiceError,
  transactionError,
  type WatchEvent,
} from '../../wire/index.ts'

type Answer<T> = T | Promise<T>

/** What the fake answers; the defaults let everything commit. */
export interface Script {
  submit: (command: SubmitCommand) => Answer<OutcomeReport>
  begin: (command: BeginCommand) => Answer<BeginAnswer>
  call: (command: CallCommand) => Answer<CallAnswer>
  commit: (command: CommitCommand) => Answer<OutcomeReport>
  abort: (command: AbortCommand) => Answer<OutcomeReport>
  get: (command: GetCommand) => Answer<OutcomeReport>
}

export type Asked =
  | { readonly kind: 'submit'; readonly command: SubmitCommand }
  | { readonly kind: 'begin'; readonly command: BeginCommand }
  | { readonly kind: 'call'; readonly command: CallCommand }
  | { readonly kind: 'commit'; readonly command: CommitCommand }
  | { readonly kind: 'abort'; readonly command: AbortCommand }
  | { readonly kind: 'get'; readonly command: GetCommand }

type CommandOf<Kind extends Asked['kind']> = Extract<Asked, { kind: Kind }>['command']

/** An answer that never comes. */
export const silence = new Promise<never>(() => {})
export const startedAt = Instant(1_700_000_000_000)

const decoders = {
  submit: decodeSubmit,
  begin: decodeBegin,
  call: decodeCall,
  commit: decodeCommitTransaction,
  abort: decodeAbortTransaction,
  get: decodeGet,
} as const
const kinds = Object.keys(decoders) as (keyof typeof decoders)[]

type CommittedReport = OutcomeReport & { readonly outcome: Extract<Outcome, { outcome: 'committed' }> }

export const committed = (transactionId: TransactionId, results: readonly string[] = []): CommittedReport => ({
  transactionId,
  startedAt,
  applied: true,
  outcome: {
    outcome: 'committed',
    results: results.map((result, index) => ({ branch: BranchNumber(index + 1), result })),
  },
})

export const abortedWith = (transactionId: TransactionId, code: Parameters<typeof reason>[0]): OutcomeReport => ({
  transactionId,
  startedAt,
  applied: false,
  outcome: { outcome: 'aborted', reason: reason(code, 'because the test says so') },
})

export const inProgress = (transactionId: TransactionId): OutcomeReport => ({
  transactionId,
  startedAt,
  applied: false,
  outcome: { outcome: 'in-progress' },
})

export class FakeCoordinator implements AsyncDisposable {
  /** Everything that was asked, hello left out, in order. */
  readonly asked: Asked[] = []
  readonly results = new Map<TransactionId, string[]>()
  hellos = 0
  epoch = Epoch(1)
  logId = LogId('00000000-0000-4000-8000-00000000abcd')
  hasSession = true
  watched: WatchEvent[] = []
  script: Script
  #server = new grpc.Server()
  #port = 0
  readonly #streams = new Set<grpc.ServerDuplexStream<object, object>>()

  constructor() {
    this.script = {
      submit: ({ transactionId, branches }) =>
        committed(
          transactionId,
          branches.map(({ input }) => input),
        ),
      begin: () => ({ startedAt }),
      call: ({ transactionId, branch }) => {
        this.results.set(transactionId, [...(this.results.get(transactionId) ?? []), branch.input])
        return { answer: 'result', result: branch.input, startedAt }
      },
      commit: ({ transactionId }) => committed(transactionId, this.results.get(transactionId)),
      abort: ({ transactionId }) => abortedWith(transactionId, 'ABORTED_BY_CLIENT'),
      get: ({ transactionId }) => abortedWith(transactionId, 'UNKNOWN_TRANSACTION'),
    }
  }

  static async start(): Promise<FakeCoordinator> {
    const fake = new FakeCoordinator()
    await fake.listen()
    return fake
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** The commands of one kind, in order. */
  of<Kind extends Asked['kind']>(kind: Kind): CommandOf<Kind>[] {
    return this.asked.flatMap((one) => (one.kind === kind ? [one.command as CommandOf<Kind>] : []))
  }

  /** Serves, after the first time at the same address. */
  async listen(): Promise<void> {
    const server = new grpc.Server()
    server.addService(coordinatorService, this.#methods())
    this.#server = server
    this.#port = await new Promise<number>((resolve, reject) => {
      const address = `127.0.0.1:${this.#port}`
      server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port)
        else reject(error)
      })
    })
  }

  /** Breaks every session; what was not answered stays so. */
  breakSessions(): void {
    for (const stream of this.#streams) stream.emit('error', { code: grpc.status.UNAVAILABLE, details: 'broken' })
    this.#streams.clear()
  }

  /** The process is gone. */
  stop(): void {
    this.#streams.clear()
    this.#server.forceShutdown()
  }

  /** The process comes back in the next epoch. */
  async restart(): Promise<void> {
    this.stop()
    this.epoch = Epoch(this.epoch + 1)
    await this.listen()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop()
  }

  #methods(): grpc.UntypedServiceImplementation {
    const methods: Record<string, grpc.UntypedHandleCall> = {
      hello: (call: grpc.ServerUnaryCall<object, object>, callback: grpc.sendUnaryData<object>) => {
        void call
        callback(null, this.#hello())
      },
      watch: (stream: grpc.ServerWritableStream<object, object>) => {
        for (const event of this.watched) stream.write(encodeWatchEvent(event))
        stream.end()
      },
    }
    for (const kind of kinds) {
      methods[kind] = (call: grpc.ServerUnaryCall<object, object>, callback: grpc.sendUnaryData<object>) => {
        this.#answer(kind, call.request).then(
          (response) => callback(null, response),
          (error: unknown) => callback(toServiceError(error)),
        )
      }
    }
    if (this.hasSession) methods['session'] = (stream: grpc.ServerDuplexStream<object, object>) => this.#serve(stream)
    return methods
  }

  #serve(stream: grpc.ServerDuplexStream<object, object>): void {
    this.#streams.add(stream)
    const respond = (response: object): void => {
      if (this.#streams.has(stream)) stream.write({ responses: [response] })
    }
    stream.on('data', (frame: { requests?: Record<string, object>[] }) => {
      for (const request of frame.requests ?? []) this.#respond(request, respond)
    })
    stream.on('end', () => stream.end())
    stream.on('error', () => this.#streams.delete(stream))
    stream.on('cancelled', () => this.#streams.delete(stream))
  }

  #respond(asked: Record<string, object>, respond: (response: object) => void): void {
    const { request } = asked
    if (asked['hello'] !== undefined && asked['hello'] !== null) return respond({ request, hello: this.#hello() })
    const kind = kinds.find((one) => asked[one] !== undefined && asked[one] !== null)
    if (kind === undefined) throw new Error('a request without content')
    const field = kind === 'begin' || kind === 'call' ? kind : 'outcome'
    this.#answer(kind, asked[kind] as object).then(
      (response) => respond({ request, [field]: response }),
      (error: unknown) => respond({ request, error: toRequestError(error) }),
    )
  }

  #hello(): object {
    this.hellos += 1
    const { logId, epoch } = this
    return encodeHello({ logId, epoch, participants: [], payloadBytesMax: 1_000, branchesMax: 128 })
  }

  async #answer(kind: Asked['kind'], wire: object): Promise<object> {
    const decode = decoders[kind] as (wire: object) => Decoded<Asked['command']>
    const decoded = decode(wire)
    if (!decoded.ok) throw transactionError(decoded.error.code, decoded.error.message)
    const asked = { kind, command: decoded.value } as Asked
    this.asked.push(asked)
    if ('epoch' in asked.command && asked.command.epoch !== this.epoch) {
      throw transactionError('STALE_EPOCH', undefined, { epoch: this.epoch })
    }
    switch (asked.kind) {
      case 'begin':
        return encodeBeginAnswer(await this.script.begin(asked.command))
      case 'call':
        return encodeCallAnswer(await this.script.call(asked.command))
      case 'submit':
        return encodeOutcome(await this.script.submit(asked.command))
      case 'commit':
        return encodeOutcome(await this.script.commit(asked.command))
      case 'abort':
        return encodeOutcome(await this.script.abort(asked.command))
      case 'get':
        return encodeOutcome(await this.script.get(asked.command))
    }
  }
}
