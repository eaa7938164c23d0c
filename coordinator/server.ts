// The coordinator's edge: gRPC requests become calls of the driver, its answers become responses. The only file of this
// folder that awaits on behalf of callers.

import type { Server, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import type { BallotAnswer, Outcome } from '../protocol/index.ts'
import {
  coordinatorService,
  createServer,
  type Decoded,
  decodeAbortTransaction,
  decodeBegin,
  decodeCall,
  decodeCommitTransaction,
  decodeForget,
  decodeGet,
  decodeInquire,
  decodeList,
  decodeOperatorGet,
  decodeRegister,
  decodeResolve,
  decodeSubmit,
  decodeVotingRequest,
  decodeWatch,
  encodeBeginAnswer,
  encodeCallAnswer,
  encodeDrainAnswer,
  encodeHello,
  encodeInquireAnswer,
  encodeListAnswer,
  encodeOutcome,
  encodeRegisterAnswer,
  encodeTransactionReport,
  encodeVotingAnswer,
  encodeWatchEvent,
  isErrorCode,
  type OutcomeReport,
  operatorService,
  type Reply,
  type RequestHandlers,
  serveRequests,
  toServiceError,
  transactionError,
  unary,
} from '../wire/index.ts'
import type { Admission } from './admission.ts'
import { type Answer, type Answered, ok } from './answer.ts'
import type { Coordinator } from './coordinator.ts'
import type { Lanes } from './lanes.ts'
import type { Logger } from './logger.ts'
import type { Operator } from './operator.ts'
import { register } from './registration.ts'
import type { Requests } from './requests.ts'

export interface Parts {
  readonly coordinator: Coordinator
  readonly admission: Admission
  readonly requests: Requests
  readonly operator: Operator
  readonly lanes: Lanes
  readonly logger: Logger
}

export interface Edge {
  readonly server: Server
  readonly health: HealthImplementation
  /** Ends every open stream. */
  endStreams(): void
}

export function createEdge(parts: Parts): Edge {
  const open = new Set<{ end(): void }>()
  const health = new HealthImplementation({ '': 'SERVING', 'concordat.v1.Coordinator': 'SERVING' })
  const server = createServer()
  health.addToServer(server)
  const onUnexpected = (error: unknown): void => parts.logger.error({ error: String(error) }, 'unexpected')
  const handlers = requestHandlers(parts)
  server.addService(coordinatorService, {
    ...unaryHandlers(asPromises(handlers), onUnexpected),
    ...participantHandlers(parts, onUnexpected),
    watch: (call: ServerWritableStream<object, object>) => watch(parts, call, open),
    session: (stream: Parameters<typeof serveRequests>[0]) => {
      const { turns, config } = parts.coordinator
      const session = serveRequests(stream, handlers, {
        inFlightMax: config.inFlightMax,
        onUnexpected,
        onClose: () => {
          open.delete(session)
          unlisten()
        },
      })
      const unlisten = turns.onReleased('replies', () => session.flush())
      open.add(session)
    },
  })
  server.addService(operatorService, operatorHandlers(parts, onUnexpected))
  return {
    server,
    health,
    endStreams() {
      for (const stream of open) stream.end()
    },
  }
}

type AnyHandler = (request: never) => Promise<object>

/** Of a unary call, which costs so much more than a promise. */
const asPromises = (handlers: RequestHandlers) =>
  Object.fromEntries(
    Object.entries(handlers as unknown as Record<string, (request: object, reply: Reply<object>) => void>).map(
      ([name, handle]) => [
        name,
        (request: object) =>
          new Promise<object>((resolve, reject) => {
            handle(request, (answered) => (answered.ok ? resolve(answered.value) : reject(answered.error as Error)))
          }),
      ],
    ),
  )

function unaryHandlers(handlers: object, onUnexpected: (error: unknown) => void): UntypedServiceImplementation {
  const named = Object.entries(handlers) as [string, AnyHandler][]
  return Object.fromEntries(
    named.map(([name, handler]) => [name, unary(handler, onUnexpected)]),
  ) as UntypedServiceImplementation
}

/** What clients ask, unary and in sessions alike. */
function requestHandlers({ coordinator, admission, requests }: Parts): RequestHandlers {
  const { limits } = coordinator.config
  return {
    hello: (_request, reply) => reply(ok(helloOf(coordinator))),
    submit: (request, reply) => {
      const command = valid(decodeSubmit(request, limits))
      const encode = (report: OutcomeReport) => encodeOutcome(wellAsked(report))
      answerInTurn(coordinator, (answer) => admission.submit(command, answer), encode, reply)
    },
    begin: (request, reply) => {
      const command = valid(decodeBegin(request, limits))
      answerInTurn(coordinator, (answer) => admission.begin(command, answer), encodeBeginAnswer, reply)
    },
    call: (request, reply) => {
      const command = valid(decodeCall(request, limits))
      const encode = (answer: Parameters<typeof encodeCallAnswer>[0]) => {
        if (answer.answer === 'no') refuseBadInput(answer.reason)
        return encodeCallAnswer(answer)
      }
      answerInTurn(coordinator, (answer) => requests.call(command, answer), encode, reply)
    },
    commit: (request, reply) => {
      const command = valid(decodeCommitTransaction(request, limits))
      answerInTurn(coordinator, (answer) => requests.commit(command, answer), encodeOutcome, reply)
    },
    abort: (request, reply) => {
      const command = valid(decodeAbortTransaction(request))
      answerInTurn(coordinator, (answer) => requests.abort(command, answer), encodeOutcome, reply)
    },
    get: (request, reply) => {
      const command = valid(decodeGet(request))
      answerInTurn(coordinator, (answer) => requests.get(command, answer), encodeOutcome, reply)
    },
  }
}

const helloOf = ({ log, directory, config }: Coordinator) =>
  encodeHello({
    logId: log.logId,
    epoch: log.epoch,
    participants: [...directory.all()].map(({ facts }) => facts.participant),
    payloadBytesMax: config.limits.payloadBytesMax,
    branchesMax: config.limits.branchesMax,
  })

/** What participants ask. */
function participantHandlers(parts: Parts, onUnexpected: (error: unknown) => void) {
  const { coordinator, requests, lanes } = parts
  return {
    inquire: unary(async (request: Parameters<typeof decodeInquire>[0]) => {
      const command = valid(decodeInquire(request))
      const known = coordinator.directory.get(command.header.participant)
      const header = lanes.header(known, command.header.storageId)
      if (command.logId !== coordinator.log.logId) {
        const answers = command.branches.map(({ transactionId, branch }) => ({
          transactionId,
          branch,
          answer: 'unknown-log' as const,
        }))
        return encodeInquireAnswer({ header, answers })
      }
      if (known !== undefined) coordinator.noteSeen(known, command.header)
      type Answers = Parameters<typeof encodeInquireAnswer>[0]['answers']
      const answers = await inTurn<Answers>(coordinator, (answer) => requests.inquire(command.branches, answer))
      return encodeInquireAnswer({ header, answers })
    }, onUnexpected),
    ...votingHandlers(parts, onUnexpected),
    register: unary(async (request: Parameters<typeof decodeRegister>[0]) => {
      const command = valid(decodeRegister(request))
      await inTurn<undefined>(coordinator, (answer) => register(parts, command, answer))
      const { participant, storageId } = command.header
      return encodeRegisterAnswer(lanes.header(coordinator.directory.get(participant), storageId))
    }, onUnexpected),
  }
}

/** Three-phase: what members ask the coordinator as one of the voting set. */
function votingHandlers({ coordinator, requests, lanes }: Parts, onUnexpected: (error: unknown) => void) {
  const vote = unary(async (request: Parameters<typeof decodeVotingRequest>[0]) => {
    const { header, logId, message } = valid(decodeVotingRequest(request))
    const known = coordinator.directory.get(header.participant)
    if (known !== undefined) coordinator.noteSeen(known, header)
    const { transactionId, branch, ballot, type } = message
    const answer: BallotAnswer =
      logId === coordinator.log.logId
        ? await inTurn<BallotAnswer>(coordinator, (answered) => requests.ballot(message, answered))
        : { answer: 'nothing' }
    const told = { type: 'ballot-answer', transactionId, branch, to: type, ballot, answer } as const
    return encodeVotingAnswer(lanes.header(known, header.storageId), told)
  }, onUnexpected)
  return { collect: vote, preCommit: vote, preAbort: vote }
}

function operatorHandlers({ coordinator, operator }: Parts, onUnexpected: (error: unknown) => void) {
  const turn = <T>(run: (answer: Answer<T>) => void): Promise<T> => inTurn(coordinator, run)
  return unaryHandlers(
    {
      list: async (request: Parameters<typeof decodeList>[0]) => {
        const command = valid(decodeList(request))
        return encodeListAnswer(await turn((answer) => operator.list(command, answer)))
      },
      get: async (request: Parameters<typeof decodeOperatorGet>[0]) => {
        const { transactionId } = valid(decodeOperatorGet(request))
        return encodeTransactionReport(await turn((answer) => operator.get(transactionId, answer)))
      },
      resolve: async (request: Parameters<typeof decodeResolve>[0]) => {
        const command = valid(decodeResolve(request))
        return encodeTransactionReport(await turn((answer) => operator.resolve(command, answer)))
      },
      forget: async (request: Parameters<typeof decodeForget>[0]) => {
        const command = valid(decodeForget(request))
        await turn<undefined>((answer) => operator.forget(command, answer))
        return {}
      },
      drain: async () => encodeDrainAnswer({ inFlight: operator.drain() }),
    },
    onUnexpected,
  )
}

function watch(
  { coordinator, requests }: Parts,
  call: ServerWritableStream<object, object>,
  open: Set<{ end(): void }>,
) {
  const fail = (error: unknown): void => {
    open.delete(call)
    call.emit('error', toServiceError(error))
  }
  const command = decodeWatch(call.request)
  if (!command.ok)
    return fail(transactionError(command.error.code, command.error.message, { path: command.error.path }))
  open.add(call)
  let stop = (): void => {}
  const end = (): void => {
    stop()
    open.delete(call)
    call.end()
  }
  call.on('cancelled', () => {
    stop()
    open.delete(call)
  })
  coordinator.turns.arrive(() => {
    stop = requests.watch(
      command.value,
      (event) => {
        call.write(encodeWatchEvent(event))
        if (event.outcome !== undefined && event.state === 'ended') end()
      },
      (answered) => {
        if (!answered.ok) fail(answered.error)
      },
    )
  })
}

/** Runs a request in a turn and replies with what it is answered. */
function answerInTurn<T, Response>(
  coordinator: Coordinator,
  run: (answer: Answer<T>) => void,
  encode: (value: T) => Response,
  reply: Reply<Response>,
): void {
  const answer = (answered: Answered<T>): void => {
    if (!answered.ok) return reply(answered)
    let value: Response
    try {
      value = encode(answered.value)
    } catch (error) {
      return reply({ ok: false, error })
    }
    reply({ ok: true, value })
  }
  coordinator.turns.arrive(() => run(answer))
}

function inTurn<T>(coordinator: Coordinator, run: (answer: Answer<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const answer = (answered: Answered<T>): void => {
      if (answered.ok) resolve(answered.value)
      else reject(answered.error)
    }
    coordinator.turns.arrive(() => run(answer))
  })
}

function valid<T>(decoded: Decoded<T>): T {
  if (decoded.ok) return decoded.value
  const { code, message, path } = decoded.error
  throw transactionError(code, message, { path })
}

/** An abort because of a request that can never succeed is an error of the one who asked, with its path. */
function wellAsked(report: OutcomeReport): OutcomeReport {
  if (report.outcome.outcome === 'aborted') refuseBadInput(report.outcome.reason)
  return report
}

const badInput = new Set(['INPUT_INVALID', 'OPERATION_UNKNOWN'])

function refuseBadInput(because: Extract<Outcome, { outcome: 'aborted' }>['reason']): void {
  const { code, refused, message, path, participant, operation } = because
  if (refused || !badInput.has(code) || !isErrorCode(code)) return
  const sentence = `${participant ?? ''}.${operation ?? ''}: ${message}; the transaction is aborted`
  throw transactionError(code, sentence, path === undefined ? {} : { path })
}
