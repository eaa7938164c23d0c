// All timers of all transactions: buckets of ten milliseconds and one wake-up for the nearest, however many are armed.
//
// T1 A timer fires at its time or later, never earlier, and at most once.
// T2 Arming a name again replaces it; cancelling costs the same whether one timer is armed or a million.

import { Instant, invariant } from '../protocol/index.ts'
import type { Clock } from './clock.ts'

const bucketMs = 10

interface Armed<Owner, Name> {
  readonly owner: Owner
  readonly name: Name
  readonly bucket: number
}

export class Timers<Owner extends object, Name extends string> {
  readonly #clock: Clock
  readonly #fire: (owner: Owner, name: Name) => void
  readonly #byOwner = new Map<Owner, Map<Name, Armed<Owner, Name>>>()
  readonly #buckets = new Map<number, Set<Armed<Owner, Name>>>()
  #cancelWake: (() => void) | undefined
  #wakeBucket = Number.POSITIVE_INFINITY

  constructor(clock: Clock, fire: (owner: Owner, name: Name) => void) {
    this.#clock = clock
    this.#fire = fire
  }

  set(owner: Owner, name: Name, at: Instant | 'never'): void {
    const mine = this.#byOwner.get(owner) ?? new Map<Name, Armed<Owner, Name>>()
    const earlier = mine.get(name)
    if (earlier !== undefined) this.#buckets.get(earlier.bucket)?.delete(earlier)
    mine.delete(name)
    if (at !== 'never') {
      const armed = { owner, name, bucket: Math.ceil(at / bucketMs) }
      mine.set(name, armed)
      const bucket = this.#buckets.get(armed.bucket)
      if (bucket === undefined) this.#buckets.set(armed.bucket, new Set([armed]))
      else bucket.add(armed)
      if (armed.bucket < this.#wakeBucket) this.#wake(armed.bucket)
    }
    if (mine.size === 0) this.#byOwner.delete(owner)
    else this.#byOwner.set(owner, mine)
  }

  /** Cancels everything of this owner. */
  clear(owner: Owner): void {
    for (const armed of this.#byOwner.get(owner)?.values() ?? []) this.#buckets.get(armed.bucket)?.delete(armed)
    this.#byOwner.delete(owner)
  }

  close(): void {
    this.#cancelWake?.()
    this.#byOwner.clear()
    this.#buckets.clear()
  }

  #wake(bucket: number): void {
    this.#cancelWake?.()
    this.#wakeBucket = bucket
    this.#cancelWake = this.#clock.wakeAt(Instant(bucket * bucketMs), () => this.#due())
  }

  #due(): void {
    const now = Math.floor(this.#clock.now() / bucketMs)
    this.#wakeBucket = Number.POSITIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    for (const [number, bucket] of this.#buckets) {
      if (bucket.size === 0) this.#buckets.delete(number)
      else if (number <= now) this.#run(number, bucket)
      else if (number < next) next = number
    }
    if (next < this.#wakeBucket) this.#wake(next)
  }

  #run(number: number, bucket: Set<Armed<Owner, Name>>): void {
    this.#buckets.delete(number)
    for (const armed of bucket) {
      const mine = this.#byOwner.get(armed.owner)
      invariant(mine?.get(armed.name) === armed, 'T2: a timer in a bucket is the newest of its name')
      mine.delete(armed.name)
      if (mine.size === 0) this.#byOwner.delete(armed.owner)
      this.#fire(armed.owner, armed.name)
    }
  }
}
