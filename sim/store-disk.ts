// A participant's disk: what is on it, and what of that a power cut would leave.

import type { StoredBranch, StoredCoordinator } from '../participant/store.ts'
import { type BranchAddress, StorageId } from '../protocol/index.ts'

export type Value = number | string | object

export interface Undo {
  readonly map: Map<string, unknown>
  readonly key: string
  readonly before: unknown
}

interface UnforcedTurn {
  readonly number: number
  readonly undo: readonly Undo[]
  readonly recordSequence: number
}

/** What survives a crash, and what of it is only visible yet. */
export interface StoreDisk {
  storageId: StorageId
  boot: number
  recordSequence: number
  branches: Map<string, StoredBranch>
  coordinators: Map<string, StoredCoordinator>
  /** The service's own data. */
  data: Map<string, Value>
  /** Branch records that a power cut would leave. */
  durable: Map<string, StoredBranch>
  unforced: UnforcedTurn[]
  /** Told of each branch record that has become durable. */
  onDurable: (row: StoredBranch) => void
}

export const newStoreDisk = (storageId: StorageId): StoreDisk => ({
  storageId,
  boot: 0,
  recordSequence: 0,
  branches: new Map(),
  coordinators: new Map(),
  data: new Map(),
  durable: new Map(),
  unforced: [],
  onDurable: () => undefined,
})

/** A backup: what whoever reads it sees, all of it durable. */
export const copyOf = (disk: StoreDisk): StoreDisk => ({
  ...disk,
  branches: new Map(disk.branches),
  coordinators: new Map(disk.coordinators),
  data: new Map(disk.data),
  durable: new Map(disk.branches),
  unforced: [],
})

export type Put = (key: string, value: Value | undefined) => void
export type Get = (key: string) => Value | undefined

export function takeBack(undo: readonly Undo[]): void {
  for (let index = undo.length - 1; index >= 0; index -= 1) {
    const { map, key, before } = undo[index] as Undo
    if (before === undefined) map.delete(key)
    else map.set(key, before)
  }
}

/** Everything that is visible is durable from now on. */
export function harden(disk: StoreDisk, turns = disk.unforced.length): void {
  for (const { undo } of disk.unforced.splice(0, turns)) {
    for (const { map, key } of undo) {
      if (map !== (disk.branches as Map<string, unknown>)) continue
      const row = disk.branches.get(key)
      if (row === undefined) disk.durable.delete(key)
      else if (disk.durable.get(key) !== row) {
        disk.durable.set(key, row)
        disk.onDurable(row)
      }
    }
  }
}

/** The power fails: the turns that were not forced are gone, but for the first few. */
export function cutPower(disk: StoreDisk, keep: number): void {
  const lost = disk.unforced.splice(keep)
  for (let index = lost.length - 1; index >= 0; index -= 1) {
    const { undo, recordSequence } = lost[index] as UnforcedTurn
    takeBack(undo)
    disk.recordSequence = recordSequence
  }
  harden(disk)
}

export const addressKey = ({ transactionId, branch }: BranchAddress): string =>
  `${transactionId}/${String(branch).padStart(3, '0')}`

export const storageIdOf = (participant: number, disk: number): StorageId =>
  StorageId(`00000000-0000-4000-8000-${String(participant * 1_000 + disk).padStart(12, '0')}`)
