// The participant's gRPC edge: unary methods, sessions, the operator's service, health.
//
// Owns: translating between requests and the driver. Does not own: what is answered.
//
// E1 A unary answer is encoded when it leaves, so its header shows that what it says is durable.
// E2 Closing says NOT_SERVING first, then ends sessions, then lets unary calls finish.

import type { Server, ServerDuplexStream, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import type { FromParticipant, LogId, ToParticipant } from '../protocol/index.ts'
import {
  type CoordinatorHeader,
  createServer,
  type Decoded,
  decodeDescribe,
  decodeForget,
  decodeList,
  decodeMemberRequest,
  decodeOperatorGet,
  decodeParticipantRequest,
  decodeResolve,
  encodeDescription,
  encodeDrainAnswer,
  encodeListAnswer,
  encodeParticipantResponse,
  encodeTransactionReport,
  isMemberRequest,
  operatorService,
  type ParticipantRequest,
  type ParticipantResponse,
  participantService,
  transactionError,
  unary,
} from '../wire/index.ts'
import type { ParticipantConfig } from './config.ts'
import type { Environment, Logger } from './environment.ts'
import type { Facts } from './facts.ts'
import type { Operator } from './operator.ts'
import type { Asker } from './outbox.ts'
import type { Participant } from './participant.ts'
import { Session, withAge } from './session.ts'

export interface Parts {
  readonly driver: Participant
  readonly facts: Facts
  readonly operator: Operator
  readonly environment: Environment
  readonly config: ParticipantConfig
  readonly logger: Logger
  /** A coordinator has spoken, and was believed. */
  readonly onHeard: (header: CoordinatorHeader) => void
  /** Begins to drain; the answer is what is left to finish. */
  readonly drain: () => number
}

export interface Edge {
  readonly server: Server
  readonly sessions: ReadonlySet<Session>
  /** Tells whoever balances load that nothing new is wanted. */
  stopServing(): void
  endSessions(): void
}

const serviceName = 'concordat.v1.Participant'

export function createEdge(parts: Parts): Edge {
  const sessions = new Set<Session>()
  const health = new HealthImplementation({ '': 'SERVING', [serviceName]: 'SERVING' })
  const server = createServer()
  health.addToServer(server)
  server.addService(participantService, { ...participantHandlers(parts), session: openSession(parts, sessions) })
  server.addService(operatorService, operatorHandlers(parts))
  return {
    server,
    sessions,
    stopServing: () => {
      health.setStatus('', 'NOT_SERVING')
      health.setStatus(serviceName, 'NOT_SERVING')
    },
    endSessions: () => {
      for (const session of sessions) session.end()
    },
  }
}

function openSession(parts: Parts, sessions: Set<Session>) {
  const around = { ...parts, onClose: (session: Session) => sessions.delete(session) }
  return (stream: ServerDuplexStream<object, object>): void => {
    sessions.add(new Session(stream, around))
  }
}

type Call = ServerUnaryCall<object, object>

function participantHandlers(parts: Parts): UntypedServiceImplementation {
  const { driver, facts, environment, config } = parts
  const onUnexpected = (error: unknown): void => parts.logger.error({ err: error }, 'a request failed unexpectedly')
  /** Prepare, Commit, Abort and Status of a coordinator: the one message field says which. */
  const asked = (request: ParticipantRequest, call: Call): Promise<ParticipantResponse> => {
    const { header, message } = valid(decodeParticipantRequest(request, environment.now()))
    hear(parts, header)
    if (call.cancelled) throw transactionError('REQUEST_CANCELLED')
    const now = environment.now()
    const timely = message.type === 'prepare' ? withAge(message, 0, config.voteMarginMs, now) : message
    return answerTo(parts, header.logId, timely)
  }
  /** The same messages from another member, which has no header to show; it names the log. */
  const askedByAnyone = (request: ParticipantRequest, call: Call): Promise<ParticipantResponse> => {
    if (!isMemberRequest(request)) return asked(request, call)
    const { logId, message } = valid(decodeMemberRequest(request))
    return answerTo(parts, logId, message)
  }
  const describe = (request: Parameters<typeof decodeDescribe>[0]) => {
    // A person with grpcurl has no header to show.
    const header = request.header ? valid(decodeDescribe(request)) : undefined
    if (header !== undefined) hear(parts, header, 'answers')
    else if (driver.refusal !== undefined) throw transactionError(driver.refusal.code, driver.refusal.message)
    return encodeDescription(facts.description(header?.logId))
  }
  return {
    describe: unary(describe, onUnexpected),
    prepare: unary(asked as never, onUnexpected),
    collect: unary(askedByAnyone as never, onUnexpected),
    preCommit: unary(askedByAnyone as never, onUnexpected),
    preAbort: unary(askedByAnyone as never, onUnexpected),
    commit: unary(askedByAnyone as never, onUnexpected),
    abort: unary(askedByAnyone as never, onUnexpected),
    status: unary(askedByAnyone as never, onUnexpected),
  }
}

/** `answers`: what follows tells the coordinator, and does nothing. */
function hear({ driver, onHeard }: Parts, header: CoordinatorHeader, then?: 'answers'): void {
  const refusal = driver.hear(header)
  if (refusal === undefined) return onHeard(header)
  const { code, message, epoch, mustAnswer } = refusal
  if (then === 'answers' && mustAnswer === true) return
  throw transactionError(code, message, epoch === undefined ? {} : { epoch })
}

function answerTo({ driver, facts }: Parts, logId: LogId, message: ToParticipant): Promise<ParticipantResponse> {
  return new Promise((resolve, reject) => {
    const asker: Asker = {
      isUnary: true,
      answer: (answer: FromParticipant) => resolve(encodeParticipantResponse(facts.header(logId), answer)),
      refuse: (code, why) => reject(transactionError(code, why)),
      handled: () => undefined,
    }
    driver.receive(logId, [message], asker)
  })
}

function operatorHandlers({ operator, drain, logger }: Parts): UntypedServiceImplementation {
  const onUnexpected = (error: unknown): void => logger.error({ err: error }, 'a request failed unexpectedly')
  const handlers = {
    list: (request: Parameters<typeof decodeList>[0]) => encodeListAnswer(operator.list(valid(decodeList(request)))),
    get: (request: Parameters<typeof decodeOperatorGet>[0]) =>
      encodeTransactionReport(operator.get(valid(decodeOperatorGet(request)).transactionId)),
    resolve: async (request: Parameters<typeof decodeResolve>[0]) => {
      const command = valid(decodeResolve(request))
      logger.warn({ ...command }, 'an operator resolves a branch')
      return encodeTransactionReport(await operator.resolve(command))
    },
    forget: async (request: Parameters<typeof decodeForget>[0]) => {
      const command = valid(decodeForget(request))
      logger.warn({ ...command }, 'an operator forgets a heuristic outcome')
      await operator.forget(command)
      return {}
    },
    drain: () => encodeDrainAnswer({ inFlight: drain() }),
  }
  const named = Object.entries(handlers) as [string, (request: object) => object][]
  return Object.fromEntries(named.map(([name, handler]) => [name, unary(handler, onUnexpected)]))
}

function valid<T>(decoded: Decoded<T>): T {
  if (decoded.ok) return decoded.value
  const { code, message, path } = decoded.error
  throw transactionError(code, message, { path })
}
