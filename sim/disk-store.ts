// A participant's database in a simulated world: the promises D1 to D5 of participant/store.ts, over a disk that survives
// its process. Everything is changed in place; what is not durable can be taken back.
//
// Owns: what is visible, what is durable, what a crash leaves. Besides D1 to D5:
//
// S1 A crash keeps some prefix of the turns that were not forced, and nothing of a turn that was not committed.
// S2 An ended branch keeps what its row would keep: not its input, not its locks, not its members.

import type { BusinessDatabase } from '../participant/definitions.ts'
import type { LocalTransaction, Store, StoredBranch, StoredCoordinator, TurnEnd } from '../participant/store.ts'
import { Boot, type BranchAddress, type Identity, type LogId, type ParticipantRecord } from '../protocol/index.ts'
import type { Ledger } from './ledger.ts'
import { addressKey, type Get, harden, type Put, type StoreDisk, takeBack, type Undo } from './store-disk.ts'

/** What the world decides about the disk, and is told of it. */
export interface StoreWorld {
  /** May end the process, by throwing, before the turn is committed, before it is forced, or after. */
  at(point: 'before-commit' | 'before-force' | 'after-force', appended: readonly Appended[]): void
  /** Another connection writes. */
  isBusy(): boolean
  /** The process waits for it. */
  forced(): void
  /** A turn is committed: visible from now on. */
  committed(records: readonly Appended[], dropped: readonly BranchAddress[]): void
}

export interface Appended {
  readonly logId: LogId
  readonly record: ParticipantRecord
}

class Busy extends Error {}

/** A local COMMIT refuses data with this key: a deferred foreign key. */
export const poisonKey = 'poison'

export class DiskStore implements Store {
  readonly identity: Identity
  readonly readDatabase: BusinessDatabase
  forcedTurn = 0
  forcedRecordSequence: number
  readonly #disk: StoreDisk
  readonly #world: StoreWorld
  readonly #ledger: Ledger
  readonly #local: LocalTransaction
  #undo: Undo[] = []
  #isOpen = false
  #appended: Appended[] = []
  #dropped: BranchAddress[] = []
  #committedTurn = 0
  #recordSequenceBefore = 0

