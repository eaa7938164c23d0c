// Special paths, each measured alone against the plain way that it stands in for: what it buys is why it is there.

/** One way of doing the same thing. Does it `count` times; returns what must not be optimised away. */
export type Way = (count: number) => unknown

export interface Part {
  readonly title: string
  /** What is done once: a row, a frame, a timer. */
  readonly unit: string
  readonly special: Way
  readonly plain: Way
  /** How often in one go; about a few milliseconds of the plain way. */
  readonly count: number
  close?(): void
}

/** Of one unit, in nanoseconds: medians. */
export interface PartCost {
  readonly title: string
  readonly unit: string
  readonly specialNs: number
  readonly plainNs: number
  /** The median of the ratios of each round: below 1 is cheaper. */
  readonly ratio: number
}

export interface PartsPlan {
  /** Until the compiler has made up its mind. */
  readonly warmUpRounds: number
  readonly rounds: number
}
