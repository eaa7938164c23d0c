import { describe, expect, test } from '@jest/globals'
import type { AnyOperation } from '../../participant/definitions.ts'
import { Epoch } from '../../protocol/index.ts'
import { branchOf, logId, newFile, otherStorageId, sequence, World } from './world.ts'

import { closeWorlds, newWorld, restarted } from './worlds.ts'

closeWorlds()

describe('the same question gets the same answer', () => {
  test('prepare, commit and abort twice', () => {
    const world = newWorld()
    expect(world.reserve(1)).toEqual(['yes'])
    expect(world.reserve(1)).toEqual(['yes'])
    expect(world.value("SELECT available FROM stock WHERE sku = 'book'")).toBe(9)
    expect(world.commit(1)).toEqual(['applied'])
    expect(world.commit(1)).toEqual(['applied'])
    // A vote waits for the newest record of its branch; nothing else forces it, so the idle time does.
    expect(world.reserve(1)).toEqual([])
    world.environment.advance(100)
    expect(world.session.take()).toEqual(['yes'])
    expect(world.reservations).toEqual(['sold 1'])

    world.reserve(2)
    expect(world.abort(2)).toEqual(['applied'])
    expect(world.abort(2)).toEqual(['applied'])
    world.environment.advance(100)
    expect(world.reserve(2)).toEqual(['no TOMBSTONE'])
    expect(world.reservations).toEqual(['sold 1', 'released 1'])
    expect(world.value("SELECT available FROM stock WHERE sku = 'book'")).toBe(9)
  })

  test('the same over a restart', () => {
    const first = new World(newFile())
    first.reserve(1)
    first.reserve(2)
    first.commit(1)
    first.prepare(3, 'throws')
    const world = restarted(first)
    expect(world.reserve(1)).toEqual(['yes'])
    expect(world.commit(1)).toEqual(['applied'])
    expect(world.commit(2)).toEqual(['applied'])
    expect(world.prepare(3, 'throws')).toEqual(['no OPERATION_FAILED'])
    expect(world.reservations).toEqual(['sold 1', 'sold 1'])
  })

  test('a read-only vote is remembered for this boot, and left nothing behind', () => {
    const world = newWorld()
    expect(world.prepare(1, 'look')).toEqual(['read-only'])
    expect(world.prepare(1, 'look')).toEqual(['read-only'])
    expect(world.rows).toBe(0)
    expect(world.status(1, true)).toEqual(['knows read-only'])
  })

  test('one phase: prepared and committed with one record', () => {
    const world = newWorld()
    expect(world.prepare(1, 'reserve', { sku: 'book' }, { onePhase: true })).toEqual(['committed'])
    expect(world.reservations).toEqual(['sold 1'])
    expect(world.prepare(1, 'reserve', { sku: 'book' }, { onePhase: true })).toEqual(['committed'])
    expect(world.status(1, false)).toEqual(['knows committed'])
    expect(world.store.forcedRecordSequence).toBe(1)
  })
})

describe('a no is remembered', () => {
  test('abort before prepare: the first, the second and the third Prepare are refused', () => {
    const world = newWorld()
    expect(world.abort(1)).toEqual(['applied'])
    for (let tries = 0; tries < 3; tries += 1) expect(world.reserve(1)).toEqual(['no TOMBSTONE'])
    const again = restarted(world)
    expect(again.reserve(1)).toEqual(['no TOMBSTONE'])
    expect(again.reservations).toEqual([])
  })

  test('a refusal carries the code of the business', () => {
    const world = newWorld()
    world.reserve(1, 'lamp')
    expect(world.reserve(2, 'lamp')).toEqual(['no OUT_OF_STOCK'])
    world.abort(1)
    expect(world.reserve(2, 'lamp')).toEqual(['no OUT_OF_STOCK'])
  })

  test('an exception changes nothing and is a no', () => {
    const world = newWorld()
    expect(world.prepare(1, 'throws')).toEqual(['no OPERATION_FAILED'])
    expect(world.value("SELECT available FROM stock WHERE sku = 'book'")).toBe(10)
    expect(world.prepare(1, 'reserve', { sku: 'book' })).toEqual(['no OPERATION_FAILED'])
  })

  test('a promise is refused, its work rolled back, and the sentence says why', () => {
    const errors: object[] = []
    const ignore = () => undefined
    const world = newWorld({
      logger: { debug: ignore, info: ignore, warn: ignore, error: (fields) => errors.push(fields) },
      operations: {
        slow: {
          prepare: async ({ db }) => {
            db.prepare("UPDATE stock SET available = 0 WHERE sku = 'book'").run()
            await Promise.resolve()
            throw new Error('nobody may see this')
          },
        } as AnyOperation,
      },
    })
    world.driver.receive(logId, [world.prepareMessage(1, 'slow', {})], world.session)
    world.environment.settle()
    const [message] = world.session.answers
    const sentence =
      'operation slow returned a promise; operations run inside a local transaction and must be synchronous'
    expect(message).toMatchObject({ vote: { vote: 'no', reason: { code: 'OPERATION_FAILED', message: sentence } } })
    expect(errors).toContainEqual({ code: 'OPERATION_ASYNC', operation: 'slow' })
    expect(world.value("SELECT available FROM stock WHERE sku = 'book'")).toBe(10)
  })

  test('a late prepare is too late, and stays so', () => {
    const world = newWorld()
    const voteBy = world.environment.now()
    expect(world.prepare(1, 'reserve', { sku: 'book' }, { voteBy })).toEqual(['no DEADLINE_PASSED'])
    expect(world.reserve(1)).toEqual(['no DEADLINE_PASSED'])
  })

  test.each([
    ['nothing', {}, 'no OPERATION_UNKNOWN'],
    ['reserve', { expectedStorageId: otherStorageId }, 'no STORAGE_CHANGED'],
  ])('%s %j', (operation, more, answer) => {
    const world = newWorld()
    expect(world.prepare(1, operation, { sku: 'book' }, more)).toEqual([answer])
    expect(world.reservations).toEqual([])
  })
})

