// All timers of all transactions: buckets of ten milliseconds and one wake-up for the nearest, however many are armed. What
// is more than a minute away waits in chunks of a minute, so that the timeouts of many sagas cost the others nothing.
//
// T1 A timer fires at its time or later, never earlier, and at most once.
// T2 Arming a name again replaces it; cancelling costs the same whether one timer is armed or a million.
// T3 Once closed, nothing is armed any more: a late turn must not keep the process alive.

import { Instant, invariant } from '../protocol/index.ts'
import type { Clock } from './clock.ts'

const bucketMs = 10
const bucketsPerChunk = 6_000

interface Armed<Owner, Name> {
  readonly owner: Owner
  readonly name: Name
  readonly bucket: number
  /** The bucket or chunk that it is in. */
  home: Set<Armed<Owner, Name>>
}

export class Timers<Owner extends object, Name extends string> {
  readonly #clock: Clock
  readonly #fire: (owner: Owner, name: Name) => void
  /** A few each: a list is smaller and faster than a map. */
  readonly #byOwner = new Map<Owner, Armed<Owner, Name>[]>()
  readonly #buckets = new Map<number, Set<Armed<Owner, Name>>>()
  /** By the first bucket of the chunk. */
  readonly #chunks = new Map<number, Set<Armed<Owner, Name>>>()
  #cancelWake: (() => void) | undefined
  #wakeBucket = Number.POSITIVE_INFINITY
  #isClosed = false

  constructor(clock: Clock, fire: (owner: Owner, name: Name) => void) {
    this.#clock = clock
    this.#fire = fire
  }

  set(owner: Owner, name: Name, at: Instant | 'never'): void {
    if (this.#isClosed) return
    const known = this.#byOwner.get(owner)
    if (known === undefined && at === 'never') return
    const mine = known ?? []
    const earlier = mine.findIndex((armed) => armed.name === name)
    if (earlier !== -1) disarm(mine, earlier)
    if (at !== 'never') {
      const bucket = Math.ceil(at / bucketMs)
      const chunk = bucket - (bucket % bucketsPerChunk)
      const isFar = chunk > this.#clock.now() / bucketMs
      const home = isFar ? setIn(this.#chunks, chunk) : setIn(this.#buckets, bucket)
      const armed = { owner, name, bucket, home }
      home.add(armed)
      mine.push(armed)
      const due = isFar ? chunk : bucket
      if (due < this.#wakeBucket) this.#wake(due)
    }
    if (mine.length === 0) this.#byOwner.delete(owner)
    else if (known === undefined) this.#byOwner.set(owner, mine)
  }

  /** Cancels everything of this owner. */
  clear(owner: Owner): void {
    for (const armed of this.#byOwner.get(owner) ?? []) armed.home.delete(armed)
    this.#byOwner.delete(owner)
  }

  close(): void {
    this.#isClosed = true
    this.#cancelWake?.()
    this.#byOwner.clear()
    this.#buckets.clear()
    this.#chunks.clear()
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
    for (const [number, chunk] of this.#chunks) {
      if (number <= now) this.#open(number, chunk)
      else if (chunk.size === 0) this.#chunks.delete(number)
      else if (number < next) next = number
    }
    for (const [number, bucket] of this.#buckets) {
      if (bucket.size === 0) this.#buckets.delete(number)
      else if (number <= now) this.#run(number, bucket)
      else if (number < next) next = number
    }
    if (next < this.#wakeBucket) this.#wake(next)
  }

  /** Its first timer may be due: all of them go into buckets. */
  #open(number: number, chunk: Set<Armed<Owner, Name>>): void {
    this.#chunks.delete(number)
    for (const armed of chunk) {
      armed.home = setIn(this.#buckets, armed.bucket)
      armed.home.add(armed)
    }
  }

  #run(number: number, bucket: Set<Armed<Owner, Name>>): void {
    this.#buckets.delete(number)
    for (const armed of bucket) {
      const mine = this.#byOwner.get(armed.owner) ?? []
      const at = mine.indexOf(armed)
      invariant(at !== -1, 'T2: a timer in a bucket is the newest of its name')
      disarm(mine, at)
      if (mine.length === 0) this.#byOwner.delete(armed.owner)
      this.#fire(armed.owner, armed.name)
    }
  }
}

/** The order of an owner's timers means nothing. */
function disarm<Owner, Name>(mine: Armed<Owner, Name>[], at: number): void {
  const last = mine.pop() as Armed<Owner, Name>
  const armed = mine[at] ?? last
  if (at < mine.length) mine[at] = last
  armed.home.delete(armed)
}

function setIn<T>(sets: Map<number, Set<T>>, number: number): Set<T> {
  const known = sets.get(number)
  if (known !== undefined) return known
  const made = new Set<T>()
  sets.set(number, made)
  return made
}
