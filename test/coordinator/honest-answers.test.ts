// What a client is told about one id or one key, whenever and however often it asks.

import { expect, test } from '@jest/globals'
import { BranchNumber, Epoch, type TransactionId } from '../../protocol/index.ts'
import type { BeginCommand, OutcomeReport } from '../../wire/index.ts'
import { names, newId, storage, World } from './world.ts'

type Told = OutcomeReport | string

const outcomes = (answers: readonly Told[]): string[] =>
  answers.map((answer) => (typeof answer === 'string' ? answer : answer.outcome.outcome))

function get(world: World, transactionId: TransactionId): Told[] {
  const told: Told[] = []
  world.coordinator.turns.arrive(() =>
    world.requests.get({ transactionId, waitMs: 0 }, (answered) =>
      told.push(answered.ok ? answered.value : answered.error.code),
    ),
  )
  return told
}

function abort(world: World, transactionId: TransactionId): Told[] {
  const told: Told[] = []
  world.coordinator.turns.arrive(() =>
    world.requests.abort({ epoch: Epoch(world.disk.epoch), transactionId, message: '' }, (answered) =>
      told.push(answered.ok ? answered.value : answered.error.code),
    ),
  )
  return told
}

function begin(world: World, transactionId: TransactionId, key?: string): unknown[] {
  const told: unknown[] = []
  const { options } = world.command(key === undefined ? {} : { key })
  const command: BeginCommand = { epoch: Epoch(world.disk.epoch), transactionId, options }
  world.coordinator.turns.arrive(() =>
    world.admission.begin(command, (answered) => told.push(answered.ok ? answered.value : answered.error.code)),
  )
  return told
}

/** The decision, and what both participants made durable. */
function commitBoth(world: World, transactionId: TransactionId): void {
  world.vote(names.orders, transactionId).vote(names.stock, transactionId)
  world.force()
  for (const [number, participant] of [names.orders, names.stock].entries()) {
    const branch = BranchNumber(number + 1)
    const answer = { answer: 'applied', turn: 1 } as const
    const message = { type: 'decision-answer', transactionId, branch, decision: 'commit', answer } as const
    world.receive(participant, message, { forcedTurn: 1 })
  }
  world.force()
}

test('A2: an id that has ended is known after a restart, however young it is', () => {
  const world = new World().connect()
  const command = world.command()
  world.submit(command)
  commitBoth(world, command.transactionId)
  world.crash()
  world.connect()
  const { answers } = world.submit({ ...command, epoch: Epoch(world.disk.epoch) })
  world.force()
  expect(outcomes(answers)).toEqual(['committed'])
  expect(world.takeSent()).toEqual([])
})

test('A2: an id of a client whose clock is ahead is known after it has left memory', () => {
  const world = new World().connect()
  const command = world.command({ transactionId: newId(world.clock.now() + 6_000) })
  world.submit(command)
  commitBoth(world, command.transactionId)
  world.clock.advance(11_000)
  world.force()
  world.takeSent()
  const { answers } = world.submit(command)
  world.force()
  expect(outcomes(answers)).toEqual(['committed'])
  expect(world.takeSent()).toEqual([])
})

test('a begin of an id that the log holds as aborted is answered', () => {
  const world = new World().connect()
  const command = world.command()
  world.submit(command)
  world.vote(names.orders, command.transactionId, {
    vote: 'no',
    reason: { code: 'NO', message: '', refused: true, retryable: false },
  })
  world.force()
  world.clock.advance(20_000)
  world.force()
  const told = begin(world, command.transactionId)
  for (let tries = 0; tries < 10; tries += 1) {
    for (const go of world.takeForces()) go()
    world.settleOnce()
  }
  expect(told).toMatchObject([{ existing: { outcome: { outcome: 'aborted' } } }])
})

test('A3: a key of a transaction that was called branch by branch is refused to one that is submitted', () => {
  const world = new World().connect()
  begin(world, newId(world.clock.now()), 'order 8')
  world.force()
  expect(world.submit(world.command({ key: 'order 8' })).answers).toEqual(['IDEMPOTENCY_KEY_REUSED'])
})

