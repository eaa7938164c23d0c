// What clients may ask of a running coordinator: repeated, too late, malformed, while it drains.

import { expect, test } from '@jest/globals'
import { uuidv7 } from 'uuidv7'
import { Aborted, branch } from '../../client/index.ts'
import { BranchNumber, Epoch, ParticipantName, TransactionId } from '../../protocol/index.ts'
import {
  callUnary,
  coordinatorStub,
  decodeHello,
  decodeOutcome,
  encodeSubmit,
  type SubmitCommand,
} from '../../wire/index.ts'
import { until } from './support/processes.ts'
import { ledgers, World } from './support/world.ts'

test('case 8: one idempotency key commits once, whatever the client repeats, also over a restart', async () => {
  await using world = await World.start()
  const coordinator = world.connect()
  const once = { branches: world.branches('x'), idempotencyKey: 'order-1' }
  const [first, second] = await Promise.all([coordinator.submit(once), coordinator.submit(once)])
  expect(first.outcome).toBe('committed')
  expect(second).toMatchObject({ outcome: 'committed', transactionId: first.transactionId })
  await world.kill('coordinator')
  await world.startCoordinator()
  expect(await coordinator.submit(once)).toMatchObject({
    transactionId: first.transactionId,
    results: [{ balance: 1 }, {}, {}],
  })
  await expect(coordinator.submit({ ...once, branches: world.branches('y') })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  })
  let ran = false
  const again = await coordinator.transact({ idempotencyKey: 'order-1' }, async () => {
    ran = true
  })
  expect({ ran, outcome: again.outcome }).toEqual({ ran: false, outcome: 'committed' })
  await world.quiet()
  expect(world.agreement()).toEqual([first.transactionId])
})

test('case 10: a commit that comes after the timeout abort is told so', async () => {
  await using world = await World.start()
  await using transaction = await world.connect().begin({ timeoutMs: 300 })
  await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })
  const outcome = await world.connect().outcome(transaction.id, { waitMs: 5_000 })
  expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'TRANSACTION_TIMEOUT' } })
  expect(await transaction.commit()).toMatchObject({ outcome: 'aborted' })
  await world.quiet()
  expect(world.agreement()).toEqual([])
})

test('an interactive transaction commits its calls; a refused call aborts them all', async () => {
  await using world = await World.start()
  const coordinator = world.connect()
  const kept = await coordinator.transact({}, async (transaction) => {
    const { balance } = await transaction.call(ledgers.a.add, { account: 'x', amount: 5 })
    await Promise.all([
      transaction.call(ledgers.b.add, { account: 'x', amount: balance }),
      transaction.call(ledgers.c.add, { account: 'x', amount: balance }),
    ])
    return balance
  })
  expect(kept).toMatchObject({ outcome: 'committed', value: 5 })
  const refused = await coordinator.transact({}, async (transaction) => {
    await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })
    await transaction.call(ledgers.b.add, { account: 'x', amount: -100 })
  })
  expect(refused).toMatchObject({ outcome: 'aborted', reason: { code: 'OVERDRAWN', refused: true } })
  await world.quiet()
  expect(world.agreement()).toEqual([kept.transactionId])
  await using open = await coordinator.begin()
  await expect(open.call(ledgers.b.add, { account: 'x', amount: -100 })).rejects.toBeInstanceOf(Aborted)
})

test('after a restart an open transaction is aborted and says why', async () => {
  await using world = await World.start()
  const coordinator = world.connect()
  await using transaction = await coordinator.begin()
  await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })
  await world.kill('coordinator')
  await world.startCoordinator()
  expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: { code: 'COORDINATOR_RESTARTED' } })
  await world.everybodyIsReached()
  await world.quiet()
  expect(world.agreement()).toEqual([])
})

test('case 14: when all only read there is no second phase, and the results come back', async () => {
  await using world = await World.start()
  const coordinator = world.connect()
  const read = await coordinator.submit({
    branches: [branch(ledgers.a.balance, { account: 'x' }), branch(ledgers.b.balance, { account: 'x' })],
  })
  expect(read).toMatchObject({ outcome: 'committed', applied: true, results: [{ balance: 0 }, { balance: 0 }] })
  expect((await world.list('coordinator')).total).toBe(0)
})

test('watch tells each change until the end', async () => {
  await using world = await World.start()
  const coordinator = world.connect()
  await using transaction = await coordinator.begin()
  await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })
  const seen: string[] = []
  const watching = (async () => {
    for await (const event of coordinator.watch(transaction.id)) {
      seen.push(event.state)
      if (event.state === 'active') void transaction.commit()
    }
  })()
  await watching
  expect(seen[0]).toBe('active')
  expect(seen.at(-1)).toBe('ended')
})