  constructor(disk: StoreDisk, world: StoreWorld, ledger: (put: Put, get: Get) => Ledger) {
    disk.boot += 1
    this.#disk = disk
    this.#world = world
    this.identity = { storageId: disk.storageId, boot: Boot(disk.boot) }
    this.forcedRecordSequence = disk.recordSequence
    this.#ledger = ledger(
      (key, value) => this.#put(disk.data, key, value),
      (key) => disk.data.get(key),
    )
    this.readDatabase = this.#ledger as unknown as BusinessDatabase
    this.#local = this.#localTransaction()
  }

  get recordSequence(): number {
    return this.#disk.recordSequence
  }

  runTurn(turn: number, expectForce: boolean, body: (local: LocalTransaction) => boolean): TurnEnd {
    try {
      const mustForce = body(this.#local)
      const isForced = expectForce || mustForce
      if (!this.#isOpen) {
        if (this.#committedTurn <= this.forcedTurn) this.forcedTurn = turn
        this.#committedTurn = turn
        if (mustForce && this.forcedTurn < turn) this.#force(turn)
        return { end: 'committed' }
      }
      if (this.#disk.data.get(poisonKey) === 1) {
        this.#rollBackTo(0)
        this.#close()
        return { end: 'constraint', error: 'SQLITE_CONSTRAINT_FOREIGNKEY' }
      }
      this.#world.at('before-commit', this.#appended)
      this.#commit(turn)
      if (isForced) this.#force(turn)
      return { end: 'committed' }
    } catch (error) {
      this.#rollBackTo(0)
      this.#close()
      if (error instanceof Busy) return { end: 'busy' }
      throw error
    }
  }

  #commit(turn: number): void {
    this.#disk.unforced.push({ number: turn, undo: this.#undo, recordSequence: this.#recordSequenceBefore })
    this.#committedTurn = turn
    const [appended, dropped] = [this.#appended, this.#dropped]
    this.#undo = []
    this.#close()
    this.#world.committed(appended, dropped)
  }

  #force(turn: number): void {
    this.#world.at('before-force', [])
    harden(this.#disk)
    this.forcedTurn = turn
    this.#committedTurn = turn
    this.forcedRecordSequence = this.#disk.recordSequence
    this.#world.forced()
    this.#world.at('after-force', [])
  }

  #begin(): void {
    if (this.#isOpen) return
    if (this.#world.isBusy()) throw new Busy()
    this.#isOpen = true
    this.#recordSequenceBefore = this.#disk.recordSequence
  }

  #close(): void {
    this.#isOpen = false
    this.#appended = []
    this.#dropped = []
  }

  #put<Stored>(map: Map<string, Stored>, key: string, value: Stored | undefined): void {
    this.#undo.push({ map: map as Map<string, unknown>, key, before: map.get(key) })
    if (value === undefined) map.delete(key)
    else map.set(key, value)
  }

  #rollBackTo(mark: number): void {
    takeBack(this.#undo.splice(mark))
    if (mark === 0 && this.#isOpen) this.#disk.recordSequence = this.#recordSequenceBefore
  }

  #localTransaction(): LocalTransaction {
    const disk = this.#disk
    return {
      savepoint: (work, keeps) => {
        this.#begin()
        const mark = this.#undo.length
        const result = work(this.readDatabase)
        if (!keeps(result)) this.#rollBackTo(mark === 0 ? 0 : mark)
        return result
      },
      touch: () => this.#begin(),
      append: (logId, record) => {
        this.#begin()
        this.#put(disk.branches, keyOf(record), { logId, record: rowOf(record), forgotten: false })
        disk.recordSequence += 1
        this.#appended.push({ logId, record })
      },
      putCoordinator: (row) => {
        this.#begin()
        this.#put(disk.coordinators, row.logId, row)
      },
      forget: (address) => {
        this.#begin()
        const known = disk.branches.get(addressKey(address))
        if (known !== undefined) this.#put(disk.branches, addressKey(address), { ...known, forgotten: true })
      },
      drop: (addresses) => {
        if (addresses.length > 0) this.#begin()
        for (const address of addresses) this.#put(disk.branches, addressKey(address), undefined)
        this.#dropped.push(...addresses)
      },
    }
  }

  readBranch(address: BranchAddress): StoredBranch | undefined {
    return this.#disk.branches.get(addressKey(address))
  }

  readLiveBranches(): StoredBranch[] {
    return [...this.#disk.branches.values()].filter(isLive)
  }

  readEndedBranches(after: BranchAddress | undefined, limit: number): StoredBranch[] {
    const from = after === undefined ? '' : addressKey(after)
    const keys = [...this.#disk.branches.keys()].filter((key) => key > from).sort()
    const ended = keys.flatMap((key) => this.#disk.branches.get(key) ?? []).filter((stored) => !isLive(stored))
    return ended.slice(0, limit)
  }

  countEndedBranches(): number {
    return [...this.#disk.branches.values()].filter((stored) => !isLive(stored)).length
  }

  readCoordinators(): StoredCoordinator[] {
    return [...this.#disk.coordinators.values()]
  }

  close(): void {}
}

const keyOf = (record: ParticipantRecord): string => addressKey(record.type === 'aborted' ? record : record.branch)

const isLive = ({ record, forgotten }: StoredBranch): boolean =>
  record.type === 'prepared' || record.type === 'pledged' || (record.type === 'heuristic' && !forgotten)

function rowOf(record: ParticipantRecord): ParticipantRecord {
  if (record.type !== 'committed') return record
  return { type: 'committed', branch: { ...record.branch, input: '', locks: [], members: [] } }
}
