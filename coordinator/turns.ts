// Turns: what makes "recorded, forced, told" an order that cannot be got wrong (design sections 4 and 5).
//
// A turn takes everything that has arrived, lets each thing say what it does, appends all records, and only then
// releases messages and replies: at once, or when the log says that the turn they need is durable. Group commit
// follows from this; nobody decides on it.
//
// U1 Nothing is released before the records of its turn are appended.
// U2 Nothing is released before the turn it needs is durable. The release itself checks it.
// U3 Nothing here awaits: every completion comes back as an arrival.
//
// What was released together leaves together and at once: whoever batches what it sends listens for the end of a turn.
// Answers to clients leave before messages to participants: a client should not wait for the processor until Commit,
// which it does not wait for, has woken all of them.

import type { Log, LogEntry } from '../log/index.ts'
import { invariant } from '../protocol/index.ts'
import type { Clock } from './clock.ts'

interface Release {
  readonly needs: number
  readonly go: () => void
}

/** What does not fit into one turn waits for the next one, so that timers and the network get their share. */
const arrivalsPerTurn = 2_000

export class Turns {
  readonly #log: Log
  readonly #clock: Clock
  #arrived: (() => void)[] = []
  #isScheduled = false
  #entries: LogEntry[] = []
  #mustForce = false
  #releases: Release[] = []
  readonly #held = new Map<number, Release[]>()
  readonly #beforeAppend: (hasEntries: boolean) => readonly LogEntry[]
  readonly #listeners = { replies: new Set<() => void>(), messages: new Set<() => void>() }

  /** `beforeAppend` may add entries that ride along; it is asked once a turn. */
  constructor(log: Log, clock: Clock, beforeAppend: (hasEntries: boolean) => readonly LogEntry[]) {
    this.#log = log
    this.#clock = clock
    this.#beforeAppend = beforeAppend
  }

  /** The number that this turn has if it appends anything. */
  get current(): number {
    return this.#log.appendedTurn + 1
  }

  /** How much waits for a turn; for backpressure. */
  get waiting(): number {
    return this.#arrived.length
  }

  /** Everything that has arrived is handled, and all of it that was to be told is told. */
  get isIdle(): boolean {
    return this.#arrived.length === 0 && this.#held.size === 0
  }

  /** `flush` is called whenever some of it may have been released. Returns how to stop it. */
  onReleased(what: 'replies' | 'messages', flush: () => void): () => void {
    const listeners = this.#listeners[what]
    listeners.add(flush)
    return () => listeners.delete(flush)
  }

  arrive(handle: () => void): void {
    this.#arrived.push(handle)
    this.#schedule()
  }

  /** Inside a turn: appended at its end. */
  record(entries: readonly LogEntry[], force: boolean): void {
    for (const entry of entries) this.#entries.push(entry)
    this.#mustForce ||= force
  }

  /** Inside a turn: happens once the turn `needs` is durable; 0 for at the end of this turn. */
  release(needs: number, go: () => void): void {
    this.#releases.push({ needs, go })
  }

  /** The log has forced more. */
  forced(): void {
    for (const [turn, releases] of this.#held) {
      if (turn > this.#log.forcedTurn) continue
      this.#held.delete(turn)
      for (const release of releases) this.#go(release)
    }
    this.#flush()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.soon(() => this.#turn())
  }

  #turn(): void {
    this.#isScheduled = false
    const arrived = this.#arrived.splice(0, arrivalsPerTurn)
    for (const handle of arrived) handle()
    this.#append()
    const releases = this.#releases
    this.#releases = []
    for (const release of releases) {
      if (release.needs <= this.#log.forcedTurn) this.#go(release)
      else this.#hold(release)
    }
    this.#flush()
    if (this.#arrived.length > 0) this.#schedule()
  }

  #flush(): void {
    for (const flush of this.#listeners.replies) flush()
    for (const flush of this.#listeners.messages) flush()
  }

  #append(): void {
    const riding = this.#beforeAppend(this.#entries.length > 0)
    if (this.#entries.length === 0 && riding.length === 0) return
    const expected = this.current
    const turn = this.#log.append([...this.#entries, ...riding], this.#mustForce)
    invariant(turn === expected, `U2: the log numbered turn ${expected} as ${turn}`)
    this.#entries = []
    this.#mustForce = false
  }

  #hold(release: Release): void {
    const bucket = this.#held.get(release.needs)
    if (bucket === undefined) this.#held.set(release.needs, [release])
    else bucket.push(release)
  }

  #go(release: Release): void {
    invariant(release.needs <= this.#log.forcedTurn, 'U2: a message or reply leaves before what it needs is durable')
    release.go()
  }
}
