import { describe, expect, test } from '@jest/globals'
import { Boot, Epoch, Instant, type Member, ParticipantName, type ToParticipant } from '../../protocol/index.ts'
import { branchOf, logId, newFile, otherLogId, otherStorageId, RememberingAsker, sequence, World } from './world.ts'

import { closeWorlds, newWorld, restarted } from './worlds.ts'

closeWorlds()

describe('locks', () => {
  const lock = (world: World, n: number, keys: string[], asker = world.session, branch = 1) =>
    world.prepare(n, 'lock', { keys }, branchOf(n, branch), asker)

  test('a younger one is refused, an older one waits and runs when the lock is free', () => {
    const world = newWorld()
    expect(lock(world, 5, ['a'])).toEqual(['yes'])
    expect(lock(world, 6, ['a'])).toEqual(['no LOCK_CONFLICT'])
    expect(lock(world, 4, ['a'])).toEqual([])
    expect(lock(world, 4, ['a'])).toEqual([])
    expect(world.commit(5)).toEqual(['applied', 'yes'])
    expect(lock(world, 3, ['a'])).toEqual([])
    expect(world.abort(4)).toEqual(['applied', 'yes'])
  })

  test('of two waiters the oldest gets it and the younger is refused', () => {
    const world = newWorld()
    const [four, three] = [new RememberingAsker(true), new RememberingAsker(true)]
    lock(world, 5, ['a'])
    expect(lock(world, 4, ['a'], four)).toEqual([])
    expect(lock(world, 3, ['a'], three)).toEqual([])
    world.commit(5)
    expect(three.take()).toEqual(['yes'])
    expect(four.take()).toEqual(['no LOCK_CONFLICT'])
  })

  test('the branches of a transaction share their locks until the last of them ends', () => {
    const world = newWorld()
    expect(lock(world, 5, ['a'], world.session, 1)).toEqual(['yes'])
    expect(lock(world, 5, ['a'], world.session, 2)).toEqual(['yes'])
    expect(lock(world, 4, ['a'])).toEqual([])
    expect(world.commit(5, 1)).toEqual(['applied'])
    expect(world.commit(5, 2)).toEqual(['applied', 'yes'])
  })

  test('a wait ends in time for the vote', () => {
    const world = newWorld({ lockWaitMs: 300 })
    lock(world, 5, ['a'])
    expect(lock(world, 4, ['a'])).toEqual([])
    world.environment.advance(299)
    expect(world.session.take()).toEqual([])
    world.environment.advance(2)
    expect(world.session.take()).toEqual(['no LOCK_CONFLICT'])
  })

  test('an abort ends a wait, and both who ask are answered', () => {
    const world = newWorld()
    const voter = new RememberingAsker(true)
    lock(world, 5, ['a'])
    expect(lock(world, 4, ['a'], voter)).toEqual([])
    expect(world.abort(4)).toEqual(['applied'])
    expect(voter.take()).toEqual(['no TOMBSTONE'])
    expect(lock(world, 3, ['a'])).toEqual([])
    expect(world.commit(5)).toEqual(['applied', 'yes'])
  })

  test('prepare is unwound even if it catches what lock throws', () => {
    let runs = 0
    const world = newWorld({
      operations: {
        hold: { prepare: ({ lock }) => lock('a') },
        stubborn: {
          prepare: ({ lock, db }) => {
            runs += 1
            try {
              lock('a')
            } catch {
              db.prepare("UPDATE stock SET available = 0 WHERE sku = 'book'").run()
            }
            return 'I go on'
          },
        },
      },
    })
    world.prepare(5, 'hold')
    expect(world.prepare(4, 'stubborn')).toEqual([])
    expect(world.value("SELECT available FROM stock WHERE sku = 'book'")).toBe(10)
    expect(world.prepare(6, 'stubborn')).toEqual(['no LOCK_CONFLICT'])
    world.commit(5)
    expect(runs).toBe(3)
    expect(world.value("SELECT available FROM stock WHERE sku = 'book'")).toBe(10)
  })

  test('after a restart prepared branches have their locks before anything is served', () => {
    const first = new World(newFile())
    expect(lock(first, 5, ['a', 'b'])).toEqual(['yes'])
    const world = restarted(first)
    expect(lock(world, 6, ['b'])).toEqual(['no LOCK_CONFLICT'])
    expect(lock(world, 4, ['b'])).toEqual([])
    expect(world.commit(5)).toEqual(['applied', 'yes'])
  })
})

