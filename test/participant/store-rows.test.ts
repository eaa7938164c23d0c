// Rows of one turn: several are written, and deleted, by one statement (Q4 of sqlite-branches.ts).

import { afterAll, describe, expect, test } from '@jest/globals'
import { sqlite } from '../../participant/sqlite-store.ts'
import type { LocalTransaction, Store } from '../../participant/store.ts'
import { Instant, type ParticipantRecord, type PreparedBranch, reason } from '../../protocol/index.ts'
import { branchOf, logId, newFile, removeFiles, sequence } from './world.ts'

afterAll(removeFiles)

/** More than two statements of several rows, and some left over. */
const many = Array.from({ length: 21 }, (_, index) => index + 1)

const preparedOf = (n: number, more: Partial<PreparedBranch> = {}): PreparedBranch => ({
  ...branchOf(n),
  sequence: sequence(n),
  protocol: 'two-phase',
  operation: `operation-${n}`,
  input: `{"n":${n}}`,
  result: `${n}`,
  startedAt: Instant(1_700_000_000_000 + n),
  locks: n % 2 === 0 ? [] : [`key-${n}`],
  members: [],
  onePhase: false,
  traceParent: `trace-${n}`,
  ...more,
})

const turn = (store: Store, number: number, body: (local: LocalTransaction) => void) =>
  store.runTurn(number, true, (local) => {
    body(local)
    return true
  })
const record = (store: Store, n: number): ParticipantRecord | undefined => store.readBranch(branchOf(n))?.record
const prepared = (branch: PreparedBranch): ParticipantRecord => ({ type: 'prepared', branch })

describe('rows of one turn', () => {
  test('each prepared branch has its own values', () => {
    const file = newFile()
    const store = sqlite(file).open()
    const branches = many.map((n) => preparedOf(n))
    turn(store, 1, (local) => {
      for (const branch of branches) local.append(logId, prepared(branch))
    })
    expect(store.recordSequence).toBe(many.length)
    store.close()
    const again = sqlite(file).open()
    expect(again.readLiveBranches().map((stored) => stored.record)).toEqual(branches.map(prepared))
    again.close()
  })

  test('what comes after a prepared record in its turn finds the row', () => {
    const store = sqlite(newFile()).open()
    const tombstone: ParticipantRecord = {
      type: 'aborted',
      isEvidence: true,
      ...branchOf(7),
      sequence: sequence(7),
      reason: reason('TOMBSTONE', 'test'),
    }
    const unsealed = preparedOf(40, { protocol: 'three-phase' })
    const sealed = { ...unsealed, pledge: { promised: { number: 1, by: logId, branch: 0 } } }
    const onePhase = preparedOf(50, { onePhase: true })
    turn(store, 1, (local) => {
      for (const n of many) local.append(logId, prepared(preparedOf(n)))
      local.append(logId, { type: 'committed', branch: preparedOf(5) })
      local.append(logId, prepared(preparedOf(30)))
      local.append(logId, tombstone)
      local.append(logId, prepared(unsealed))
      local.append(logId, prepared(preparedOf(31)))
      local.append(logId, { type: 'pledged', branch: sealed })
      local.append(logId, { type: 'committed', branch: onePhase })
    })
    const ended = { ...preparedOf(5), input: '', locks: [] }
    expect(record(store, 5)).toEqual({ type: 'committed', branch: ended })
    expect(record(store, 7)).toEqual(tombstone)
    expect(record(store, 40)).toEqual({ type: 'prepared', branch: sealed })
    expect(record(store, 50)).toEqual({ type: 'committed', branch: { ...onePhase, input: '' } })
    for (const n of [1, 21, 30, 31]) expect(record(store, n)).toEqual(prepared(preparedOf(n)))
    expect(store.countEndedBranches()).toBe(3)
    store.close()
  })

  test('nothing of a turn that was rolled back is written by the next one', () => {
    const store = sqlite(newFile()).open()
    const end = turn(store, 1, (local) => {
      local.append(logId, prepared(preparedOf(1)))
      local.savepoint(
        (db) => db.exec('ROLLBACK'),
        () => true,
      )
    })
    expect(end).toMatchObject({ end: 'closed' })
    turn(store, 2, (local) => local.append(logId, prepared(preparedOf(2))))
    expect([record(store, 1), record(store, 2)]).toEqual([undefined, prepared(preparedOf(2))])
    expect(store.recordSequence).toBe(1)
    store.close()
  })

  test('exactly the named rows are dropped', () => {
    const store = sqlite(newFile()).open()
    turn(store, 1, (local) => {
      for (const n of many) local.append(logId, prepared(preparedOf(n)))
      for (const n of many) local.append(logId, { type: 'committed', branch: preparedOf(n) })
    })
    const kept = [3, 20]
    turn(store, 2, (local) => local.drop(many.filter((n) => !kept.includes(n)).map((n) => branchOf(n))))
    expect(many.filter((n) => record(store, n) !== undefined)).toEqual(kept)
    store.close()
  })
})
