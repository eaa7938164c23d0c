// Sagas in one request: how branches are numbered, what is refused before anything is sent, and what a restart means.

import { describe, expect, test } from '@jest/globals'
import { type Branch, branch, connect, type Protocol, resultOf } from '../../client/index.ts'
import { LogId } from '../../protocol/index.ts'
import { type OutcomeReport, transactionError } from '../../wire/index.ts'
import { abortedWith, committed, FakeCoordinator, inProgress, silence } from './fake-coordinator.ts'
import { orders, payments, warehouse } from './shop.ts'

const dayMs = 24 * 60 * 60 * 1_000
const open = branch(warehouse.open, { sku: 'A-1' })
const reserve = branch(warehouse.reserve, { orderId: resultOf(open).orderId, quantity: 2 })
const charge = branch(payments.authorize, { cents: 42 }, { pivot: true, retry: { tries: 3, firstMs: 20 } })
const place = branch(orders.place, { sku: 'A-1' }, { after: [reserve, charge, reserve], retriable: true })
const saga = { protocol: 'saga', branches: [open, reserve, charge, place] } as const
const quick = { outcomeWaitMs: 300 }

/** Compensated, as far as `applied` says. */
const turned = (report: OutcomeReport, applied: boolean): OutcomeReport => ({ ...report, applied })

describe('a submitted saga', () => {
  test('names branches by their position in the list', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    expect(await coordinator.submit(saga)).toMatchObject({ outcome: 'committed' })
    const [command] = fake.of('submit')
    expect(command?.options.protocol).toBe('saga')
    expect(command?.branches).toMatchObject([
      { branch: 1, input: '{"sku":"A-1"}' },
      { branch: 2, input: '{"orderId":null,"quantity":2}' },
      { branch: 3, input: '{"cents":42}' },
      { branch: 4, input: '{"sku":"A-1"}' },
    ])
    expect(command?.branches.map((one) => one.saga)).toEqual([
      undefined,
      { role: 'compensatable', references: [{ at: '/orderId', branch: 1, from: '/orderId' }] },
      { role: 'pivot', references: [], retry: { tries: 3, firstMs: 20 } },
      { role: 'retriable', references: [], after: [2, 3] },
    ])
  })

  test('a branch that runs at once says so, and the list may have any order', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const first = branch(orders.place, { sku: 'A-1' }, { after: [] })
    const second = branch(payments.authorize, { cents: 1 }, { after: [first] })
    await coordinator.submit({ protocol: 'saga', branches: [second, first] })
    expect(fake.of('submit')[0]?.branches.map((one) => one.saga?.after)).toEqual([[2], []])
  })

  test('the same branches may be submitted again, in another place', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    await coordinator.submit({ protocol: 'saga', branches: [open, reserve] })
    await coordinator.submit({ protocol: 'saga', branches: [branch(orders.place, { sku: 'B' }), open, reserve] })
    const named = fake.of('submit').map(({ branches }) => branches.at(-1)?.saga?.references[0]?.branch)
    expect(named).toEqual([1, 2])
  })

  test('has a day, unless somebody says otherwise', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    await coordinator.submit(saga)
    await coordinator.submit({ ...saga, timeoutMs: 9_000 })
    await using hasty = connect(fake.address, { timeoutMs: 7_000 })
    await hasty.submit(saga)
    await coordinator.submit({ branches: [open] })
    await coordinator.submit({ protocol: 'three-phase', branches: [open] })
    const timeouts = fake.of('submit').map(({ options }) => options.timeoutMs)
    expect(timeouts[0]).toBeLessThanOrEqual(dayMs)
    expect(timeouts[0]).toBeGreaterThan(dayMs - 60_000)
    for (const [index, longest] of [9_000, 7_000, 60_000, 60_000].entries()) {
      expect(timeouts[index + 1]).toBeLessThanOrEqual(longest)
      expect(timeouts[index + 1]).toBeGreaterThan(longest / 2)
    }
    expect(fake.of('submit').at(-1)?.options.protocol).toBe('three-phase')
  })
})

