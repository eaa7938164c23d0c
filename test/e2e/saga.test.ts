// Sagas over real processes: what is done is visible at once, what turns is compensated, and a coordinator that dies goes on
// where it was (docs/protocols.md).

import { rmSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { branch, resultOf } from '../../client/index.ts'
import { type CrashPoint, crashPoints } from '../../log/index.ts'
import type { TransactionError } from '../../wire/index.ts'
import { until } from './support/processes.ts'
import { ledgers, World } from './support/world.ts'

const saga = { protocol: 'saga', retries: 0, timeoutMs: 60_000 } as const

const told = (asked: Promise<{ outcome: string }>): Promise<string> =>
  asked.then(
    ({ outcome }) => outcome,
    (error: TransactionError) => error.code ?? String(error),
  )

const add = (account: string, amount = 1) => ({
  a: branch(ledgers.a.add, { account, amount }),
  b: branch(ledgers.b.add, { account, amount }),
  c: branch(ledgers.c.add, { account, amount }),
})

const overdrawn = -1_000_000

/** Twenty points, each with two restarts of the coordinator. */
const tableTimeoutMs = 300_000

test('three branches in order: all are done, and each has heard the commit', async () => {
  await using world = await World.start()
  const { a, b, c } = add('x')
  const outcome = await world.connect().submit({ ...saga, branches: [a, b, c] })
  expect(outcome).toMatchObject({ outcome: 'committed', results: [{ balance: 1 }, { balance: 1 }, { balance: 1 }] })
  await world.quiet()
  expect(world.agreement()).toEqual([outcome.transactionId])
})

test('a refusal: what was done is compensated, in reverse order', async () => {
  await using world = await World.start()
  const { a, b } = add('x')
  const refused = branch(ledgers.c.add, { account: 'x', amount: overdrawn })
  const outcome = await world.connect().submit({ ...saga, branches: [a, b, refused] })
  expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'OVERDRAWN', refused: true } })
  await world.quiet()
  expect(world.agreement()).toEqual([])
  const [done, undone] = [world.calls('a'), world.calls('b')]
  expect(done.map(({ work }) => work)).toEqual(['prepare', 'abort'])
  expect(undone.map(({ work }) => work)).toEqual(['prepare', 'abort'])
  expect(done[0]!.at).toBeLessThan(undone[0]!.at)
  expect(undone[1]!.at).toBeLessThan(done[1]!.at)
  expect(world.calls('c')).toEqual([])
})

test('a branch that fails is tried again; one that never succeeds is given up, and the others are compensated', async () => {
  await using world = await World.start()
  const { a, b } = add('x')
  const flaky = branch(ledgers.c.addFlaky, { account: 'x', amount: 1 })
  expect(await world.connect().submit({ ...saga, branches: [a, flaky] })).toMatchObject({ outcome: 'committed' })
  const hopeless = branch(ledgers.c.fail, { account: 'x', amount: 1 }, { retry: { tries: 2, firstMs: 10, maxMs: 10 } })
  const outcome = await world.connect().submit({ ...saga, branches: [b, hopeless] })
  expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'OPERATION_FAILED' } })
  await world.quiet()
  expect(world.lines('b')).toEqual([])
})

test('after the pivot there is only forward: a retriable branch is tried until it succeeds', async () => {
  await using world = await World.start()
  const { a } = add('x')
  const pivot = branch(ledgers.b.add, { account: 'x', amount: 1 }, { pivot: true })
  const retriable = branch(
    ledgers.c.addOnce,
    { account: 'x', amount: 1 },
    { retriable: true, retry: { firstMs: 10, maxMs: 50 } },
  )
  const answer = told(world.connect().submit({ ...saga, branches: [a, pivot, retriable] }))
  await until(
    'the operator sees what fails',
    () => world.list('coordinator'),
    ({ transactions: [first] }) => first?.why.includes('c failed on try') === true,
  )
  expect(world.lines('a')).toMatchObject([{ state: 'pending' }])
  world.allow('c')
  expect(await answer).toBe('committed')
  await world.quiet()
  expect(world.agreement()).toHaveLength(1)
})

test('an input takes values of earlier results', async () => {
  await using world = await World.start()
  const first = branch(ledgers.a.add, { account: 'x', amount: 7 })
  const second = branch(ledgers.b.add, { account: 'x', amount: resultOf(first).balance })
  const third = branch(ledgers.c.add, { account: 'x', amount: resultOf(second).balance }, { after: [second] })
  const outcome = await world.connect().submit({ ...saga, branches: [first, second, third] })
  expect(outcome).toMatchObject({ outcome: 'committed', results: [{ balance: 7 }, { balance: 7 }, { balance: 7 }] })
})

/** Every point that the coordinator passes in a saga. */
const passed = (others: readonly string[]) =>
  Object.keys(crashPoints).filter(
    (point): point is CrashPoint => point.startsWith('coordinator.') && !others.some((word) => point.includes(word)),
  )
const foreign = ['delegated', 'pre-', 'pledged', 'ballot', 'collect', 'inquiry']

