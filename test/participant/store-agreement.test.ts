// What a prepared branch has besides its work, in three-phase and in sagas: a column that databases of version 1 lack.

import { afterAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { sqlite } from '../../participant/sqlite-store.ts'
import type { Store } from '../../participant/store.ts'
import {
  type Ballot,
  Boot,
  Instant,
  LogId,
  ParticipantName,
  type ParticipantRecord,
  type PreparedBranch,
  reason,
  StorageId,
} from '../../protocol/index.ts'
import { branchOf, logId, newFile, removeFiles, sequence } from './world.ts'

afterAll(removeFiles)

const open = (file: string): Store => sqlite(file).open()
const tombstone: ParticipantRecord = {
  type: 'aborted',
  isEvidence: true,
  ...branchOf(1),
  sequence: sequence(1),
  reason: reason('TOMBSTONE', 'test'),
}
const preparedOf = (n: number, more: Partial<PreparedBranch> = {}): PreparedBranch => ({
  ...branchOf(n),
  sequence: sequence(n),
  protocol: 'three-phase',
  operation: 'reserve',
  input: '{}',
  result: '1',
  startedAt: Instant(1_700_000_000_000),
  locks: [],
  members: [],
  onePhase: false,
  traceParent: '',
  ...more,
})
const plain = preparedOf(1, { protocol: 'two-phase' })

describe('a three-phase or saga branch', () => {
  const first: Ballot = { number: 1, by: logId, branch: 0 }
  const higher: Ballot = { number: 9, by: StorageId('33333333-3333-4333-8333-333333333333'), branch: 2 }
  const members = [
    {
      participant: ParticipantName('stock'),
      storageId: StorageId('33333333-3333-4333-8333-333333333333'),
      boot: Boot(4),
      address: 'stock:1',
      branches: [branchOf(1).branch],
    },
  ]
  const write = (store: Store, turn: number, ...records: readonly ParticipantRecord[]): void => {
    const end = store.runTurn(turn, true, (local) => {
      for (const record of records) local.append(logId, record)
      return true
    })
    expect(end).toEqual({ end: 'committed' })
  }
  const read = (store: Store): readonly ParticipantRecord[] => store.readLiveBranches().map(({ record }) => record)

  test('keeps what it is bound to, and that it changed nothing, over a restart', () => {
    const file = newFile()
    const store = open(file)
    const branches: readonly PreparedBranch[] = [
      preparedOf(1, { abandonAt: Instant(1_700_000_060_000) }),
      preparedOf(2, { members, pledge: { promised: first }, isReadOnly: true }),
      preparedOf(3, { protocol: 'saga' }),
    ]
    write(store, 1, ...branches.map((branch) => ({ type: 'prepared' as const, branch })))
    store.close()
    const again = open(file)
    expect(read(again)).toEqual(branches.map((branch) => ({ type: 'prepared', branch })))
    again.close()
  })

  test('a pledge is written over the one before, and goes with the end of the branch', () => {
    const file = newFile()
    const store = open(file)
    const unsealed = preparedOf(1, { abandonAt: Instant(1_700_000_060_000), input: '{"a":1}', locks: ['book'] })
    const { abandonAt: _, ...others } = unsealed
    const sealed: PreparedBranch = { ...others, members, pledge: { promised: first } }
    const adopted: PreparedBranch = {
      ...sealed,
      pledge: { promised: higher, adopted: { ballot: higher, choice: 'pre-abort' } },
    }
    write(store, 1, { type: 'prepared', branch: unsealed })
    write(store, 2, { type: 'pledged', branch: sealed })
    expect(read(store)).toEqual([{ type: 'prepared', branch: sealed }])
    write(store, 3, { type: 'pledged', branch: adopted })
    store.close()
    const again = open(file)
    expect(read(again)).toEqual([{ type: 'prepared', branch: adopted }])
    expect(again.recordSequence).toBe(3)
    write(again, 1, { type: 'committed', branch: adopted })
    const ended = { ...others, input: '', locks: [], members: [] }
    expect(again.readBranch(branchOf(1))?.record).toEqual({ type: 'committed', branch: ended })
    again.close()
  })

  test.each(['aborted', 'heuristic'] as const)('nothing of a pledge is left in a row that is %s', (type) => {
    const store = open(newFile())
    const branch = preparedOf(1, { members, pledge: { promised: first } })
    const record: ParticipantRecord = type === 'aborted' ? tombstone : { type, branch, did: 'abort', detail: 'by hand' }
    write(store, 1, { type: 'prepared', branch }, record)
    expect(store.readDatabase.prepare('SELECT agreement FROM concordat_branches').pluck().all()).toEqual([''])
    store.close()
  })

  test('a pledge without a prepared branch is a broken invariant, and nobody’s answer', () => {
    const store = open(newFile())
    const branch = preparedOf(1, { members, pledge: { promised: first } })
    expect(() => write(store, 1, { type: 'pledged', branch })).toThrow('a pledge changes a prepared branch')
    expect(read(store)).toEqual([])
    store.close()
  })
})

describe('a database of an earlier version', () => {
  /** Written by schema 1, with one prepared branch in it. */
  function fileOfVersion1(): string {
    const file = newFile()
    const db = new Database(file)
    db.exec(`
      CREATE TABLE concordat_identity (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL,
        storage_id BLOB NOT NULL CHECK (length(storage_id) = 16), boot INTEGER NOT NULL, turn INTEGER NOT NULL,
        record_sequence INTEGER NOT NULL, forces INTEGER NOT NULL) STRICT;
      INSERT INTO concordat_identity VALUES (1, 1, x'44444444444444448444444444444444', 6, 9, 17, 0);
      CREATE TABLE concordat_branches (transaction_id BLOB NOT NULL CHECK (length(transaction_id) = 16),
        branch INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('prepared', 'committed', 'aborted', 'heuristic')),
        log_id BLOB NOT NULL, epoch INTEGER NOT NULL, number INTEGER NOT NULL, protocol TEXT NOT NULL,
        one_phase INTEGER NOT NULL, started_at INTEGER NOT NULL, operation TEXT NOT NULL, trace_parent TEXT NOT NULL,
        result TEXT NOT NULL, input TEXT NOT NULL, locks TEXT NOT NULL, members TEXT NOT NULL, reason TEXT NOT NULL,
        did TEXT NOT NULL, forgotten INTEGER NOT NULL, PRIMARY KEY (transaction_id, branch)) WITHOUT ROWID, STRICT;
      INSERT INTO concordat_branches VALUES (x'0198f0aa000070008000000000000001', 1, 'prepared',
        x'11111111111141118111111111111111', 1, 1, 'two-phase', 0, 1700000000000, 'reserve', '', '1', '{}', '[]', '[]',
        '', '', 0);
    `)
    db.close()
    return file
  }

  test('is brought up to date once, with what it has prepared', () => {
    const file = fileOfVersion1()
    for (const boot of [7, 8]) {
      const store = open(file)
      expect(store.identity).toEqual({ storageId: '44444444-4444-4444-8444-444444444444', boot })
      expect(store.readLiveBranches()).toEqual([
        {
          logId: LogId('11111111-1111-4111-8111-111111111111'),
          record: { type: 'prepared', branch: plain },
          forgotten: false,
        },
      ])
      expect(store.recordSequence).toBe(17)
      store.close()
    }
    const db = new Database(file, { readonly: true })
    expect(db.prepare('SELECT schema FROM concordat_identity').pluck().get()).toBe(3)
    db.close()
  })

  test('has the columns of a new one', () => {
    const columnsOf = (file: string): unknown[] => {
      open(file).close()
      const db = new Database(file, { readonly: true })
      const found = db
        .prepare(`SELECT name, type, "notnull", dflt_value FROM pragma_table_info('concordat_branches')`)
        .all()
      db.close()
      return found
    }
    expect(columnsOf(fileOfVersion1())).toEqual(columnsOf(newFile()))
  })

  test('one of a later version is refused, and stays as it is', () => {
    const file = newFile()
    open(file).close()
    const db = new Database(file)
    db.exec('UPDATE concordat_identity SET schema = 4')
    expect(() => open(file)).toThrow('was written by a newer version')
    expect(db.prepare('SELECT schema, boot FROM concordat_identity').get()).toEqual({ schema: 4, boot: 1 })
    db.close()
  })
})
