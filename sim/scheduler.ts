// Virtual time: what is to happen when. Nothing else in the simulation waits.
//
// T1 What is due first happens first; what is due at the same moment happens in the order in which it was scheduled.

export interface Scheduled {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

export class Scheduler {
  /** Milliseconds since the world began. */
  now = 0
  /** How many events have happened. */
  happened = 0
  readonly #heap: Scheduled[] = []
  /** What is due at this very moment and was scheduled in it: after all of the heap that is due now. Half of everything. */
  #soon: Scheduled[] = []
  #soonAt = 0
  #order = 0

  at(at: number, run: () => void): Scheduled {
    const scheduled = { at: Math.max(at, this.now), order: this.#order, run }
    this.#order += 1
    if (at <= this.now) this.#soon.push(scheduled)
    else this.#push(scheduled)
    return scheduled
  }

  /** The next event happens; false when there is none. */
  step(): boolean {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (next.run === undefined) continue
      this.now = next.at
      this.happened += 1
      next.run()
      return true
    }
    return false
  }

  #next(): Scheduled | undefined {
    const first = this.#heap[0]
    if (this.#soonAt === this.#soon.length || (first !== undefined && first.at <= this.now)) return this.#pop()
    const next = this.#soon[this.#soonAt]
    this.#soonAt += 1
    if (this.#soonAt === this.#soon.length) {
      this.#soon = []
      this.#soonAt = 0
    }
    return next
  }

  #push(entry: Scheduled): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above] as Scheduled
      if (!isBefore(entry, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = entry
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
    const { length } = heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, heap[child] as Scheduled)) child += 1
      const below = heap[child] as Scheduled
      if (!isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return top
  }
}

const isBefore = (a: Scheduled, b: Scheduled): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

export function cancel(scheduled: Scheduled): void {
  scheduled.run = undefined
}
