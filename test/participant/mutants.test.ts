// Stores and gates that break a promise on purpose: the driver must find out by itself, before anything leaves.

import { afterAll, describe, expect, test } from '@jest/globals'
import { Outbox } from '../../participant/outbox.ts'
import type { Store } from '../../participant/store.ts'
import { branchOf, newFile, RememberingAsker, removeFiles, World } from './world.ts'

afterAll(removeFiles)

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