describe('who may speak', () => {
  test('a lower epoch is refused, also after a restart', () => {
    const world = newWorld()
    expect(world.hear({ epoch: Epoch(3) })).toBeUndefined()
    world.reserve(1)
    expect(world.hear({ epoch: Epoch(2) })).toBe('STALE_EPOCH')
    const again = restarted(world)
    expect(again.hear({ epoch: Epoch(2) })).toBe('STALE_EPOCH')
    expect(again.hear({ epoch: Epoch(3) })).toBeUndefined()
    expect(again.hear({ epoch: Epoch(1), logId: otherLogId })).toBeUndefined()
  })

  test('another log cannot decide a branch', () => {
    const world = newWorld()
    world.reserve(1)
    const message = { type: 'abort' as const, ...branchOf(1), sequence: sequence(1) }
    world.driver.receive(otherLogId, [message], world.unary)
    world.environment.settle()
    expect(world.unary.refused).toEqual(['REQUEST_INVALID'])
    expect(world.commit(1)).toEqual(['applied'])
  })

  test('what was seen of the coordinator is told once it is durable', () => {
    const world = newWorld()
    world.hear({ recordSequence: 7 })
    expect(world.driver.coordinators.seenRecordSequence(logId)).toBe(0)
    world.reserve(1)
    expect(world.driver.coordinators.seenRecordSequence(logId)).toBe(7)
  })

  test('a file older than others have seen it stops serving', () => {
    const world = newWorld()
    world.reserve(1)
    expect(world.hear({ seenRecordSequence: 1 })).toBeUndefined()
    expect(world.hear({ seenRecordSequence: 2 })).toBe('RESTORED_BACKUP')
    expect(world.reserve(2)).toEqual([])
    expect(world.session.refused).toEqual(['RESTORED_BACKUP'])
    expect(world.hear()).toBe('RESTORED_BACKUP')
  })
})

