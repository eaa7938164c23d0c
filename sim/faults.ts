// Which faults happen. Each is decided by itself, from the seed, its kind, its place and how often it was asked about
// there: leaving one out moves none of the others, so that a list of faults can be made shorter.

import { mix, shareOf } from './random.ts'

export const faultKinds = [
  'loss',
  'reply-loss',
  'duplicate',
  'late',
  'slow-message',
  'reset',
  'partition',
  'clog',
  'crash',
  'crash-in-turn',
  'crash-in-recovery',
  'force-failure',
  'pause',
  'slow-force',
  'clock-step',
  'clock-drift',
  'busy',
  'throw',
  'wipe',
  'older-store',
  'older-log',
  'heuristic',
] as const

/** Only in small worlds: large ones are drawn as they always were, for the sake of the seeds that were kept. */
export const newerKinds: readonly FaultKind[] = ['older-store', 'older-log', 'heuristic']

export type FaultKind = (typeof faultKinds)[number]
export type FaultRates = Readonly<Record<FaultKind, number>>

export const noFaults = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as FaultRates

/** One that has happened: `crash p1 #3`. */
export type FaultName = string

export class Faults {
  readonly fired: FaultName[] = []
  readonly counts: Record<FaultKind, number> = { ...noFaults }
  readonly #seed: number
  readonly #rates: FaultRates
  /** Only these happen. */
  readonly #allowed: ReadonlySet<FaultName> | undefined
  readonly #asked = new Map<number, number>()
  #isOver = false

  constructor(seed: number, rates: FaultRates, allowed: ReadonlySet<FaultName> | undefined) {
    this.#seed = seed
    this.#rates = rates
    this.#allowed = allowed
  }

  /** From now on none happens. */
  end(): void {
    this.#isOver = true
  }

  rate(kind: FaultKind): number {
    return this.#rates[kind]
  }

  /** Whether one happens here and now; a number of its own, from 0 up to 1, if it does. */
  strikes(kind: FaultKind, place: string, placeNumber: number, rate = this.#rates[kind]): number | undefined {
    if (rate === 0 || this.#isOver) return undefined
    const kindNumber = faultKinds.indexOf(kind)
    const asked = kindNumber * 4_096 + placeNumber
    const count = (this.#asked.get(asked) ?? 0) + 1
    this.#asked.set(asked, count)
    const mixed = mix(mix(this.#seed, asked), count)
    if (shareOf(mixed) >= rate) return undefined
    return this.#fire(kind, `${kind} ${place} #${count}`) ? shareOf(mix(mixed, 77)) : undefined
  }

  /** One of those that are planned ahead; false if it is left out. */
  planned(kind: FaultKind, name: FaultName): boolean {
    return !this.#isOver && this.#fire(kind, name)
  }

  #fire(kind: FaultKind, name: FaultName): boolean {
    if (this.#allowed !== undefined && !this.#allowed.has(name)) return false
    this.fired.push(name)
    this.counts[kind] += 1
    return true
  }
}
