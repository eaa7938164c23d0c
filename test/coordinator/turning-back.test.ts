// Keys, ids and requests of a transaction that is being aborted, or compensated, and has not come to its end.

import { expect, test } from '@jest/globals'
import { Operator } from '../../coordinator/operator.ts'
import { BranchNumber, Epoch, type Protocol, type TransactionId } from '../../protocol/index.ts'
import type { BeginCommand, OutcomeReport, RequestedBranch } from '../../wire/index.ts'
import { names, newId, World } from './world.ts'

const refusal = { vote: 'no', reason: { code: 'NO', message: '', refused: true, retryable: false } } as const

function begin(world: World, key: string, protocol: Protocol): { id: TransactionId; told: unknown[] } {
  const told: unknown[] = []
  const { options } = world.command({ key, protocol })
  const id = newId(world.clock.now())
  const command: BeginCommand = { epoch: Epoch(world.disk.epoch), transactionId: id, options }
  world.coordinator.turns.arrive(() =>
    world.admission.begin(command, (answered) => told.push(answered.ok ? answered.value : answered.error.code)),
  )
  return { id, told }
}

function call(world: World, transactionId: TransactionId, branch: RequestedBranch): unknown[] {
  const told: unknown[] = []
  const command = { epoch: Epoch(world.disk.epoch), transactionId, branch }
  world.coordinator.turns.arrive(() =>
    world.requests.call(command, (answered) => told.push(answered.ok ? answered.value : answered.error.code)),
  )
  return told
}

/** Some turns, with everything forced; a loop that never ends does not end this one. */
function turns(world: World, count = 50): void {
  for (let turn = 0; turn < count; turn += 1) {
    for (const go of world.takeForces()) go()
    world.settleOnce()
  }
}

/** Orders has done its share, stock refuses; nobody has acknowledged the Abort. */
function turnBack(protocol: Protocol): { world: World; answers: (OutcomeReport | string)[] } {
  const world = new World().connect()
  const command = world.command({ protocol, key: 'k' })
  const { answers } = world.submit(command)
  world.force()
  const { transactionId } = command
  const isSealed = { vote: 'yes', result: '', isSealed: true } as const
  world.vote(names.orders, transactionId, protocol === 'three-phase' ? isSealed : { vote: 'yes', result: '' })
  world.vote(names.stock, transactionId, refusal)
  world.force()
  expect([...world.coordinator.transactions.all()].map(({ state }) => state.phase)).toEqual(['aborting'])
  world.takeSent()
  return { world, answers }
}

test('three-phase: the key of an aborted transaction is free while its members are still told', () => {
  const { world, answers } = turnBack('three-phase')
  expect(answers).toMatchObject([{ outcome: { outcome: 'aborted' } }])
  const { told } = begin(world, 'k', 'three-phase')
  turns(world)
  expect(told).toEqual([{ startedAt: world.clock.now() }])
})

test('saga: who begins under the key of one that is being compensated is told so, and nothing runs in circles', () => {
  const world = new World().connect()
  const { id } = begin(world, 'k', 'saga')
  turns(world)
  const [orders, stock] = [world.branch(1, names.orders), world.branch(2, names.stock)]
  call(world, id, orders)
  call(world, id, stock)
  turns(world)
  world.vote(names.orders, id).vote(names.stock, id, refusal)
  turns(world)
  expect(world.coordinator.transactions.get(id)?.state.phase).toBe('aborting')
  const { told } = begin(world, 'k', 'saga')
  turns(world)
  expect(told).toMatchObject([{ existing: { outcome: { outcome: 'aborted' }, applied: false } }])
  expect(world.coordinator.turns.waiting).toBe(0)
  world.settle()
})

