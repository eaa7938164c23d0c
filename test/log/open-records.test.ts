// Three-phase and saga in both logs: rows that are open for long, and change before they are decided.

import { afterAll, describe, expect, test } from '@jest/globals'
import type { Log, LogEntry, RecordedTransaction } from '../../log/index.ts'
import {
  type Ballot,
  Boot,
  BranchNumber,
  LogId,
  type Member,
  ParticipantName,
  type Pledge,
  reason,
  type SagaBranch,
  StorageId,
} from '../../protocol/index.ts'
import {
  aborted,
  branch,
  committed,
  decision,
  facts,
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

const first: Ballot = { number: 1, by: LogId('00000000-0000-4000-8000-0000000000aa'), branch: 0 }
const higher: Ballot = { number: 7, by: StorageId('00000000-0000-4000-8000-000000000002'), branch: 3 }
const members: readonly Member[] = [
  { participant, storageId, boot: Boot(1), address: 'orders:7411', branches: [branch] },
  {
    participant: ParticipantName('stock'),
    storageId: higher.by as StorageId,
    boot: Boot(4),
    address: '',
    branches: [],
  },
]
const preCommitted = (number: number, key?: string): LogEntry => ({
  type: 'pre-committed',
  facts: { ...facts(number, key), protocol: 'three-phase' },
  branches: [voted],
  members,
  ballot: first,
})
const pledged = (number: number, pledge: Pledge): LogEntry => ({ type: 'pledged', transactionId: id(number), pledge })
const decided = (number: number, protocol: 'three-phase' | 'saga', key?: string): LogEntry => ({
  type: 'decision',
  facts: { ...facts(number, key), protocol },
  branches: [voted],
})

/** Text that JSON, SQLite and a shell could each take for something else. */
const awkward = JSON.stringify({ a: `it's [1] "$.x" \u0000 \ud800 \u2028 \u{1f4d6}` })
const sagaBranch = (number: number, more: Partial<SagaBranch> = {}): SagaBranch => ({
  branch: BranchNumber(number),
  participant,
  operation: 'place',
  input: awkward,
  references: number === 1 ? [] : [{ at: '/order~1id', branch: BranchNumber(1), from: '/id' }],
  after: number === 1 ? [] : [BranchNumber(number - 1)],
  role: 'compensatable',
  retry: { tries: 3, firstMs: 50, maxMs: 10_000 },
  ...more,
})
const saga = (number: number, branches: readonly SagaBranch[], isOpen: boolean, key?: string): LogEntry => ({
  type: 'saga',
  facts: { ...facts(number, key), protocol: 'saga' },
  branches,
  isOpen,
})
const called = (number: number, one: SagaBranch): LogEntry => ({
  type: 'saga-branch',
  transactionId: id(number),
  branch: one,
})
const compensating = (number: number, message: string): LogEntry => ({
  type: 'compensating',
  transactionId: id(number),
  reason: reason('TRANSACTION_TIMEOUT', message),
})
const hazard = (number: number): LogEntry => ({
  type: 'hazard',
  transactionId: id(number),
  branch,
  hazard: 'hazard',
  detail: 'gone',
})
const end = (number: number, outcome: Extract<LogEntry, { type: 'end' }>['outcome']): LogEntry => ({
  type: 'end',
  transactionId: id(number),
  outcome,
})

async function byId(log: Log, number: number): Promise<RecordedTransaction | undefined> {
  const [found] = await lookUp(log, { by: 'transaction', transactionId: id(number) })
  return found
}

const idsOf = async (log: Log, key: string): Promise<string[]> =>
  (await lookUp(log, { by: 'idempotency-key', key })).map((found) => found.facts.transactionId)

describe.each(Object.entries(kinds))('%s log', (_name, make) => {
  test('pre-committed is recovered with the first ballot adopted, and a later pledge takes its place', async () => {
    const open = make()
    const log = await open()
    await forced(log, [preCommitted(1), preCommitted(2)])
    await forced(log, [pledged(2, { promised: higher, adopted: { ballot: first, choice: 'pre-commit' } })])
    await forced(log, [pledged(2, { promised: higher, adopted: { ballot: higher, choice: 'pre-abort' } })])
    await log.close()
    const again = await open()
    const recorded = { record: 'pre-committed', branches: [voted], members } as const
    expect(again.recovered.transactions).toEqual([
      {
        facts: { ...facts(1), protocol: 'three-phase' },
        first: { ...recorded, pledge: { promised: first, adopted: { ballot: first, choice: 'pre-commit' } } },
        hazards: [],
      },
      {
        facts: { ...facts(2), protocol: 'three-phase' },
        first: { ...recorded, pledge: { promised: higher, adopted: { ballot: higher, choice: 'pre-abort' } } },
        hazards: [],
      },
    ])
    await again.close()
  })

  test('a saga is recovered with every branch, as submitted and as called, and with its turn', async () => {
    const open = make()
    const log = await open()
    const pivot = sagaBranch(2, { role: 'pivot', storageId })
    await forced(log, [saga(1, [sagaBranch(1), pivot], false), saga(2, [], true)])
    await forced(log, [called(2, sagaBranch(1)), called(2, sagaBranch(2))])
    await forced(log, [called(2, sagaBranch(3)), compensating(2, `${awkward}\u0000`)])
    await log.close()
    const again = await open()
    expect(again.recovered.transactions).toEqual([
      {
        facts: { ...facts(1), protocol: 'saga' },
        first: { record: 'saga', branches: [sagaBranch(1), pivot], isOpen: false },
        hazards: [],
      },
      {
        facts: { ...facts(2), protocol: 'saga' },
        first: {
          record: 'saga',
          branches: [sagaBranch(1), sagaBranch(2), sagaBranch(3)],
          isOpen: true,
          compensating: reason('TRANSACTION_TIMEOUT', `${awkward}\u0000`),
        },
        hazards: [],
      },
    ])
    await again.close()
  })

  test('a decision takes the place of pre-committed and of saga, and the hazards stay', async () => {
    const open = make()
    const log = await open()
    await forced(log, [preCommitted(1, 'one'), hazard(1), saga(2, [sagaBranch(1)], true, 'two'), hazard(2)])
    await forced(log, [decided(1, 'three-phase', 'one'), decided(2, 'saga', 'two')])
    // Too late to change anything.
    await forced(log, [pledged(1, { promised: higher }), called(2, sagaBranch(2)), compensating(2, '')])
    await log.close()
    const again = await open()
    const kept = {
      first: { record: 'decision', branches: [voted] },
      hazards: [{ branch, hazard: 'hazard', detail: 'gone' }],
    }
    expect(again.recovered.transactions).toEqual([
      { facts: { ...facts(1, 'one'), protocol: 'three-phase' }, ...kept },
      { facts: { ...facts(2, 'two'), protocol: 'saga' }, ...kept },
    ])
    expect(await idsOf(again, 'one')).toEqual([id(1)])
    expect(await idsOf(again, 'two')).toEqual([id(2)])
    await again.close()
  })

  test('what was decided, delegated or ended is not decided again', async () => {
    const log = await make()()
    const other: LogEntry = { ...decided(1, 'saga'), branches: [] } as LogEntry
    await forced(log, [decision(1), saga(2, [], true), end(2, aborted), preCommitted(3), end(3, aborted)])
    const before = [await byId(log, 1), await byId(log, 2), await byId(log, 3)]
    await forced(log, [other, decided(2, 'saga'), decided(3, 'three-phase'), preCommitted(1), saga(1, [], false)])
    expect([await byId(log, 1), await byId(log, 2), await byId(log, 3)]).toEqual(before)
    await log.close()
  })

  test('an open row ends like any other, without a decision too', async () => {
    const open = make()
    const log = await open()
    await forced(log, [preCommitted(1), saga(2, [sagaBranch(1)], false), preCommitted(3), decided(3, 'three-phase')])
    await forced(log, [end(1, aborted), end(2, aborted), committed(3)])
    expect(await byId(log, 1)).toMatchObject({ first: { record: 'pre-committed' }, outcome: aborted })
    expect(await byId(log, 2)).toMatchObject({ first: { record: 'saga' }, outcome: aborted })
    await log.close()
    const again = await open()
    expect(again.recovered.transactions).toEqual([])
    await again.close()
  })

  test('a key is held from the first record on, and free again after an abort', async () => {
    const log = await make()()
    await forced(log, [preCommitted(1, 'one'), saga(2, [], true, 'two')])
    expect(await idsOf(log, 'one')).toEqual([id(1)])
    expect(await idsOf(log, 'two')).toEqual([id(2)])
    await forced(log, [end(1, aborted), compensating(2, ''), end(2, aborted)])
    expect(await idsOf(log, 'one')).toEqual([])
    expect(await idsOf(log, 'two')).toEqual([])
    await forced(log, [saga(3, [], true, 'one'), decided(3, 'saga', 'one'), committed(3)])
    // Nor does a late decision of the first one take it back.
    await forced(log, [decided(1, 'three-phase', 'one')])
    expect(await idsOf(log, 'one')).toEqual([id(3)])
    await log.close()
  })

  test('an abort with a hazard keeps its key: it may have been done in part', async () => {
    const log = await make()()
    const because = reason('PARTICIPANT_LOST', 'gone')
    const inDoubt = { outcome: 'hazard', decision: 'abort', reason: because, results: [] } as const
    await forced(log, [saga(1, [sagaBranch(1)], false, 'one'), compensating(1, ''), hazard(1), end(1, inDoubt)])
    expect(await idsOf(log, 'one')).toEqual([id(1)])
    expect(await lookUp(log, { by: 'hazard', limit: 10 })).toHaveLength(1)
    await log.close()
  })

  test('what changes a row that is not there changes nothing', async () => {
    const log = await make()()
    await forced(log, [pledged(1, { promised: first }), called(1, sagaBranch(1)), compensating(1, '')])
    expect(await byId(log, 1)).toBeUndefined()
    await log.close()
  })
})
