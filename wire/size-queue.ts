// Sizes of messages in the order in which they were sent or came: how many bytes do the next few stand for?

export class SizeQueue {
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
