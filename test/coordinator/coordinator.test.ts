import { expect, test } from '@jest/globals'
import { isForcedWhereNeeded } from '../../coordinator/force-rule.ts'
import { BranchNumber, coordinatorSide, InvariantError } from '../../protocol/index.ts'
import { names, newId, storage, World } from './world.ts'

const outcomes = (answers: readonly unknown[]): unknown[] =>
  answers.map((answer) =>
    typeof answer === 'string' ? answer : (answer as { outcome: { outcome: string } }).outcome.outcome,
  )

test('U2: no Commit and no answer leaves before the decision is durable', () => {
  const world = new World().connect()
  const command = world.command()
  const { answers } = world.submit(command)
  expect(world.takeSent()).toEqual(['prepare orders', 'prepare stock'])
  world.vote(names.orders, command.transactionId).vote(names.stock, command.transactionId)
  expect(world.takeSent()).toEqual([])
  expect(answers).toEqual([])
  world.force()
  expect(world.takeSent()).toEqual(['commit orders', 'commit stock'])
  expect(outcomes(answers)).toEqual(['committed'])
})

test('K2: an inquiry that comes while the decision is being forced waits for it', () => {
  const world = new World().connect()
  const command = world.command()
  world.submit(command)
  world.vote(names.orders, command.transactionId).vote(names.stock, command.transactionId)
  const told: unknown[] = []
  const { transactionId } = command
  const sequence = { epoch: command.epoch, number: 1 }
  world.coordinator.turns.arrive(() =>
    world.requests.inquire([{ transactionId, branch: BranchNumber(1), sequence }], (answered) => told.push(answered)),
  )
  world.settle()
  expect(told).toEqual([])
  world.force()
  expect(told).toMatchObject([{ value: [{ answer: 'commit' }] }])
})

test('a crash before the force aborts, one after it commits', () => {
  const world = new World().connect()
  const lost = world.command()
  world.submit(lost)
  world.vote(names.orders, lost.transactionId).vote(names.stock, lost.transactionId)
  world.crash()
  world.connect()
  expect(world.takeSent()).toEqual([])
  const told: unknown[] = []
  const { transactionId } = lost
  world.coordinator.turns.arrive(() =>
    world.requests.get({ transactionId, waitMs: 0 }, (answered) => told.push(answered)),
  )
  world.settle().force()
  world.settle()
  expect(told).toMatchObject([
    { value: { outcome: { outcome: 'aborted', reason: { code: 'COORDINATOR_RESTARTED' } } } },
  ])

  const kept = world.command()
  world.submit(kept)
  world.vote(names.orders, kept.transactionId).vote(names.stock, kept.transactionId)
  world.force()
  world.crash()
  world.connect()
  expect(world.takeSent()).toEqual(['commit orders', 'commit stock'])
})

test('A1: a request for an older epoch starts nothing', () => {
  const world = new World().connect()
  const command = world.command()
  world.crash()
  const { answers } = world.submit(command)
  expect(answers).toEqual(['STALE_EPOCH'])
  expect(world.takeSent()).toEqual([])
})

test('A2: an id that was told aborted is barred', () => {
  const world = new World().connect()
  const transactionId = newId()
  world.coordinator.turns.arrive(() => world.requests.get({ transactionId, waitMs: 0 }, () => {}))
  world.settle().force()
  world.settle()
  const { answers } = world.submit(world.command({ transactionId }))
  expect(outcomes(answers)).toEqual(['aborted'])
  expect(world.takeSent()).toEqual([])
})

test('A2: the same Submit twice runs once, while it is in flight and after it has ended', () => {
  const world = new World().connect()
  const command = world.command()
  const first = world.submit(command)
  const second = world.submit(command)
  expect(world.takeSent()).toEqual(['prepare orders', 'prepare stock'])
  world.vote(names.orders, command.transactionId)
  world.vote(names.stock, command.transactionId, {
    vote: 'no',
    reason: { code: 'OUT_OF_STOCK', message: 'none left', refused: true, retryable: false },
  })
  const third = world.submit(command)
  for (const { answers } of [first, second, third]) expect(outcomes(answers)).toEqual(['aborted'])
  expect(world.takeSent()).toEqual(['abort orders'])
})

