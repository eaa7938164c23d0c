// Backpressure of a session, in both directions: how much of ours is unhandled over there, and how much of theirs is
// handled here and not reported yet. grpc-js cannot tell: its write() counts objects and buffers all of them.

import type { Instant } from '../protocol/index.ts'

/** Sizes of messages, oldest first. */
class Sizes {
  #sizes: number[] = []
  #head = 0
  #bytes = 0

  get count(): number {
    return this.#sizes.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  push(size: number): void {
    this.#sizes.push(size)
    this.#bytes += size
  }

  /** Takes the oldest away and returns their bytes. */
  drop(count: number): number {
    const end = Math.min(this.#head + count, this.#sizes.length)
    let dropped = 0
    for (; this.#head < end; this.#head += 1) dropped += this.#sizes[this.#head] as number
    // The front is cut off now and then, not for each message.
    if (this.#head > 1_024 && this.#head * 2 > this.#sizes.length) {
      this.#sizes = this.#sizes.slice(this.#head)
      this.#head = 0
    }
    this.#bytes -= dropped
    return dropped
  }
}

/** When messages were handed over, oldest first; those of one moment together. */
class Moments {
  #moments: { readonly at: Instant; count: number }[] = []
  #head = 0

  get oldest(): Instant | undefined {
    return this.#moments[this.#head]?.at
  }

  push(at: Instant): void {
    const last = this.#moments.at(-1)
    if (last?.at === at) last.count += 1
    else this.#moments.push({ at, count: 1 })
  }

  drop(count: number): void {
    let left = count
    for (let first = this.#moments[this.#head]; first !== undefined && left > 0; first = this.#moments[this.#head]) {
      const dropped = Math.min(left, first.count)
      first.count -= dropped
      left -= dropped
      if (first.count === 0) this.#head += 1
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#moments.length) {
      this.#moments = this.#moments.slice(this.#head)
      this.#head = 0
    }
  }
}

/** What is to be sent, or was and is unhandled at the other side. */
export class SendWindow {
  readonly #bytesMax: number
  readonly #unhandled = new Sizes()
  readonly #moments = new Moments()
  #handledAt: Instant | undefined
  #messagesMax = 0
  #sent = 0
  #handled = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Closed until the other side has said how many messages it takes. */
  open(messagesMax: number): void {
    this.#messagesMax = messagesMax
  }

  get isOpen(): boolean {
    return this.#messagesMax > 0
  }

  get unhandled(): number {
    return this.#unhandled.count
  }

  admits(size: number): boolean {
    if (this.#unhandled.count >= this.#messagesMax) return false
    // Below a quarter of it the other side need not report; so from there even a message larger than all of it passes.
    return this.#unhandled.bytes + size <= this.#bytesMax || this.#unhandled.bytes * 4 < this.#bytesMax
  }

  /** One more waits to be sent, after all others. */
  queue(at: Instant): void {
    this.#moments.push(at)
  }

  /** When the oldest was queued that is unhandled; undefined: all are handled. */
  get unhandledSince(): Instant | undefined {
    return this.#moments.oldest
  }

  /** When the other side last said that it had handled something. */
  get handledAt(): Instant | undefined {
    return this.#handledAt
  }

  /** The oldest in the queue is sent. */
  add(size: number): void {
    this.#unhandled.push(size)
    this.#sent += 1
  }

  /** The other side has handled so many in all. False: more than were sent. */
  settle(handled: number, at: Instant): boolean {
    if (handled > this.#sent) return false
    if (handled > this.#handled) {
      this.#unhandled.drop(handled - this.#handled)
      this.#moments.drop(handled - this.#handled)
      this.#handled = handled
      this.#handledAt = at
    }
    return true
  }
}

/** What came from the other side, and how much of it has been handled. */
export class Receipts {
  readonly #messagesMax: number
  readonly #bytesMax: number
  readonly #unhandled = new Sizes()
  #handled = 0
  #unreported = 0
  #unreportedBytes = 0

  constructor(messagesMax: number, bytesMax: number) {
    this.#messagesMax = messagesMax
    this.#bytesMax = bytesMax
  }

  add(size: number): void {
    this.#unhandled.push(size)
  }

  handle(count: number): void {
    this.#handled += count
    this.#unreported += count
    this.#unreportedBytes += this.#unhandled.drop(count)
  }

  /** Whether a report is due even if nothing else is to be sent: a quarter of a window is waiting for it. */
  get isReportDue(): boolean {
    return this.#unreported * 4 >= this.#messagesMax || this.#unreportedBytes * 4 >= this.#bytesMax
  }

  /** Messages handled in all, to be told to the other side. */
  report(): number {
    this.#unreported = 0
    this.#unreportedBytes = 0
    return this.#handled
  }
}
