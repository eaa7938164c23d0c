import { describe, expect, test } from '@jest/globals'
import { Aborted, connect } from '../../client/index.ts'
import { refusal } from '../../protocol/index.ts'
import { transactionError } from '../../wire/index.ts'
import { abortedWith, FakeCoordinator, inProgress, silence, startedAt } from './fake-coordinator.ts'
import { orders, payments } from './shop.ts'

const outOfStock = refusal('OUT_OF_STOCK', 'none left')

describe('an open transaction', () => {
  test('calls, and commits every branch that was called', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const transaction = await coordinator.begin({ timeoutMs: 9_000, traceParent })
    const order = await transaction.call(orders.place, { sku: 'A-1' })
    expect(order.sku).toBe('A-1')
    await transaction.call(payments.authorize, { cents: 42 })
    const outcome = await transaction.commit({ waitFor: 'decided' })
    expect(outcome).toEqual({
      outcome: 'committed',
      transactionId: transaction.id,
      applied: true,
      replayed: false,
      results: [
        { branch: 1, result: { sku: 'A-1' } },
        { branch: 2, result: { cents: 42 } },
      ],
    })
    expect(transaction.startedAt).toBe(startedAt)
    expect(fake.of('begin')[0]?.options).toMatchObject({ protocol: 'two-phase', traceParent })
    expect(fake.of('commit')).toMatchObject([{ transactionId: transaction.id, branches: [1, 2], waitFor: 'decided' }])
    expect(await transaction.commit()).toBe(outcome)
    await expect(transaction.call(orders.place, { sku: 'B' })).rejects.toMatchObject({ code: 'TRANSACTION_CLOSED' })
    await expect(transaction.abort()).rejects.toMatchObject({ code: 'TRANSACTION_CLOSED' })
    await expect(coordinator.outcome(transaction.id)).resolves.toMatchObject({ outcome: 'aborted' })
  })

  test('commit waits for calls that are still out', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    void transaction.call(orders.place, { sku: 'A-1' })
    void transaction.call(payments.authorize, { cents: 42 })
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed', results: [{ branch: 1 }, { branch: 2 }] })
    expect(fake.asked.map(({ kind }) => kind)).toEqual(['begin', 'call', 'call', 'commit'])
  })

  test('a refused call rejects with Aborted, and commit says the same without asking', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.call = () => ({ answer: 'no', reason: outOfStock, startedAt })
    const transaction = await coordinator.begin()
    const failing = transaction.call(orders.place, { sku: 'A-1' })
    await expect(failing).rejects.toBeInstanceOf(Aborted)
    await expect(failing).rejects.toMatchObject({ code: 'OUT_OF_STOCK', message: 'OUT_OF_STOCK: none left' })
    await expect(transaction.call(payments.authorize, { cents: 1 })).rejects.toBeInstanceOf(Aborted)
    const { id } = transaction
    const expected = { outcome: 'aborted', transactionId: id, applied: false, reason: outOfStock }
    expect(await transaction.commit()).toEqual(expected)
    expect(fake.asked.map(({ kind }) => kind)).toEqual(['begin', 'call'])
  })

  test('a call that failed for another reason cannot be committed around', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    fake.script.call = () => {
      throw transactionError('PARTICIPANT_UNKNOWN', 'no participant payments')
    }
    const failing = transaction.call(payments.authorize, { cents: 42 })
    await expect(failing).rejects.toMatchObject({ code: 'PARTICIPANT_UNKNOWN', transactionId: transaction.id })
    await expect(transaction.call(orders.place, { sku: 'B' })).rejects.toMatchObject({ code: 'TRANSACTION_CLOSED' })
    const outcome = await transaction.commit()
    const message = 'a call failed: no participant payments'
    expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'ABORTED_BY_CLIENT', message } })
    expect(fake.of('abort')).toMatchObject([{ transactionId: transaction.id, message }])
    expect(fake.of('commit')).toEqual([])
  })

  test('commit after the timeout is never a success', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.commit = ({ transactionId }) => abortedWith(transactionId, 'TRANSACTION_TIMEOUT')
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    const outcome = await transaction.commit()
    expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'TRANSACTION_TIMEOUT' } })
  })

  test('commit after the timeout of a transaction that the coordinator has forgotten', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.commit = () => {
      throw transactionError('TRANSACTION_NOT_FOUND')
    }
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: { code: 'UNKNOWN_TRANSACTION' } })
  })

  test('after its own timeout it is not even asked for commit', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.call = () => silence
    const transaction = await coordinator.begin({ timeoutMs: 500 })
    const why = { code: 'TRANSACTION_TIMEOUT' }
    await expect(transaction.call(orders.place, { sku: 'A-1' })).rejects.toMatchObject({ reason: why })
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: why })
    expect(fake.of('commit')).toEqual([])
  })

  test('without a branch there is nothing to commit', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'BRANCH_INVALID' })
    expect(fake.asked.map(({ kind }) => kind)).toEqual(['begin', 'abort'])
  })

  test('a failed call that nobody waited for does not end the process', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.call = () => ({ answer: 'no', reason: outOfStock, startedAt })
    const transaction = await coordinator.begin()
    void transaction.call(orders.place, { sku: 'A-1' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: { code: 'OUT_OF_STOCK' } })
  })
})

