// Participants without sessions: the same three protocols, over unary methods alone.

import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { branch } from '../../client/index.ts'
import { ledgers, type Surroundings, World } from './support/world.ts'

const preload = fileURLToPath(new URL('./support/unary-preload.js', import.meta.url))
const unary: Surroundings = {
  name: () => {},
  environment: (name) => (name === 'coordinator' ? {} : { NODE_OPTIONS: `--import=${preload}` }),
}
const start = (crash = {}) => World.start([], crash, 3, unary)

const protocols = ['two-phase', 'three-phase', 'saga'] as const

test('each protocol commits what was submitted and what was called, and aborts all of what one refuses', async () => {
  await using world = await start()
  const coordinator = world.connect()
  const ids: string[] = []
  for (const protocol of protocols) {
    const submitted = await coordinator.submit({ protocol, branches: world.branches(protocol), retries: 0 })
    const called = await coordinator.transact({ protocol, retries: 0 }, async (transaction) => {
      await transaction.call(ledgers.a.add, { account: protocol, amount: 1 })
      await transaction.call(ledgers.b.add, { account: protocol, amount: 1 })
      return transaction.call(ledgers.c.add, { account: protocol, amount: 1 })
    })
    expect([protocol, submitted.outcome, called.outcome]).toEqual([protocol, 'committed', 'committed'])
    ids.push(submitted.transactionId, called.transactionId)
    const refused = branch(ledgers.c.add, { account: protocol, amount: -1_000 })
    const [a, b] = world.branches(protocol)
    const outcome = await coordinator.submit({ protocol, branches: [a, b, refused], retries: 0 })
    expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'OVERDRAWN' } })
  }
  await world.quiet()
  expect(world.agreement()).toEqual(ids)
})

test('three-phase: the members end it while the coordinator is dead', async () => {
  await using world = await start({ coordinator: 'coordinator.after-first-pre-commit-send' })
  const outcome = world.connect().submit({ protocol: 'three-phase', branches: world.branches('x'), retries: 0 })
  outcome.catch(() => {})
  await world.child('coordinator').exited
  await world.settled()
  const ended = world.agreement()
  await world.startCoordinator()
  await world.quiet()
  expect(world.agreement()).toEqual(ended)
})

test('a saga: a branch that fails is tried again, and a restart of the coordinator goes on', async () => {
  await using world = await start({ coordinator: 'coordinator.on-vote' })
  const [a, , c] = world.branches('x')
  const flaky = branch(ledgers.b.addFlaky, { account: 'x', amount: 1 })
  const outcome = world.connect().submit({ protocol: 'saga', branches: [a, flaky, c], retries: 0, timeoutMs: 60_000 })
  outcome.catch(() => {})
  await world.child('coordinator').exited
  await world.startCoordinator()
  await world.quiet()
  expect(world.agreement()).toHaveLength(1)
})
