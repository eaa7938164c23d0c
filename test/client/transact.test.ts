import { describe, expect, test } from '@jest/globals'
import { Aborted, connect, type Transaction } from '../../client/index.ts'
import { Instant, refusal, TransactionId } from '../../protocol/index.ts'
import { transactionError } from '../../wire/index.ts'
import { abortedWith, committed, FakeCoordinator, inProgress, silence, startedAt } from './fake-coordinator.ts'
import { orders, payments } from './shop.ts'

const otherId = TransactionId('00000000-0000-7000-8000-00000000abcd')
const place = (transaction: Transaction): Promise<{ sku: string }> => transaction.call(orders.place, { sku: 'A-1' })

describe('transact', () => {
  test('runs the function and commits', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const outcome = await coordinator.transact(
      { idempotencyKey: 'order-1', waitFor: 'decided' },
      async (transaction) => {
        const { sku } = await transaction.call(orders.place, { sku: 'A-1' })
        await transaction.call(payments.authorize, { cents: 42 })
        return sku.toLowerCase()
      },
    )
    expect(outcome).toMatchObject({ outcome: 'committed', replayed: false, value: 'a-1', applied: true })
    expect(fake.of('begin')).toMatchObject([{ options: { idempotencyKey: 'order-1' } }])
    expect(fake.of('commit')).toMatchObject([{ branches: [1, 2], waitFor: 'decided' }])
  })

  test('tries again after LOCK_CONFLICT: the same key, the age of the first try, a new id', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = () => ({ startedAt: Instant(startedAt + fake.of('begin').length) })
    const answer = fake.script.call
    fake.script.call = (command) => {
      if (fake.of('call').length > 2) return answer(command)
      const { outcome } = abortedWith(command.transactionId, 'LOCK_CONFLICT')
      return { answer: 'no', reason: (outcome as { reason: ReturnType<typeof refusal> }).reason, startedAt }
    }
    const ids: string[] = []
    const outcome = await coordinator.transact({ idempotencyKey: 'order-1', timeoutMs: 5_000 }, (transaction) => {
      ids.push(transaction.id)
      return place(transaction)
    })
    expect(outcome).toMatchObject({ outcome: 'committed', value: { sku: 'A-1' }, transactionId: ids[2] })
    const begins = fake.of('begin')
    expect(begins.map(({ transactionId }) => transactionId)).toEqual(ids)
    expect(new Set(ids).size).toBe(3)
    expect(begins.map(({ options }) => options.idempotencyKey)).toEqual(['order-1', 'order-1', 'order-1'])
    expect(begins.map(({ options }) => options.firstStartedAt)).toEqual([undefined, startedAt + 1, startedAt + 1])
    const timeouts = begins.map(({ options }) => options.timeoutMs)
    expect(timeouts[2]).toBeLessThan(timeouts[0]!)
  })

  test('tries again when the abort comes with the commit, even if the function hid it', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.commit = ({ transactionId }) =>
      fake.of('commit').length < 2 ? abortedWith(transactionId, 'VOTE_TIMEOUT') : committed(transactionId, ['{}'])
    expect(await coordinator.transact({}, place)).toMatchObject({ outcome: 'committed' })
    expect(fake.of('begin')).toHaveLength(2)
  })

  test('a refused call gives the aborted outcome, whether the function handles it or not', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const reason = refusal('OUT_OF_STOCK', 'none left')
    fake.script.call = () => ({ answer: 'no', reason, startedAt })
    const expected = { outcome: 'aborted', reason }
    expect(await coordinator.transact({}, place)).toMatchObject(expected)
    expect(await coordinator.transact({}, (transaction) => place(transaction).catch(() => 'none'))).toMatchObject(
      expected,
    )
    expect(fake.of('begin')).toHaveLength(2)
    expect(fake.of('commit')).toEqual([])
  })

  test('an error of the function aborts and goes on to the caller', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const failing = coordinator.transact({}, async (transaction) => {
      await place(transaction)
      throw new RangeError('too many')
    })
    await expect(failing).rejects.toThrow(new RangeError('too many'))
    expect(fake.of('abort')).toMatchObject([{ message: 'too many' }])
    expect(fake.of('commit')).toEqual([])
    const other = new Aborted(otherId, refusal('OUT_OF_STOCK', 'in another transaction'))
    await expect(coordinator.transact({}, () => Promise.reject(other))).rejects.toBe(other)
  })

  test('the function may abort: that is the outcome, and no error', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const outcome = await coordinator.transact({}, (transaction) => transaction.abort('nothing to do'))
    expect(outcome).toMatchObject({
      outcome: 'aborted',
      reason: { code: 'ABORTED_BY_CLIENT', message: 'nothing to do' },
    })
    expect(fake.of('begin')).toHaveLength(1)
  })

  test('waits while the coordinator takes nothing new', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = () => {
      if (fake.of('begin').length < 3) throw transactionError('OVERLOADED')
      return { startedAt }
    }
    expect(await coordinator.transact({}, place)).toMatchObject({ outcome: 'committed' })
    fake.script.begin = () => {
      throw transactionError('OVERLOADED')
    }
    await expect(coordinator.transact({ retries: 1 }, place)).rejects.toMatchObject({ code: 'OVERLOADED' })
  })

  test('an unknown outcome is told with its id and never tried again', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, { outcomeWaitMs: 300 })
    fake.script.commit = () => {
      setImmediate(() => fake.stop())
      return silence
    }
    const failing = coordinator.transact({}, place)
    await expect(failing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    await expect(failing).rejects.toMatchObject({ transactionId: fake.of('begin')[0]?.transactionId })
    expect(fake.of('begin')).toHaveLength(1)
  })

  test('a restart before commit runs the function again', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    let runs = 0
    const outcome = await coordinator.transact({}, async (transaction) => {
      runs += 1
      if (runs === 1) await fake.restart()
      return place(transaction)
    })
    expect(outcome).toMatchObject({ outcome: 'committed' })
    expect(runs).toBe(2)
    expect(fake.of('begin').map(({ epoch }) => epoch)).toEqual([1, 2])
  })
})

