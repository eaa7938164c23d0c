// Branches in a participant's database: several rows in one statement, members kept once (docs/decisions/0008), and a turn
// that is forced with the next one.

import { join } from 'node:path'
import Database from 'better-sqlite3'
import { bindUsual, type MembersForm } from '../../participant/branch-rows.ts'
import { RowsStatement } from '../../participant/sqlite-rows.ts'
import { prepareUsual } from '../../participant/sqlite-schema.ts'
import { sqlite } from '../../participant/sqlite-store.ts'
import {
  Boot,
  BranchNumber,
  Epoch,
  Instant,
  ParticipantName,
  type PreparedBranch,
  StorageId,
  TransactionId,
} from '../../protocol/index.ts'
import type { Part } from './part.ts'

const turnOf = 64
const logId = Buffer.alloc(16, 7)

const members = ['orders', 'inventory', 'payments'].map((name, index) => ({
  storageId: StorageId(`00000000-0000-4000-8000-00000000000${index}`),
  boot: Boot(1),
  participant: ParticipantName(name),
  address: `10.0.0.${index}:7411`,
  branches: [BranchNumber(index + 1)],
}))

const branchOf = (number: number): PreparedBranch => ({
  transactionId: TransactionId(`0190a0b0-0000-7000-8000-${number.toString(16).padStart(12, '0')}`),
  branch: BranchNumber(1),
  sequence: { epoch: Epoch(1), number },
  protocol: 'two-phase',
  operation: 'work',
  input: JSON.stringify({ sku: 'x'.repeat(80) }),
  result: JSON.stringify({ reservation: 'x'.repeat(80) }),
  startedAt: Instant(1_700_000_000_000),
  locks: [],
  members,
  traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  onePhase: false,
})

const listOf = (): readonly never[] => []
const byNumber: MembersForm = { columnOf: () => '1', listOf }
const asText: MembersForm = { columnOf: (list) => JSON.stringify(list), listOf }

export function storeParts(folder: string): readonly Part[] {
  const file = join(folder, 'shop.db')
  sqlite(file).open().close()
  const db = new Database(file)
  const insertWith = (form: MembersForm): RowsStatement<PreparedBranch> =>
    new RowsStatement(db, prepareUsual, (values, branch, id) => bindUsual(values, logId, branch, form, id))
  const [numbered, written] = [insertWith(byNumber), insertWith(asText)]
  const mark = db.prepare('UPDATE concordat_identity SET turn = turn + 1')
  let number = 0
  const branches = (count: number): PreparedBranch[] => {
    number += count
    return Array.from({ length: count }, (_, index) => branchOf(number - count + index))
  }
  const inTurn = (durability: 'FULL' | 'NORMAL', run: () => unknown, end = 'COMMIT'): void => {
    db.pragma(`synchronous = ${durability}`)
    db.exec('BEGIN IMMEDIATE')
    run()
    db.exec(end)
  }
  const oneByOne = (rows: readonly PreparedBranch[]): void => {
    for (const row of rows) numbered.run([row])
  }
  return [
    {
      title: 'prepared rows of a turn several in a statement; plain: one by one',
      unit: 'row, not forced',
      count: turnOf,
      special: (count) => inTurn('FULL', () => numbered.run(branches(count)), 'ROLLBACK'),
      plain: (count) => inTurn('FULL', () => oneByOne(branches(count)), 'ROLLBACK'),
    },
    {
      title: 'members named by the number of their list; plain: written out in each row',
      unit: 'row of a forced turn',
      count: turnOf,
      special: (count) => inTurn('FULL', () => numbered.run(branches(count))),
      plain: (count) => inTurn('FULL', () => written.run(branches(count))),
    },
    {
      title: 'a turn of commits that a later turn forces; plain: forced by itself',
      unit: 'turn',
      count: 1,
      special: () => inTurn('NORMAL', () => mark.run()),
      plain: () => inTurn('FULL', () => mark.run()),
      close: () => db.close(),
    },
  ]
}
