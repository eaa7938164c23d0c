// The client's half of the session with its coordinator: requests with numbers, answered in any order. Requests made in
// one turn of the event loop leave in one frame.

import type * as grpc from '@grpc/grpc-js'
import { Duplex, type DuplexStream } from './duplex.ts'
import { FrameBatch } from './frame-batch.ts'
import type { ClientFrame } from './generated/concordat/v1/ClientFrame.ts'
import type { ClientRequest } from './generated/concordat/v1/ClientRequest.ts'
import type {
  CoordinatorClientFrame,
  CoordinatorClientFrame__Output,
} from './generated/concordat/v1/CoordinatorClientFrame.ts'
import { answerFields, type RequestKind, type Requests, requestNumber } from './requests.ts'
import { fromRequestError } from './service-error.ts'
import { type TransactionError, transactionError } from './transaction-error.ts'

interface Waiting {
  readonly kind: RequestKind
  readonly resolve: (response: never) => void
  readonly reject: (error: TransactionError) => void
}

/** The client's half, over `stub.session()`. */
export class RequestChannel {
  readonly #duplex: Duplex<ClientFrame, CoordinatorClientFrame>
  readonly #batch: FrameBatch<ClientRequest>
  readonly #waiting = new Map<number, Waiting>()
  readonly #onClose: (error: TransactionError | undefined) => void
  #last = 0
  #closedBy: TransactionError | undefined

  constructor(
    stream: grpc.ClientDuplexStream<ClientFrame, CoordinatorClientFrame__Output>,
    onClose: (error: TransactionError | undefined) => void,
  ) {
    this.#onClose = onClose
    this.#batch = new FrameBatch((requests) => this.#duplex.write({ requests }))
    const owner = {
      onFrame: (frame: CoordinatorClientFrame) => this.#onFrame(frame),
      onClose: (error: TransactionError | undefined) => this.#close(error),
    }
    const frames = stream as unknown as DuplexStream<ClientFrame, CoordinatorClientFrame>
    this.#duplex = new Duplex(frames, owner, 'COORDINATOR_UNREACHABLE')
  }

  get isClosed(): boolean {
    return !this.#duplex.isOpen
  }

  get inFlight(): number {
    return this.#waiting.size
  }

  /**
   * Rejects with a TransactionError: the coordinator's, or that the channel closed. After the latter the coordinator may
   * have done what was asked.
   */
  call<Kind extends RequestKind>(kind: Kind, request: Requests[Kind]['request']): Promise<Requests[Kind]['response']> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        reject(this.#closedBy ?? transactionError('COORDINATOR_UNREACHABLE', 'the session is closed'))
        return
      }
      this.#last += 1
      // A throw of `add`, because the request is too large, is a rejection here.
      this.#batch.add({ request: this.#last, [kind]: request }, request)
      this.#waiting.set(this.#last, { kind, resolve, reject })
    })
  }

  close(): void {
    this.#batch.flush()
    this.#duplex.end()
  }

  #onFrame(frame: CoordinatorClientFrame): void {
    for (const response of frame.responses ?? []) {
      const number = requestNumber(response.request)
      const waiting = this.#waiting.get(number)
      if (waiting === undefined) continue
      this.#waiting.delete(number)
      const answer = response[answerFields[waiting.kind]]
      if (response.error) waiting.reject(fromRequestError(response.error))
      else if (answer) waiting.resolve(answer as never)
      else waiting.reject(transactionError('INTERNAL', `the answer to ${waiting.kind} is of another kind`))
    }
  }

  #close(error: TransactionError | undefined): void {
    this.#closedBy = error ?? transactionError('COORDINATOR_UNREACHABLE', 'the session has ended')
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(this.#closedBy)
    this.#onClose(error)
  }
}
