// Every timer of a participant in one structure: which branch is due when. It holds instants; the driver asks what is
// due and when to ask again. No clock.
//
// A cancelled or replaced timer stays in the heap until it surfaces: most timers are cancelled long before, and finding
// them there would cost more than skipping them.

import type { Instant, participantSide } from '../protocol/index.ts'

export interface DueTimer {
  readonly key: string
  readonly timer: participantSide.TimerName
}

interface Entry extends DueTimer {
  readonly at: Instant
  isCancelled: boolean
}

/** Past this share of cancelled entries the heap is built anew. */
const cancelledShareMax = 0.75
const smallHeap = 1_024

export class Timers {
  #heap: Entry[] = []
  /** By the key of the branch; most branches only ever have one of the three. */
  readonly #armed: Readonly<Record<participantSide.TimerName, Map<string, Entry>>> = {
    'in-doubt': new Map(),
    retry: new Map(),
    'lock-wait': new Map(),
  }

  /** Replaces the timer of this name; `never` cancels it. */
  set(key: string, timer: participantSide.TimerName, at: Instant | 'never'): void {
    const armed = this.#armed[timer]
    if (at === 'never' && armed.size === 0) return
    const before = armed.get(key)
    if (before !== undefined) before.isCancelled = true
    if (at === 'never') {
      if (before !== undefined) armed.delete(key)
    } else {
      const entry = { key, timer, at, isCancelled: false }
      armed.set(key, entry)
      this.#push(entry)
    }
    this.#thin()
  }

  /** How many branches have this timer. */
  armed(timer: participantSide.TimerName): number {
    return this.#armed[timer].size
  }

  get nextAt(): Instant | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#pop()
    return this.#heap[0]?.at
  }

  /** Takes out the timers that are due, at most `limit`. */
  takeDue(now: Instant, limit: number): DueTimer[] {
    const due: DueTimer[] = []
    for (let next = this.nextAt; next !== undefined && next <= now && due.length < limit; next = this.nextAt) {
      const entry = this.#pop()
      if (entry === undefined) break
      this.#armed[entry.timer].delete(entry.key)
      due.push({ key: entry.key, timer: entry.timer })
    }
    return due
  }

  #thin(): void {
    if (this.#heap.length < smallHeap) return
    const { 'in-doubt': inDoubt, retry, 'lock-wait': lockWait } = this.#armed
    const armed = inDoubt.size + retry.size + lockWait.size
    if (armed > this.#heap.length * (1 - cancelledShareMax)) return
    // A sorted array is a heap.
    this.#heap = [inDoubt, retry, lockWait].flatMap((entries) => [...entries.values()]).sort((a, b) => a.at - b.at)
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || parent.at <= entry.at) break
      heap[at] = parent
      at = above
    }
    heap[at] = entry
  }

  #pop(): Entry | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const child = instantAt(heap, right) < instantAt(heap, left) ? right : left
      const below = heap[child]
      if (below === undefined || below.at >= last.at) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return top
  }
}

const instantAt = (heap: readonly Entry[], index: number): number => heap[index]?.at ?? Number.POSITIVE_INFINITY
