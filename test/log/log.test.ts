// One suite for the log and its twin: what coordinator code may rely on, whichever keeps it.

import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { newDisk, openMemoryLog, openSqliteLog } from '../../log/index.ts'
import { Boot, BranchNumber, Instant, LogId } from '../../protocol/index.ts'
import {
  aborted,
  branch,
  committed,
  decision,
  delegated,
  facts,
  folder,
  forced,
  id,
  kinds,
  lookUp,
  participant,
  removeFiles,
  storageId,
  voted,
} from './both-logs.ts'

afterAll(removeFiles)

describe.each(Object.entries(kinds))('%s log', (_name, make) => {
  test('L4: the epoch grows at each open, the log id stays', async () => {
    const open = make()
    const first = await open()
    await first.close()
    const second = await open()
    expect([first.epoch, second.epoch]).toEqual([1, 2])
    expect(second.logId).toBe(first.logId)
    await second.close()
  })

  test('what has a first record and no end is recovered, with its hazards', async () => {
    const open = make()
    const log = await open()
    await forced(log, [
      decision(1),
      decision(2),
      delegated(3),
      { type: 'aborted', facts: facts(4), reason: aborted.reason },
    ])
    await forced(log, [
      committed(1),
      { type: 'hazard', transactionId: id(2), branch, hazard: 'hazard', detail: "it's gone" },
    ])
    await log.close()
    const again = await open()
    expect(again.recovered.transactions).toEqual([
      {
        facts: facts(2),
        first: { record: 'decision', branches: [voted] },
        hazards: [{ branch, hazard: 'hazard', detail: "it's gone" }],
      },
      {
        facts: facts(3),
        first: { record: 'delegated', branch: { branch, participant, operation: 'place', storageId } },
        hazards: [],
      },
    ])
    await again.close()
  })

  test('a transaction is found by its id, and by its key while it has committed or may have', async () => {
    const log = await make()()
    await forced(log, [
      decision(1, 'one'),
      delegated(2, 'two'),
      { type: 'aborted', facts: facts(3, 'three'), reason: aborted.reason },
    ])
    expect(await lookUp(log, { by: 'transaction', transactionId: id(1) })).toMatchObject([{ facts: facts(1, 'one') }])
    expect(await lookUp(log, { by: 'transaction', transactionId: id(9) })).toEqual([])
    expect(await lookUp(log, { by: 'idempotency-key', key: 'one' })).toHaveLength(1)
    expect(await lookUp(log, { by: 'idempotency-key', key: 'two' })).toHaveLength(1)
    expect(await lookUp(log, { by: 'idempotency-key', key: 'three' })).toEqual([])
    await forced(log, [{ type: 'end', transactionId: id(2), outcome: aborted }])
    expect(await lookUp(log, { by: 'idempotency-key', key: 'two' })).toEqual([])
    expect(await lookUp(log, { by: 'transaction', transactionId: id(3) })).toMatchObject([{ outcome: aborted }])
    await log.close()
  })

  test('an id newer than all that have a record has none, also after a restart', async () => {
    const open = make()
    const log = await open()
    expect(log.mayHave(id(1))).toBe(false)
    await forced(log, [decision(2), { type: 'aborted', facts: facts(1), reason: aborted.reason }])
    expect([1, 2, 3].map((number) => log.mayHave(id(number)))).toEqual([true, true, false])
    log.append([decision(4)], false)
    expect([3, 4, 5].map((number) => log.mayHave(id(number)))).toEqual([true, true, false])
    await log.close()
    const again = await open()
    expect([4, 5].map((number) => again.mayHave(id(number)))).toEqual([true, false])
    await again.close()
  })

  test('what is appended is seen by the next look-up, forced or not', async () => {
    const log = await make()()
    log.append([decision(1, 'one')], false)
    expect(await lookUp(log, { by: 'idempotency-key', key: 'one' })).toHaveLength(1)
    log.append([{ type: 'end', transactionId: id(1), outcome: aborted }], false)
    expect(await lookUp(log, { by: 'idempotency-key', key: 'one' })).toEqual([])
    log.append([decision(2)], false)
    expect(await lookUp(log, { by: 'transaction', transactionId: id(2) })).toHaveLength(1)
    log.append([committed(2)], false)
    expect(await lookUp(log, { by: 'transaction', transactionId: id(2) })).toMatchObject([
      { outcome: { outcome: 'committed' } },
    ])
    log.append([{ type: 'hazard', transactionId: id(2), branch, hazard: 'hazard', detail: 'gone' }], false)
    expect(await lookUp(log, { by: 'hazard', limit: 10 })).toHaveLength(1)
    await log.close()
  })

  test('an ended transaction is found with the results of all its branches, in their order', async () => {
    const log = await make()()
    const branches = [2, 1].map((number) => ({ ...voted, branch: BranchNumber(number), result: `"${number}"` }))
    const results = branches.map(({ branch: number, result }) => ({ branch: number, result }))
    await forced(log, [
      { type: 'decision', facts: facts(1), branches },
      { type: 'end', transactionId: id(1), outcome: { outcome: 'committed', results } },
      delegated(2),
      committed(2),
    ])
    const outcomes = [1, 2].map(async (number) => {
      const [found] = await lookUp(log, { by: 'transaction', transactionId: id(number) })
      return found?.outcome
    })
    expect(await Promise.all(outcomes)).toEqual([
      { outcome: 'committed', results },
      { outcome: 'committed', results: [{ branch, result: '1' }] },
    ])
    await log.close()
  })

  test('an ended hazard is listed until it is forgotten', async () => {
    const log = await make()()
    await forced(log, [
      decision(1),
      { type: 'hazard', transactionId: id(1), branch, hazard: 'hazard', detail: 'gone' },
      { type: 'resolved', transactionId: id(1), branch, decision: 'abort', detail: 'by hand' },
      {
        type: 'end',
        transactionId: id(1),
        outcome: { outcome: 'mixed', decision: 'commit', reason: aborted.reason, results: [] },
      },
    ])
    const [found] = await lookUp(log, { by: 'hazard', limit: 10 })
    expect(found?.hazards).toEqual([{ branch, hazard: 'mixed', detail: 'by hand', resolved: 'abort' }])
    await forced(log, [{ type: 'forgotten', transactionId: id(1), detail: 'dealt with' }])
    expect(await lookUp(log, { by: 'hazard', limit: 10 })).toEqual([])
    await log.close()
  })

  test('participants are remembered with the newest facts', async () => {
    const open = make()
    const log = await open()
    const known = {
      participant,
      address: 'o:1',
      operations: ['place'],
      protocols: ['two-phase'],
      seenRecordSequence: 3,
    } as const
    await forced(log, [{ type: 'participant', facts: known }])
    await forced(log, [{ type: 'participant', facts: { ...known, storageId, boot: Boot(2), seenRecordSequence: 9 } }])
    await log.close()
    const again = await open()
    expect(again.recovered.participants).toEqual([{ ...known, storageId, boot: 2, seenRecordSequence: 9 }])
    await again.close()
  })
})