test('A3: a key whose transaction commits in the very turn of another Submit is not used again', () => {
  const world = new World().connect()
  const first = world.command({ key: 'k' })
  const second = world.command({ key: 'k' })
  world.submit(first)
  world.force()
  world.takeSent()
  const readOnly = { vote: 'read-only', result: '' } as const
  world.vote(names.orders, first.transactionId, readOnly)
  const answers: Told[] = []
  const known = world.coordinator.directory.get(names.stock)
  const header = world.header(names.stock)
  if (known === undefined) throw new Error('unknown')
  const { transactionId } = first
  world.coordinator.received(names.stock, header, {
    type: 'vote',
    transactionId,
    branch: BranchNumber(2),
    vote: readOnly,
  })
  world.coordinator.turns.arrive(() =>
    world.admission.submit(second, (answered) => answers.push(answered.ok ? answered.value : answered.error.code)),
  )
  world.settle().force()
  expect(world.takeSent()).toEqual([])
  expect(answers).toMatchObject([{ transactionId: first.transactionId, outcome: { outcome: 'committed' } }])
})

test('A3: a key that is freed in the very turn of another Submit is free for it', () => {
  const world = new World().connect()
  const first = world.command({ key: 'k', branches: [world.branch(1, names.orders)] })
  const second = world.command({ key: 'k', branches: [world.branch(1, names.orders)] })
  world.submit(first)
  world.force()
  world.takeSent()
  const { transactionId } = first
  const reason = { code: 'NO', message: '', refused: true, retryable: false }
  const no = { type: 'vote', transactionId, branch: BranchNumber(1), vote: { vote: 'no', reason } } as const
  const answers: Told[] = []
  world.coordinator.received(names.orders, world.header(names.orders), no)
  world.coordinator.turns.arrive(() =>
    world.admission.submit(second, (answered) => answers.push(answered.ok ? answered.value : answered.error.code)),
  )
  world.settle().force()
  expect(answers).toEqual([])
  expect(world.takeSent()).toEqual(['prepare orders'])
})

test('an id that is older than what the log keeps is neither started nor said to be aborted', () => {
  const world = new World().connect()
  const transactionId = newId(world.clock.now() - 8 * 24 * 60 * 60 * 1_000)
  const { answers } = world.submit(world.command({ transactionId }))
  const told = abort(world, transactionId)
  world.settle().force()
  expect(outcomes(answers)).toEqual(['OUTCOME_EXPIRED'])
  expect(outcomes(told)).toEqual(['OUTCOME_EXPIRED'])
  expect(world.takeSent()).toEqual([])
})

test('who waits for applied is answered after a restart, too, though a participant stays away', () => {
  const world = new World().connect()
  const command = world.command({ waitFor: 'applied' })
  world.submit(command)
  world.vote(names.orders, command.transactionId).vote(names.stock, command.transactionId)
  world.force()
  world.crash()
  const { answers } = world.submit({ ...command, epoch: Epoch(world.disk.epoch) })
  world.force()
  world.clock.advance(10_000)
  world.force()
  expect(answers).toMatchObject([{ outcome: { outcome: 'committed' }, applied: false }])
})

test('a hazard of the one that was given the decision is told to whoever asks, not only to the first', () => {
  const world = new World().connect()
  const command = world.command({ waitFor: 'applied', branches: [world.branch(1, names.orders)] })
  const { answers } = world.submit(command)
  world.force()
  const { transactionId } = command
  const knowledge = { knows: 'nothing' } as const
  const answer = { type: 'status-answer', transactionId, branch: BranchNumber(1), knowledge } as const
  world.receive(names.orders, answer, { storageId: storage('9') })
  world.force()
  expect(outcomes(answers)).toEqual(['hazard'])
  const again = world.submit(command)
  world.force()
  expect(outcomes(again.answers)).toEqual(['hazard'])
  const told = get(world, transactionId)
  world.settle().force()
  expect(outcomes(told)).toEqual(['hazard'])
})

test('a header that overtakes the answers before it still makes them durable', () => {
  const world = new World().connect()
  const command = world.command()
  world.submit(command)
  world.vote(names.orders, command.transactionId).vote(names.stock, command.transactionId)
  world.force()
  const { transactionId } = command
  for (const [number, participant] of [names.orders, names.stock].entries()) {
    const known = world.coordinator.directory.get(participant)
    if (known === undefined) throw new Error('unknown')
    const branch = BranchNumber(number + 1)
    const answer = { answer: 'applied', turn: 5 } as const
    const header = world.header(participant, { forcedTurn: 4 })
    world.coordinator.heard(known, header)
    world.coordinator.received(participant, header, {
      type: 'decision-answer',
      transactionId,
      branch,
      decision: 'commit',
      answer,
    })
    world.coordinator.heard(known, world.header(participant, { forcedTurn: 5 }))
  }
  world.settle()
  expect(world.coordinator.transactions.size).toBe(0)
})
