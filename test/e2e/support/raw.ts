// A coordinator that is not one: says to a participant whatever the test wants, over unary gRPC.

import {
  BranchNumber,
  Epoch,
  type FromParticipant,
  Instant,
  LogId,
  type Prepare,
  type Sequence,
  type ToParticipant,
  type TransactionId,
} from '../../../protocol/index.ts'
import {
  type CoordinatorHeader,
  callUnary,
  decodeParticipantResponse,
  encodeParticipantRequest,
  type ParticipantResponse,
  participantStub,
  unaryMethods,
} from '../../../wire/index.ts'

export const rawLogId = LogId('11111111-1111-4111-8111-111111111111')
export const now = (): Instant => Instant(performance.timeOrigin + performance.now())

export class RawCoordinator implements Disposable {
  readonly #stub: ReturnType<typeof participantStub>
  readonly #header: Partial<CoordinatorHeader>

  constructor(participant: string, header: Partial<CoordinatorHeader> = {}) {
    this.#stub = participantStub(participant)
    this.#header = header
  }

  async say(message: ToParticipant, more: Partial<CoordinatorHeader> = {}): Promise<FromParticipant> {
    const header: CoordinatorHeader = {
      logId: rawLogId,
      epoch: Epoch(1),
      recordSequence: 1,
      seenRecordSequence: 0,
      watermark: undefined,
      address: '127.0.0.1:1',
      sentAt: now(),
      ...this.#header,
      ...more,
    }
    const request = encodeParticipantRequest(header, message, now())
    const response = await callUnary(this.#stub, unaryMethods[message.type], request as never, { timeoutMs: 5_000 })
    const decoded = decodeParticipantResponse(message.type, response as ParticipantResponse)
    if (!decoded.ok) throw new Error(decoded.error.message)
    return decoded.value.message
  }

  [Symbol.dispose](): void {
    this.#stub.close()
  }
}

export const sequence = (number: number): Sequence => ({ epoch: Epoch(1), number })

export function prepareOf(transactionId: TransactionId, number: number, more: Partial<Prepare> = {}): Prepare {
  return {
    type: 'prepare',
    transactionId,
    branch: BranchNumber(1),
    sequence: sequence(number),
    protocol: 'two-phase',
    operation: 'add',
    input: JSON.stringify({ account: 'x', amount: 1 }),
    startedAt: now(),
    voteBy: Instant(now() + 5_000),
    onePhase: false,
    members: [],
    traceParent: '',
    attempt: 1,
    ...more,
  }
}