test('memory log: a crash loses what was not forced, and nothing else (L3)', async () => {
  const disk = newDisk(LogId('00000000-0000-4000-8000-0000000000aa'))
  const forces: (() => void)[] = []
  const log = openMemoryLog(disk, (force) => forces.push(force))
  log.append([decision(1)], true)
  log.append([decision(2)], true)
  forces[0]?.()
  log.crash()
  forces[1]?.()
  expect(openMemoryLog(disk, queueMicrotask).recovered.transactions.map((found) => found.facts.transactionId)).toEqual([
    id(1),
  ])
})

test('sqlite log: one process for one file, and a taken-over epoch ends the old one (D2)', async () => {
  const file = join(folder, 'fenced.db')
  const log = await openSqliteLog(file)
  await expect(openSqliteLog(file)).rejects.toMatchObject({ code: 'STORE_IN_USE' })
  const intruder = new Database(file)
  intruder.exec('UPDATE identity SET epoch = epoch + 1')
  intruder.close()
  await expect(forced(log, [decision(1)])).rejects.toThrow('D2')
  const reader = new Database(file, { readonly: true })
  expect(reader.prepare('SELECT count(*) FROM transactions').pluck().get()).toBe(0)
  reader.close()
  await log.close()
})

test('sqlite log: trim drops what ended before, with its key, and keeps what is open or has a hazard', async () => {
  const file = join(folder, 'trim.db')
  const log = await openSqliteLog(file)
  await forced(log, [decision(1, 'one'), committed(1), decision(2), decision(3)])
  await forced(log, [{ type: 'hazard', transactionId: id(3), branch, hazard: 'mixed', detail: '' }, committed(3)])
  log.trim(Instant(1_900_000_000_000))
  expect(await lookUp(log, { by: 'transaction', transactionId: id(1) })).toEqual([])
  expect(await lookUp(log, { by: 'idempotency-key', key: 'one' })).toEqual([])
  expect(await lookUp(log, { by: 'transaction', transactionId: id(2) })).toHaveLength(1)
  expect(await lookUp(log, { by: 'transaction', transactionId: id(3) })).toHaveLength(1)
  await log.close()
})