describe('in doubt', () => {
  const member: Member = {
    participant: ParticipantName('payments'),
    address: '127.0.0.1:7499',
    storageId: otherStorageId,
    boot: Boot(4),
    branches: [branchOf(1, 2).branch],
  }

  test('inquires after the delay, again with growing waits, and obeys the answer', () => {
    const world = newWorld()
    world.reserve(1)
    world.environment.advance(1_999)
    expect(world.questions).toEqual([])
    world.environment.advance(2_000)
    expect(world.questions.length).toBeGreaterThan(1)
    expect(world.questions[0]).toEqual({ to: 'coordinator', logId, inquire: { ...branchOf(1), sequence: sequence(1) } })
    world.driver.tell(branchOf(1), { type: 'inquiry-answer', answer: 'in-progress' })
    world.environment.settle()
    expect(world.reservations).toEqual(['reserved 0'])
    world.driver.tell(branchOf(1), { type: 'inquiry-answer', answer: 'commit' })
    world.environment.settle()
    expect(world.reservations).toEqual(['sold 1'])
    const asked = world.questions.length
    world.environment.advance(60_000)
    expect(world.questions.length).toBe(asked)
  })

  test('asks soon when its coordinator has restarted, about what it was not told; and not when another one speaks', () => {
    const world = newWorld()
    world.reserve(1)
    world.reserve(2)
    world.hear({ epoch: Epoch(1) })
    world.hear({ logId: otherLogId, epoch: Epoch(9) })
    world.environment.settle()
    expect(world.questions).toEqual([])
    world.hear({ epoch: Epoch(2) })
    world.commit(2)
    world.environment.settle()
    world.environment.advance(500)
    expect(world.questions).toEqual([])
    world.environment.advance(200)
    expect(world.questions).toMatchObject([{ to: 'coordinator', logId, inquire: branchOf(1) }])
  })

  test('asks about nothing while its coordinator tells what it had decided; but not for ever', () => {
    const world = newWorld()
    const count = 100
    for (let number = 1; number <= count; number += 1) world.prepare(number, 'lock', { keys: [] })
    world.hear({ epoch: Epoch(1) })
    world.hear({ epoch: Epoch(2) })
    let told = 0
    const isAsking = (): boolean => world.questions.length > 0
    for (; told < 20; told += 1) {
      world.environment.advance(600)
      world.commit(told + 1)
    }
    expect(isAsking()).toBe(false)
    // What was begun since says nothing about the others.
    world.prepare(count + 1, 'lock', { keys: [] }, { sequence: sequence(count + 1, 2) })
    world.environment.advance(500)
    expect(isAsking()).toBe(false)
    world.driver.receive(logId, [commitOf(count + 1, 2)], world.session)
    world.environment.advance(200)
    expect(isAsking()).toBe(true)
    world.environment.advance(5)
    expect(world.questions.length).toBe(count - told)

    world.hear({ epoch: Epoch(3) })
    const asked = world.questions.length
    for (let waited = 0; waited < 29_000; waited += 500) {
      world.environment.advance(500)
      world.commit(told + 1)
      told += 1
    }
    expect(world.questions.length).toBe(asked)
    world.environment.advance(500)
    world.commit(told + 1)
    world.environment.advance(600)
    expect(world.questions.length).toBeGreaterThan(asked)

    function commitOf(number: number, epoch: number): ToParticipant {
      const expectedStorageId = world.store.identity.storageId
      return { type: 'commit', ...branchOf(number), sequence: sequence(number, epoch), expectedStorageId }
    }
  })

  test('many ask one after the other, the oldest first', () => {
    const first = new World(newFile())
    const count = 100
    for (let number = 1; number <= count; number += 1) first.prepare(number, 'lock', { keys: [] })
    const world = restarted(first)
    world.environment.advance(1)
    const asked = world.questions.length
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(count / 2)
    world.environment.advance(500)
    const numbers = world.questions.map((question) => question.to === 'coordinator' && question.inquire.sequence.number)
    // Several ask in the same millisecond, in any order.
    const isInTurn = (number: unknown, index: number): boolean => Math.abs(Number(number) - index) <= 4
    expect(numbers.slice(0, count).filter((number, index) => !isInTurn(number, index))).toEqual([])
  })

  test('a recovered branch asks at once', () => {
    const first = new World(newFile())
    first.reserve(1)
    const world = restarted(first)
    world.environment.advance(1)
    expect(world.questions.length).toBe(1)
  })

  test('without a coordinator the members are asked, and believed', () => {
    const world = newWorld()
    const self: Member = { ...member, ...world.store.identity, branches: [branchOf(1).branch] }
    world.prepare(1, 'reserve', { sku: 'book' }, { members: [self, member] })
    world.driver.tell(branchOf(1), { type: 'no-coordinator' })
    world.environment.settle()
    expect(world.questions).toMatchObject([
      { to: 'member', about: branchOf(1), sent: { member, message: { type: 'status', ...branchOf(1, 2) } } },
    ])
    world.driver.tell(branchOf(1), { type: 'member-answer', knowledge: { knows: 'prepared' } })
    world.environment.settle()
    expect(world.reservations).toEqual(['reserved 0'])
    world.driver.tell(branchOf(1), { type: 'member-answer', knowledge: { knows: 'committed', result: '' } })
    world.environment.settle()
    expect(world.reservations).toEqual(['sold 1'])
  })

  test('a member without a record makes itself unable to vote yes before it says aborted', () => {
    const world = newWorld()
    const { identity } = world.store
    expect(world.status(1, true, { ...identity, boot: Boot(9) })).toEqual(['knows nothing'])
    expect(world.reserve(1)).toEqual(['yes'])
    expect(world.status(2, true)).toEqual(['knows aborted'])
    expect(world.reserve(2)).toEqual(['no TOMBSTONE'])
  })

  test('an operator resolves; the coordinator is told when it asks; forgotten, it is dropped below the watermark', () => {
    const world = newWorld()
    world.reserve(1)
    const asker = new RememberingAsker(true)
    world.driver.tell(branchOf(1), { type: 'resolve', decision: 'abort', detail: 'the coordinator burned down' }, asker)
    world.environment.settle()
    expect(asker.handledCount).toBe(1)
    expect(world.reservations).toEqual(['released 1'])
    expect(world.commit(1)).toEqual(['heuristic'])
    expect(world.status(1, false)).toEqual(['knows prepared'])
    world.watermark(2)
    expect(world.rows).toBe(1)
    world.driver.tell(branchOf(1), { type: 'forget' })
    world.environment.settle()
    world.watermark(3)
    expect(world.rows).toBe(0)
  })
})

test('a Prepare that sat in a stopped process is as old as it is', async () => {
  const { withAge } = await import('../../participant/session.ts')
  const world = newWorld()
  const message = world.prepareMessage(1, 'reserve', { sku: 'book' })
  const now = world.environment.now()
  expect(withAge(message, 0, 50, now).voteBy).toBe(now + 4_950)
  expect(withAge(message, 3_000, 50, now).voteBy).toBe(now + 1_950)
  expect(withAge(message, 6_000, 50, now).voteBy).toBeLessThan(now)
  expect(withAge({ ...message, voteBy: Instant(now + 100) }, 0, 50, now).voteBy).toBe(now + 90)
})
