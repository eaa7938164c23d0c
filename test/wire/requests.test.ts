// Clients and their coordinator: unary calls and the session of requests, over a real connection.

import * as grpc from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import * as wire from '../../wire/index.ts'
import { breakableLine } from './breakable-line.ts'
import { aWhile, until } from './session-pair.ts'

const id = Buffer.alloc(16, 7)
const outcome = { transactionId: id, outcome: 1 as const }
type Stream = Parameters<typeof wire.serveRequests>[0]

interface Served extends AsyncDisposable {
  readonly port: number
  readonly stub: ReturnType<typeof wire.coordinatorStub>
  readonly server: grpc.Server
  readonly unexpected: unknown[]
  readonly closed: (wire.TransactionError | undefined)[]
  /** Requests that are being answered, over all sessions. */
  inFlight(): number
  end(): void
}

type Handlers = {
  [Kind in wire.RequestKind]: (
    request: wire.Requests[Kind]['request'],
  ) => Promise<wire.Requests[Kind]['response']> | wire.Requests[Kind]['response']
}

const replying =
  (handle: (request: never) => unknown) =>
  (request: object, reply: wire.Reply<never>): void => {
    const answered = async (): Promise<unknown> => handle(request as never)
    answered().then(
      (value) => reply({ ok: true, value: value as never }),
      (error: unknown) => reply({ ok: false, error }),
    )
  }

async function serve(
  handlers: Partial<Handlers>,
  through: (port: number) => Promise<number> = async (port) => port,
): Promise<Served> {
  const unexpected: unknown[] = []
  const closed: (wire.TransactionError | undefined)[] = []
  const sessions: ReturnType<typeof wire.serveRequests>[] = []
  const all: Handlers = {
    hello: () => ({ epoch: 4 }),
    submit: () => outcome,
    begin: () => ({}),
    call: () => ({ result: Buffer.from('{}') }),
    commit: () => outcome,
    abort: () => outcome,
    get: () => outcome,
    ...handlers,
  }
  const server = wire.createServer()
  server.addService(wire.coordinatorService, {
    session: (stream: Stream) => {
      const options = {
        inFlightMax: 8,
        onUnexpected: (error: unknown) => void unexpected.push(error),
        onClose: (error: wire.TransactionError | undefined) => void closed.push(error),
      }
      const served = Object.fromEntries(Object.entries(all).map(([kind, handle]) => [kind, replying(handle)]))
      sessions.push(wire.serveRequests(stream, served as unknown as wire.RequestHandlers, options))
    },
    hello: wire.unary(all.hello, (error) => void unexpected.push(error)),
    submit: wire.unary(all.submit, (error) => void unexpected.push(error)),
    get: wire.unary(all.get, (error) => void unexpected.push(error)),
  })
  const port = await through(await wire.listen(server, '127.0.0.1:0'))
  const stub = wire.coordinatorStub(`127.0.0.1:${port}`)
  const end = (): void => {
    for (const session of sessions) session.end()
  }
  return {
    port,
    stub,
    server,
    unexpected,
    closed,
    end,
    inFlight: () => sessions.reduce((sum, session) => sum + session.inFlight, 0),
    [Symbol.asyncDispose]: async () => {
      stub.close()
      await wire.closeServer(server, end, 200)
    },
  }
}

const never = (): Promise<never> => new Promise(() => {})
/** The code that it rejects with. */
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (wire.isTransactionError(error) ? error.code : String(error)),
  )