test('saga: the key is free once it is compensated', () => {
  const { world } = turnBack('saga')
  const [{ facts } = { facts: undefined }] = [...world.coordinator.transactions.all()]
  const transactionId = facts?.transactionId as TransactionId
  const answer = { answer: 'applied', turn: 1 } as const
  const branch = BranchNumber(1)
  world.receive(
    names.orders,
    { type: 'decision-answer', transactionId, branch, decision: 'abort', answer },
    { forcedTurn: 1 },
  )
  world.force()
  const { told } = begin(world, 'k', 'saga')
  turns(world)
  expect(told).toEqual([{ startedAt: world.clock.now() }])
})

test('three-phase: a participant that stays away does not fill the coordinator with what was aborted because of it', () => {
  const world = new World({ inFlightMax: 1_100 }).connect()
  const sent = Array.from({ length: 1_100 }, () => world.command({ protocol: 'three-phase' }))
  for (const command of sent) world.submit(command)
  const isSealed = { vote: 'yes', result: '', isSealed: true } as const
  for (const { transactionId } of sent) world.vote(names.orders, transactionId, isSealed)
  world.clock.advance(20_000)
  world.force()
  world.clock.advance(1_000)
  expect(world.coordinator.watermark.isStuck).toBe(false)
  world.takeSent()
  const { answers } = world.submit(world.command({ branches: [world.branch(1, names.orders)] }))
  world.force()
  expect(answers).toEqual([])
  expect(world.takeSent()).toEqual(['prepare orders'])
  // Whoever asks about one that was forgotten is told what no record means.
  const told: unknown[] = []
  const branches = sent.slice(0, 1).map(({ transactionId }) => {
    const sequence = { epoch: Epoch(world.disk.epoch), number: 1 }
    return { transactionId, branch: BranchNumber(2), sequence }
  })
  world.coordinator.turns.arrive(() =>
    world.requests.inquire(branches, (answered) => told.push(answered.ok && answered.value)),
  )
  world.settle().force()
  expect(told).toMatchObject([[{ answer: 'abort' }]])
})

/** An operator has committed the branch of orders, against the abort. */
function commitByHand(world: World): TransactionId {
  const [{ facts } = { facts: undefined }] = [...world.coordinator.transactions.all()]
  const transactionId = facts?.transactionId as TransactionId
  const answer = { answer: 'heuristic', did: 'commit' } as const
  const branch = BranchNumber(1)
  world.receive(names.orders, { type: 'decision-answer', transactionId, branch, decision: 'abort', answer })
  world.force()
  return transactionId
}

/** What people are told of it once it has left memory. */
function reportLater(world: World, transactionId: TransactionId): unknown {
  world.clock.advance(11_000)
  world.force()
  let report: unknown
  const operator = new Operator(world.coordinator, () => {})
  world.coordinator.turns.arrive(() =>
    operator.get(transactionId, (answered) => {
      report = answered.ok ? answered.value : answered.error.code
    }),
  )
  world.settle().force()
  return report
}

test('saga: an operator is shown which branch was in danger, also when it has left memory', () => {
  const { world } = turnBack('saga')
  const transactionId = commitByHand(world)
  expect(reportLater(world, transactionId)).toMatchObject({
    outcome: { outcome: { outcome: 'mixed' } },
    branches: [
      { branch: 1, participant: 'orders', operation: 'place', state: 'mixed' },
      { branch: 2, participant: 'stock', state: 'aborted' },
    ],
  })
})

test('three-phase: a branch that an operator committed against the abort is shown, also when it has left memory', () => {
  const { world } = turnBack('three-phase')
  const transactionId = commitByHand(world)
  expect(reportLater(world, transactionId)).toMatchObject({ outcome: { outcome: { outcome: 'mixed' } } })
})

test('saga: a called branch with tries that make no sense is refused, as a submitted one is', () => {
  const world = new World().connect()
  const { id } = begin(world, 'k', 'saga')
  turns(world)
  const saga = { references: [], role: 'compensatable', retry: { firstMs: 60_000 } } as const
  const told = call(world, id, { ...world.branch(1, names.orders), saga })
  turns(world)
  expect(told).toEqual(['BRANCH_INVALID'])
  expect(world.takeSent()).toEqual([])
})
