// All timers of all transactions: buckets of ten milliseconds and one wake-up for the nearest, however many are armed. What
// is more than a minute away waits in chunks of a minute, so that the timeouts of many sagas cost the others nothing.
// Node's own timers cost about as much (docs/benchmarks.md, special paths), and know no clock that a simulator moves.
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
  home: Home<Owner, Name>
  before: Armed<Owner, Name> | undefined
  after: Armed<Owner, Name> | undefined
}

/** Timers that are looked at together, linked: joining and leaving costs less than in a Set. */
class Home<Owner, Name> {
  first: Armed<Owner, Name> | undefined

  join(armed: Armed<Owner, Name>): void {
    const { first } = this
    armed.home = this
    armed.before = undefined
    armed.after = first
    if (first !== undefined) first.before = armed
    this.first = armed
  }

  leave(armed: Armed<Owner, Name>): void {
    const { before, after } = armed
    if (before === undefined) this.first = after
    else before.after = after
    if (after !== undefined) after.before = before
  }
}

export class Timers<Owner extends object, Name extends string> {
  readonly #clock: Clock
  readonly #fire: (owner: Owner, name: Name) => void
  /** A few each: a list is smaller and faster than a map. */
  readonly #byOwner = new Map<Owner, Armed<Owner, Name>[]>()
  readonly #buckets = new Map<number, Home<Owner, Name>>()
  /** By the first bucket of the chunk. */
  readonly #chunks = new Map<number, Home<Owner, Name>>()
  /** The first chunk that was far away when the clock was last asked. */
  #farChunk = 0
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
    disarm(mine, name)
    if (at !== 'never') mine.push(this.#arm(owner, name, Math.ceil(at / bucketMs)))
    if (mine.length === 0) this.#byOwner.delete(owner)
    else if (known === undefined) this.#byOwner.set(owner, mine)
  }

  /** Cancels everything of this owner. */
  clear(owner: Owner): void {
    for (const armed of this.#byOwner.get(owner) ?? []) armed.home.leave(armed)
    this.#byOwner.delete(owner)
  }

  close(): void {
    this.#isClosed = true
    this.#cancelWake?.()
    this.#byOwner.clear()
    this.#buckets.clear()
    this.#chunks.clear()
  }

  #arm(owner: Owner, name: Name, bucket: number): Armed<Owner, Name> {
    const chunk = bucket - (bucket % bucketsPerChunk)
    const isFar = this.#isFar(chunk)
    const home = isFar ? homeIn(this.#chunks, chunk) : homeIn(this.#buckets, bucket)
    const armed = { owner, name, bucket, home, before: undefined, after: undefined }
    home.join(armed)
    const due = isFar ? chunk : bucket
    if (due < this.#wakeBucket) this.#wake(due)
    return armed
  }

  #isFar(chunk: number): boolean {
    if (chunk < this.#farChunk) return false
    const now = this.#clock.now() / bucketMs
    this.#farChunk = Math.floor(now / bucketsPerChunk + 1) * bucketsPerChunk
    return chunk > now
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
      else if (chunk.first === undefined) this.#chunks.delete(number)
      else if (number < next) next = number
    }
    for (const [number, bucket] of this.#buckets) {
      if (bucket.first === undefined) this.#buckets.delete(number)
      else if (number <= now) this.#run(number, bucket)
      else if (number < next) next = number
    }
    if (next < this.#wakeBucket) this.#wake(next)
  }

  /** Its first timer may be due: all of them go into buckets. */
  #open(number: number, chunk: Home<Owner, Name>): void {
    this.#chunks.delete(number)
    for (let armed = chunk.first; armed !== undefined; armed = chunk.first) {
      chunk.leave(armed)
      homeIn(this.#buckets, armed.bucket).join(armed)
    }
  }

  #run(number: number, bucket: Home<Owner, Name>): void {
    this.#buckets.delete(number)
    // What fires may arm and cancel others, also of this bucket: it is looked at again after each.
    for (let armed = bucket.first; armed !== undefined; armed = bucket.first) {
      const { owner, name } = armed
      const mine = this.#byOwner.get(owner) ?? []
      invariant(disarm(mine, name) === armed, 'T2: a timer in a bucket is the newest of its name')
      if (mine.length === 0) this.#byOwner.delete(owner)
      this.#fire(owner, name)
    }
  }
}

/** Takes the timer of this name away. The order of an owner's timers means nothing. */
function disarm<Owner, Name>(mine: Armed<Owner, Name>[], name: Name): Armed<Owner, Name> | undefined {
  for (let at = 0; at < mine.length; at += 1) {
    const armed = mine[at] as Armed<Owner, Name>
    if (armed.name !== name) continue
    const last = mine.pop() as Armed<Owner, Name>
    if (last !== armed) mine[at] = last
    armed.home.leave(armed)
    return armed
  }
  return undefined
}

function homeIn<Owner, Name>(homes: Map<number, Home<Owner, Name>>, number: number): Home<Owner, Name> {
  const known = homes.get(number)
  if (known !== undefined) return known
  const made = new Home<Owner, Name>()
  homes.set(number, made)
  return made
}