describe('unary calls', () => {
  const timeoutMs = 5_000

  test('answer', async () => {
    await using served = await serve({})
    expect(await wire.callUnary(served.stub, 'hello', {}, { timeoutMs })).toMatchObject({ epoch: 4 })
  })

  test('answer an error of ours with its code and epoch, thrown now or later', async () => {
    const stale = wire.transactionError('STALE_EPOCH', 'epoch 3 is over', { epoch: 4 })
    await using served = await serve({
      submit: () => {
        throw stale
      },
      get: () => Promise.reject(stale),
    })
    for (const method of ['submit', 'get'] as const) {
      await expect(wire.callUnary(served.stub, method, {}, { timeoutMs })).rejects.toMatchObject({
        code: 'STALE_EPOCH',
        message: 'epoch 3 is over',
        epoch: 4,
      })
    }
    expect(served.unexpected).toEqual([])
  })

  test('answer any other error with INTERNAL, and hand it over', async () => {
    const bug = new Error('secret')
    await using served = await serve({
      submit: () => {
        throw bug
      },
      get: () => Promise.reject(bug),
    })
    for (const method of ['submit', 'get'] as const) {
      const error: unknown = await wire.callUnary(served.stub, method, {}, { timeoutMs }).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'INTERNAL' })
      expect((error as Error).message).not.toContain('secret')
    }
    expect(served.unexpected).toEqual([bug, bug])
  })

  test('end: by their timeout, by a signal, or with the process', async () => {
    await using served = await serve({ get: never })
    const { stub } = served
    expect(await codeOf(wire.callUnary(stub, 'get', {}, { timeoutMs: 50 }))).toBe('COORDINATOR_UNREACHABLE')
    const signal = AbortSignal.timeout(50)
    expect(await codeOf(wire.callUnary(stub, 'get', {}, { timeoutMs, signal }))).toBe('REQUEST_CANCELLED')
    expect(await codeOf(wire.callUnary(stub, 'get', {}, { timeoutMs, signal }))).toBe('REQUEST_CANCELLED')
    const hanging = codeOf(wire.callUnary(stub, 'get', {}, { timeoutMs, unreachable: 'PARTICIPANT_UNREACHABLE' }))
    await aWhile()
    served.server.forceShutdown()
    expect(await hanging).toBe('PARTICIPANT_UNREACHABLE')
  })

  test('say what is not there', async () => {
    const served = await serve({})
    expect(await codeOf(wire.callUnary(served.stub, 'begin', {}, { timeoutMs }))).toBe('UNIMPLEMENTED')
    await served[Symbol.asyncDispose]()
    const stub = wire.coordinatorStub(`127.0.0.1:${served.port}`)
    expect(await codeOf(wire.callUnary(stub, 'hello', {}, { timeoutMs }))).toBe('COORDINATOR_UNREACHABLE')
    stub.close()
  })

  test('a port that is taken is a clear error', async () => {
    await using served = await serve({})
    const other = wire.createServer()
    // grpc-js prints it, too.
    grpc.setLogVerbosity(grpc.logVerbosity.NONE)
    expect(await codeOf(wire.listen(other, `127.0.0.1:${served.port}`))).toBe('CONFIG_INVALID')
    other.forceShutdown()
  })
})

