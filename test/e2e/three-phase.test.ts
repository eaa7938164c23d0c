// Three-phase commit over real processes: whatever happens to the coordinator, a majority of the members ends the
// transaction, all alike; and its two-phase twin, which waits, safely (docs/protocols.md).

import { rmSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Links } from '../../chaos/links.ts'
import { type CrashPoint, crashPoints } from '../../log/index.ts'
import type { Protocol } from '../../protocol/index.ts'
import type { TransactionError } from '../../wire/index.ts'
import { until } from './support/processes.ts'
import { type LedgerName, World } from './support/world.ts'

/** On a busy machine votes may take their time, and no test here is about that. */
const patient = ['--vote-timeout-ms', '20000']

/** What the client was told, or the code of the error. */
const told = (asked: Promise<{ outcome: string }>): Promise<string> =>
  asked.then(
    ({ outcome }) => outcome,
    (error: TransactionError) => error.code,
  )

function submit(world: World, protocol: Protocol, account: string, names: readonly LedgerName[] = ['a', 'b', 'c']) {
  const branches = world.branches(account).filter(({ participant }) => names.includes(participant as LedgerName))
  return told(world.connect().submit({ protocol, branches, retries: 0, timeoutMs: 30_000 }))
}

/** Every point that the coordinator passes in a three-phase commit without a fault. */
const passed = Object.keys(crashPoints).filter((point): point is CrashPoint => {
  if (!point.startsWith('coordinator.')) return false
  const others = ['delegated', 'saga', 'compensating', 'pledged', 'abort', 'status', 'collect', 'inquiry']
  return !others.some((word) => point.includes(word))
})
/** From here on the decision is durable at the coordinator, so that no majority can have decided otherwise. */
const isDecided = (point: string): boolean =>
  /decision-force|commit-send|decision-answer|all-acks/.test(point) && !point.includes('pre-commit')
/** Before this nobody has adopted anything. */
const isUndecided = (point: string): boolean => /on-vote|prepare-send|pre-committed|before-pre-commit-send/.test(point)

/** Twenty points, each with two restarts of the coordinator. */
const tableTimeoutMs = 300_000

test(
  'the coordinator is killed at every point of a three-phase commit and stays dead: the members end it, all alike',
  async () => {
    await using world = await World.start(patient)
    let committed = 0
    for (const point of passed) {
      await world.kill('coordinator')
      await world.startCoordinator(point)
      await world.everybodyIsReached()
      const answer = submit(world, 'three-phase', point)
      expect([point, (await world.child('coordinator').exited).signal]).toEqual([point, 'SIGKILL'])
      await world.settled()
      const before = committed
      committed = world.agreement().length
      if (isDecided(point)) expect([point, committed - before]).toEqual([point, 1])
      if (isUndecided(point)) expect([point, committed - before]).toEqual([point, 0])
      // It comes back, finds out, and contradicts nobody.
      await world.startCoordinator()
      await world.everybodyIsReached()
      await world.quiet()
      expect(world.agreement()).toHaveLength(committed)
      const heard = await answer
      if (heard === 'committed') expect([point, committed]).toEqual([point, before + 1])
      else if (heard === 'aborted') expect([point, committed]).toEqual([point, before])
      else expect([point, heard]).toEqual([point, 'OUTCOME_UNKNOWN'])
    }
    expect(committed).toBeGreaterThan(0)
  },
  tableTimeoutMs,
)

test('its two-phase twin blocks, safely, until the coordinator is back', async () => {
  await using world = await World.start(patient, { coordinator: 'coordinator.before-decision-append' })
  const answer = submit(world, 'two-phase', 'x')
  await world.child('coordinator').exited
  const inDoubt = await until(
    'all are in doubt and have asked each other',
    () => Promise.all((['a', 'b', 'c'] as const).map((name) => world.list(name))),
    (lists) => lists.every(({ transactions: [first] }) => first?.why.includes('in doubt') === true),
  )
  expect(inDoubt.map(({ total }) => total)).toEqual([1, 1, 1])
  expect(world.lines('a')).toMatchObject([{ state: 'pending' }])
  await world.startCoordinator()
  await world.quiet()
  expect(world.agreement()).toEqual([])
  expect(['aborted', 'OUTCOME_UNKNOWN']).toContain(await answer)
})

const pauses = [
  'coordinator.after-every-prepare-send',
  'coordinator.before-pre-committed-append',
  'coordinator.after-pre-committed-force',
  'coordinator.after-first-pre-commit-send',
  'coordinator.after-every-pre-commit-send',
  'coordinator.on-ballot-answer',
  'coordinator.before-decision-append',
  'coordinator.after-decision-force',
] as const satisfies readonly CrashPoint[]

test.each(pauses)('the coordinator is paused at %s and goes on after the members have decided', async (point) => {
  await using world = await World.start(patient, { coordinator: `${point}:stop` })
  const client = world.connect()
  const submitted = client.submit({ protocol: 'three-phase', branches: world.branches('x'), retries: 0 })
  const answer = submitted.then(
    (outcome) => outcome,
    (error: TransactionError) => error,
  )
  await until(
    'somebody has prepared',
    () => world.lines('a').length + world.lines('b').length + world.lines('c').length,
    (lines) => lines > 0,
  )
  await world.child('coordinator').stopped()
  await world.settled()
  const committed = world.agreement()
  await world.child('coordinator').signal('SIGCONT')
  const heard = await answer
  await world.quiet()
  expect(world.agreement()).toEqual(committed)
  // A client that gave up meanwhile was told that the outcome is unknown, and asks again.
  const told = heard instanceof Error ? await client.outcome(heard.transactionId!) : heard
  if (heard instanceof Error) expect(heard.code).toBe('OUTCOME_UNKNOWN')
  expect(['committed', 'aborted']).toContain(told.outcome)
  expect(committed).toHaveLength(told.outcome === 'committed' ? 1 : 0)
})

