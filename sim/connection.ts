// A stream between two processes: frames arrive in the order in which they were written, as long as it lives. When it
// breaks, each end learns of it in its own time, and what was under way is lost.

import type { FromParticipant, ToParticipant } from '../protocol/index.ts'
import { kindOf } from './frames.ts'
import type { Process } from './machine.ts'
import { type Host, linkOf, type Network } from './network.ts'
import type { Passing } from './probe.ts'

interface End {
  readonly host: Host
  readonly process: Process
  isOpen: boolean
  /** No frame arrives here before this. */
  lastArrival: number
  /** Frames that a cut holds up, oldest first. */
  stalled: (() => void)[]
  onClose: () => void
}

/** A cut that lasts for longer is noticed: keepalive. */
const keepaliveMs = 2_000
const pollMs = 25

export class Connection {
  readonly #network: Network
  readonly #ends: readonly [End, End]

  constructor(network: Network, client: Host, clientProcess: Process, server: Host, serverProcess: Process) {
    this.#network = network
    this.#ends = [endOf(client, clientProcess), endOf(server, serverProcess)]
    for (const index of [0, 1] as const) {
      this.#ends[index].process.onDeath(() => {
        this.#ends[index].isOpen = false
        this.#closeLater(this.#ends[1 - index] as End)
      })
    }
  }

  /** What this end does when the stream is gone. */
  onClose(side: 0 | 1, run: () => void): void {
    this.#ends[side].onClose = run
  }

  isOpen(side: 0 | 1): boolean {
    return this.#ends[side].isOpen
  }

  /** `arrive` happens at the other end. */
  write(side: 0 | 1, arrive: () => void, messages: readonly (ToParticipant | FromParticipant)[]): void {
    const from = this.#ends[side]
    const to = this.#ends[(1 - side) as 0 | 1]
    if (!from.isOpen) return
    const { faults, scheduler, probe } = this.#network
    let passing: Passing | undefined
    if (probe !== undefined && messages.length > 0) {
      if (!from.process.isAlive) return
      const words = messages.map(kindOf)
      const about = messages.map(({ transactionId }) => transactionId)
      passing = { from: from.host, to: to.host, sender: from.process, words, about, isReply: false }
      // What a stream loses it loses with all that comes after.
      if (probe.leaves(passing) === 'taken') return this.break()
    }
    const link = linkOf(from.host, to.host)
    if (faults.strikes('reset', `${from.host.name}>${to.host.name}`, link) !== undefined) this.break()
    const sentAt = Math.max(scheduler.now, from.process.busyUntil)
    to.lastArrival = Math.max(this.#network.arrival(from.process, from.host, to.host), to.lastArrival)
    scheduler.at(to.lastArrival, () => {
      if (from.process.diedAt < sentAt) return
      if (passing !== undefined && to.isOpen) probe?.arrives(passing)
      to.stalled.push(arrive)
      this.#deliver(from, to)
    })
    if (passing !== undefined) probe?.left(passing)
  }

  /** Both ends learn of it, soon or later; what is under way until then may still arrive. */
  break(): void {
    for (const end of this.#ends) this.#closeLater(end)
  }

  /** This end is done with it. */
  close(side: 0 | 1): void {
    this.#ends[side].isOpen = false
    this.#closeLater(this.#ends[(1 - side) as 0 | 1])
  }

  #deliver(from: End, to: End): void {
    if (to.stalled.length === 0) return
    const { scheduler } = this.#network
    if (this.#network.isCut(from.host, to.host)) {
      if (to.stalled.length > 1) return
      const since = scheduler.now
      const poll = (): void => {
        if (!this.#network.isCut(from.host, to.host)) return this.#deliver(from, to)
        if (!to.isOpen || scheduler.now - since > keepaliveMs) return this.break()
        scheduler.at(scheduler.now + pollMs, poll)
      }
      scheduler.at(scheduler.now + pollMs, poll)
      return
    }
    for (const arrive of to.stalled.splice(0)) {
      to.process.happen(() => {
        if (to.isOpen) arrive()
      })
    }
  }

  #closeLater(end: End): void {
    if (!end.isOpen) return
    const { scheduler } = this.#network
    // Mostly a reset says so at once; now and then only the silence does.
    const delay = this.#network.delay(1) < 0.8 ? this.#network.delay(5) : this.#network.delay(keepaliveMs)
    scheduler.at(scheduler.now + delay, () =>
      end.process.happen(() => {
        if (!end.isOpen) return
        end.isOpen = false
        end.onClose()
      }),
    )
  }
}

const endOf = (host: Host, process: Process): End => ({
  host,
  process,
  isOpen: true,
  lastArrival: 0,
  stalled: [],
  onClose: () => undefined,
})