test('A2: a Submit that is repeated long after its end is found in the log', () => {
  const world = new World().connect()
  const command = world.command()
  world.submit(command)
  world.clock.advance(6_000)
  world.force()
  world.clock.advance(30_000)
  world.takeSent()
  const { answers } = world.submit(command)
  world.force()
  world.settle()
  expect(outcomes(answers)).toEqual(['aborted'])
  expect(world.takeSent()).toEqual([])
})

test('A3: one idempotency key, at most one committed transaction; a restart does not forget it', () => {
  const world = new World().connect()
  const first = world.command({ key: 'order 7' })
  world.submit(first)
  world.force()
  world.settle()
  const attached = world.submit(world.command({ key: 'order 7' }))
  const other = world.submit(world.command({ key: 'order 7', branches: [world.branch(1, names.stock)] }))
  expect(other.answers).toEqual(['IDEMPOTENCY_KEY_REUSED'])
  expect(world.takeSent()).toEqual(['prepare orders', 'prepare stock'])
  world.vote(names.orders, first.transactionId).vote(names.stock, first.transactionId)
  world.force()
  expect(outcomes(attached.answers)).toEqual(['committed'])
  world.crash()
  const again = world.submit(world.command({ key: 'order 7' }))
  world.force()
  world.settle()
  expect(again.answers).toMatchObject([{ transactionId: first.transactionId }])
})

test('A3: after an abort the key is free for a new id', () => {
  const world = new World().connect()
  const first = world.command({ key: 'order 8' })
  world.submit(first)
  world.force()
  world.settle()
  world.vote(names.orders, first.transactionId, {
    vote: 'no',
    reason: { code: 'X', message: '', refused: true, retryable: false },
  })
  world.takeSent()
  world.submit(world.command({ key: 'order 8' }))
  world.force()
  world.settle()
  expect(world.takeSent()).toEqual(['prepare orders', 'prepare stock'])
})

test('rule 8: an applied commit is visible at once and acknowledged only when its turn is forced there', () => {
  const world = new World().connect()
  const command = world.command({ waitFor: 'applied' })
  const { transactionId } = command
  const { answers } = world.submit(command)
  world.vote(names.orders, transactionId).vote(names.stock, transactionId)
  world.force()
  expect(answers).toEqual([])
  const applied = (turn: number) =>
    ({ type: 'decision-answer', transactionId, decision: 'commit', answer: { answer: 'applied', turn } }) as const
  world.receive(names.orders, { ...applied(5), branch: BranchNumber(1) }, { forcedTurn: 4 })
  world.receive(names.stock, { ...applied(9), branch: BranchNumber(2) }, { forcedTurn: 9 })
  expect(answers).toMatchObject([{ applied: true }])
  expect(world.coordinator.transactions.size).toBe(1)
  const known = world.coordinator.directory.get(names.orders)
  if (known !== undefined) world.coordinator.heard(known, world.header(names.orders, { forcedTurn: 5 }))
  world.settle()
  expect(world.coordinator.transactions.size).toBe(0)
})

test("waitFor 'applied' falls back to decided after a bounded wait and says so", () => {
  const world = new World({ appliedWaitMs: 100 }).connect()
  const command = world.command({ waitFor: 'applied' })
  const { answers } = world.submit(command)
  world.vote(names.orders, command.transactionId).vote(names.stock, command.transactionId)
  world.force()
  world.clock.advance(200)
  expect(answers).toMatchObject([{ applied: false, outcome: { outcome: 'committed' } }])
})

test('rule 16: another database before the decision aborts; after it, it is a hazard', () => {
  const world = new World().connect()
  const early = world.command()
  const first = world.submit(early)
  world.vote(names.orders, early.transactionId)
  world.receive(
    names.orders,
    { type: 'status-answer', transactionId: newId(), branch: BranchNumber(1), knowledge: { knows: 'nothing' } },
    { storageId: storage('9') },
  )
  expect(first.answers).toMatchObject([{ outcome: { outcome: 'aborted', reason: { code: 'STORAGE_CHANGED' } } }])

  const late = world.command()
  const { transactionId } = late
  const second = world.submit({ ...late, options: { ...late.options, waitFor: 'applied' } })
  const yes = { type: 'vote', transactionId, vote: { vote: 'yes', result: '' } } as const
  world.receive(names.orders, { ...yes, branch: BranchNumber(1) }, { storageId: storage('9') })
  world.vote(names.stock, transactionId)
  world.force()
  world.receive(
    names.orders,
    {
      type: 'decision-answer',
      transactionId,
      branch: BranchNumber(1),
      decision: 'commit',
      answer: { answer: 'no-record' },
    },
    { storageId: storage('8') },
  )
  expect(second.answers).toEqual([])
  world.force()
  expect(second.answers).toMatchObject([{ outcome: { outcome: 'hazard' }, applied: false }])
  world.crash()
  expect([...world.coordinator.transactions.all()].map(({ state }) => state.phase)).toEqual(['committing'])
})

