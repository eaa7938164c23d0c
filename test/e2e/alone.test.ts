// What participants can do while their coordinator stays dead, and what an operator can do about the rest.

import { rmSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { BranchNumber, type Decision, type TransactionId } from '../../protocol/index.ts'
import { callUnary, encodeForget, encodeResolve, operatorStub } from '../../wire/index.ts'
import { until } from './support/processes.ts'
import { type LedgerName, World } from './support/world.ts'

async function resolve(
  world: World,
  at: LedgerName | 'coordinator',
  transactionId: TransactionId,
  branch: number,
  decision: Decision,
) {
  const stub = operatorStub(world.address(at))
  const request = encodeResolve({ transactionId, branch: BranchNumber(branch), decision, reason: 'by hand, in a test' })
  await callUnary(stub, 'resolve', request, { timeoutMs: 5_000 }).finally(() => stub.close())
}

async function forget(world: World, at: LedgerName | 'coordinator', transactionId: TransactionId): Promise<void> {
  const stub = operatorStub(world.address(at))
  await callUnary(stub, 'forget', encodeForget({ transactionId, reason: 'dealt with' }), { timeoutMs: 5_000 }).finally(
    () => stub.close(),
  )
}

test('cooperative termination: one member knows the commit, the others learn it without a coordinator', async () => {
  await using world = await World.start([], { coordinator: 'coordinator.after-first-commit-send' })
  const asked = world
    .connect()
    .submit({ branches: world.branches('x'), retries: 0 })
    .catch(() => undefined)
  await world.child('coordinator').exited
  const all = () => [...world.lines('a'), ...world.lines('b'), ...world.lines('c')]
  await until(
    'all three have committed',
    all,
    (lines) => lines.length === 3 && lines.every(({ state }) => state === 'final'),
  )
  expect(world.agreement()).toHaveLength(1)
  await asked
})

test('cooperative termination: a member that never voted makes itself unable to, and all abort', async () => {
  await using world = await World.start([], { coordinator: 'coordinator.after-first-prepare-send' })
  const asked = world
    .connect()
    .submit({ branches: world.branches('x'), retries: 0 })
    .catch(() => undefined)
  await world.child('coordinator').exited
  await until(
    'the one that had prepared has aborted',
    () => world.lines('a'),
    (lines) => lines.length === 0,
  )
  expect(world.agreement()).toEqual([])
  await asked
})

test('all prepared and the coordinator dead: blocked, safely; an operator who contradicts the decision makes it mixed', async () => {
  await using world = await World.start([], { coordinator: 'coordinator.after-decision-force' })
  const asked = world
    .connect()
    .submit({ branches: world.branches('x'), retries: 0 })
    .catch(() => undefined)
  await world.child('coordinator').exited
  await asked
  const { transactions } = await until(
    'a has asked everybody',
    () => world.list('a'),
    ({ transactions: [first] }) => /asked|inquir/i.test(first?.why ?? ''),
  )
  const id = transactions[0]?.transactionId as TransactionId
  for (const name of ['a', 'b', 'c'] as const) expect(world.lines(name)).toMatchObject([{ state: 'pending' }])
  await resolve(world, 'a', id, 1, 'abort')
  expect(world.lines('a')).toEqual([])
  await world.startCoordinator()
  const coordinator = world.connect()
  await until(
    'the outcome is mixed',
    () => coordinator.outcome(id),
    ({ outcome }) => outcome === 'mixed',
  )
  for (const name of ['b', 'c'] as const) {
    await until(
      `${name} has committed`,
      () => world.lines(name),
      (lines) => lines[0]?.state === 'final',
    )
  }
  await world.kill('coordinator')
  await world.startCoordinator()
  await until(
    'it is listed as mixed, after the restart too',
    () => world.list('coordinator'),
    ({ transactions: [first] }) => first?.transactionId === id && first.outcome?.outcome.outcome === 'mixed',
  )
  await forget(world, 'coordinator', id)
  await forget(world, 'a', id)
  await world.everybodyIsReached()
  await world.quiet()
})

test('a hazard stays until an operator has resolved and forgotten it', async () => {
  await using world = await World.start(['--applied-wait-ms', '100'], { c: 'participant.after-vote-sent' })
  const outcome = await world.connect().submit({ branches: world.branches('x'), retries: 0 })
  expect(outcome).toMatchObject({ outcome: 'committed', applied: false })
  const id = outcome.transactionId as TransactionId
  await world.child('c').exited
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${world.file('c')}${suffix}`, { force: true })
  await world.startLedger('c')
  await until(
    'the hazard is shown',
    () => world.list('coordinator'),
    ({ transactions: [first] }) => first?.why.includes('hazard') === true,
  )
  await resolve(world, 'coordinator', id, 3, 'abort')
  expect(await world.connect().outcome(id)).toMatchObject({ outcome: 'mixed' })
  const { transactions } = await world.list('coordinator')
  expect(transactions).toMatchObject([{ state: 'ended', why: expect.stringContaining('by hand') }])
  await forget(world, 'coordinator', id)
  await world.quiet()
})
