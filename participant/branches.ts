// The branches that the driver knows: all that may still change, and the ended ones that somebody may ask about.
//
// Owns: which branch is in memory, and which ended ones may be dropped. Does not own: the rows, the states' rules.
//
// T1 A live branch is always in memory.
// T2 While an ended branch is in the database only, an unknown key is looked up there: unknown never means forgotten.
// T3 An ended branch is dropped, from memory and rows, only below the durable watermark of its log.
// T4 When a read-only vote leaves memory before that, this is remembered: "no record" then proves nothing (rule 7).

import type {
  BranchAddress,
  BranchNumber,
  Epoch,
  Instant,
  LogId,
  participantSide,
  Sequence,
  TransactionId,
} from '../protocol/index.ts'
import { EndedBranches, type Entry } from './ended-branches.ts'
import type { Asker } from './outbox.ts'
import type { Store, StoredBranch } from './store.ts'

export interface Branch extends BranchAddress {
  readonly key: string
  readonly logId: LogId
  readonly state: participantSide.State
  readonly since: Instant
  /** The turn of its newest record; 0 when that is from an earlier boot, absent when there is none. */
  readonly recordTurn?: number
  /** The newest turn in which a step of it asked for a force: nothing of it leaves before that is durable. */
  readonly forceTurn: number
  /** Who asked for its vote and waits for it. */
  readonly voteAskers: readonly Asker[]
  /** Who brought a decision and was told that it is being retried; told again when it is applied. */
  readonly decisionAskers: readonly Asker[]
  /** An operator has dealt with its heuristic outcome. */
  readonly forgotten: boolean
}

/** A branch that a turn is changing: its own copy, which counts once the turn does. */
export type Draft = { -readonly [Field in keyof Branch]: Branch[Field] }

/** Nobody waits. */
export const none: readonly Asker[] = []

export const branchKey = (address: BranchAddress): string => `${address.transactionId}/${address.branch}`

export function addressOf(key: string): BranchAddress {
  const at = key.lastIndexOf('/')
  return { transactionId: key.slice(0, at) as TransactionId, branch: Number(key.slice(at + 1)) as BranchNumber }
}

export function newBranch(address: BranchAddress, key: string, logId: LogId, since: Instant): Draft {
  const { transactionId, branch } = address
  const state: participantSide.State = { state: 'none' }
  return {
    transactionId,
    branch,
    key,
    logId,
    state,
    since,
    forceTurn: 0,
    voteAskers: none,
    decisionAskers: none,
    forgotten: false,
  }
}

export function isLive(branch: Branch): boolean {
  const { state } = branch.state
  return state === 'active' || state === 'prepared' || (state === 'heuristic' && !branch.forgotten)
}

export interface BranchLimits {
  readonly endedInMemoryMax: number
  readonly endedBytesMax: number
}

const pageSize = 500
/** How often ended branches are brought back from the database, so that they can be dropped: a page is not free. */
const growthsPerPage = 64

export class Branches {
  readonly #store: Store
  readonly #limits: BranchLimits
  readonly #recover: typeof participantSide.recover
  readonly #entries = new Map<string, Entry>()
  readonly #ended = new EndedBranches()
  #liveCount = 0
  #endedBytes = 0
  /** Ended branches that are only in the database. */
  #unloaded = 0
  #cursor: BranchAddress | undefined
  /** How many of `#ended` have not been looked at since a watermark grew. */
  #unseen = 0
  #growths = 0
  #hasForgottenVotes = false
  /** The newest turn: what is read from the database may be as young. */
  turn = 0

  constructor(store: Store, limits: BranchLimits, recover: typeof participantSide.recover) {
    this.#store = store
    this.#limits = limits
    this.#recover = recover
  }

