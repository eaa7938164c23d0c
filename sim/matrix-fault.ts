// One cell of the matrix as it strikes: the fault at its moment, once, and what it needs to be over.

import { DiskCopies } from './disk-copies.ts'
import type { CellId, Moment } from './matrix-cells.ts'
import type { PlayName } from './matrix-plays.ts'
import { Watch } from './matrix-watch.ts'
import type { Host } from './network.ts'
import type { DiskPoint, Passing } from './probe.ts'
import type { World } from './world.ts'

/** Longer than every timeout of a play. */
const longMs = 1_200
const pollMs = 50
/** What is waited for comes by then, or never. */
const waitMs = 6_000

const diesAnyhow = 'it dies there in this play anyhow'

interface Held {
  readonly passing: Passing
  isOvertaken: boolean
}

export class Fault extends Watch {
  hasFired = false
  /** Why it could not strike, if nobody could have known before. */
  whyNot = ''
  /** Also end whoever has died, a second time, at this boundary of its recovery: from 1; 0 for never. */
  readonly #second: number
  hasFiredTwice = false
  readonly #cell: CellId
  readonly #at: Moment
  readonly #copies: DiskCopies
  #pending = 0
  #last: Passing | undefined
  #dead: string | undefined
  #isBack = false
  #boundary = 0
  #held: Held | undefined

  constructor(world: World, play: PlayName, cell: CellId, at: Moment, second: number) {
    super(world, play)
    this.#cell = cell
    this.#at = at
    this.#second = second
    this.#copies = new DiskCopies(world)
  }

  override get isPending(): boolean {
    return this.#pending > 0
  }

