// One way to a coordinator process that has said hello: a session, or unary calls where Session is UNIMPLEMENTED.
// A link is used until it is lost; connection.ts opens the next one.

import {
  callUnary,
  type coordinatorStub,
  type HelloAnswer,
  isTransactionError,
  RequestChannel,
  type RequestKind,
  type Requests,
} from '../wire/index.ts'
import { readHello } from './question.ts'
import { type Limits, now, WaitOver, within } from './waiting.ts'

/** The generated client of the Coordinator service. */
export type Stub = ReturnType<typeof coordinatorStub>

/** The link broke while the question was out: it may have arrived. */
export class LinkLost extends Error {
  override readonly name = 'LinkLost'

  constructor(cause: unknown) {
    super('the connection to the coordinator was lost', { cause })
  }
}

export interface Link {
  readonly hello: HelloAnswer
  /** Rejects with what `meaning` understands. */
  ask<Kind extends RequestKind>(
    kind: Kind,
    request: Requests[Kind]['request'],
    limits: Limits,
  ): Promise<Requests[Kind]['response']>
  /** LinkLost, or the coordinator's TransactionError. A question apart: a promise around each answer would cost more. */
  meaning(error: unknown): unknown
  close(): void
}

/** Opens a link or rejects with LinkLost; `onLost` is told when an open one breaks while nobody asks. */
export type LinkOpener = (onLost: (link: Link) => void) => Promise<Link>

/** A process that accepts connections and does not say hello is as good as gone. */
const helloMs = 2_000
/** gRPC deadlines are dates: further away is no further. */
const unaryMsMax = 24 * 60 * 60 * 1_000

export const openLinkOver =
  (stub: Stub): LinkOpener =>
  async (onLost) => {
    try {
      return await openSession(stub, onLost)
    } catch (error) {
      if (!isUnimplemented(error)) throw error
      return openUnary(stub)
    }
  }

async function openSession(stub: Stub, onLost: (link: Link) => void): Promise<Link> {
  let link: Link | undefined
  const channel = new RequestChannel(stub.session(), () => {
    if (link !== undefined) onLost(link)
  })
  try {
    const hello = readHello(await within(channel.call('hello', {}), { signal: undefined, until: now() + helloMs }))
    link = {
      hello,
      ask: (kind, request) => channel.call(kind, request),
      // An answer that came just before the end is taken for lost, too: it can be asked for again.
      meaning: (error) => (channel.isClosed ? new LinkLost(error) : error),
      close: () => channel.close(),
    }
    return link
  } catch (error) {
    const isLost = error instanceof WaitOver || channel.isClosed
    channel.close()
    throw isLost && !isUnimplemented(error) ? new LinkLost(error) : error
  }
}

async function openUnary(stub: Stub): Promise<Link> {
  const meaning = (error: unknown): unknown => (isOfTransport(error) ? new LinkLost(error) : error)
  try {
    const hello = readHello(await askUnary(stub, 'hello', {}, { signal: undefined, until: now() + helloMs }))
    const ask: Link['ask'] = (kind, request, limits) => askUnary(stub, kind, request, limits)
    return { hello, ask, meaning, close: () => {} }
  } catch (error) {
    throw meaning(error)
  }
}

function askUnary<Kind extends RequestKind>(
  stub: Stub,
  kind: Kind,
  request: Requests[Kind]['request'],
  { until }: Limits,
): Promise<Requests[Kind]['response']> {
  const timeoutMs = Math.min(Math.max(0, until - now()), unaryMsMax)
  // The wait may be cancelled, the question never: the coordinator is not told of the signal.
  return callUnary(stub, kind, request as never, { timeoutMs }) as Promise<Requests[Kind]['response']>
}

const isUnimplemented = (error: unknown): boolean => isTransactionError(error) && error.code === 'UNIMPLEMENTED'

function isOfTransport(error: unknown): boolean {
  return isTransactionError(error) && ['COORDINATOR_UNREACHABLE', 'REQUEST_CANCELLED'].includes(error.code)
}
