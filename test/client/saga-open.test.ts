// Sagas call by call: they go on over a restart of the coordinator, and past the pivot there is no way back.

import { describe, expect, test } from '@jest/globals'
import { branch, connect, resultOf, type Transaction } from '../../client/index.ts'
import { LogId, refusal } from '../../protocol/index.ts'
import { transactionError } from '../../wire/index.ts'
import { abortedWith, committed, FakeCoordinator, inProgress, silence, startedAt } from './fake-coordinator.ts'
import { orders, payments, warehouse } from './shop.ts'

const quick = { connectWaitMs: 2_000, outcomeWaitMs: 400 }
const place = (transaction: Transaction): Promise<{ sku: string }> => transaction.call(orders.place, { sku: 'A-1' })
const charge = (transaction: Transaction): Promise<{ cents: number }> =>
  transaction.call(payments.authorize, { cents: 42 }, { pivot: true })
const kinds = (fake: FakeCoordinator): string[] => fake.asked.map(({ kind }) => kind)

/** Answers the first time by restarting in the next epoch, then as before. */
function restartOnce<Command, Answer>(fake: FakeCoordinator, answer: (command: Command) => Answer) {
  let asked = 0
  return (command: Command): Answer | Promise<never> => {
    asked += 1
    if (asked > 1) return answer(command)
    setImmediate(() => void fake.restart())
    return silence
  }
}

describe('calls of a saga', () => {
  test('carry their role and retries, and have a day', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await place(transaction)
    await transaction.call(orders.place, { sku: 'B' }, { retry: { tries: 5 } })
    await transaction.call(payments.authorize, { cents: 42 }, { pivot: true, retry: { tries: 3 } })
    await transaction.call(payments.check, undefined, { retriable: true })
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
    expect(fake.of('begin')[0]?.options).toMatchObject({ protocol: 'saga' })
    expect(fake.of('begin')[0]?.options.timeoutMs).toBeGreaterThan(60_000)
    expect(fake.of('call').map(({ branch: { saga } }) => saga)).toEqual([
      undefined,
      { role: 'compensatable', references: [], retry: { tries: 5 } },
      { role: 'pivot', references: [], retry: { tries: 3 } },
      { role: 'retriable', references: [] },
    ])
  })

  test('what is called at the wrong time is refused here, and does no harm', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    const refused = async (call: Promise<unknown>, message: RegExp): Promise<void> => {
      await expect(call).rejects.toMatchObject({ code: 'BRANCH_INVALID', transactionId: transaction.id })
      await expect(call).rejects.toThrow(message)
    }
    await refused(transaction.call(payments.check, undefined, { retriable: true }), /when the pivot has been answered/)
    const first = place(transaction)
    await refused(charge(transaction), /when every call before it has been answered/)
    await first
    const pivot = charge(transaction)
    await refused(transaction.call(payments.check, undefined, { retriable: true }), /when the pivot has been answered/)
    await pivot
    await refused(charge(transaction), /at most one pivot/)
    await refused(place(transaction), /after the pivot there are only retriable/)
    const reference = { orderId: resultOf(branch(warehouse.open, { sku: 'A' })).orderId, quantity: 1 } as never
    await refused(transaction.call(warehouse.reserve, reference), /no references to them/)
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
    expect(fake.of('commit')).toMatchObject([{ branches: [1, 2] }])
  })

  test('elsewhere there are no roles', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    for (const protocol of ['two-phase', 'three-phase'] as const) {
      const transaction = await coordinator.begin({ protocol })
      await expect(charge(transaction)).rejects.toThrow(`only a saga has a pivot`)
      await place(transaction)
      expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
    }
    expect(fake.of('begin').map(({ options }) => options.protocol)).toEqual(['two-phase', 'three-phase'])
  })

  test('a refusal turns the saga: aborted with the reason', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const reason = refusal('OUT_OF_STOCK', 'none left')
    fake.script.call = () => ({ answer: 'no', reason, startedAt })
    const outcome = await coordinator.transact({ protocol: 'saga' }, place)
    expect(outcome).toMatchObject({ outcome: 'aborted', applied: false, reason })
  })
})

