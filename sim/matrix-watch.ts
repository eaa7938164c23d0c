// Counts what happens to the transaction of a play, moment by moment, so that a fault can be put at one of them; a play
// without a fault shows which moments there are.

import type { Moment } from './matrix-cells.ts'
import { newPreludeState, type PlayName, preludeOf } from './matrix-plays.ts'
import type { Host } from './network.ts'
import type { DiskPoint, Passing, Probe, Written } from './probe.ts'
import type { World } from './world.ts'

export class Watch implements Probe {
  readonly world: World
  /** The transaction of the play: the first that a client asks for. */
  about = ''
  readonly #play: PlayName
  readonly #state = newPreludeState()
  readonly #counts = new Map<string, number>()
  /** Types of what was written since the last force; only of the transaction. */
  readonly #unforced = new Map<string, string[]>()

  constructor(world: World, play: PlayName) {
    this.world = world
    this.#play = play
  }

  get isPending(): boolean {
    return false
  }

  leaves(passing: Passing): 'passes' | 'taken' {
    if (this.about === '' && passing.from.name.startsWith('k') && passing.about.length > 0) this.#begins(passing)
    if (!this.isAboutIt(passing)) return this.elsewhere(passing)
    if (preludeOf(this.#play).leaves?.(this.world, passing, this.#state) === true) return 'taken'
    let fate: 'passes' | 'taken' = 'passes'
    for (const moment of this.#momentsOf('leaves', passing)) {
      if (this.onLeaves(moment, passing) === 'taken') fate = 'taken'
    }
    return fate
  }

  left(passing: Passing): void {
    if (!this.isAboutIt(passing)) return
    preludeOf(this.#play).left?.(this.world, passing, this.#state)
    this.onLeft(passing)
  }

  arrives(passing: Passing): void {
    // Nobody is there to look at it.
    if (!this.isAboutIt(passing) || passing.to.process?.isAlive !== true) return
    for (const moment of this.#momentsOf('arrives', passing)) this.onArrives(moment, passing)
  }

  diesAt(host: Host, point: DiskPoint, records: readonly Written[]): boolean {
    const unforced = this.#unforced.get(host.name) ?? []
    if (point === 'before-append') {
      const types = records.filter(({ about }) => about === this.about && about !== '').map(({ type }) => type)
      if (types.length === 0) return false
      if (this.onDisk(this.#count('append', host.name), point, host)) return true
      this.#unforced.set(host.name, [...unforced, ...types])
      return false
    }
    if (preludeOf(this.#play).diesAt?.(host, point, unforced, this.#state) === true) {
      this.onPlayKills(this.#current('force', host.name))
      return true
    }
    if (unforced.length === 0) return false
    if (point === 'after-force') this.#unforced.delete(host.name)
    const moment = point === 'before-force' ? this.#count('force', host.name) : this.#current('force', host.name)
    return this.onDisk(moment, point, host)
  }

  failsForce(host: Host): boolean {
    if ((this.#unforced.get(host.name) ?? []).length === 0) return false
    const { what, key, nth } = this.#current('force', host.name)
    return this.onForce({ what, key, nth: nth + 1 }, host)
  }

  keeps(host: Host, count: number): number | undefined {
    this.#unforced.delete(host.name)
    return this.onKeeps(host, count)
  }

  starts(host: Host): number {
    if (host.name === 'c' && this.#state.deadUntil > this.world.scheduler.now) {
      return this.#state.deadUntil - this.world.scheduler.now
    }
    this.onStarts(host)
    return 0
  }

  // What a fault overrides.

  begins(): void {}
  elsewhere(_passing: Passing): 'passes' | 'taken' {
    return 'passes'
  }
  onLeaves(_moment: Moment, _passing: Passing): 'passes' | 'taken' {
    return 'passes'
  }
  onLeft(_passing: Passing): void {}
  onArrives(_moment: Moment, _passing: Passing): void {}
  onDisk(_moment: Moment, _point: DiskPoint, _host: Host): boolean {
    return false
  }
  onForce(_moment: Moment, _host: Host): boolean {
    return false
  }
  onKeeps(_host: Host, _count: number): number | undefined {
    return undefined
  }
  onStarts(_host: Host): void {}
  /** The play ends the process in this force, whatever the fault. */
  onPlayKills(_moment: Moment): void {}

  isAboutIt({ about }: Passing): boolean {
    return this.about !== '' && about.includes(this.about)
  }

  #begins({ about: [about = ''] }: Passing): void {
    this.about = about
    this.begins()
  }

  #momentsOf(what: 'leaves' | 'arrives', { from, to, words }: Passing): Moment[] {
    return words.map((word) => this.#count(what, `${from.name}>${to.name} ${word}`))
  }

  #count(what: Moment['what'], key: string): Moment {
    const name = `${what} ${key}`
    const nth = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, nth)
    return { what, key, nth }
  }

  #current(what: Moment['what'], key: string): Moment {
    return { what, key, nth: this.#counts.get(`${what} ${key}`) ?? 0 }
  }
}

/** Writes down all moments of a play without a fault. */
export class Recorder extends Watch {
  readonly moments: Moment[] = []
  readonly streams = new Set<string>()

  override onLeaves(moment: Moment, passing: Passing): 'passes' {
    this.moments.push(moment)
    if (passing.deliver === undefined) this.streams.add(moment.key)
    return 'passes'
  }

  override onArrives(moment: Moment): void {
    this.moments.push(moment)
  }

  override onDisk(moment: Moment, point: DiskPoint): false {
    if (point !== 'after-force') this.moments.push(moment)
    return false
  }
}
