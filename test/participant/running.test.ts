// What people do with a running participant: over real gRPC on loopback.

import { credentials, makeGenericClientConstructor, type ServiceDefinition } from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import { service as healthService } from 'grpc-health-check'
import {
  callUnary,
  decodeDrainAnswer,
  decodeListAnswer,
  decodeTransactionReport,
  encodeForget,
  encodeList,
  encodeOperatorGet,
  encodeResolve,
  operatorStub,
} from '../../wire/index.ts'
import { eventually, FakeCoordinator, UnaryCaller } from './fake-coordinator.ts'
import {
  abort,
  available,
  closeAll,
  closing,
  commit,
  prepare,
  reserveBook,
  start,
  startBoth,
  status,
} from './running-shop.ts'
import { branchOf, newFile } from './world.ts'

closeAll()

describe('the operator', () => {
  async function startInDoubt() {
    const { coordinator, running } = await startBoth()
    const caller = closing(new UnaryCaller(running.address, coordinator))
    await caller.call(reserveBook(1))
    await caller.call(prepare(2, 'lock', { keys: ['a', 'b'] }))
    const operator = closing(operatorStub(running.address))
    const list = async (includeHazards = false) => {
      const request = encodeList({ olderThanMs: 0, includeHazards, pageSize: 10, pageToken: '' })
      const decoded = decodeListAnswer(await callUnary(operator, 'list', request, { timeoutMs: 2_000 }))
      if (!decoded.ok) throw new Error(decoded.error.message)
      return decoded.value
    }
    return { coordinator, running, caller, operator, list }
  }

  test('sees what waits and why', async () => {
    const { coordinator, list, operator } = await startInDoubt()
    const first = await list()
    expect(first.total).toBe(2)
    // On a busy machine it may have asked by now.
    expect(first.transactions[0]?.why).toMatch(
      /^(prepared for .* waits for the decision of|in doubt for .* asked) the coordinator at /,
    )
    expect(first.transactions[1]?.branches).toMatchObject([{ operation: 'lock', state: 'prepared', locks: ['a', 'b'] }])
    await coordinator.close()
    const isInDoubt = /^in doubt for .* asked the coordinator at .* the last try failed with /
    let later = first
    while (!isInDoubt.test(later.transactions[0]?.why ?? '')) later = await list()
    const request = encodeOperatorGet({ transactionId: branchOf(1).transactionId })
    const report = decodeTransactionReport(await callUnary(operator, 'get', request, { timeoutMs: 2_000 }))
    expect(report).toMatchObject({ ok: true, value: { state: 'prepared', branches: [{ operation: 'reserve' }] } })
  })

  test('resolves and forgets, each with a reason', async () => {
    const { running, operator, list, caller } = await startInDoubt()
    const { transactionId, branch } = branchOf(1)
    const resolve = encodeResolve({ transactionId, branch, decision: 'abort', reason: 'mia: it burned down' })
    const report = decodeTransactionReport(await callUnary(operator, 'resolve', resolve, { timeoutMs: 2_000 }))
    expect(report).toMatchObject({ ok: true, value: { state: 'heuristic' } })
    expect(report.ok && report.value.why).toContain('mia: it burned down')
    expect(available(running)).toBe(10)
    await expect(callUnary(operator, 'resolve', resolve, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'TRANSACTION_CLOSED',
    })
    expect(await caller.call(commit(1, running))).toBe('heuristic')
    expect((await list(false)).total).toBe(1)
    expect((await list(true)).total).toBe(2)
    const forget = encodeForget({ transactionId, reason: 'mia: told the customer' })
    await callUnary(operator, 'forget', forget, { timeoutMs: 2_000 })
    expect((await list(true)).total).toBe(1)
    await expect(callUnary(operator, 'forget', forget, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'TRANSACTION_NOT_FOUND',
    })
    const without = encodeForget({ transactionId, reason: ' ' })
    await expect(callUnary(operator, 'forget', without, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
  })

  test('drains: what is prepared is finished, then the participant closes', async () => {
    const { running, operator, caller, list } = await startInDoubt()
    const health = closing(new Health(running.address))
    expect(await health.status()).toBe('SERVING')
    const drained = decodeDrainAnswer(await callUnary(operator, 'drain', {}, { timeoutMs: 2_000 }))
    expect(drained).toEqual({ ok: true, value: { inFlight: 2 } })
    expect(await health.status()).toBe('NOT_SERVING')
    expect((await list()).conditions).toEqual(['draining: prepares nothing new'])
    expect(await caller.call(reserveBook(3))).toBe('no DRAINING')
    expect(await caller.call(commit(1, running))).toBe('applied')
    const last = caller.call(abort(2))
    await running.drain()
    expect(await last).toBe('applied')
    await expect(caller.call(status(1))).rejects.toMatchObject({ code: expect.stringContaining('UNREACHABLE') })
  })
})

describe('registration', () => {
  test('goes on until the coordinator takes it, and comes again with a new epoch', async () => {
    const coordinator = closing(await FakeCoordinator.start())
    coordinator.refusesRegister = true
    const running = await start({}, { coordinator: coordinator.address })
    const caller = closing(new UnaryCaller(running.address, coordinator))
    expect(await caller.call(reserveBook(1))).toBe('yes')
    coordinator.refusesRegister = false
    await eventually(() => coordinator.registered.length === 1)
    expect(coordinator.registered[0]).toMatchObject({
      header: { participant: 'shop', ...running.identity },
      address: running.address,
      operations: ['reserve', 'lock', 'look'],
      protocols: ['two-phase', 'three-phase', 'saga'],
    })
    coordinator.epoch = 2
    await caller.call(status(1))
    await eventually(() => coordinator.registered.length === 2)
  })

  test('the address that others reach is told; a wildcard needs one', async () => {
    const coordinator = closing(await FakeCoordinator.start())
    await start({}, { coordinator: coordinator.address, advertise: 'shop.example:7411' })
    await eventually(() => coordinator.registered.length === 1)
    expect(coordinator.registered[0]?.address).toBe('shop.example:7411')
    await expect(start({}, { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})

describe('starting', () => {
  test('a file in use is refused by name, and free again after close', async () => {
    const file = newFile()
    const running = await start({}, {}, file)
    const started = start({}, {}, file)
    await expect(started).rejects.toMatchObject({ code: 'STORE_IN_USE', message: expect.stringContaining(file) })
    await running.close()
    await start({}, {}, file)
  }, 15_000)

  test('a port in use leaves the file free', async () => {
    const running = await start()
    const file = newFile()
    await expect(start({}, { port: running.port }, file)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await start({}, {}, file)
  })

  test('the service reads its own data, and cannot write through that connection', async () => {
    const running = await start()
    expect(available(running)).toBe(10)
    expect(() => running.db.exec('DELETE FROM stock')).toThrow('readonly')
  })
})

class Health {
  readonly #client: { close(): void; Check(request: object, done: (error: unknown, answer: never) => void): void }

  constructor(address: string) {
    const Client = makeGenericClientConstructor(healthService as unknown as ServiceDefinition, 'Health')
    this.#client = new Client(address, credentials.createInsecure()) as never
  }

  status(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#client.Check({ service: 'concordat.v1.Participant' }, (error, answer: { status: string }) => {
        if (error === null) resolve(answer.status)
        else reject(error as Error)
      })
    })
  }

  close(): void {
    this.#client.close()
  }
}