  /** Reads the live branches, and returns them. */
  recover(now: Instant): Branch[] {
    const live = this.#store.readLiveBranches().map((stored) => this.#fromStored(stored, now))
    for (const branch of live) this.put(branch)
    this.#unloaded = this.#store.countEndedBranches()
    while (this.#unloaded > 0 && this.#ended.size < this.#limits.endedInMemoryMax) {
      if (!this.#loadPage(now)) break
    }
    return live
  }

  get(address: BranchAddress, key: string, now: Instant): Branch | undefined {
    const known = this.#entries.get(key)?.branch
    if (known !== undefined || this.#unloaded === 0) return known
    const stored = this.#store.readBranch(address)
    return stored === undefined ? undefined : this.#fromStored(stored, now)
  }

  peek(key: string): Branch | undefined {
    return this.#entries.get(key)?.branch
  }

  put(branch: Branch): void {
    const { key } = branch
    if (branch.state.state === 'none') {
      this.#remove(key)
      return
    }
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { branch, isLive: isLive(branch), previous: undefined, next: undefined }
      this.#entries.set(key, entry)
    } else {
      this.#takeOut(entry)
      entry.branch = branch
      entry.isLive = isLive(branch)
    }
    if (entry.isLive) {
      this.#liveCount += 1
      return
    }
    entry.branch = withoutInput(branch)
    this.#ended.append(entry)
    this.#endedBytes += bytesOf(entry.branch)
    this.#evict()
  }

  get live(): Branch[] {
    const live: Branch[] = []
    for (const entry of this.#entries.values()) if (entry.isLive) live.push(entry.branch)
    return live
  }

  /** By a coordinator of this log in an earlier epoch; the oldest first. */
  preparedBefore(logId: LogId, epoch: Epoch): Branch[] {
    return this.live.filter(
      ({ logId: log, state }) => log === logId && state.state === 'prepared' && state.branch.sequence.epoch < epoch,
    )
  }

  get liveCount(): number {
    return this.#liveCount
  }

  get endedCount(): number {
    return this.#ended.size + this.#unloaded
  }

  get hasForgottenVotes(): boolean {
    return this.#hasForgottenVotes
  }

  /** A watermark has become durable: every ended branch deserves another look. */
  watermarkGrew(now: Instant): void {
    this.#unseen = this.#ended.size
    this.#growths += 1
    if (this.#unloaded > 0 && this.#growths % growthsPerPage === 0) this.#loadPage(now)
  }

  get mayDrop(): boolean {
    return this.#unseen > 0
  }

  /** Looks at up to `limit` ended branches; those returned may be dropped. */
  findDroppable(limit: number, hasEnded: (logId: LogId, sequence: Sequence) => boolean): Branch[] {
    const droppable: Branch[] = []
    let toSee = Math.min(limit, this.#unseen)
    this.#unseen -= toSee
    let entry = this.#ended.first
    for (; toSee > 0 && entry !== undefined; toSee -= 1) {
      const { branch, next }: Entry = entry
      if (hasEnded(branch.logId, sequenceOf(branch.state))) {
        droppable.push(branch)
      } else {
        // To the back, where the next look at the front does not meet it.
        this.#ended.remove(entry)
        this.#ended.append(entry)
      }
      entry = next
    }
    return droppable
  }

  dropped(branches: readonly Branch[]): void {
    for (const { key } of branches) this.#remove(key)
  }

  /** Brings some ended branches back from the database, so that they can be dropped. False: there was none. */
  #loadPage(now: Instant): boolean {
    const page = this.#store.readEndedBranches(this.#cursor, pageSize)
    const last = page[pageSize - 1]
    this.#cursor = last === undefined ? undefined : addressOfRecord(last)
    let loaded = 0
    for (const stored of page) {
      const branch = this.#fromStored(stored, now)
      if (this.#entries.has(branch.key)) continue
      this.#unloaded -= 1
      this.put(branch)
      this.#unseen += 1
      loaded += 1
    }
    return loaded > 0
  }

  #fromStored(stored: StoredBranch, since: Instant): Branch {
    const address = addressOfRecord(stored)
    const branch = newBranch(address, branchKey(address), stored.logId, since)
    return { ...branch, state: this.#recover(stored.record), recordTurn: this.turn, forgotten: stored.forgotten }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#takeOut(entry)
    this.#entries.delete(key)
  }

  /** Out of what is counted as live, or as ended. */
  #takeOut(entry: Entry): void {
    if (entry.isLive) {
      this.#liveCount -= 1
    } else {
      this.#ended.remove(entry)
      this.#endedBytes -= bytesOf(entry.branch)
    }
  }

  #evict(): void {
    const { endedInMemoryMax, endedBytesMax } = this.#limits
    while (this.#ended.size > endedInMemoryMax || this.#endedBytes > endedBytesMax) {
      const branch = this.#ended.first?.branch
      if (branch === undefined) return
      this.#remove(branch.key)
      this.#unseen = Math.min(this.#unseen, this.#ended.size)
      if (branch.state.state === 'read-only') this.#hasForgottenVotes = true
      else this.#unloaded += 1
    }
  }
}

function addressOfRecord(stored: StoredBranch): BranchAddress {
  return stored.record.type === 'aborted' ? stored.record : stored.record.branch
}

export function sequenceOf(state: participantSide.State): Sequence {
  switch (state.state) {
    case 'none':
      throw new TypeError('a branch without a state has no sequence')
    case 'active':
    case 'read-only':
      return state.request.sequence
    case 'aborted':
      return state.sequence
    case 'prepared':
    case 'committed':
    case 'heuristic':
      return state.branch.sequence
  }
}

/** So much of an input costs less to keep than to take out of the branch. */
const smallInput = 256

/** Nobody asks an ended branch for its input, locks or members; they may be a mebibyte. */
function withoutInput(branch: Branch): Branch {
  const { state } = branch
  if (state.state === 'committed' || state.state === 'heuristic') {
    if (state.branch.input.length <= smallInput && state.branch.locks.length === 0) return branch
    return { ...branch, state: { ...state, branch: { ...state.branch, input: '', locks: [], members: [] } } }
  }
  if (state.state === 'read-only' && state.request.input.length > smallInput) {
    return { ...branch, state: { ...state, request: { ...state.request, input: '', members: [] } } }
  }
  return branch
}

const bytesPerBranch = 800

function bytesOf(branch: Branch): number {
  const { state } = branch
  if (state.state === 'committed' || state.state === 'heuristic') return bytesPerBranch + state.branch.result.length
  return bytesPerBranch + (state.state === 'read-only' ? state.result.length : 0)
}
