// The coordinator's half of the session with a client: every request gets an answer or an error under its number.
// Answers that are ready in one turn of the event loop leave in one frame.

import type * as grpc from '@grpc/grpc-js'
import { Duplex, type DuplexStream } from './duplex.ts'
import { FrameBatch } from './frame-batch.ts'
import type { ClientFrame, ClientFrame__Output } from './generated/concordat/v1/ClientFrame.ts'
import type { ClientRequest } from './generated/concordat/v1/ClientRequest.ts'
import type { ClientResponse } from './generated/concordat/v1/ClientResponse.ts'
import type { CoordinatorClientFrame } from './generated/concordat/v1/CoordinatorClientFrame.ts'
import { answerFields, type RequestKind, type Requests, requestKinds, requestNumber } from './requests.ts'
import { toRequestError } from './service-error.ts'
import { isTransactionError, type TransactionError, transactionError } from './transaction-error.ts'

export type RequestHandlers = {
  readonly [Kind in RequestKind]: (
    request: Requests[Kind]['request'],
  ) => Promise<Requests[Kind]['response']> | Requests[Kind]['response']
}

export interface ServeOptions {
  /** Unanswered requests of one session; more are OVERLOADED. */
  readonly inFlightMax: number
  /** An error that is not one of ours; the client is told INTERNAL. */
  readonly onUnexpected: (error: unknown) => void
  readonly onClose: (error: TransactionError | undefined) => void
}

/** The coordinator's half, in the handler of Session. `end` closes it in order; answers after that are dropped. */
export function serveRequests(
  stream: grpc.ServerDuplexStream<ClientFrame__Output, CoordinatorClientFrame>,
  handlers: RequestHandlers,
  { inFlightMax, onUnexpected, onClose }: ServeOptions,
): { end(): void; readonly inFlight: number } {
  let inFlight = 0
  const batch = new FrameBatch<ClientResponse>((responses) => duplex.write({ responses }))

  const refuse = (request: number, error: unknown): void => {
    if (!isTransactionError(error)) onUnexpected(error)
    batch.add({ request, error: toRequestError(error) }, {})
  }
  const answer = async (request: number, kind: RequestKind, content: object): Promise<void> => {
    inFlight += 1
    try {
      const handle = handlers[kind] as (request: object) => Promise<object> | object
      const response = await handle(content)
      batch.add({ request, [answerFields[kind]]: response }, response)
    } catch (error) {
      refuse(request, error)
    } finally {
      inFlight -= 1
    }
  }
  const serve = (asked: ClientRequest): void => {
    const number = requestNumber(asked.request)
    const kind = requestKinds.find((one) => asked[one])
    if (kind === undefined) refuse(number, transactionError('REQUEST_INVALID', 'a request without content'))
    else if (inFlight >= inFlightMax) refuse(number, transactionError('OVERLOADED'))
    else void answer(number, kind, asked[kind] as object)
  }

  const owner = {
    onFrame: (frame: ClientFrame) => frame.requests?.forEach(serve),
    onClose,
  }
  const frames = stream as unknown as DuplexStream<CoordinatorClientFrame, ClientFrame>
  const duplex = new Duplex(frames, owner, 'REQUEST_CANCELLED')
  return {
    end() {
      batch.flush()
      duplex.end()
    },
    get inFlight() {
      return inFlight
    },
  }
}