describe('commit and abort functions that fail', () => {
  test('are tried again until they succeed, and listed meanwhile', () => {
    let isBroken = true
    const world = newWorld({
      operations: {
        fragile: {
          prepare: () => 'done',
          commit: () => {
            if (isBroken) throw new Error('the printer is on fire')
          },
        },
      },
    })
    world.prepare(1, 'fragile')
    expect(world.commit(1)).toEqual(['retrying'])
    expect(world.commit(1)).toEqual(['retrying'])
    world.environment.advance(200)
    const [branch] = world.driver.liveBranches
    expect(branch?.state).toMatchObject({ state: 'prepared', applying: { lastError: 'the printer is on fire' } })
    isBroken = false
    world.environment.advance(5_000)
    expect(world.session.take()).toContain('applied')
    expect(world.commit(1)).toEqual(['applied'])
  })

  test('a promise of commit counts as a failure', () => {
    const slow = { prepare: () => 1, commit: () => Promise.resolve() } as unknown as AnyOperation
    const world = newWorld({ operations: { slow } })
    world.prepare(1, 'slow')
    expect(world.commit(1)).toEqual(['retrying'])
  })
})

describe('no record is never an ack', () => {
  test('commit without a record', () => {
    const world = newWorld()
    expect(world.commit(1)).toEqual(['no-record'])
    world.abort(2)
    expect(world.commit(2)).toEqual(['contradicted'])
  })

  test('below the watermark the record is dropped, a late Prepare refused, and Commit answered ended', () => {
    const world = newWorld()
    for (const n of [1, 2, 3, 4]) world.reserve(n)
    for (const n of [1, 2, 4]) world.commit(n)
    world.abort(5)
    expect(world.rows).toBe(5)
    // 3 is prepared and stays; 2 is listed as open and stays.
    world.watermark(6, [2])
    expect(world.rows).toBe(2)
    expect(world.commit(1)).toEqual(['ended'])
    expect(world.abort(5)).toEqual(['ended'])
    expect(world.reserve(4)).toEqual(['no BELOW_WATERMARK'])
    expect(world.commit(2)).toEqual(['applied'])
    expect(world.commit(3)).toEqual(['applied'])
    world.watermark(7)
    expect(world.rows).toBe(0)
  })

  test('a read-only vote that left memory is no secret to a coordinator: only to a member, who counts on this boot', () => {
    const world = newWorld({ endedInMemoryMax: 1 })
    for (const n of [1, 2, 3]) expect(world.prepare(n, 'look')).toEqual(['read-only'])
    expect(world.status(1, true)).toEqual(['knows nothing'])
    // A saga that turns, and one phase: what they ask about leaves a record, whatever the vote.
    const expectedStorageId = world.store.identity.storageId
    const message = { type: 'status' as const, ...branchOf(9), sequence: sequence(9), abortIfNone: true }
    world.driver.receive(logId, [{ ...message, expectedStorageId }], world.session)
    world.environment.settle()
    expect(world.session.take()).toEqual(['knows aborted'])
  })

  test('the watermark of a log that was restored from an older backup says nothing: it lacks what came later', () => {
    const world = newWorld()
    world.hear({ recordSequence: 10 })
    world.reserve(1)
    world.commit(1)
    world.hear({ epoch: Epoch(2), recordSequence: 5, watermark: { below: sequence(1, 2), open: [] } })
    world.environment.advance(100)
    expect(world.rows).toBe(1)
    expect(world.commit(2)).toEqual(['no-record'])
  })

  test('a coordinator over an older copy of its log is not believed, even once it has as many records again', () => {
    const world = newWorld()
    world.hear({ recordSequence: 10 })
    world.reserve(1)
    const older = { epoch: Epoch(2), recordSequence: 5 }
    expect(world.hear(older)).toBe('RESTORED_BACKUP')
    expect(world.hear({ ...older, recordSequence: 12 })).toBe('RESTORED_BACKUP')
    // It finds out from this participant's next header, whatever it has by then.
    expect(world.seenRecordSequence).toBe(13)
    // The newest file, brought back.
    expect(world.hear({ epoch: Epoch(3), recordSequence: 10 })).toBeUndefined()
    expect(world.seenRecordSequence).toBe(10)
    expect(world.commit(1)).toEqual(['applied'])
  })

  test('a watermark drops nothing before it is stored and forced', () => {
    const world = newWorld()
    world.reserve(1)
    world.commit(1)
    world.hear({ watermark: { below: sequence(2), open: [] } })
    // This very turn stores the watermark; it may not drop by it yet.
    world.reserve(3)
    expect(world.rows).toBe(2)
    world.environment.advance(100)
    expect(world.rows).toBe(1)
    const again = restarted(world)
    expect(again.reserve(1)).toEqual(['no BELOW_WATERMARK'])
  })

  test('ended branches that are not in memory are found in the database, and dropped in the end', () => {
    const world = newWorld({ endedInMemoryMax: 2, idleForceMs: 0 })
    for (let n = 1; n <= 10; n += 1) {
      world.reserve(n)
      world.commit(n)
    }
    expect(world.commit(1)).toEqual(['applied'])
    world.environment.advance(100)
    expect(world.reserve(1)).toEqual(['yes'])
    for (let n = 0; n < 700; n += 1) world.watermark(11 + n)
    expect(world.rows).toBe(0)
  })
})