test('SIGTERM drains: what is in flight ends, nothing new begins, the process ends with 0', async () => {
  await using world = await World.start()
  const coordinator = world.connect()
  await using transaction = await coordinator.begin()
  await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })
  const exited = world.child('coordinator').signal('SIGTERM')
  await until(
    'the coordinator drains',
    () => world.conditions(),
    (conditions) => conditions.join().includes('draining'),
  )
  const refused = coordinator.submit({ branches: world.branches('y'), retries: 0, timeoutMs: 500 })
  await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/DRAINING|UNREACHABLE/) })
  expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
  await exited
  expect(await world.child('coordinator').exited).toEqual({ code: 0, signal: null })
})

test('a drain does not wait for a saga between two calls: it goes on after the next start', async () => {
  await using world = await World.start(['--drain-timeout-ms', '300000'])
  const transaction = await world.connect().begin({ protocol: 'saga' })
  await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })
  await world.child('coordinator').signal('SIGTERM')
  expect(await world.child('coordinator').exited).toEqual({ code: 0, signal: null })
  await world.startCoordinator()
  await transaction.call(ledgers.b.add, { account: 'x', amount: 1 })
  expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
})

test('bad input gets a clear status and a stable code, and nothing is lost or crashes', async () => {
  await using world = await World.start()
  const stub = coordinatorStub(world.address('coordinator'))
  const hello = decodeHello(await callUnary(stub, 'hello', {}, { timeoutMs: 5_000 }))
  if (!hello.ok) throw new Error('no hello')
  const submit = async (change: (wire: ReturnType<typeof encodeSubmit>) => void, more: Partial<SubmitCommand> = {}) => {
    const wire = encodeSubmit({
      epoch: Epoch(hello.value.epoch),
      transactionId: TransactionId(uuidv7()),
      options: { protocol: 'two-phase', timeoutMs: 0, waitFor: 'decided', traceParent: '' },
      branches: [
        {
          branch: BranchNumber(1),
          participant: ParticipantName('a'),
          operation: 'add',
          input: '{"account":"x","amount":1}',
        },
        {
          branch: BranchNumber(2),
          participant: ParticipantName('b'),
          operation: 'add',
          input: '{"account":"x","amount":1}',
        },
      ],
      ...more,
    })
    change(wire)
    return callUnary(stub, 'submit', wire, { timeoutMs: 5_000 }).then(
      (response) => {
        const decoded = decodeOutcome(response)
        return decoded.ok ? decoded.value.outcome.outcome : decoded.error.code
      },
      (error: { code: string; path?: string; message: string }) => ({ code: error.code, path: error.path }),
    )
  }
  const first = (wire: ReturnType<typeof encodeSubmit>) =>
    wire.branches?.[0] as NonNullable<typeof wire.branches>[number]
  const bad: [string, (wire: ReturnType<typeof encodeSubmit>) => void][] = [
    ['PARTICIPANT_UNKNOWN', (wire) => Object.assign(first(wire), { participant: 'nobody' })],
    ['OPERATION_UNKNOWN', (wire) => Object.assign(first(wire), { operation: 'fly' })],
    ['INPUT_INVALID', (wire) => Object.assign(first(wire), { input: Buffer.from('{"account":"x","amount":"many"}') })],
    ['INPUT_NOT_JSON', (wire) => Object.assign(first(wire), { input: Buffer.from('{') })],
    ['PAYLOAD_TOO_LARGE', (wire) => Object.assign(first(wire), { input: Buffer.alloc(1024 * 1024 + 1, 0x20) })],
    [
      'TOO_MANY_BRANCHES',
      (wire) =>
        Object.assign(wire, { branches: Array.from({ length: 129 }, (_, at) => ({ ...first(wire), branch: at + 1 })) }),
    ],
    ['PROTOCOL_UNKNOWN', (wire) => Object.assign(wire.options ?? {}, { protocol: 0 })],
    ['PROTOCOL_UNKNOWN', (wire) => Object.assign(wire.options ?? {}, { protocol: 77 })],
    ['INVALID_ID', (wire) => Object.assign(wire, { transactionId: Buffer.alloc(5, 1) })],
    ['TIMEOUT_INVALID', (wire) => Object.assign(wire.options ?? {}, { timeoutMs: -1 })],
    ['STALE_EPOCH', (wire) => Object.assign(wire, { epoch: 999 })],
  ]
  for (const [code, change] of bad) expect([code, await submit(change)]).toMatchObject([code, { code }])
  expect(
    await submit((wire) => Object.assign(first(wire), { input: Buffer.from('{"account":"x","amount":"many"}') })),
  ).toMatchObject({ path: 'amount' })
  expect(await submit(() => {})).toBe('committed')
  stub.close()
  await world.quiet()
  expect(world.lines('a')).toHaveLength(1)
})