describe('a restart of the coordinator', () => {
  test('begin is sent again under the same id', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.begin = restartOnce(fake, fake.script.begin)
    const outcome = await coordinator.transact({ protocol: 'saga', idempotencyKey: 'order-1' }, place)
    expect(outcome).toMatchObject({ outcome: 'committed', replayed: false })
    const begins = fake.of('begin')
    expect(begins.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(new Set(begins.map(({ transactionId }) => transactionId)).size).toBe(1)
  })

  test('a call that was cut off is sent again: the same branch, in the new epoch', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    fake.script.call = restartOnce(fake, fake.script.call)
    expect(await place(transaction)).toEqual({ sku: 'A-1' })
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed', transactionId: transaction.id })
    expect(fake.of('call')).toMatchObject([
      { epoch: 1, branch: { branch: 1 } },
      { epoch: 2, branch: { branch: 1 } },
    ])
    expect(kinds(fake)).toEqual(['begin', 'call', 'call', 'commit'])
  })

  test('calls and commit after it go on as if nothing had been', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await place(transaction)
    await fake.restart()
    await charge(transaction)
    await fake.restart()
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
    expect(fake.of('commit')).toMatchObject([{ epoch: 3, branches: [1, 2] }])
  })

  test('a stale epoch is learned anew, and the call and the commit sent again', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    // The process has changed behind the connection.
    Object.assign(fake, { epoch: 2 })
    await place(transaction)
    Object.assign(fake, { epoch: 3 })
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
    expect(fake.of('call').map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(fake.of('commit').map(({ epoch }) => epoch)).toEqual([2, 3])
  })

  test('a commit that was cut off is sent again, and its answer is the outcome', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await place(transaction)
    fake.script.commit = restartOnce(fake, ({ transactionId }) => abortedWith(transactionId, 'TRANSACTION_TIMEOUT'))
    const expected = { outcome: 'aborted', reason: { code: 'TRANSACTION_TIMEOUT' } }
    expect(await transaction.commit()).toMatchObject(expected)
    expect(fake.of('commit').map(({ epoch }) => epoch)).toEqual([1, 2])
  })

  test('an abort is sent again, too', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await place(transaction)
    await fake.restart()
    await transaction.abort()
    expect(fake.of('abort')).toMatchObject([{ epoch: 2 }])
  })

  test('another log knows nothing of it: unknown, and not aborted', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    const begun = await Promise.all([1, 2, 3].map(() => coordinator.begin({ protocol: 'saga' })))
    const [called, committing, aborting] = begun as [Transaction, Transaction, Transaction]
    await place(committing)
    fake.logId = LogId('00000000-0000-4000-8000-00000000ffff')
    await fake.restart()
    await expect(place(called)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: called.id })
    await expect(committing.commit()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: committing.id })
    await expect(aborting.abort()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: aborting.id })
    expect(kinds(fake)).toEqual(['begin', 'begin', 'begin', 'call'])
  })

  test('two-phase and three-phase are aborted by it', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    for (const protocol of ['two-phase', 'three-phase'] as const) {
      const transaction = await coordinator.begin({ protocol })
      await place(transaction)
      await fake.restart()
      await expect(place(transaction)).rejects.toMatchObject({ reason: { code: 'COORDINATOR_RESTARTED' } })
    }
  })
})

describe('the timeout', () => {
  test('a call that was not answered: what the coordinator says is the outcome', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.call = () => silence
    fake.script.get = ({ transactionId }) => abortedWith(transactionId, 'TRANSACTION_TIMEOUT')
    const turned = await coordinator.begin({ protocol: 'saga', timeoutMs: 300 })
    await expect(place(turned)).rejects.toMatchObject({ name: 'Aborted', reason: { code: 'TRANSACTION_TIMEOUT' } })
    expect(await turned.commit()).toMatchObject({ outcome: 'aborted', reason: { code: 'TRANSACTION_TIMEOUT' } })
    fake.script.get = ({ transactionId }) => inProgress(transactionId)
    const going = await coordinator.begin({ protocol: 'saga', timeoutMs: 300 })
    await expect(place(going)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: going.id })
    expect(fake.of('commit')).toEqual([])
  })

  test('a commit that was not answered: never taken for aborted', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.commit = () => silence
    fake.script.get = ({ transactionId }) => inProgress(transactionId)
    const transaction = await coordinator.begin({ protocol: 'saga', timeoutMs: 400 })
    await place(transaction)
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: transaction.id })
  })

  test('a call of a saga that has ended meanwhile', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.call = () => {
      throw transactionError('TRANSACTION_CLOSED')
    }
    fake.script.get = ({ transactionId }) => abortedWith(transactionId, 'TRANSACTION_TIMEOUT')
    const turned = await coordinator.begin({ protocol: 'saga' })
    await expect(place(turned)).rejects.toMatchObject({ reason: { code: 'TRANSACTION_TIMEOUT' } })
    fake.script.get = ({ transactionId }) => committed(transactionId)
    const done = await coordinator.begin({ protocol: 'saga' })
    await expect(place(done)).rejects.toMatchObject({ code: 'TRANSACTION_CLOSED', transactionId: done.id })
  })
})

