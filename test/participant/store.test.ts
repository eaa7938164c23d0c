import { spawnSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { lockStore } from '../../log/store-lock.ts'
import { renewStorageId, SqliteStore, sqlite } from '../../participant/sqlite-store.ts'
import { FencedError, isStoreFailure, type Store } from '../../participant/store.ts'
import { type ParticipantRecord, reason } from '../../protocol/index.ts'
import { branchOf, logId, migrations, newFile, removeFiles, sequence, World } from './world.ts'

afterAll(removeFiles)

const open = (file: string): Store => sqlite(file, { migrations }).open()
const tombstone = (n: number): ParticipantRecord => ({
  type: 'aborted',
  isEvidence: true,
  ...branchOf(n),
  sequence: sequence(n),
  reason: reason('TOMBSTONE', 'test'),
})

function append(store: Store, turn: number, n: number, isForced: boolean): void {
  const end = store.runTurn(turn, isForced, (local) => {
    local.append(logId, tombstone(n))
    return isForced
  })
  expect(end).toEqual({ end: 'committed' })
}

describe('identity', () => {
  test('the storage id stays, the boot grows at each open', () => {
    const file = newFile()
    const first = open(file)
    const { identity } = first
    expect(identity.boot).toBe(1)
    first.close()
    const second = open(file)
    expect(second.identity).toEqual({ storageId: identity.storageId, boot: 2 })
    second.close()
  })

  test('the boot is durable before anything is served', () => {
    const file = newFile()
    const store = open(file)
    // Another connection sees it, so it is committed; that the commit was a full one the store has asserted itself.
    const other = new Database(file, { readonly: true })
    expect(other.prepare('SELECT boot FROM concordat_identity').pluck().get()).toBe(1)
    other.close()
    store.close()
  })

  test('a new identity for a restored copy', () => {
    const file = newFile()
    const store = open(file)
    const { storageId } = store.identity
    store.close()
    const copy = newFile()
    copyFileSync(file, copy)
    renewStorageId(copy)
    const renewed = open(copy)
    expect(renewed.identity.storageId).not.toBe(storageId)
    renewed.close()
  })
})

describe('one process for each file', () => {
  test('a second opening is refused with the name of the file', () => {
    const file = newFile()
    const store = open(file)
    expect(() => lockStore(file, 20)).toThrow(`STORE_IN_USE: ${file}`)
    store.close()
    open(file).close()
  })

  test('another process is refused', () => {
    const file = newFile()
    const store = open(file)
    const module = fileURLToPath(new URL('../../log/store-lock.js', import.meta.url))
    const script = `import(${JSON.stringify(module)}).then(({ lockStore }) => lockStore(${JSON.stringify(file)}, 20))`
    const { stderr, status } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
    expect(status).not.toBe(0)
    expect(stderr).toContain('STORE_IN_USE')
    store.close()
  })

  test('a process that lost the file cannot write a turn any more', () => {
    const file = newFile()
    const store = open(file)
    append(store, 1, 1, true)
    // As if another process had opened it where file locks do not hold.
    const other = new Database(file)
    other.prepare('UPDATE concordat_identity SET boot = boot + 1').run()
    other.close()
    let error: unknown
    try {
      append(store, 2, 2, true)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(FencedError)
    expect(isStoreFailure(error)).toBe(true)
    expect(store.readDatabase.prepare('SELECT count(*) FROM concordat_branches').pluck().get()).toBe(1)
    store.close()
  })

  test('a folder that does not exist is named', () => {
    const file = `${newFile()}/none/shop.db`
    expect(() => open(file)).toThrow(`${file} cannot be opened: there is no folder ${dirname(file)}; make it first`)
    const migrations = `${newFile()}/none`
    expect(() => sqlite(newFile(), { migrations }).open()).toThrow(`the folder ${migrations} cannot be read`)
  })

  test('what is only in memory, and what is no database, is refused', () => {
    expect(() => sqlite(':memory:').open()).toThrow('a participant needs a database file')
    const file = newFile()
    writeFileSync(file, 'this is a letter and not a database, and it is long enough to be read as one'.repeat(20))
    expect(() => open(file)).toThrow('not a database')
  })
})

describe('durability', () => {
  test('a forced turn is durable, an unforced one waits for the next force', () => {
    const store = open(newFile())
    append(store, 1, 1, true)
    expect(store.forcedTurn).toBe(1)
    expect(store.forcedRecordSequence).toBe(1)
    append(store, 2, 2, false)
    expect([store.forcedTurn, store.recordSequence, store.forcedRecordSequence]).toEqual([1, 2, 1])
    // A turn that writes nothing makes nothing durable either.
    store.runTurn(3, true, () => false)
    expect(store.forcedTurn).toBe(1)
    append(store, 4, 3, true)
    expect([store.forcedTurn, store.forcedRecordSequence]).toEqual([4, 3])
    store.runTurn(5, false, () => false)
    expect(store.forcedTurn).toBe(5)
    store.close()
  })

  test('a turn that turns out to need a force gets one', () => {
    const store = open(newFile())
    const end = store.runTurn(1, false, (local) => {
      local.append(logId, tombstone(1))
      return true
    })
    expect(end).toEqual({ end: 'committed' })
    expect(store.forcedTurn).toBe(1)
    append(store, 2, 2, false)
    store.runTurn(3, false, () => true)
    expect(store.forcedTurn).toBe(3)
    store.close()
  })

  test('synchronous is FULL after the first write and after a reopen, and that is asserted', () => {
    const file = newFile()
    for (let opens = 0; opens < 2; opens += 1) {
      const db = new Database(file)
      const lock = lockStore(file)
      const store = new SqliteStore(file, lock, db, migrations)
      expect(db.pragma('synchronous', { simple: true })).toBe(2)
      append(store, 1, opens, true)
      expect(db.pragma('synchronous', { simple: true })).toBe(2)
      append(store, 2, opens + 10, false)
      expect(db.pragma('synchronous', { simple: true })).toBe(1)
      append(store, 3, opens + 20, true)
      expect(db.pragma('synchronous', { simple: true })).toBe(2)
      // The mutant: something else lowers it, and the store believes that it is still full.
      db.pragma('synchronous = NORMAL')
      expect(() => append(store, 4, opens + 30, true)).toThrow('Q1: synchronous is 1')
      store.close()
    }
  })
})

describe('migrations', () => {
  const [first] = migrations
  const second = { name: '0002-more.sql', sql: 'CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT' }
  const openWith = (file: string, list: readonly { name: string; sql: string }[]) =>
    sqlite(file, { migrations: list }).open().close()

  test('pending ones run once, in order', () => {
    const file = newFile()
    openWith(file, [first!])
    openWith(file, [first!, second])
    openWith(file, [first!, second])
    expect(() => openWith(file, [first!])).toThrow('migration 0002-more.sql, which this version does not know')
  })

  test('a changed one and one before an applied one are refused', () => {
    const file = newFile()
    openWith(file, [first!, second])
    expect(() => openWith(file, [first!, { ...second, sql: 'SELECT 1' }])).toThrow('0002-more.sql was changed')
    const early = { name: '0001-early.sql', sql: 'SELECT 1' }
    expect(() => openWith(file, [early, first!, second])).toThrow('stands before 0001-shop.sql')
  })

  test('one that fails leaves nothing behind, and the file free', () => {
    const file = newFile()
    expect(() => openWith(file, [first!, { name: '0002.sql', sql: 'CREATE TABLE x (' }])).toThrow()
    openWith(file, [first!])
  })
})

describe('neighbours in a turn (rule 18)', () => {
  test.each([
    ['orphan', 'cannot be committed: FOREIGN KEY constraint failed'],
    ['forbidden', 'cannot be committed'],
  ])('%s: the guilty branch is no, its neighbours are yes', (operation, why) => {
    const world = new World(newFile())
    const { driver, environment, session } = world
    const guilty = world.prepareMessage(2, operation, {})
    const messages = [
      world.prepareMessage(1, 'reserve', { sku: 'book' }),
      guilty,
      world.prepareMessage(3, 'reserve', { sku: 'lamp' }),
    ]
    driver.receive(logId, messages, session)
    environment.settle()
    expect(environment.fatalErrors).toEqual([])
    const no = session.answers.find((message) => message.type === 'vote' && message.vote.vote === 'no')
    expect(JSON.stringify(no)).toContain(why)
    expect(session.take().sort()).toEqual(['no OPERATION_FAILED', 'yes', 'yes'])
    expect(world.reservations).toEqual(['reserved 0', 'reserved 0'])
    // It is remembered.
    expect(world.prepare(2, 'reserve', { sku: 'book' })).toEqual(['no OPERATION_FAILED'])
    world.close()
  })

  test('a commit function that cannot be committed is retried, its neighbours are applied', () => {
    let isBroken = true
    const world = new World(newFile(), {
      operations: {
        good: { prepare: () => 1 },
        bad: {
          prepare: () => 1,
          commit: ({ db }) => {
            if (isBroken) db.prepare('INSERT INTO children VALUES (1, 999)').run()
          },
        },
      },
    })
    const { driver, environment, session } = world
    world.prepare(1, 'good')
    world.prepare(2, 'bad')
    const expectedStorageId = world.store.identity.storageId
    const commits = [1, 2].map((n) => ({
      type: 'commit' as const,
      ...branchOf(n),
      sequence: sequence(n),
      expectedStorageId,
    }))
    driver.receive(logId, commits, session)
    environment.settle()
    expect(session.take().sort()).toEqual(['applied', 'retrying'])
    expect(environment.fatalErrors).toEqual([])
    isBroken = false
    environment.advance(1_000)
    expect(session.take()).toEqual(['applied'])
    world.close()
  })

  test('an operation that commits the local transaction itself ends the process', () => {
    const world = new World(newFile(), { operations: { rude: { prepare: ({ db }) => void db.exec('COMMIT') } } })
    world.prepare(1, 'rude')
    expect(String(world.environment.fatalErrors[0])).toContain('committed the local transaction by itself')
    world.store.close()
  })
})

describe('a failing disk', () => {
  test('is nobody’s vote: the process ends and nothing is answered', () => {
    const error = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' })
    const world = new World(newFile(), {
      operations: {
        fails: {
          prepare: () => {
            throw error
          },
        },
      },
    })
    expect(world.prepare(1, 'fails')).toEqual([])
    expect(world.environment.fatalErrors).toEqual([error])
    expect(world.reserve(2)).toEqual([])
    expect(world.session.refused).toEqual(['STORE_FAILED'])
    world.store.close()
  })

  test('a busy database only delays', () => {
    const world = new World(newFile())
    const other = new Database(world.file)
    other.exec('BEGIN IMMEDIATE')
    expect(world.reserve(1)).toEqual([])
    other.exec('ROLLBACK')
    world.environment.advance(100)
    expect(world.session.take()).toEqual(['yes'])
    other.close()
    world.close()
  })
})