describe('a session of requests', () => {
  const open = (served: Served) => {
    const closed: (wire.TransactionError | undefined)[] = []
    const channel = new wire.RequestChannel(served.stub.session(), (error) => void closed.push(error))
    return { channel, closed }
  }

  test('answers each request under its number, in any order', async () => {
    let answerFirst = (): void => {}
    await using served = await serve({
      submit: (request) =>
        request.epoch === 1
          ? new Promise((resolve) => {
              answerFirst = () => resolve({ ...outcome, applied: true })
            })
          : { ...outcome, applied: false },
    })
    const { channel } = open(served)
    const first = channel.call('submit', { epoch: 1 })
    const second = channel.call('submit', { epoch: 2 })
    expect(channel.inFlight).toBe(2)
    expect(await second).toMatchObject({ applied: false })
    expect(channel.inFlight).toBe(1)
    answerFirst()
    expect(await first).toMatchObject({ applied: true })
    channel.close()
  })

  test('has every kind of request', async () => {
    await using served = await serve({})
    const { channel } = open(served)
    const kinds: wire.RequestKind[] = ['hello', 'submit', 'begin', 'call', 'commit', 'abort', 'get']
    const answers = await Promise.all(kinds.map((kind) => channel.call(kind, {})))
    expect(answers.map((answer) => Object.keys(answer).length > 0)).toEqual([true, true, false, true, true, true, true])
    channel.close()
  })

  test('rejects with the error of the coordinator', async () => {
    const bug = new Error('secret')
    await using served = await serve({
      submit: () => {
        throw wire.transactionError('STALE_EPOCH', 'epoch 3 is over', { epoch: 4 })
      },
      get: () => Promise.reject(bug),
    })
    const { channel } = open(served)
    await expect(channel.call('submit', {})).rejects.toMatchObject({ code: 'STALE_EPOCH', epoch: 4 })
    expect(await codeOf(channel.call('get', {}))).toBe('INTERNAL')
    expect(served.unexpected).toEqual([bug])
    channel.close()
  })

  test('refuses what is over the limit of unanswered requests', async () => {
    await using served = await serve({ get: never })
    const { channel } = open(served)
    for (let count = 0; count < 8; count += 1) void channel.call('get', {}).catch(() => {})
    expect(await codeOf(channel.call('hello', {}))).toBe('OVERLOADED')
    expect(served.inFlight()).toBe(8)
    channel.close()
  })

  test('refuses a request and an answer that no message could hold', async () => {
    const large = Buffer.alloc(1024 * 1024)
    const many = Array.from({ length: 64 }, (_, index) => ({ branch: index + 1, input: large, result: large }))
    await using served = await serve({ get: () => ({ ...outcome, results: many }) })
    const { channel } = open(served)
    expect(await codeOf(channel.call('submit', { branches: many }))).toBe('PAYLOAD_TOO_LARGE')
    expect(await codeOf(channel.call('get', {}))).toBe('PAYLOAD_TOO_LARGE')
    expect(await channel.call('hello', {})).toMatchObject({ epoch: 4 })
    channel.close()
  })

  test('carries many large requests', async () => {
    const input = Buffer.alloc(600_000, 'x')
    await using served = await serve({ submit: (request) => ({ ...outcome, applied: request.branches?.length === 3 }) })
    const { channel } = open(served)
    const branches = [1, 2, 3].map((branch) => ({ branch, input }))
    const answers = await Promise.all([1, 2, 3].map(() => channel.call('submit', { branches })))
    expect(answers.map((answer) => answer.applied)).toEqual([true, true, true])
    channel.close()
  })

  test('rejects all that is unanswered when it breaks', async () => {
    await using line = await breakableLine()
    await using served = await serve({ get: never }, line.to)
    const { channel, closed } = open(served)
    await channel.call('hello', {})
    const unanswered = Promise.all([codeOf(channel.call('get', {})), codeOf(channel.call('get', {}))])
    await aWhile()
    line.cut()
    expect(await unanswered).toEqual(['COORDINATOR_UNREACHABLE', 'COORDINATOR_UNREACHABLE'])
    expect(closed).toMatchObject([{ code: 'COORDINATOR_UNREACHABLE' }])
    expect(await codeOf(channel.call('hello', {}))).toBe('COORDINATOR_UNREACHABLE')
    channel.close()
    await until(() => served.closed.length === 1)
  })

  test('ends in order from either side', async () => {
    await using served = await serve({ get: never })
    const one = open(served)
    await one.channel.call('hello', {})
    const unanswered = codeOf(one.channel.call('get', {}))
    one.channel.close()
    expect(await unanswered).toBe('COORDINATOR_UNREACHABLE')
    await until(() => served.closed.length === 1)
    expect([one.closed, served.closed]).toEqual([[undefined], [undefined]])

    const other = open(served)
    await other.channel.call('hello', {})
    served.end()
    await until(() => other.closed.length === 1)
    expect(other.closed).toEqual([undefined])
  })

  test('a request without content is refused, and one answered twice does no harm', async () => {
    await using served = await serve({})
    const stream = served.stub.session()
    const answers: { error?: { code?: string } | null }[] = []
    stream.on('error', () => {})
    stream.on('data', (frame: { responses: [] }) => void answers.push(...frame.responses))
    stream.write({ requests: [{ request: 1 }, { request: 2, hello: {} }, { request: 2, hello: {} }] })
    await until(() => answers.length === 3)
    expect(answers.map((answer) => answer.error?.code)).toEqual(['REQUEST_INVALID', undefined, undefined])
    stream.cancel()
  })
})