test(
  'the coordinator dies at every point of a saga that commits, and goes on where it was',
  async () => {
    await using world = await World.start()
    let committed = 0
    for (const point of passed([...foreign, 'abort', 'compensating', 'status'])) {
      await world.restartCoordinator(point)
      await world.everybodyIsReached()
      const { a, b, c } = add(point)
      const answer = told(world.connect().submit({ ...saga, branches: [a, b, c] }))
      expect([point, (await world.child('coordinator').exited).signal]).toEqual([point, 'SIGKILL'])
      await world.startCoordinator()
      await world.everybodyIsReached()
      await world.quiet()
      const before = committed
      committed = world.agreement().length
      // Once its branches are durable a saga is not given up because its coordinator died.
      const isLogged = !/before-saga-append|after-saga-append/.test(point)
      if (isLogged) expect([point, committed]).toEqual([point, before + 1])
      const heard = await answer
      if (heard === 'committed') expect([point, committed]).toEqual([point, before + 1])
      else if (heard === 'aborted') expect([point, committed]).toEqual([point, before])
      else expect([point, heard]).toEqual([point, 'OUTCOME_UNKNOWN'])
    }
  },
  tableTimeoutMs,
)

test(
  'the coordinator dies at every point of a saga that turns, and compensates what was done',
  async () => {
    await using world = await World.start()
    for (const point of passed([...foreign, 'commit', 'decision-', 'status'])) {
      await world.restartCoordinator(point)
      await world.everybodyIsReached()
      const { a, b } = add(point)
      const refused = branch(ledgers.c.add, { account: point, amount: overdrawn })
      const answer = told(world.connect().submit({ ...saga, branches: [a, b, refused] }))
      expect([point, (await world.child('coordinator').exited).signal]).toEqual([point, 'SIGKILL'])
      await world.startCoordinator()
      await world.everybodyIsReached()
      await world.quiet()
      expect([point, world.agreement()]).toEqual([point, []])
      expect([point, ['aborted', 'OUTCOME_UNKNOWN'].includes(await answer)]).toEqual([point, true])
    }
  },
  tableTimeoutMs,
)

test('a participant that has done its branch and is gone: the saga waits, turns at its timeout, and is shown meanwhile', async () => {
  await using world = await World.start([], { b: 'participant.after-vote-force' })
  const { a, b, c } = add('x')
  const answer = told(world.connect().submit({ ...saga, timeoutMs: 1_500, branches: [a, b, c] }))
  await world.child('b').exited
  const { transactions } = await until(
    'it finds out what b has done before it compensates anything',
    () => world.list('coordinator'),
    ({ transactions: [first] }) => first?.why.includes('will be compensated') === true,
  )
  expect(transactions[0]?.why).toContain('b (not reachable')
  expect(world.lines('a')).toMatchObject([{ state: 'pending' }])
  await world.startLedger('b')
  await world.quiet()
  expect(world.agreement()).toEqual([])
  expect(['aborted', 'OUTCOME_UNKNOWN']).toContain(await answer)
  expect(world.calls('b').map(({ work }) => work)).toEqual(['prepare', 'abort'])
  expect(world.calls('c')).toEqual([])
})

test('a participant loses its database after it has done its branch: the compensation is a hazard, never success', async () => {
  await using world = await World.start(['--applied-wait-ms', '20000'], { c: 'participant.on-prepare' })
  const { a, b, c } = add('x')
  const outcome = world.connect().submit({ ...saga, timeoutMs: 2_000, branches: [a, b, c] })
  const answer = told(outcome)
  await world.child('c').exited
  await world.kill('a')
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${world.file('a')}${suffix}`, { force: true })
  await world.startLedger('a')
  await world.startLedger('c')
  const { transactions } = await until(
    'the operator is told',
    () => world.list('coordinator'),
    ({ transactions: [first] }) => first?.why.includes('hazard') === true,
  )
  expect(transactions).toMatchObject([{ state: expect.stringMatching(/aborting|committing/) }])
  // Whoever asked before the database was missed is told that it turns back, and not that it has.
  if ((await answer) === 'aborted') expect(await outcome).toMatchObject({ applied: false })
  else expect(['hazard', 'OUTCOME_UNKNOWN']).toContain(await answer)
})

test('an open saga whose client disappears is compensated at its timeout', async () => {
  await using world = await World.start()
  const transaction = await world.connect().begin({ protocol: 'saga', timeoutMs: 800 })
  await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })
  expect(world.lines('a')).toMatchObject([{ state: 'pending' }])
  await world.quiet()
  expect(world.agreement()).toEqual([])
  expect(world.calls('a').map(({ work }) => work)).toEqual(['prepare', 'abort'])
})

test('an open saga goes on after its coordinator has died', async () => {
  await using world = await World.start()
  const transaction = await world.connect().begin({ protocol: 'saga', timeoutMs: 60_000 })
  expect(await transaction.call(ledgers.a.add, { account: 'x', amount: 1 })).toEqual({ balance: 1 })
  await world.restartCoordinator()
  await world.everybodyIsReached()
  expect(await transaction.call(ledgers.b.add, { account: 'x', amount: 1 })).toEqual({ balance: 1 })
  expect(await transaction.commit()).toMatchObject({ outcome: 'committed' })
  await world.quiet()
  expect(world.agreement(['a', 'b'])).toEqual([transaction.id])
})
