// The lock table: who may touch a key until its transaction's outcome is known here (design rule 12, wait-die).
//
// Owns: holders, waiters, hand-over. Does not own: time (a wait is bounded by the branch's own timer), what a key
// means, when a branch gives its locks up. No clock, no I/O, no randomness.
//
// K1 A key has at most one holder, a transaction; its branches share the lock, which is free when the last one gave it up.
// K2 Only an older transaction waits for a younger one; a younger requester is refused at once. So waits-for has no cycle.
// K3 Nothing takes a lock from its holder: a prepared branch has promised to be able to commit.
// K4 A free key has no waiters: at hand-over the oldest waiter gets it, and all that are younger than it are refused.
// K5 A branch waits for at most one key. Its other locks stay with it meanwhile.

import { type BranchNumber, type Instant, invariant, type TransactionId } from '../protocol/index.ts'

/** A branch with the age of its transaction: an earlier start is older; the id settles ties. */
export interface LockOwner {
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
  readonly startedAt: Instant
}

export type LockAnswer = 'granted' | 'wait' | 'refused'

/** Whose waits ended because locks were given up. */
export interface HandOver {
  readonly granted: readonly LockOwner[]
  readonly refused: readonly LockOwner[]
}

/** One key. Never changed in place, so that a turn can be undone. */
export interface Lock {
  readonly holder: LockOwner
  readonly branches: readonly BranchNumber[]
  /** Oldest first; all older than the holder. */
  readonly waiters: readonly LockOwner[]
}

export function compareAge(a: LockOwner, b: LockOwner): number {
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt
  if (a.transactionId === b.transactionId) return 0
  return a.transactionId < b.transactionId ? -1 : 1
}

/** What a request for a key comes to, and the key after it. */
export function request(lock: Lock | undefined, owner: LockOwner, waitersMax: number): [LockAnswer, Lock] {
  if (lock === undefined) return ['granted', { holder: owner, branches: [owner.branch], waiters: [] }]
  if (lock.holder.transactionId === owner.transactionId) {
    if (lock.branches.includes(owner.branch)) return ['granted', lock]
    return ['granted', { ...lock, branches: [...lock.branches, owner.branch] }]
  }
  if (compareAge(owner, lock.holder) > 0 || lock.waiters.length >= waitersMax) return ['refused', lock]
  return ['wait', { ...lock, waiters: [...lock.waiters, owner].sort(compareAge) }]
}

/** The key after one branch of its holder gave it up; `undefined` when it is free. */
export function giveUp(lock: Lock, branch: BranchNumber): [Lock | undefined, HandOver] {
  const branches = lock.branches.filter((held) => held !== branch)
  if (branches.length > 0)
    return [
      { ...lock, branches },
      { granted: [], refused: [] },
    ]
  const [oldest] = lock.waiters
  if (oldest === undefined) return [undefined, { granted: [], refused: [] }]
  const isSibling = (waiter: LockOwner): boolean => waiter.transactionId === oldest.transactionId
  const granted = lock.waiters.filter(isSibling)
  const next = { holder: oldest, branches: granted.map((waiter) => waiter.branch), waiters: [] }
  return [next, { granted, refused: lock.waiters.filter((waiter) => !isSibling(waiter)) }]
}

const nothing: HandOver = { granted: [], refused: [] }
const noKeys: readonly string[] = []

const keyOf = (owner: { transactionId: TransactionId; branch: BranchNumber }): string =>
  `${owner.transactionId}/${owner.branch}`

export class LockTable {
  readonly #waitersMax: number
  readonly #locks = new Map<string, Lock>()
  readonly #held = new Map<string, Set<string>>()
  readonly #waiting = new Map<string, string>()
  #changes: (() => void)[] = []

  constructor(waitersMax: number) {
    this.#waitersMax = waitersMax
  }

  /** From here on changes can be undone. */
  begin(): void {
    this.#changes = []
  }

  /** Takes back everything since `begin`: the local transaction that the changes belonged to was rolled back. */
  undo(): void {
    for (const change of this.#changes.reverse()) change()
    this.#changes = []
  }

  acquire(key: string, owner: LockOwner): LockAnswer {
    const of = keyOf(owner)
    invariant(!this.#waiting.has(of), () => `K5: branch ${of} asks for a lock while it waits for another`)
    const [answer, next] = request(this.#locks.get(key), owner, this.#waitersMax)
    if (answer === 'refused') return answer
    this.#set(this.#locks, key, next)
    if (answer === 'granted') this.#hold(of, key)
    else this.#set(this.#waiting, of, key)
    return answer
  }

  /** The branch gives up every lock that it has, and its wait. */
  release(transactionId: TransactionId, branch: BranchNumber): HandOver {
    if (this.#held.size === 0 && this.#waiting.size === 0) return nothing
    const of = keyOf({ transactionId, branch })
    const granted: LockOwner[] = []
    const refused: LockOwner[] = []
    this.#stopWaiting(of, transactionId, branch)
    for (const key of this.#held.get(of) ?? []) {
      const lock = this.#locks.get(key)
      invariant(lock?.holder.transactionId === transactionId, () => `K1: ${of} gives up ${key}, which it does not hold`)
      const [next, handOver] = giveUp(lock, branch)
      this.#set(this.#locks, key, next)
      for (const waiter of [...handOver.granted, ...handOver.refused])
        this.#set(this.#waiting, keyOf(waiter), undefined)
      for (const waiter of handOver.granted) this.#hold(keyOf(waiter), key)
      granted.push(...handOver.granted)
      refused.push(...handOver.refused)
    }
    if (this.#held.has(of)) this.#set(this.#held, of, undefined)
    return { granted, refused }
  }

  heldBy(transactionId: TransactionId, branch: BranchNumber): readonly string[] {
    if (this.#held.size === 0) return noKeys
    return [...(this.#held.get(keyOf({ transactionId, branch })) ?? [])]
  }

  lockOf(key: string): Lock | undefined {
    return this.#locks.get(key)
  }

  get keys(): IterableIterator<string> {
    return this.#locks.keys()
  }

  #stopWaiting(of: string, transactionId: TransactionId, branch: BranchNumber): void {
    const key = this.#waiting.get(of)
    const lock = key === undefined ? undefined : this.#locks.get(key)
    if (key === undefined || lock === undefined) return
    const isOther = (waiter: LockOwner) => waiter.transactionId !== transactionId || waiter.branch !== branch
    this.#set(this.#locks, key, { ...lock, waiters: lock.waiters.filter(isOther) })
    this.#set(this.#waiting, of, undefined)
  }

  #hold(of: string, key: string): void {
    const held = this.#held.get(of)
    if (held === undefined) {
      this.#set(this.#held, of, new Set([key]))
    } else if (!held.has(key)) {
      held.add(key)
      this.#changes.push(() => held.delete(key))
    }
  }

  #set<T>(map: Map<string, T>, key: string, value: T | undefined): void {
    const before = map.get(key)
    this.#changes.push(() => put(map, key, before))
    put(map, key, value)
  }
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