describe('abort', () => {
  test('says what the coordinator says of it', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await place(transaction)
    fake.script.abort = ({ transactionId }) => ({ ...abortedWith(transactionId, 'ABORTED_BY_CLIENT'), applied: true })
    await transaction.abort('the customer left')
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', applied: true })
    expect(fake.of('abort')).toMatchObject([{ message: 'the customer left' }])
  })

  test('told and not yet turned: aborted, because there is no pivot', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    for (const answer of [() => silence, inProgress]) {
      fake.script.abort = ({ transactionId }) => answer(transactionId)
      const transaction = await coordinator.begin({ protocol: 'saga' })
      await place(transaction)
      await transaction.abort()
      const expected = { outcome: 'aborted', applied: false, reason: { code: 'ABORTED_BY_CLIENT' } }
      expect(await transaction.commit()).toMatchObject(expected)
    }
  })

  test('not told: it rejects, because the work is there for everybody to see', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await place(transaction)
    const other = await coordinator.begin({ protocol: 'saga' })
    fake.stop()
    // The connection is found to be gone by the first of them, whose abort may have arrived.
    await expect(transaction.abort()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: transaction.id })
    await expect(other.abort()).rejects.toMatchObject({ code: 'COORDINATOR_UNREACHABLE', transactionId: other.id })
  })

  test('past the pivot nobody can be told that nothing happens: the saga goes forward unasked', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    const lost = await coordinator.begin({ protocol: 'saga' })
    const committing = await coordinator.begin({ protocol: 'saga' })
    const aborting = await coordinator.begin({ protocol: 'saga' })
    await Promise.all([charge(committing), charge(aborting)])
    fake.stop()
    // Finds that the connection is gone, so that the others are never sent.
    await expect(lost.abort()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    const expected = { code: 'OUTCOME_UNKNOWN', cause: { code: 'COORDINATOR_UNREACHABLE' } }
    await expect(committing.commit()).rejects.toMatchObject({ ...expected, transactionId: committing.id })
    await expect(aborting.abort()).rejects.toMatchObject({ ...expected, transactionId: aborting.id })
  })

  test('past the pivot the saga goes forward, and everybody hears it', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    const goesForward = { code: 'SAGA_GOES_FORWARD' }
    for (const answer of [
      ({ transactionId }: Parameters<typeof fake.script.abort>[0]) => committed(transactionId),
      () => {
        throw transactionError('SAGA_GOES_FORWARD')
      },
    ]) {
      fake.script.abort = answer
      const transaction = await coordinator.begin({ protocol: 'saga' })
      await charge(transaction)
      await expect(transaction.abort()).rejects.toMatchObject({ ...goesForward, transactionId: transaction.id })
      const cause = new RangeError('too many')
      const failing = coordinator.transact({ protocol: 'saga' }, async (open) => {
        await charge(open)
        throw cause
      })
      await expect(failing).rejects.toMatchObject({ ...goesForward, cause })
    }
    fake.script.abort = ({ transactionId }) => inProgress(transactionId)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await charge(transaction)
    await expect(transaction.abort()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  test('a call that failed past the pivot: commit gives what became of the saga', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await charge(transaction)
    fake.script.call = () => {
      throw transactionError('PARTICIPANT_UNKNOWN')
    }
    fake.script.abort = ({ transactionId }) => committed(transactionId, ['{"cents":42}'])
    const call = transaction.call(payments.check, undefined, { retriable: true })
    await expect(call).rejects.toMatchObject({ code: 'PARTICIPANT_UNKNOWN' })
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed', results: [{ branch: 1 }] })
    expect(fake.of('commit')).toEqual([])
  })

  test('commit that is cancelled before it left aborts the saga', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin({ protocol: 'saga' })
    await place(transaction)
    const signal = AbortSignal.abort(new Error('no longer wanted'))
    await expect(transaction.commit({ signal })).rejects.toThrow('no longer wanted')
    expect(kinds(fake)).toEqual(['begin', 'call', 'abort'])
  })

  test('a function of transact that fails before the pivot: its error goes on', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const failing = coordinator.transact({ protocol: 'saga' }, async (transaction) => {
      await place(transaction)
      throw new RangeError('too many')
    })
    await expect(failing).rejects.toThrow(new RangeError('too many'))
    expect(kinds(fake)).toEqual(['begin', 'call', 'abort'])
  })
})