describe('refused before anything is sent', () => {
  const lone = branch(payments.authorize, { cents: 1 }, { after: [open] })
  const retried = branch(payments.check, undefined, { retry: { tries: 2 } })
  const rows: readonly (readonly [why: string, protocol: Protocol, branches: readonly Branch[], message: RegExp])[] = [
    [
      'a reference to a branch that is not there',
      'saga',
      [reserve],
      /branch 1, warehouse.reserve, uses the result of warehouse.open, which is not in the list/,
    ],
    [
      'an order after a branch that is not there',
      'saga',
      [retried, lone],
      /branch 2, payments.authorize, comes after warehouse.open, which is not in the list/,
    ],
    ['a reference to a branch that is there twice', 'saga', [open, open, reserve], /which is in the list twice/],
    [
      'a reference outside of a saga',
      'two-phase',
      [open, reserve],
      /branch 2, warehouse.reserve, uses the result of another one: choose protocol 'saga'/,
    ],
    ['an order outside of a saga', 'three-phase', [open, lone], /comes after others: choose protocol 'saga'/],
    ['a pivot outside of a saga', 'two-phase', [charge], /is the pivot: choose protocol 'saga'/],
    ['retries outside of a saga', 'two-phase', [retried], /has retries of its own: choose protocol 'saga'/],
  ]

  test.each(rows)('%s', async (_why, protocol, branches, message) => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const failing = coordinator.submit({ protocol, branches })
    await expect(failing).rejects.toMatchObject({ name: 'TransactionError', code: 'BRANCH_INVALID' })
    await expect(failing).rejects.toThrow(message)
    expect(fake.asked).toEqual([])
  })

  test('a branch that contradicts itself', () => {
    const both = { pivot: true, retriable: true } as never
    expect(() => branch(orders.place, { sku: 'A-1' }, both)).toThrow(/the pivot or comes after it, not both/)
    for (const tries of [0, -1, 1.5, Number.NaN]) {
      expect(() => branch(orders.place, { sku: 'A-1' }, { retry: { tries } })).toThrow(/retry\.tries: .* above 0/)
    }
  })
})

describe('the outcome', () => {
  test('a saga that turned is aborted, and says whether it is compensated', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    for (const applied of [false, true]) {
      fake.script.submit = ({ transactionId }) => turned(abortedWith(transactionId, 'OPERATION_FAILED'), applied)
      const expected = { outcome: 'aborted', applied, reason: { code: 'OPERATION_FAILED' } }
      expect(await coordinator.submit(saga)).toMatchObject(expected)
    }
  })

  test('it is tried again only when it is compensated', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => {
      const tries = fake.of('submit').length
      return turned(abortedWith(transactionId, 'LOCK_CONFLICT'), tries < 3)
    }
    expect(await coordinator.submit(saga)).toMatchObject({ outcome: 'aborted', applied: false })
    expect(fake.of('submit')).toHaveLength(3)
    await coordinator.submit({ branches: [open], retries: 1 })
    expect(fake.of('submit')).toHaveLength(5)
  })

  test('a restart cuts the answer off: the saga goes on, and its end is waited for', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.submit = () => {
      setImmediate(() => void fake.restart())
      return silence
    }
    // For longer than a lost answer is looked for.
    let isAsking = false
    fake.script.get = async ({ transactionId, waitMs }) => {
      isAsking = true
      if (fake.of('get').length > 2) return committed(transactionId, ['1', '2', '3', '4'])
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 500)))
      return inProgress(transactionId)
    }
    expect(await coordinator.submit(saga)).toMatchObject({ outcome: 'committed', results: [1, 2, 3, 4] })
    expect(isAsking).toBe(true)
    expect(fake.of('submit')).toHaveLength(1)
  })

  test('and over further restarts, but never in another log', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => inProgress(transactionId)
    fake.script.get = ({ transactionId }) => {
      if (fake.of('get').length > 2) return committed(transactionId, ['1', '2', '3', '4'])
      setImmediate(() => void fake.restart())
      return silence
    }
    expect(await coordinator.submit(saga)).toMatchObject({ outcome: 'committed' })
    let asked = 0
    const otherLog = (): Promise<void> => {
      fake.logId = LogId(fake.logId.replace(/.$/, 'f'))
      return fake.restart()
    }
    fake.script.get = ({ transactionId }) => {
      if (fake.logId.endsWith('f')) return abortedWith(transactionId, 'UNKNOWN_TRANSACTION')
      // Answered, so that the question is nowhere when the other log comes.
      asked += 1
      if (asked === 5) setImmediate(() => void otherLog())
      throw transactionError('NOT_READY')
    }
    await expect(coordinator.submit(saga)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  test('a restart before it was recorded: tried again under a new id', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => {
      if (fake.of('submit').length > 1) return committed(transactionId, ['1', '2', '3', '4'])
      setImmediate(() => void fake.restart())
      return silence
    }
    fake.script.get = ({ transactionId }) => turned(abortedWith(transactionId, 'UNKNOWN_TRANSACTION'), true)
    expect(await coordinator.submit(saga)).toMatchObject({ outcome: 'committed' })
    const [first, second] = fake.of('submit')
    expect(second?.transactionId).not.toBe(first?.transactionId)
  })

  test('not ended within its timeout: unknown, with the id', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.submit = () => silence
    fake.script.get = ({ transactionId }) => inProgress(transactionId)
    const failing = coordinator.submit({ ...saga, timeoutMs: 300 })
    await expect(failing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    await expect(failing).rejects.toMatchObject({ transactionId: fake.of('submit')[0]?.transactionId })
  })
})
