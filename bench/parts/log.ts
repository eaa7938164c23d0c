// Decisions in the coordinator's log: many in one local transaction, and pages that hold one whole (docs/decisions/0010).

import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openLogDatabase } from '../../log/log-database.ts'
import { encodeEntry, type Row } from '../../log/record-codec.ts'
import {
  Boot,
  BranchNumber,
  Epoch,
  Instant,
  ParticipantName,
  StorageId,
  type TransactionFacts,
  TransactionId,
} from '../../protocol/index.ts'
import type { Part } from './part.ts'

const together = 64
const plainPageBytes = 4_096

function factsOf(number: number): TransactionFacts {
  return {
    transactionId: TransactionId(`0190a0b0-0000-7000-8000-${number.toString(16).padStart(12, '0')}`),
    sequence: { epoch: Epoch(1), number },
    protocol: 'two-phase',
    startedAt: Instant(1_700_000_000_000),
    timeoutAt: Instant(1_700_000_060_000),
    digest: '0'.repeat(64),
    traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
}

const branches = ['orders', 'inventory', 'payments'].map((name, index) => ({
  branch: BranchNumber(index + 1),
  participant: ParticipantName(name),
  operation: 'work',
  vote: 'yes' as const,
  voter: { storageId: StorageId(`00000000-0000-4000-8000-00000000000${index}`), boot: Boot(1) },
  result: JSON.stringify({ reservation: 'x'.repeat(80) }),
}))

const decision = (number: number): Row => encodeEntry({ type: 'decision', facts: factsOf(number), branches })

export function logParts(folder: string): readonly Part[] {
  const one = openLogDatabase(join(folder, 'large-pages.db'))
  const small = join(folder, 'small-pages.db')
  makeWithSmallPages(small)
  const other = openLogDatabase(small)
  let number = 0
  const decisions = (count: number): Row[] => {
    number += count
    return Array.from({ length: count }, (_, index) => decision(number - index))
  }
  const inBatches = (log: typeof one, count: number, size: number): void => {
    for (let done = 0; done < count; done += size) log.append(decisions(size))
  }
  return [
    {
      title: `${together} decisions forced at once; plain: each by itself`,
      unit: 'decision',
      count: together,
      special: (count) => inBatches(one, count, together),
      plain: (count) => inBatches(one, count, 1),
    },
    {
      title: 'log pages of 8 KiB; plain: 4 KiB',
      unit: 'decision',
      count: together * 8,
      special: (count) => inBatches(one, count, together),
      plain: (count) => inBatches(other, count, together),
      close() {
        one.close()
        other.close()
      },
    },
  ]
}

/** A file that is there keeps its own page size. */
function makeWithSmallPages(file: string): void {
  const db = new Database(file)
  db.pragma(`page_size = ${plainPageBytes}`)
  db.exec('CREATE TABLE made (number INTEGER); DROP TABLE made')
  db.close()
}
