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

/** Called once, with the answer or with an error. A promise for each request would cost more than its encoding. */
export type Reply<Response> = (
  answered: { readonly ok: true; readonly value: Response } | { readonly ok: false; readonly error: unknown },
) => void

export type RequestHandlers = {
  readonly [Kind in RequestKind]: (request: Requests[Kind]['request'], reply: Reply<Requests[Kind]['response']>) => void
}

export interface ServeOptions {
  /** Unanswered requests of one session; more are OVERLOADED. */
  readonly inFlightMax: number
  /** An error that is not one of ours; the client is told INTERNAL. */
  readonly onUnexpected: (error: unknown) => void
  readonly onClose: (error: TransactionError | undefined) => void
}

export interface ServedRequests {
  /** Answers that are ready leave now; otherwise they do at the end of this turn of the event loop. */
  flush(): void
  end(): void
  readonly inFlight: number
}

/** Made once: whoever is turned away must cost little, and each error would carry a stack trace of its own. */
const overloaded = transactionError('OVERLOADED')

/** The coordinator's half, in the handler of Session. `end` closes it in order; answers after that are dropped. */
export function serveRequests(
  stream: grpc.ServerDuplexStream<ClientFrame__Output, CoordinatorClientFrame>,
  handlers: RequestHandlers,
  { inFlightMax, onUnexpected, onClose }: ServeOptions,
): ServedRequests {
  let inFlight = 0
  const batch = new FrameBatch<ClientResponse>((responses) => duplex.write({ responses }))

  const refuse = (request: number, error: unknown): void => {
    if (!isTransactionError(error)) onUnexpected(error)
    batch.add({ request, error: toRequestError(error) }, {})
  }
  const answer = (request: number, kind: RequestKind, content: object): void => {
    inFlight += 1
    const handle = handlers[kind] as (request: object, reply: Reply<object>) => void
    const reply: Reply<object> = (answered) => {
      inFlight -= 1
      try {
        if (!answered.ok) throw answered.error
        batch.add({ request, [answerFields[kind]]: answered.value }, answered.value)
      } catch (error) {
        refuse(request, error)
      }
    }
    try {
      handle(content, reply)
    } catch (error) {
      reply({ ok: false, error })
    }
  }
  const serve = (asked: ClientRequest): void => {
    const number = requestNumber(asked.request)
    const kind = requestKinds.find((one) => asked[one])
    if (kind === undefined) refuse(number, transactionError('REQUEST_INVALID', 'a request without content'))
    else if (inFlight >= inFlightMax) refuse(number, overloaded)
    else answer(number, kind, asked[kind] as object)
  }

  const owner = {
    onFrame: (frame: ClientFrame) => frame.requests?.forEach(serve),
    onClose,
  }
  const frames = stream as unknown as DuplexStream<CoordinatorClientFrame, ClientFrame>
  const duplex = new Duplex(frames, owner, 'REQUEST_CANCELLED')
  return {
    flush: () => batch.flush(),
    end() {
      batch.flush()
      duplex.end()
    },
    get inFlight() {
      return inFlight
    },
  }
}