describe('an idempotency key', () => {
  test('that has committed: the function does not run, the recorded results come back', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = () => ({ startedAt, existing: committed(otherId, ['{"sku":"A-1"}']) })
    const outcome = await coordinator.transact({ idempotencyKey: 'order-1' }, () => {
      throw new Error('it ran')
    })
    expect(outcome).toEqual({
      outcome: 'committed',
      transactionId: otherId,
      applied: true,
      replayed: true,
      value: undefined,
      results: [{ branch: 1, result: { sku: 'A-1' } }],
    })
  })

  test('in flight: waits for the outcome of the other', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = () => ({ startedAt, existing: inProgress(otherId) })
    fake.script.get = () => committed(otherId, ['1'])
    const outcome = await coordinator.transact({ idempotencyKey: 'order-1' }, place)
    expect(outcome).toMatchObject({ outcome: 'committed', replayed: true, transactionId: otherId })
    expect(fake.of('call')).toEqual([])
  })

  test('in flight, then given up by the other: the key is free, and the function runs', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = () =>
      fake.of('begin').length > 1 ? { startedAt } : { startedAt, existing: inProgress(otherId) }
    fake.script.get = () => abortedWith(otherId, 'ABORTED_BY_CLIENT')
    const outcome = await coordinator.transact({ idempotencyKey: 'order-1' }, place)
    expect(outcome).toMatchObject({ outcome: 'committed', replayed: false })
    expect(fake.of('begin')[1]?.options.firstStartedAt).toBeUndefined()
  })

  test('in flight for longer than the timeout: unknown, under the id of the other', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, { outcomeWaitMs: 200 })
    fake.script.begin = () => ({ startedAt, existing: inProgress(otherId) })
    fake.script.get = () => silence
    const failing = coordinator.transact({ idempotencyKey: 'order-1', timeoutMs: 500 }, place)
    await expect(failing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: otherId })
  })

  test('in flight by this very begin, which was sent twice: goes on', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = ({ transactionId }) => {
      if (fake.of('begin').length > 1) return { startedAt, existing: inProgress(transactionId) }
      fake.breakSessions()
      return silence
    }
    const outcome = await coordinator.transact({ idempotencyKey: 'order-1' }, place)
    expect(outcome).toMatchObject({ outcome: 'committed', replayed: false })
    expect(new Set(fake.of('begin').map(({ transactionId }) => transactionId)).size).toBe(1)
  })
})

describe('cancelling transact', () => {
  test('while the function runs: the transaction is aborted', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const controller = new AbortController()
    const failing = coordinator.transact({ signal: controller.signal }, async (transaction) => {
      await place(transaction)
      controller.abort(new Error('no longer wanted'))
      await silence
    })
    await expect(failing).rejects.toThrow('no longer wanted')
    expect(fake.asked.map(({ kind }) => kind)).toEqual(['begin', 'call', 'abort'])
  })

  test('during commit: the outcome is unknown', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const controller = new AbortController()
    fake.script.commit = () => {
      controller.abort(new Error('no longer wanted'))
      return silence
    }
    const failing = coordinator.transact({ signal: controller.signal }, place)
    await expect(failing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(fake.of('abort')).toEqual([])
  })
})