const sides = [
  ['in both directions', false, false],
  ['from the left to the right', true, false],
  ['from the right to the left', true, true],
] as const

test.each(sides)(
  'partition {coordinator, a} | {b, c} %s: the right side ends it; healed, all agree',
  async (_, oneWay, back) => {
    await using links = await Links.open()
    await using world = await World.start(
      patient,
      { coordinator: 'coordinator.after-first-pre-commit-send:stop' },
      3,
      links,
    )
    const answer = submit(world, 'three-phase', 'x')
    await until(
      'one has pre-committed',
      () => world.list('a'),
      ({ transactions: [first] }) => first?.state === 'pre-committed',
    )
    await world.child('coordinator').stopped()
    if (back) links.cut(['b', 'c'], ['coordinator', 'a'], oneWay)
    else links.cut(['coordinator', 'a'], ['b', 'c'], oneWay)
    await world.child('coordinator').signal('SIGCONT')
    await world.settled(['b', 'c'])
    expect(world.lines('b').map(({ state }) => state)).toEqual(world.lines('c').map(({ state }) => state))
    links.heal()
    await world.quiet()
    const committed = world.agreement()
    const heard = await answer
    if (heard === 'committed') expect(committed).toHaveLength(1)
    else if (heard === 'aborted') expect(committed).toHaveLength(0)
    else expect(heard).toBe('OUTCOME_UNKNOWN')
  },
)

test('the two-phase twin of the partition: both sides wait for the coordinator, and agree once it is healed', async () => {
  await using links = await Links.open()
  await using world = await World.start(patient, { coordinator: 'coordinator.before-decision-append:stop' }, 3, links)
  const answer = submit(world, 'two-phase', 'x')
  // It has every yes, and has not decided.
  await world.child('coordinator').stopped()
  links.cut(['coordinator', 'a'], ['b', 'c'])
  await world.child('coordinator').signal('SIGCONT')
  await until(
    'the left side has committed',
    () => world.lines('a'),
    ([line]) => line?.state === 'final',
  )
  const right = await until(
    'the right side is in doubt',
    () => world.list('b'),
    ({ transactions: [first] }) => first?.why.includes('in doubt') === true,
  )
  expect(right.total).toBe(1)
  links.heal()
  await world.quiet()
  expect(world.agreement()).toHaveLength(1)
  expect(['committed', 'OUTCOME_UNKNOWN']).toContain(await answer)
})

test.each(['coordinator.after-first-pre-commit-send', 'coordinator.after-every-pre-commit-send'] as const)(
  'the coordinator dies at %s and one participant with it: the other two are a majority',
  async (point) => {
    await using world = await World.start(patient, { coordinator: point })
    const answer = submit(world, 'three-phase', 'x')
    await world.child('coordinator').exited
    await world.kill('c')
    await world.settled(['a', 'b'])
    const ended = world.agreement(['a', 'b'])
    await world.startLedger('c')
    await world.settled()
    expect(world.agreement()).toEqual(ended)
    await world.startCoordinator()
    await world.quiet()
    expect(world.agreement()).toEqual(ended)
    await answer
  },
)

test('one participant has lost its database and the coordinator is dead: its answer does not count, the others end it', async () => {
  await using world = await World.start(patient, { coordinator: 'coordinator.after-every-pre-commit-send' })
  const answer = submit(world, 'three-phase', 'x')
  await world.child('coordinator').exited
  await world.kill('c')
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${world.file('c')}${suffix}`, { force: true })
  await world.startLedger('c')
  await world.settled(['a', 'b'])
  const ended = world.agreement(['a', 'b'])
  expect(world.lines('c')).toEqual([])
  await world.startCoordinator()
  const { transactions } = await until(
    'the coordinator has found out',
    () => world.list('coordinator'),
    ({ transactions: [first] }) => first === undefined || /hazard/.test(first.why),
  )
  // What c had promised is gone: if the others have committed, a person must know.
  if (ended.length === 1) expect(transactions).toMatchObject([{ why: expect.stringContaining('hazard') }])
  else expect(transactions).toEqual([])
  await answer
})

test('two participants: the coordinator votes, and any two of the three end it', async () => {
  await using world = await World.start(patient, { coordinator: 'coordinator.after-every-pre-commit-send' })
  const answer = submit(world, 'three-phase', 'x', ['a', 'b'])
  await world.child('coordinator').exited
  await world.settled(['a', 'b'])
  const ended = world.agreement(['a', 'b'])
  await world.startCoordinator()
  await world.quiet()
  expect(world.agreement(['a', 'b'])).toEqual(ended)
  await answer
})

test('two participants: one dies, and the other ends it together with the coordinator', async () => {
  await using world = await World.start(patient, { a: 'participant.on-commit' })
  const answer = submit(world, 'three-phase', 'x', ['a', 'b'])
  await world.child('a').exited
  await world.settled(['b'])
  expect(world.lines('b')).toMatchObject([{ state: 'final' }])
  await world.startLedger('a')
  await world.quiet()
  expect(world.agreement(['a', 'b'])).toHaveLength(1)
  expect(await answer).toBe('committed')
})