  override begins(): void {
    if (this.#cell.startsWith('D2')) this.#copies.take()
  }

  override onLeaves(moment: Moment, passing: Passing): 'passes' | 'taken' {
    if (this.#held !== undefined) this.#overtakes(passing)
    if (!this.#isIt(moment)) return 'passes'
    const { network, scheduler } = this.world
    const { from, to, sender, deliver } = passing
    switch (this.#cell) {
      case 'N1':
        this.hasFired = true
        return 'taken'
      case 'N2':
        this.hasFired = true
        deliver?.(scheduler.now + 1)
        deliver?.(scheduler.now + 1.5)
        return 'taken'
      case 'N3':
        this.#later(passing, () => this.#hasEnded(), 'the transaction does not end')
        return 'passes'
      case 'N4':
        this.#later(passing, () => this.#hasEnded() && this.#isDropped(), 'nothing is dropped in time')
        return 'passes'
      case 'N5':
        this.hasFired = true
        if (deliver === undefined) network.clog(from, to, longMs)
        else this.#hold(passing, longMs)
        return deliver === undefined ? 'passes' : 'taken'
      case 'N6':
        this.#held = { passing, isOvertaken: false }
        this.#giveUp(this.#held)
        return 'taken'
      case 'N7':
        this.hasFired = true
        network.cut(from, to, longMs)
        return 'passes'
      case 'N8':
        this.hasFired = true
        network.cut(to, from, longMs)
        return 'passes'
      case 'P1':
        this.hasFired = true
        sender.block(longMs)
        return 'passes'
      case 'C2':
        this.#afterSuccessor(passing)
        return 'taken'
      default:
        // It dies when this has left.
        this.#last = passing
        return 'passes'
    }
  }

  override onLeft(passing: Passing): void {
    this.#recovers(passing.from, passing.sender.isAlive)
    if (passing !== this.#last) return
    if (passing.sender.isAlive) this.#kill(passing.from)
    else this.whyNot = diesAnyhow
  }

  override onArrives(moment: Moment, { to }: Passing): void {
    if (!this.#isIt(moment)) return
    if (this.#cell === 'P2') {
      this.hasFired = true
      to.process?.block(longMs)
    } else if (this.#cell === 'R1' || this.#cell.startsWith('D')) this.#kill(to)
  }

  override onDisk(moment: Moment, point: DiskPoint, host: Host): boolean {
    if (this.#recovers(host, true)) return true
    if (!this.#isIt(moment)) return false
    const isHere =
      point === 'before-append'
        ? this.#cell === 'S1' || this.#cell === 'R2'
        : point === 'before-force'
          ? this.#cell.startsWith('S2') || this.#cell.startsWith('R3')
          : this.#cell === 'S3' || this.#cell === 'R4'
    if (isHere) this.#dies(host)
    return isHere
  }

  override onForce(moment: Moment, host: Host): boolean {
    if (!this.#cell.startsWith('E1') || !this.#isIt(moment)) return false
    this.#dies(host)
    return true
  }

  override onKeeps(_host: Host, count: number): number | undefined {
    if (this.#cell.endsWith('kept')) return count
    return this.#cell.endsWith('lost') ? 0 : undefined
  }

  override onPlayKills(moment: Moment): void {
    if (this.#isIt(moment)) this.whyNot = diesAnyhow
  }

  override onStarts(host: Host): void {
    if (this.#dead !== host.name) return
    this.#isBack = true
    if (this.#cell.startsWith('D1')) this.#copies.lose(host)
    if (this.#cell.startsWith('D2')) this.#copies.restore(host)
  }

  #isIt({ what, key, nth }: Moment): boolean {
    return !this.hasFired && what === this.#at.what && key === this.#at.key && nth === this.#at.nth
  }

  #kill(host: Host): void {
    if (host.process === undefined) return
    const { process } = host
    this.#dies(host)
    process.die()
  }

  #dies(host: Host): void {
    this.hasFired = true
    this.#dead = host.name
  }

  /** A boundary of the recovery; true if it dies there. */
  #recovers(host: Host, isAlive: boolean): boolean {
    if (this.#second === 0 || !this.#isBack || this.#dead !== host.name || !isAlive || this.hasFiredTwice) return false
    this.#boundary += 1
    if (this.#boundary !== this.#second) return false
    this.hasFiredTwice = true
    host.process?.die()
    return true
  }

  #hold(passing: Passing, ms: number): void {
    this.#pending += 1
    this.world.scheduler.at(this.world.scheduler.now + ms, () => {
      this.#pending -= 1
      passing.deliver?.(this.world.scheduler.now)
    })
  }

  #overtakes(passing: Passing): void {
    const held = this.#held
    if (held === undefined || passing === held.passing || passing.to !== held.passing.to) return
    if (passing.from !== held.passing.from) return
    this.hasFired = true
    held.isOvertaken = true
    this.#held = undefined
    this.#hold(held.passing, 20)
  }

  #giveUp(held: Held): void {
    const { scheduler } = this.world
    this.#pending += 1
    scheduler.at(scheduler.now + longMs, () => {
      this.#pending -= 1
      if (held.isOvertaken) return
      this.whyNot = 'nothing comes after it that could overtake it'
      this.#held = undefined
      held.passing.deliver?.(scheduler.now)
    })
  }

  /** Once more, when that is so. */
  #later(passing: Passing, isTime: () => boolean, whyNot: string): void {
    this.#when(isTime, whyNot, () => passing.deliver?.(this.world.scheduler.now))
  }

  #when(isTime: () => boolean, whyNot: string, run: () => void): void {
    const { scheduler } = this.world
    const until = scheduler.now + waitMs
    this.#pending += 1
    const poll = (): void => {
      if (isTime()) {
        this.#pending -= 1
        this.hasFired = true
        run()
      } else if (scheduler.now < until) scheduler.at(scheduler.now + pollMs, poll)
      else {
        this.#pending -= 1
        this.whyNot = whyNot
      }
    }
    scheduler.at(scheduler.now + pollMs, poll)
  }

  #afterSuccessor(passing: Passing): void {
    const { coordinator } = this.world
    const before = coordinator.disk.epoch
    coordinator.crash()
    let quiet = 0
    const hasSpoken = (): boolean => {
      if (coordinator.running !== undefined && coordinator.disk.epoch > before) quiet += 1
      return quiet > 3
    }
    this.#later(passing, hasSpoken, 'the coordinator does not come back')
  }

  #hasEnded(): boolean {
    const { coordinator, participants } = this.world
    const { running } = coordinator
    if (running === undefined || running.coordinator.transactions.size > 0) return false
    return participants.every((node) => node.running?.driver.liveCount === 0)
  }

  #isDropped(): boolean {
    return this.world.participants.every(({ disk }) =>
      [...disk.branches.keys()].every((key) => !key.startsWith(this.about)),
    )
  }
}