test('rule 6: a participant that is older than it was seen is not spoken to; an older log stops serving', () => {
  const world = new World().connect()
  const known = world.coordinator.directory.get(names.orders)
  if (known === undefined) throw new Error('unknown')
  expect(world.coordinator.heard(known, world.header(names.orders, { recordSequence: 50 }))).toBe(true)
  expect(world.coordinator.heard(known, world.header(names.orders, { recordSequence: 40 }))).toBe(false)
  expect([...world.coordinator.conditions.values()].join()).toContain('restored backup')
  world.coordinator.heard(known, world.header(names.orders, { recordSequence: 50, seenRecordSequence: 1_000 }))
  expect(world.submit(world.command()).answers).toEqual(['RESTORED_BACKUP'])
})

test('limits: too many in flight are refused and nothing is lost', () => {
  const world = new World({ inFlightMax: 1 }).connect()
  const first = world.command()
  world.submit(first)
  expect(world.submit(world.command()).answers).toEqual(['OVERLOADED'])
  world.vote(names.orders, first.transactionId).vote(names.stock, first.transactionId)
  world.force()
  expect(world.takeSent()).toContain('commit orders')
})

test('an unknown participant or operation is refused before anything is prepared', () => {
  const world = new World().connect()
  const unknown = world.submit(
    world.command({ branches: [{ ...world.branch(1, names.orders), participant: 'nobody' as never }] }),
  )
  const operation = world.submit(world.command({ branches: [world.branch(1, names.orders, 'fly')] }))
  expect([...unknown.answers, ...operation.answers]).toEqual(['PARTICIPANT_UNKNOWN', 'OPERATION_UNKNOWN'])
  expect(world.takeSent()).toEqual([])
})

test('the watermark stands below open transactions and passes ended ones once their end is durable', () => {
  const world = new World().connect()
  const open = world.command()
  world.submit(open)
  const ended = world.command()
  world.submit(ended)
  world.vote(names.orders, ended.transactionId, {
    vote: 'no',
    reason: { code: 'X', message: '', refused: true, retryable: false },
  })
  world.clock.advance(300)
  expect(world.coordinator.watermark.current).toMatchObject({ below: { number: 1 }, open: [] })
  world.clock.advance(6_000)
  world.force()
  world.clock.advance(300)
  expect(world.coordinator.watermark.current).toMatchObject({ below: { number: 3 }, open: [] })
})

test('mutant SENDB4FORCE: a message released before its force stops the driver', () => {
  const world = new World().connect()
  const command = world.command()
  world.submit(command)
  world.vote(names.orders, command.transactionId)
  world.coordinator.turns.release = (_needs, go) => go()
  expect(() => world.vote(names.stock, command.transactionId)).toThrow(InvariantError)
})

test('mutant: a step that gives power away without a force stops the driver', () => {
  const world = new World().connect()
  const command = world.command()
  world.submit(command)
  const inFlight = world.coordinator.transactions.get(command.transactionId)
  if (inFlight === undefined) throw new Error('not in flight')
  const vote = { vote: { vote: 'yes', result: '' }, at: world.clock.now() } as const
  const identity = { storageId: storage('1'), boot: 1 } as never
  const first = coordinatorSide.step(
    inFlight.state,
    { ...vote, type: 'vote', branch: BranchNumber(1), from: identity },
    world.coordinator.policy,
  )
  const other = { storageId: storage('2'), boot: 1 } as never
  const second = coordinatorSide.step(
    first.state,
    { ...vote, type: 'vote', branch: BranchNumber(2), from: other },
    world.coordinator.policy,
  )
  expect(isForcedWhereNeeded(first.state, second)).toBe(true)
  expect(isForcedWhereNeeded(first.state, { ...second, force: false })).toBe(false)
  expect(isForcedWhereNeeded(first.state, { ...second, force: false, records: [] })).toBe(false)
})
