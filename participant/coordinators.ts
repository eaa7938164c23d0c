// What this participant has heard from each coordinator's log: the highest epoch, the newest watermark, how far its log
// had come, where it can be asked.
//
// Owns: fencing, watermarks, and what of them is durable. Does not own: when a row is written.
//
// F1 An epoch lower than the highest seen of its log is refused; the highest is stored with the first turn that writes.
// F2 Rows are dropped only below a watermark that is stored and forced; answers may use the newest one heard.
// F3 "Seen" record numbers are told to the coordinator only once they are durable here.
// F4 A reign that begins with fewer records than were seen of its log began over an older copy of it. Nothing it says is
//    believed, however many records it has by now, and it is told that more were seen than it has.

import { hasEnded, type LogId, laterWatermark, noWatermark, type Sequence, type Watermark } from '../protocol/index.ts'
import type { CoordinatorHeader } from '../wire/index.ts'
import type { StoredCoordinator } from './store.ts'

interface Heard {
  row: StoredCoordinator
  /** The row as it was last written, and in which turn. */
  written: StoredCoordinator | undefined
  writtenTurn: number
  durable: StoredCoordinator | undefined
  /** The reign over an older copy (F4), and how many records it has by now. */
  older: { readonly epoch: number; readonly recordSequence: number } | undefined
}

export class Coordinators {
  readonly #logs = new Map<LogId, Heard>()
  #isDirty = false

  constructor(rows: readonly StoredCoordinator[]) {
    for (const row of rows)
      this.#logs.set(row.logId, { row, written: row, writtenTurn: 0, durable: row, older: undefined })
  }

  /** The highest epoch of the log: higher than the header's if the header is stale, and then nothing was learned. */
  hear(header: CoordinatorHeader): number {
    const { logId, epoch, address, watermark, recordSequence } = header
    const heard = this.#logs.get(logId)
    const before = heard?.row
    if (before !== undefined && epoch < before.epoch) return before.epoch
    if (heard !== undefined && isOfOlderCopy(heard, header)) {
      heard.older = { epoch, recordSequence }
      return epoch
    }
    if (heard !== undefined) heard.older = undefined
    const known = before?.watermark ?? noWatermark
    // An older file of that log does not know what began since: to it all of that has ended.
    const isOlder = before !== undefined && recordSequence < before.seenRecordSequence
    const row: StoredCoordinator = {
      logId,
      epoch,
      address: address === '' ? (before?.address ?? '') : address,
      watermark: isOlder ? known : later(known, watermark),
      seenRecordSequence: Math.max(before?.seenRecordSequence ?? 0, recordSequence),
    }
    if (heard === undefined) this.#logs.set(logId, newlyHeard(row))
    else if (before !== undefined && !isSame(before, row)) heard.row = row
    else return epoch
    this.#isDirty = true
    return epoch
  }

  epochOf(logId: LogId): number {
    return this.#logs.get(logId)?.row.epoch ?? 0
  }

  addressOf(logId: LogId): string {
    return this.#logs.get(logId)?.row.address ?? ''
  }

  hasEnded(logId: LogId, sequence: Sequence): boolean {
    const heard = this.#logs.get(logId)
    return heard !== undefined && hasEnded(heard.row.watermark, sequence)
  }

  mayDrop(logId: LogId, sequence: Sequence): boolean {
    const durable = this.#logs.get(logId)?.durable
    return durable !== undefined && hasEnded(durable.watermark, sequence)
  }

  /** Whether this reign is one over an older copy of its log (F4). */
  isOlderCopy({ logId, epoch }: CoordinatorHeader): boolean {
    return this.#logs.get(logId)?.older?.epoch === epoch
  }

  seenRecordSequence(logId: LogId): number {
    const heard = this.#logs.get(logId)
    const seen = heard?.durable?.seenRecordSequence ?? 0
    return heard?.older === undefined ? seen : Math.max(seen, heard.older.recordSequence + 1)
  }

  /** Whether a watermark was heard that is not durable yet. */
  get hasNewWatermark(): boolean {
    return [...this.#logs.values()].some(({ row, durable }) => row.watermark !== durable?.watermark)
  }

  /** Rows that differ from what is written. */
  get unwritten(): StoredCoordinator[] {
    if (!this.#isDirty) return []
    return [...this.#logs.values()].filter(({ row, written }) => row !== written).map(({ row }) => row)
  }

  written(rows: readonly StoredCoordinator[], turn: number): void {
    for (const row of rows) {
      const heard = this.#logs.get(row.logId)
      if (heard === undefined) continue
      heard.written = row
      heard.writtenTurn = turn
    }
    if (rows.length > 0) this.#isDirty = [...this.#logs.values()].some(({ row, written }) => row !== written)
  }

  /** Everything written up to this turn is durable. True: a watermark grew by that. */
  forced(turn: number): boolean {
    let grew = false
    for (const heard of this.#logs.values()) {
      if (heard.written === heard.durable || heard.writtenTurn > turn) continue
      grew ||= heard.written?.watermark !== heard.durable?.watermark
      heard.durable = heard.written
    }
    return grew
  }
}

const newlyHeard = (row: StoredCoordinator): Heard => ({
  row,
  written: undefined,
  writtenTurn: 0,
  durable: undefined,
  older: undefined,
})

function isOfOlderCopy({ row, older }: Heard, { epoch, recordSequence }: CoordinatorHeader): boolean {
  if (older?.epoch === epoch) return true
  return epoch > row.epoch && recordSequence < row.seenRecordSequence
}

/** Keeps the object when nothing grew, so that it can be compared by identity. */
function later(known: Watermark, heard: Watermark | undefined): Watermark {
  return heard === undefined ? known : laterWatermark(known, heard)
}

const isSame = (a: StoredCoordinator, b: StoredCoordinator): boolean =>
  a.epoch === b.epoch &&
  a.address === b.address &&
  a.watermark === b.watermark &&
  a.seenRecordSequence === b.seenRecordSequence
