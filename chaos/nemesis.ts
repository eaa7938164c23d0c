// The nemesis: two faults at a time, drawn from a deck in which every kind comes equally often, each at another place.

import { type Cluster, type Place, places } from './cluster.ts'
import { type FaultKind, pause, perform, type Target } from './faults.ts'
import type { History } from './history.ts'
import type { Chance } from './random.ts'

const faultsAtOnce = 2

export class Nemesis {
  readonly counts = new Map<FaultKind, number>()
  now = ''
  readonly #cluster: Cluster
  readonly #history: History
  readonly #chance: Chance
  readonly #kinds: readonly FaultKind[]
  readonly #hasPowerLoss: boolean
  readonly #taken = new Set<Target>()
  #deck: FaultKind[] = []

  constructor(cluster: Cluster, history: History, chance: Chance, kinds: readonly FaultKind[]) {
    this.#cluster = cluster
    this.#history = history
    this.#chance = chance
    this.#kinds = kinds
    this.#hasPowerLoss = kinds.includes('power')
    for (const kind of kinds) this.counts.set(kind, 0)
  }

  /** The first start of everybody. */
  async startAll(): Promise<void> {
    await Promise.all(places.map((place) => this.#restart(place)))
  }

  /** Until then, and until the last fault has been taken back. */
  async rage(untilMs: number): Promise<void> {
    if (this.#kinds.length === 0) return pause(Math.max(0, untilMs - this.#history.now()))
    const lane = async (first: number): Promise<void> => {
      await pause(first)
      while (this.#history.now() < untilMs) {
        const fault = this.#draw()
        if (fault !== undefined) await this.#strike(fault.kind, fault.targets)
        await pause(fault === undefined ? 100 : this.#chance.whole(100, 2_500))
      }
    }
    await Promise.all(Array.from({ length: faultsAtOnce }, (_, index) => lane(500 + index * 700)))
  }

  /** The next card whose victims are free. */
  #draw(): { kind: FaultKind; targets: readonly Target[] } | undefined {
    if (this.#deck.length === 0) this.#deck = this.#chance.shuffled(this.#kinds)
    for (const [index, kind] of this.#deck.entries()) {
      const targets = this.#targetsOf(kind)
      if (targets.length === 0) continue
      this.#deck.splice(index, 1)
      return { kind, targets }
    }
    return undefined
  }

  #targetsOf(kind: FaultKind): readonly Target[] {
    if (kind === 'partition') return this.#taken.has('network') ? [] : ['network']
    const free = this.#chance.shuffled(places.filter((place) => !this.#taken.has(place) && this.#suits(kind, place)))
    // The coordinator is one of four and has most to lose.
    const sorted = this.#chance.is(0.2) ? free.toSorted((a) => (a === 'coordinator' ? -1 : 0)) : free
    const isAlone = kind === 'crash-point' || kind === 'disk' || kind === 'clock'
    return sorted.slice(0, isAlone ? 1 : this.#chance.one([1, 1, 1, 2, 2, 4]))
  }

  #suits(kind: FaultKind, place: Place): boolean {
    if (kind === 'kill') return !this.#cluster.isPowered(place)
    if (kind === 'power') return this.#cluster.isPowered(place)
    return true
  }

  async #strike(kind: FaultKind, targets: readonly Target[]): Promise<void> {
    for (const target of targets) this.#taken.add(target)
    const victims = targets.filter((target): target is Place => target !== 'network')
    const ground = {
      cluster: this.#cluster,
      chance: this.#chance,
      restart: (place: Place, crashPoint?: string) => this.#restart(place, crashPoint),
      say: (text: string) => {
        this.now = text
        this.#history.event(text)
      },
    }
    try {
      const hasHappened = await perform[kind](ground, victims)
      if (hasHappened) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
      // A card that came to nothing is drawn again.
      else this.#deck.push(kind)
    } catch (error) {
      this.#cluster.findings.push(`during ${kind} of ${targets.join(', ')}: ${(error as Error).message}`)
    } finally {
      for (const target of targets) this.#taken.delete(target)
    }
  }

  /** Of the four there is always one that keeps what it wrote when it is killed, and one that loses what it has not synced. */
  #restart(place: Place, crashPoint?: string): Promise<void> {
    const others = places.filter((other) => other !== place).map((other) => this.#cluster.isPowered(other))
    const drawn = this.#chance.is(0.5)
    const isPowered = this.#hasPowerLoss && (others.every(Boolean) ? false : others.some(Boolean) ? drawn : true)
    return this.#cluster.start(place, { isPowered, ...(crashPoint === undefined ? {} : { crashPoint }) })
  }
}
