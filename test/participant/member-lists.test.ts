import { afterAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { sqlite } from '../../participant/sqlite-store.ts'
import type { Store } from '../../participant/store.ts'
import { Boot, type Member, ParticipantName, type ParticipantRecord, reason, StorageId } from '../../protocol/index.ts'
import { branchOf, logId, newFile, removeFiles, sequence } from './world.ts'

afterAll(removeFiles)

const open = (file: string): Store => sqlite(file).open()

const memberAt = (address: string): Member => ({
  participant: ParticipantName('other'),
  address,
  storageId: StorageId('22222222-2222-4222-8222-222222222222'),
  boot: Boot(1),
  branches: [branchOf(1).branch],
})
const shop = [memberAt('localhost:7411'), memberAt('localhost:7412')]

const preparedOf = (n: number, members: readonly Member[]): ParticipantRecord => ({
  type: 'prepared',
  branch: {
    ...branchOf(n),
    sequence: sequence(n),
    protocol: 'two-phase',
    operation: 'reserve',
    input: '{}',
    result: '1',
    startedAt: 1_700_000_000_000 as never,
    locks: [],
    members,
    traceParent: '',
    onePhase: false,
  },
})

const abortedOf = (n: number): ParticipantRecord => ({
  type: 'aborted',
  ...branchOf(n),
  sequence: sequence(n),
  reason: reason('TOMBSTONE', 'test'),
  isEvidence: true,
})

let turn = 0
function write(store: Store, ...records: ParticipantRecord[]): void {
  turn += 1
  const end = store.runTurn(turn, true, (local) => {
    for (const record of records) local.append(logId, record)
    return true
  })
  expect(end).toEqual({ end: 'committed' })
}

function membersOf(store: Store): (readonly Member[])[] {
  return store.readLiveBranches().flatMap(({ record }) => (record.type === 'prepared' ? [record.branch.members] : []))
}

const rows = (store: Store): string[] =>
  store.readDatabase.prepare('SELECT members FROM concordat_branches').pluck().all() as string[]
const lists = (store: Store): string[] =>
  store.readDatabase.prepare('SELECT members FROM concordat_members').pluck().all() as string[]

describe('a list of members', () => {
  test('that comes again is written once, and is read back in full', () => {
    const file = newFile()
    const store = open(file)
    write(store, preparedOf(1, shop), preparedOf(2, [...shop]), preparedOf(3, shop), preparedOf(4, shop))
    expect(rows(store)).toEqual([JSON.stringify(shop), '1', '1', '1'])
    expect(lists(store)).toEqual([JSON.stringify(shop)])
    store.close()
    const again = open(file)
    expect(membersOf(again)).toEqual([shop, shop, shop, shop])
    again.close()
  })

  test('that comes once stays in its row, and none is nowhere', () => {
    const store = open(newFile())
    write(store, preparedOf(1, []), preparedOf(2, shop), preparedOf(3, [memberAt('localhost:1')]))
    expect(lists(store)).toEqual([])
    expect(membersOf(store)).toEqual([[], shop, [memberAt('localhost:1')]])
    store.close()
  })

  test('of a turn that was rolled back is written again by the next one', () => {
    const file = newFile()
    const store = open(file)
    write(store, preparedOf(1, shop))
    turn += 1
    expect(() =>
      store.runTurn(turn, true, (local) => {
        local.append(logId, preparedOf(2, shop))
        // What waited is written before it.
        local.append(logId, abortedOf(9))
        throw new Error('rolled back')
      }),
    ).toThrow('rolled back')
    expect(lists(store)).toEqual([])
    write(store, preparedOf(3, shop), preparedOf(4, shop))
    expect(rows(store).slice(1)).toEqual([JSON.stringify(shop), '1'])
    store.close()
    const again = open(file)
    expect(membersOf(again)).toEqual([shop, shop, shop])
    again.close()
  })

  test('that no branch names goes: when the store is opened, and when there are too many', () => {
    const file = newFile()
    const store = open(file)
    for (let n = 1; n <= 200; n += 1) {
      const members = [memberAt(`localhost:${7_000 + n}`)]
      // Named twice, so it is written once; both branches end, but for a few.
      write(store, preparedOf(2 * n, members), preparedOf(2 * n + 1, members))
      if (n % 10 !== 0) write(store, abortedOf(2 * n), abortedOf(2 * n + 1))
    }
    expect(lists(store).length).toBeLessThan(100)
    store.close()
    const again = open(file)
    expect(lists(again)).toHaveLength(20)
    const addresses = membersOf(again).map(([member]) => member?.address)
    expect(addresses).toEqual(
      [...Array(20).keys()].flatMap((n) => [`localhost:${7_010 + 10 * n}`, `localhost:${7_010 + 10 * n}`]),
    )
    again.close()
  })

  test('that a branch names and that is not there is a broken invariant', () => {
    const file = newFile()
    const store = open(file)
    write(store, preparedOf(1, shop), preparedOf(2, shop))
    store.close()
    const db = new Database(file)
    db.exec('DELETE FROM concordat_members')
    db.close()
    const again = open(file)
    expect(() => again.readLiveBranches()).toThrow('a branch names the list of members 1, and there is none')
    again.close()
  })
})
