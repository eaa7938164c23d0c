import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import type { AnyOperation } from '../../participant/definitions.ts'
import { Outbox } from '../../participant/outbox.ts'
import type { Store } from '../../participant/store.ts'
import { Boot, Epoch, Instant, type Member, ParticipantName } from '../../protocol/index.ts'
import {
  branchOf,
  logId,
  newFile,
  otherLogId,
  otherStorageId,
  RememberingAsker,
  removeFiles,
  sequence,
  World,
  type WorldOptions,
} from './world.ts'

const worlds: World[] = []
function newWorld(options: WorldOptions = {}): World {
  const world = new World(newFile(), options)
  worlds.push(world)
  return world
}

afterEach(() => {
  for (const world of worlds.splice(0)) {
    expect(world.environment.fatalErrors).toEqual([])
    world.close()
  }
})
afterAll(removeFiles)

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
    const world = first.restart()
    worlds.push(world)
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
    const again = world.restart()
    worlds.splice(worlds.indexOf(world), 1, again)
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
    ['reserve', { protocol: 'saga' as const }, 'no PROTOCOL_UNSUPPORTED'],
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
    const world = newWorld({ operations: { slow: { prepare: () => 1, commit: async () => undefined } } })
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
    const again = world.restart()
    worlds.splice(worlds.indexOf(world), 1, again)
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
    const world = first.restart()
    worlds.push(world)
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
    const again = world.restart()
    worlds.splice(worlds.indexOf(world), 1, again)
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

  test('a recovered branch asks at once', () => {
    const first = new World(newFile())
    first.reserve(1)
    const world = first.restart()
    worlds.push(world)
    world.environment.advance(1)
    expect(world.questions.length).toBe(1)
  })

  test('without a coordinator the members are asked, and believed', () => {
    const world = newWorld()
    world.prepare(1, 'reserve', { sku: 'book' }, { members: [member] })
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
})

/** Forwards to a store; a test overrides what it breaks. */
function forwarding(store: Store): Store {
  return {
    identity: store.identity,
    get forcedTurn() {
      return store.forcedTurn
    },
    get recordSequence() {
      return store.recordSequence
    },
    get forcedRecordSequence() {
      return store.forcedRecordSequence
    },
    runTurn: (turn, expectForce, body) => store.runTurn(turn, expectForce, body),
    readBranch: (address) => store.readBranch(address),
    readLiveBranches: () => store.readLiveBranches(),
    readEndedBranches: (after, limit) => store.readEndedBranches(after, limit),
    countEndedBranches: () => store.countEndedBranches(),
    readCoordinators: () => store.readCoordinators(),
    readDatabase: store.readDatabase,
    close: () => store.close(),
  }
}

describe('mutants: the driver finds out by itself', () => {
  function fatalOf(wrap: (store: Store) => Store): { answers: string[]; error: string } {
    const world = new World(newFile(), { wrap })
    const answers = world.reserve(1)
    const [error] = world.environment.fatalErrors
    world.store.close()
    return { answers, error: String(error) }
  }

  test('a store whose vote turns are not forced', () => {
    const { answers, error } = fatalOf((store) => ({
      ...forwarding(store),
      runTurn: (turn, _expectForce, body) =>
        store.runTurn(turn, false, (local) => {
          body(local)
          return false
        }),
      get forcedTurn() {
        return store.forcedTurn
      },
    }))
    expect(error).toContain('V2: turn 1 had to be durable and is not')
    expect(answers).toEqual([])
  })

  test('answers released before the force', () => {
    const { answers, error } = fatalOf((store) => ({
      ...forwarding(store),
      // Says that the turn is done before it is.
      runTurn: (_turn, _expectForce, body) => {
        const nothing = (): void => undefined
        body({
          savepoint: () => ({ prepared: 'yes', result: '1', locks: [] }) as never,
          append: nothing,
          touch: nothing,
          putCoordinator: nothing,
          forget: nothing,
          drop: nothing,
        })
        return { end: 'committed' }
      },
      get forcedTurn() {
        return store.forcedTurn
      },
    }))
    expect(error).toContain('V2: turn 1 had to be durable and is not')
    expect(answers).toEqual([])
  })

  test('an outbox that trusts an old word about durability', () => {
    const words = [5, 0]
    const outbox = new Outbox(() => words.shift() ?? 0)
    const asker = new RememberingAsker(false)
    const message = { type: 'vote' as const, ...branchOf(1), vote: { vote: 'yes' as const, result: '' } }
    expect(() => outbox.release([{ message, asker, needs: 3 }])).toThrow(
      'R1: a vote needs turn 3, and only 0 is durable',
    )
    expect(asker.answers).toEqual([])
  })

  test('a store that forgets a lock makes recovery stop', () => {
    const first = new World(newFile())
    first.prepare(5, 'lock', { keys: ['a'] })
    first.prepare(6, 'lock', { keys: ['b'] })
    first.store.close()
    const wrap = (store: Store): Store => ({
      ...forwarding(store),
      readLiveBranches: () =>
        store.readLiveBranches().map((stored) => {
          const { record } = stored
          if (record.type !== 'prepared') return stored
          return { ...stored, record: { ...record, branch: { ...record.branch, locks: ['a'] } } }
        }),
    })
    const opened: Store[] = []
    const remember = (store: Store): Store => {
      opened.push(store)
      return wrap(store)
    }
    expect(() => new World(first.file, { wrap: remember })).toThrow('V4: two prepared branches')
    for (const store of opened) store.close()
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