describe('leaving', () => {
  test('await using aborts what was not committed', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    {
      await using transaction = await coordinator.begin()
      await transaction.call(orders.place, { sku: 'A-1' })
    }
    expect(fake.asked.map(({ kind }) => kind)).toEqual(['begin', 'call', 'abort'])
    {
      await using transaction = await coordinator.begin()
      await transaction.call(orders.place, { sku: 'A-1' })
      await transaction.commit()
    }
    expect(fake.asked.slice(3).map(({ kind }) => kind)).toEqual(['begin', 'call', 'commit'])
  })

  test('abort tells its message, once', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    await using transaction = await coordinator.begin()
    await transaction.abort('the customer left')
    await transaction.abort('again')
    expect(fake.of('abort')).toMatchObject([{ message: 'the customer left' }])
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: { message: 'the customer left' } })
  })
})

describe('cancelling', () => {
  test('a call aborts the transaction', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const controller = new AbortController()
    fake.script.call = () => {
      controller.abort(new Error('no longer wanted'))
      return silence
    }
    const transaction = await coordinator.begin()
    const call = transaction.call(orders.place, { sku: 'A-1' }, { signal: controller.signal })
    await expect(call).rejects.toThrow('no longer wanted')
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: { code: 'ABORTED_BY_CLIENT' } })
    expect(fake.asked.map(({ kind }) => kind)).toEqual(['begin', 'call', 'abort'])
  })

  test('commit before it is asked for aborts the transaction', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    const signal = AbortSignal.abort(new Error('no longer wanted'))
    await expect(transaction.commit({ signal })).rejects.toThrow('no longer wanted')
    expect(fake.asked.map(({ kind }) => kind)).toEqual(['begin', 'call', 'abort'])
  })

  test('commit after it was asked for leaves the outcome unknown', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const controller = new AbortController()
    fake.script.commit = () => {
      controller.abort(new Error('no longer wanted'))
      return silence
    }
    const { signal } = controller
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    const unknown = { code: 'OUTCOME_UNKNOWN', transactionId: transaction.id }
    await expect(transaction.commit({ signal })).rejects.toMatchObject(unknown)
    expect(fake.of('abort')).toEqual([])
  })

  test('begin and outcome reject with the reason', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = () => silence
    fake.script.get = () => silence
    const signal = AbortSignal.timeout(50)
    await expect(coordinator.begin({ signal })).rejects.toMatchObject({ name: 'TimeoutError' })
    const id = '00000000-0000-7000-8000-000000000001'
    await expect(coordinator.outcome(id, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('outcome', () => {
  test('waits as long as it is told', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.get = ({ transactionId }) => inProgress(transactionId)
    const id = '00000000-0000-7000-8000-000000000001'
    expect(await coordinator.outcome(id, { waitMs: 0 })).toEqual({ outcome: 'in-progress', transactionId: id })
    fake.script.get = async ({ transactionId, waitMs }) => {
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      return inProgress(transactionId)
    }
    expect(await coordinator.outcome(id, { waitMs: 200 })).toMatchObject({ outcome: 'in-progress' })
    expect(fake.of('get')[1]?.waitMs).toBeGreaterThan(150)
    await expect(coordinator.outcome('not an id')).rejects.toThrow('not a transaction id')
  })
})