describe('answers wait for what they rest on', () => {
  test('applied leaves at once in a session, and over a unary call once it is durable', () => {
    const world = newWorld()
    world.reserve(1)
    world.reserve(2)
    expect(world.commit(1)).toEqual(['applied'])
    expect(world.store.forcedTurn).toBe(2)
    // Nothing else comes: after the idle time it is forced.
    world.environment.advance(20)
    expect(world.store.forcedTurn).toBeGreaterThan(2)
    expect(world.commit(2, 1, world.unary)).toEqual(['applied'])
    expect(world.store.forcedRecordSequence).toBe(4)
  })

  test('what a deferred abort is asked about waits for its force', () => {
    const world = newWorld()
    world.reserve(1)
    expect(world.abort(1)).toEqual(['applied'])
    // The tombstone is not forced, so the no that rests on it is held back.
    const message = { type: 'status' as const, ...branchOf(1), sequence: sequence(1), abortIfNone: false }
    world.driver.receive(logId, [message], world.unary)
    world.environment.settle()
    expect(world.unary.take()).toEqual([])
    world.environment.advance(20)
    expect(world.unary.take()).toEqual(['knows aborted'])
  })

  test('many branches share one force', () => {
    const world = newWorld({ operations: { nothing: { prepare: () => null } } })
    const messages = Array.from({ length: 600 }, (_, index) => world.prepareMessage(index + 1, 'nothing', {}))
    world.driver.receive(logId, messages, world.session)
    world.environment.settle()
    expect(world.session.take().length).toBe(600)
    expect(world.session.handledCount).toBe(600)
    expect(world.store.forcedTurn).toBe(3)
  })
})

describe('draining', () => {
  test('prepares nothing new and finishes what is prepared', () => {
    const world = newWorld()
    world.reserve(1)
    world.driver.drain()
    expect(world.reserve(2)).toEqual(['no DRAINING'])
    expect(world.driver.undecidedCount).toBe(1)
    expect(world.commit(1)).toEqual(['applied'])
    expect(world.driver.undecidedCount).toBe(0)
  })

  test('waits for no saga: what it has done holds no lock, and may wait for this very participant', () => {
    const world = newWorld()
    const saga = { protocol: 'saga', saga: { tryNumber: 1, isRetriable: false } } as const
    expect(world.prepare(1, 'reserve', { sku: 'book' }, saga)).toEqual(['yes'])
    world.driver.drain()
    expect(world.driver.undecidedCount).toBe(0)
  })
})
