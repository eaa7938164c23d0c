// What the tests of both logs are made of: records of one small shop, and the two logs themselves.

import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Log,
  type LogEntry,
  newDisk,
  openMemoryLog,
  openSqliteLog,
  type Query,
  type RecordedTransaction,
} from '../../log/index.ts'
import {
  Boot,
  BranchNumber,
  Epoch,
  Instant,
  LogId,
  ParticipantName,
  reason,
  StorageId,
  type TransactionFacts,
  TransactionId,
} from '../../protocol/index.ts'

export const storageId = StorageId('00000000-0000-4000-8000-000000000001')
export const participant = ParticipantName('orders')
export const branch = BranchNumber(1)
export const id = (number: number): TransactionId =>
  TransactionId(`01900000-0000-7000-8000-${String(number).padStart(12, '0')}`)
export const facts = (number: number, key?: string): TransactionFacts => ({
  transactionId: id(number),
  sequence: { epoch: Epoch(1), number },
  protocol: 'two-phase',
  startedAt: Instant(1_700_000_000_000),
  timeoutAt: Instant(1_700_000_060_000),
  digest: 'd',
  traceParent: '',
  ...(key === undefined ? {} : { idempotencyKey: key }),
})
export const voted = {
  branch,
  participant,
  operation: 'place',
  vote: 'yes',
  voter: { storageId, boot: Boot(1) },
  result: '"it\u2019s"',
} as const
export const decision = (number: number, key?: string): LogEntry => ({
  type: 'decision',
  facts: facts(number, key),
  branches: [voted],
})
export const committed = (number: number): LogEntry => ({
  type: 'end',
  transactionId: id(number),
  outcome: { outcome: 'committed', results: [{ branch, result: '1' }] },
})
export const aborted = { outcome: 'aborted', reason: reason('TOMBSTONE', 'x') } as const
export const delegated = (number: number, key?: string): LogEntry => ({
  type: 'delegated',
  facts: facts(number, key),
  branch: { branch, participant, operation: 'place', storageId },
})

export async function forced(log: Log, entries: readonly LogEntry[]): Promise<void> {
  const turn = log.append(entries, true)
  await new Promise<void>((resolve, reject) => {
    log.listen({ forced: () => log.forcedTurn >= turn && resolve(), failed: reject })
  })
}
export const lookUp = (log: Log, query: Query): Promise<readonly RecordedTransaction[]> =>
  new Promise((resolve) => log.lookUp(query, resolve))

export const folder = mkdtempSync(join(tmpdir(), 'concordat-log-'))
let files = 0
export const kinds = {
  sqlite: () => {
    files += 1
    const file = join(folder, `${files}.db`)
    return () => openSqliteLog(file)
  },
  memory: () => {
    const disk = newDisk(LogId('00000000-0000-4000-8000-0000000000aa'))
    return async () => openMemoryLog(disk, queueMicrotask)
  },
}

export const removeFiles = (): Promise<void> => rm(folder, { recursive: true })
