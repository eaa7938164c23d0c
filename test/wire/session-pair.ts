// A coordinator's and a participant's end of a session over a real loopback connection.

import type * as grpc from '@grpc/grpc-js'
import type {
  Boot,
  BranchNumber,
  Commit,
  Epoch,
  FromParticipant,
  Instant,
  LogId,
  ParticipantName,
  Prepare,
  StorageId,
  ToParticipant,
  TransactionId,
  VoteMessage,
} from '../../protocol/index.ts'
import * as wire from '../../wire/index.ts'

export const now = (): Instant => Date.now() as Instant
const logId = '0190a1b2-c3d4-7e5f-8a6b-000000000001' as LogId
export const storageId = '0190a1b2-c3d4-7e5f-8a6b-000000000002' as StorageId

function address(number: number) {
  const transactionId = `0190a1b2-c3d4-7e5f-8a6b-${number.toString(16).padStart(12, '0')}` as TransactionId
  return { transactionId, branch: 1 as BranchNumber }
}
const sequence = (number: number) => ({ epoch: 1 as Epoch, number })

export const commit = (number: number): Commit => ({
  type: 'commit',
  ...address(number),
  sequence: sequence(number),
  expectedStorageId: storageId,
})
export const prepare = (number: number, input: string): Prepare => ({
  type: 'prepare',
  ...address(number),
  sequence: sequence(number),
  protocol: 'two-phase',
  operation: 'reserve',
  input,
  startedAt: now(),
  voteBy: (now() + 5_000) as Instant,
  onePhase: false,
  members: [],
  traceParent: '',
  attempt: 1,
})
export const vote = (number: number): VoteMessage => ({
  type: 'vote',
  ...address(number),
  vote: { vote: 'yes', result: '{}' },
})

export const coordinatorHeader = (): wire.CoordinatorHeader => ({
  logId,
  epoch: 1 as Epoch,
  recordSequence: 10,
  seenRecordSequence: 20,
  watermark: undefined,
  address: 'localhost:7400',
  sentAt: now(),
})
export const participantHeader = (): wire.ParticipantHeader => ({
  storageId,
  boot: 1 as Boot,
  recordSequence: 20,
  seenRecordSequence: 10,
  forcedTurn: 5,
  participant: 'inventory' as ParticipantName,
  sentAt: now(),
})

/** What one end was told, in order. */
export interface Heard<Message, Header, Opening> {
  readonly opened: { readonly header: Header; readonly opening: Opening }[]
  readonly frames: { readonly messages: readonly Message[]; readonly header: Header }[]
  readonly malformed: wire.DecodeError[]
  readonly closed: (wire.TransactionError | undefined)[]
}

function listener<Message, Header, Opening>() {
  const heard: Heard<Message, Header, Opening> = { opened: [], frames: [], malformed: [], closed: [] }
  return {
    heard,
    onOpen: (header: Header, opening: Opening) => void heard.opened.push({ header, opening }),
    onMessages: (messages: readonly Message[], header: Header) => void heard.frames.push({ messages, header }),
    onMalformed: (error: wire.DecodeError) => void heard.malformed.push(error),
    onClose: (error: wire.TransactionError | undefined) => void heard.closed.push(error),
  }
}

export const messagesOf = <Message>(heard: Pick<Heard<Message, unknown, unknown>, 'frames'>): Message[] =>
  heard.frames.flatMap((frame) => frame.messages)

/** Waits until it holds; in vain until the test's own timeout. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Time for whatever should not happen to happen. */
export const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))

type ServerStream = Parameters<typeof wire.participantSession>[0]
export type ClientStream = ReturnType<ReturnType<typeof wire.participantStub>['session']>

export interface PairOptions {
  readonly coordinator?: Partial<wire.FrameChannelOptions>
  readonly participant?: Partial<wire.FrameChannelOptions>
  readonly coordinatorHeader?: () => wire.CoordinatorHeader
  readonly description?: wire.Description
  /** The port to connect to, given the participant's. */
  readonly through?: (port: number) => Promise<number>
  /** Instead of a participant's session. */
  readonly onStream?: (stream: ServerStream) => void
}

export interface Pair extends AsyncDisposable {
  readonly server: grpc.Server
  readonly stub: ReturnType<typeof wire.participantStub>
  readonly coordinator: wire.CoordinatorSession
  readonly atCoordinator: Heard<FromParticipant, wire.ParticipantHeader, wire.Description | undefined>
  /** There once the stream has reached the server. */
  readonly participant: () => wire.ParticipantSession
  readonly atParticipant: Heard<ToParticipant, wire.CoordinatorHeader, undefined>
}

export async function pair(options: PairOptions = {}): Promise<Pair> {
  const fromCoordinator = listener<ToParticipant, wire.CoordinatorHeader, undefined>()
  const fromParticipant = listener<FromParticipant, wire.ParticipantHeader, wire.Description | undefined>()
  let participant: wire.ParticipantSession | undefined
  const server = wire.createServer()
  server.addService(wire.participantService, {
    session: (stream: ServerStream) => {
      if (options.onStream !== undefined) {
        options.onStream(stream)
        return
      }
      const owner = { header: participantHeader, ...fromCoordinator }
      participant = wire.participantSession(stream, owner, { now, ...options.participant }, options.description)
    },
  })
  const listening = await wire.listen(server, '127.0.0.1:0')
  const port = (await options.through?.(listening)) ?? listening
  const stub = wire.participantStub(`127.0.0.1:${port}`)
  const owner = { header: options.coordinatorHeader ?? coordinatorHeader, ...fromParticipant }
  const coordinator = wire.coordinatorSession(stub.session(), owner, { now, ...options.coordinator })
  return {
    server,
    stub,
    coordinator,
    atCoordinator: fromParticipant.heard,
    participant: () => {
      if (participant === undefined) throw new Error('no session has reached the participant')
      return participant
    },
    atParticipant: fromCoordinator.heard,
    [Symbol.asyncDispose]: async () => {
      stub.close()
      await wire.closeServer(server, () => participant?.close(), 200)
    },
  }
}
