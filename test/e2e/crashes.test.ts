// The black-box cases: what a user may expect when a process dies at the worst moment. Every test asserts agreement over
// the databases; what a client was told is compared with them.

import { expect, test } from '@jest/globals'
import type { CrashPoint } from '../../log/index.ts'
import { crashPoints } from '../../log/index.ts'
import type { TransactionError } from '../../wire/index.ts'
import { until } from './support/processes.ts'
import { World } from './support/world.ts'

/** What the client was told, or the code of the error. */
async function told(asked: Promise<{ outcome: string }>): Promise<string> {
  return asked.then(
    ({ outcome }) => outcome,
    (error: TransactionError) => error.code,
  )
}

test('case 1: a participant dies before its vote: all abort', async () => {
  await using world = await World.start(['--vote-timeout-ms', '500'], { a: 'participant.before-vote-force' })
  const coordinator = world.connect()
  expect(await told(coordinator.submit({ branches: world.branches('x'), retries: 0 }))).toBe('aborted')
  expect((await world.child('a').exited).signal).toBe('SIGKILL')
  await world.startLedger('a')
  await world.quiet()
  expect(world.agreement()).toEqual([])
})

test('case 2: a participant dies after its durable yes and before it could say so: all abort, and it finds out', async () => {
  await using world = await World.start(['--vote-timeout-ms', '500'], { a: 'participant.after-vote-force' })
  const coordinator = world.connect()
  expect(await told(coordinator.submit({ branches: world.branches('x'), retries: 0 }))).toBe('aborted')
  expect(world.lines('a')).toMatchObject([{ state: 'pending' }])
  await world.startLedger('a')
  await world.quiet()
  expect(world.agreement()).toEqual([])
})

test('case 3: a participant dies after its yes has left: the commit completes after its restart', async () => {
  await using world = await World.start(['--applied-wait-ms', '100'], { a: 'participant.after-vote-sent' })
  const coordinator = world.connect()
  const outcome = await coordinator.submit({ branches: world.branches('x'), retries: 0 })
  expect(outcome).toMatchObject({ outcome: 'committed', applied: false })
  await world.child('a').exited
  await world.startLedger('a')
  await world.quiet()
  expect(world.agreement()).toEqual([outcome.transactionId])
})

test('case 4: a participant dies after it applied the commit, before the ack: the second Commit changes nothing', async () => {
  await using world = await World.start(['--applied-wait-ms', '100'], { a: 'participant.after-commit-force' })
  const coordinator = world.connect()
  const outcome = await coordinator.submit({ branches: world.branches('x'), retries: 0 })
  expect(outcome.outcome).toBe('committed')
  await world.child('a').exited
  expect(world.lines('a')).toMatchObject([{ state: 'final', applied: 1 }])
  await world.startLedger('a')
  await world.quiet()
  expect(world.agreement()).toEqual([outcome.transactionId])
})

/** Every point that the coordinator passes in a two-phase commit. */
const coordinatorPoints = (Object.keys(crashPoints) as CrashPoint[]).filter((point) =>
  /^coordinator\.(on-(vote|decision-answer)|.*-(prepare|commit)-send|.*-decision-(append|force)|after-all-acks)$/.test(
    point.replace('pre-commit', 'other'),
  ),
)
/** From here on the decision is durable. */
const isDecided = (point: string): boolean => /decision-force|commit-send|decision-answer|all-acks/.test(point)

test.each(coordinatorPoints)('case 5: the coordinator dies at %s', async (point) => {
  await using world = await World.start([], { coordinator: point })
  const coordinator = world.connect()
  const answer = told(coordinator.submit({ branches: world.branches('x'), retries: 0 }))
  expect((await world.child('coordinator').exited).signal).toBe('SIGKILL')
  await world.startCoordinator()
  await world.everybodyIsReached()
  await world.quiet()
  const committed = world.agreement()
  expect(committed).toHaveLength(isDecided(point) ? 1 : 0)
  const heard = await answer
  if (heard === 'committed') expect(committed).toHaveLength(1)
  else if (heard === 'aborted') expect(committed).toHaveLength(0)
  else expect(heard).toBe('OUTCOME_UNKNOWN')
})

test('case 6: the coordinator dies after its decision, and a participant with it', async () => {
  await using world = await World.start([], { coordinator: 'coordinator.after-decision-force' })
  const coordinator = world.connect()
  const answer = told(coordinator.submit({ branches: world.branches('x'), retries: 0 }))
  await world.child('coordinator').exited
  await world.kill('b')
  await world.startCoordinator()
  await until(
    'a and c have committed',
    () => [...world.lines('a'), ...world.lines('c')],
    (lines) => lines.every(({ state }) => state === 'final'),
  )
  expect(world.lines('b')).toMatchObject([{ state: 'pending' }])
  const { transactions } = await until(
    'the coordinator says what it waits for',
    () => world.list('coordinator'),
    ({ transactions: [first] }) => first?.why.includes('b (not reachable') === true,
  )
  expect(transactions).toMatchObject([{ state: 'committing' }])
  await world.startLedger('b')
  await world.quiet()
  expect(world.agreement()).toHaveLength(1)
  expect(['committed', 'OUTCOME_UNKNOWN']).toContain(await answer)
})

test('case 12: a participant loses its database between its yes and the commit: hazard, never success', async () => {
  await using world = await World.start(['--applied-wait-ms', '10000'], { a: 'participant.after-vote-sent' })
  const coordinator = world.connect()
  const answer = coordinator.submit({ branches: world.branches('x'), retries: 0 })
  await world.child('a').exited
  for (const suffix of ['', '-wal', '-shm'])
    await import('node:fs').then(({ rmSync }) => rmSync(`${world.file('a')}${suffix}`, { force: true }))
  await world.startLedger('a')
  const outcome = await answer
  expect(outcome).toMatchObject({ outcome: 'hazard' })
  expect(world.lines('a')).toEqual([])
  expect(world.lines('b')).toMatchObject([{ state: 'final' }])
  await world.kill('coordinator')
  await world.startCoordinator()
  const { transactions } = await world.list('coordinator')
  expect(transactions).toMatchObject([{ state: 'committing', why: expect.stringContaining('hazard') }])
  expect(await world.connect().outcome(outcome.transactionId)).toMatchObject({ outcome: 'hazard' })
})

test('case 14: one branch commits in one phase; a lost answer is found out, not presumed', async () => {
  await using world = await World.start([], { a: 'participant.after-commit-force' })
  const coordinator = world.connect()
  const [only] = world.branches('x')
  const answer = coordinator.submit({ branches: [only], retries: 0 })
  await world.child('a').exited
  await world.startLedger('a')
  expect(await answer).toMatchObject({ outcome: 'committed', results: [{ balance: 1 }] })
  await world.quiet()
  expect(world.lines('a')).toMatchObject([{ state: 'final', applied: 1 }])
})

test('case 14: the coordinator dies after it has given the decision away', async () => {
  await using world = await World.start([], { coordinator: 'coordinator.after-delegated-force' })
  const coordinator = world.connect()
  const [only] = world.branches('x')
  const answer = told(coordinator.submit({ branches: [only], retries: 0 }))
  await world.child('coordinator').exited
  await world.startCoordinator()
  await world.quiet()
  expect(world.lines('a')).toEqual([])
  expect(['aborted', 'OUTCOME_UNKNOWN']).toContain(await answer)
})
