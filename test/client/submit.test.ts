import { describe, expect, test } from '@jest/globals'
import { branch, connect } from '../../client/index.ts'
import { Instant, type Protocol } from '../../protocol/index.ts'
import { transactionError } from '../../wire/index.ts'
import { abortedWith, committed, FakeCoordinator, inProgress, silence, startedAt } from './fake-coordinator.ts'
import { orders, payments } from './shop.ts'

const branches = [branch(orders.place, { sku: 'A-1' }), branch(payments.authorize, { cents: 42 })] as const

describe('submit', () => {
  test('sends every branch once and gives the results in their order', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => {
      const report = committed(transactionId, ['{"sku":"A-1"}', '{"cents":42}'])
      return { ...report, outcome: { ...report.outcome, results: [...report.outcome.results].reverse() } }
    }
    const outcome = await coordinator.submit({
      branches,
      idempotencyKey: 'order-1',
      waitFor: 'decided',
      timeoutMs: 9_000,
    })

    const [command] = fake.of('submit')
    expect(outcome).toEqual({
      outcome: 'committed',
      transactionId: command?.transactionId,
      applied: true,
      replayed: false,
      results: [{ sku: 'A-1' }, { cents: 42 }],
    })
    expect(command?.branches).toEqual([
      { branch: 1, participant: 'orders', operation: 'place', input: '{"sku":"A-1"}' },
      { branch: 2, participant: 'payments', operation: 'authorize', input: '{"cents":42}' },
    ])
    expect(command?.options).toMatchObject({ protocol: 'two-phase', idempotencyKey: 'order-1', waitFor: 'decided' })
    expect(command?.options.timeoutMs).toBeGreaterThan(8_000)
    expect(command?.options.timeoutMs).toBeLessThanOrEqual(9_000)
    expect(command?.options.traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(fake.hellos).toBe(1)
  })

  test('an empty input is null, an empty result is undefined', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => committed(transactionId, [''])
    const outcome = await coordinator.submit({ branches: [branch(payments.check, undefined)] })
    expect(outcome).toMatchObject({ outcome: 'committed', results: [undefined] })
    expect(fake.of('submit')[0]?.branches[0]?.input).toBe('null')
  })

  test('tries again after LOCK_CONFLICT: a new id, the same key, the age of the first try', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => {
      const tries = fake.of('submit').length
      const began = Instant(startedAt + tries)
      return tries < 3
        ? { ...abortedWith(transactionId, 'LOCK_CONFLICT'), startedAt: began }
        : committed(transactionId, ['1', '2'])
    }
    const outcome = await coordinator.submit({ branches, idempotencyKey: 'order-1' })
    expect(outcome.outcome).toBe('committed')
    const tries = fake.of('submit')
    expect(new Set(tries.map(({ transactionId }) => transactionId)).size).toBe(3)
    expect(tries.map(({ options }) => options.idempotencyKey)).toEqual(['order-1', 'order-1', 'order-1'])
    expect(tries.map(({ options }) => options.firstStartedAt)).toEqual([undefined, startedAt + 1, startedAt + 1])
    expect(new Set(tries.map(({ options }) => options.traceParent)).size).toBe(1)
  })

  test('tries as often as it may, then gives the last abort', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => abortedWith(transactionId, 'LOCK_CONFLICT')
    const outcome = await coordinator.submit({ branches, retries: 2 })
    expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'LOCK_CONFLICT' } })
    expect(fake.asked).toHaveLength(3)
  })

  test('does not try again after a refusal', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const why = { code: 'OUT_OF_STOCK', message: 'none left', refused: true, retryable: false }
    fake.script.submit = ({ transactionId }) => ({
      ...abortedWith(transactionId, 'ABORTED_BY_CLIENT'),
      outcome: { outcome: 'aborted', reason: why },
    })
    expect(await coordinator.submit({ branches })).toMatchObject({ outcome: 'aborted', reason: why })
    expect(fake.asked).toHaveLength(1)
  })

  test('waits while the coordinator is overloaded', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => {
      if (fake.of('submit').length < 3) throw transactionError('OVERLOADED')
      return committed(transactionId, ['1', '2'])
    }
    expect(await coordinator.submit({ branches })).toMatchObject({ outcome: 'committed' })
  })

  test('an error of the request rejects with its code and the id', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = () => {
      throw transactionError('PARTICIPANT_UNKNOWN', 'no participant orders')
    }
    const failing = coordinator.submit({ branches })
    await expect(failing).rejects.toMatchObject({ code: 'PARTICIPANT_UNKNOWN', message: 'no participant orders' })
    await expect(failing).rejects.toMatchObject({ transactionId: fake.of('submit')[0]?.transactionId })
  })

  test('a protocol that does not exist is named, and nothing is sent', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const protocol = '3pc' as Protocol
    for (const options of [{ protocol }, { protocol, timeoutMs: 9_000 }]) {
      await expect(coordinator.submit({ ...options, branches })).rejects.toMatchObject({
        code: 'PROTOCOL_UNKNOWN',
        message: "protocol: '3pc' is none of two-phase, three-phase, saga",
      })
    }
    expect(fake.of('submit')).toEqual([])
  })

  test('a key that had committed gives the recorded results', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const first = await coordinator.submit({ branches, idempotencyKey: 'order-1' })
    fake.script.submit = () => committed(first.transactionId, ['1', '2'])
    const second = await coordinator.submit({ branches, idempotencyKey: 'order-1' })
    expect(first).toMatchObject({ replayed: false })
    expect(second).toMatchObject({ replayed: true, transactionId: first.transactionId, results: [1, 2] })
  })

  test('a key in flight is waited for', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const { transactionId: otherId } = await coordinator.submit({ branches })
    fake.script.submit = () => inProgress(otherId)
    fake.script.get = () => (fake.of('get').length < 2 ? inProgress(otherId) : committed(otherId, ['1', '2']))
    const outcome = await coordinator.submit({ branches, idempotencyKey: 'order-1' })
    expect(outcome).toMatchObject({ outcome: 'committed', replayed: true, results: [1, 2] })
    expect(fake.of('get').map(({ transactionId }) => transactionId)).toEqual([otherId, otherId])
  })

  test('mixed and hazard are never told as committed', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const why = { code: 'RESOLVED_BY_OPERATOR', message: 'somebody decided', refused: false, retryable: false }
    fake.script.submit = ({ transactionId }) => ({
      ...committed(transactionId),
      outcome: { outcome: 'mixed', decision: 'commit', reason: why, results: [] },
    })
    const outcome = await coordinator.submit({ branches })
    expect(outcome).toMatchObject({ outcome: 'mixed', decision: 'commit', reason: why })
  })

  test('a payload over the limit is refused here and disturbs nobody', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const large = coordinator.submit({ branches: [branch(orders.place, { sku: 'x'.repeat(2_000) })] })
    const small = coordinator.submit({ branches })
    await expect(large).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    await expect(small).resolves.toMatchObject({ outcome: 'committed' })
    expect(fake.asked).toHaveLength(1)
  })

  test('works over unary calls where there is no session', async () => {
    await using fake = new FakeCoordinator()
    fake.hasSession = false
    await fake.listen()
    await using coordinator = connect(fake.address)
    expect(await coordinator.submit({ branches })).toMatchObject({ outcome: 'committed' })
    fake.script.submit = () => {
      throw transactionError('PARTICIPANT_UNKNOWN')
    }
    await expect(coordinator.submit({ branches })).rejects.toMatchObject({ code: 'PARTICIPANT_UNKNOWN' })
  })
})

describe('cancelling submit', () => {
  test('before it left: rejects with the reason', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const signal = AbortSignal.abort(new Error('no longer wanted'))
    await expect(coordinator.submit({ branches, signal })).rejects.toThrow('no longer wanted')
    expect(fake.asked).toEqual([])
  })

  test('after it left: the outcome is unknown, and can be asked for', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const controller = new AbortController()
    const cause = new Error('no longer wanted')
    fake.script.submit = () => {
      controller.abort(cause)
      return silence
    }
    const failing = coordinator.submit({ branches, signal: controller.signal })
    await expect(failing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', cause })
    const id = fake.of('submit')[0]!.transactionId
    await expect(failing).rejects.toMatchObject({ transactionId: id })
    fake.script.get = () => committed(id, ['1', '2'])
    expect(await coordinator.outcome(id)).toMatchObject({ outcome: 'committed', transactionId: id })
  })
})
