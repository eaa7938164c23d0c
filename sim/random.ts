// Chance that can be repeated: everything random in a simulation comes from a seed, through here.

/** sfc32: fast, small, and good enough for faults and delays. */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream = 0) {
    this.#a = mix(seed, 0x9e3779b9)
    this.#b = mix(seed, stream)
    this.#c = mix(stream, 0x85ebca6b)
    for (let round = 0; round < 12; round += 1) this.next()
  }

  /** From 0 up to 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return (sum >>> 0) / 0x1_0000_0000
  }

  chance(share: number): boolean {
    return share > 0 && this.next() < share
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.next()
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

/** One number from several: the same for the same, and nothing alike for others. */
export function mix(first: number, second: number): number {
  let hash = Math.imul(first ^ (second + 0x7f4a7c15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 15) ^ second, 0x297a2d39)
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b)
  return (hash ^ (hash >>> 16)) | 0
}

/** A share of one, from the mixed number. */
export const shareOf = (mixed: number): number => (mixed >>> 0) / 0x1_0000_0000
