// Chance that follows from a seed. Each job and each fault draws from its own, so that what one of them draws does not depend on
// how the others came along.

export class Chance {
  #state: number

  constructor(seed: number, ...parts: readonly number[]) {
    this.#state = seed >>> 0
    for (const part of parts) this.#state = (Math.imul(this.#state ^ part, 0x9e3779b1) + 0x6d2b79f5) >>> 0
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    const state = this.#state
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  is(probability: number): boolean {
    return this.next() < probability
  }

  /** Both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  one<T>(among: readonly T[]): T {
    const picked = among[Math.floor(this.next() * among.length)]
    if (picked === undefined) throw new Error('nothing to pick from')
    return picked
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, at: this.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  }
}
