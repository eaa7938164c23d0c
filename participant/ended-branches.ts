// Ended branches in memory, in the order in which they ended: a list through the entries themselves, because looking at
// the front, moving to the back and taking out happen to every branch, and a Map makes each of them cost a hash.

import type { Branch } from './branches.ts'

/** Where a branch stands in memory. */
export interface Entry {
  branch: Branch
  /** It may still change; else it is in the list. */
  isLive: boolean
  previous: Entry | undefined
  next: Entry | undefined
}

export class EndedBranches {
  #first: Entry | undefined
  #last: Entry | undefined
  #size = 0

  get first(): Entry | undefined {
    return this.#first
  }

  get size(): number {
    return this.#size
  }

  append(entry: Entry): void {
    entry.previous = this.#last
    entry.next = undefined
    if (this.#last === undefined) this.#first = entry
    else this.#last.next = entry
    this.#last = entry
    this.#size += 1
  }

  remove(entry: Entry): void {
    const { previous, next } = entry
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    entry.previous = undefined
    entry.next = undefined
    this.#size -= 1
  }
}
