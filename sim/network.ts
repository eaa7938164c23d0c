// The network: how long a message takes, whether it arrives, and how often.
//
// N1 Each direction between two hosts is by itself: it may be cut or clogged while the other one works.
// N2 A message leaves when its process is no longer busy; a process that died before has not sent it.
// N3 A call is answered once, or not at all. The request may have been handled all the same, once or several times.

import type { Faults } from './faults.ts'
import type { History } from './history.ts'
import type { Process } from './machine.ts'
import type { Named, Passing, Probe } from './probe.ts'
import type { Random } from './random.ts'
import { cancel, type Scheduler } from './scheduler.ts'

/** Something with an address. */
export interface Host {
  readonly name: string
  /** Counted through, from 0. */
  readonly number: number
  /** The one that runs there now. */
  readonly process: Process | undefined
}

export interface NetworkSettings {
  readonly minMs: number
  readonly meanMs: number
}

export const hostsMax = 16

export class Network {
  readonly scheduler: Scheduler
  readonly faults: Faults
  readonly history: History
  probe: Probe | undefined
  readonly #random: Random
  readonly #settings: NetworkSettings
  /** How many partitions cut this direction just now. */
  readonly #cuts = new Map<number, number>()
  readonly #clogs = new Map<number, number>()

  constructor(scheduler: Scheduler, faults: Faults, history: History, random: Random, settings: NetworkSettings) {
    this.scheduler = scheduler
    this.faults = faults
    this.history = history
    this.#random = random
    this.#settings = settings
  }

  isCut(from: Host, to: Host): boolean {
    return this.#cuts.size > 0 && (this.#cuts.get(linkOf(from, to)) ?? 0) > 0
  }

  /** Cuts one direction for so long. */
  cut(from: Host, to: Host, ms: number): void {
    this.#count(from, to, 1)
    this.scheduler.at(this.scheduler.now + ms, () => this.#count(from, to, -1))
  }

  /** Nothing passes this direction until then; it is not lost. */
  clog(from: Host, to: Host, ms: number): void {
    this.#clogs.set(linkOf(from, to), this.scheduler.now + ms)
  }

  /** Everything works from now on. */
  heal(): void {
    this.#cuts.clear()
    this.#clogs.clear()
  }

  /** When a message that is sent now arrives. */
  arrival(sender: Process, from: Host, to: Host): number {
    const { now } = this.scheduler
    const { minMs, meanMs } = this.#settings
    const link = linkOf(from, to)
    const slow = this.faults.strikes('slow-message', `${from.name}>${to.name}`, link)
    const delay = minMs + this.#random.exponential(meanMs) * (slow === undefined ? 1 : 20 + 80 * slow)
    const clogged = this.#clogs.size === 0 ? 0 : (this.#clogs.get(link) ?? 0)
    return Math.max(now, sender.busyUntil, clogged) + delay
  }

  /** Part of an answer or a break: some time after now. */
  delay(upToMs: number): number {
    return this.#random.between(0, upToMs)
  }

  /** A request over a network that owes nothing. `done` is told the answer, or nothing. */
  call<Answer>(
    caller: Process,
    from: Host,
    to: Host,
    timeoutMs: number,
    handle: (server: Process, answer: (answer: Answer) => void) => void,
    done: (answer: Answer | undefined) => void,
    named: Named<Answer>,
  ): void {
    let isDone = false
    const finish = (answer: Answer | undefined): void => {
      if (isDone) return
      isDone = true
      cancel(timeout)
      done(answer)
    }
    const timeout = caller.after(timeoutMs, () => finish(undefined))
    const reply = (server: Process, answer: Answer): void =>
      this.#pass(server, to, from, true, () => caller.happen(() => finish(answer)), named, answer)
    const refuse = (): void => {
      this.scheduler.at(this.scheduler.now + this.#settings.minMs, () => caller.happen(() => finish(undefined)))
    }
    const arrive = (): void => {
      const server = to.process
      if (server === undefined || !server.isAlive) return refuse()
      server.happen(() => handle(server, (answer) => reply(server, answer)))
    }
    this.#pass(caller, from, to, false, arrive, named, undefined)
  }

  #pass<Answer>(
    sender: Process,
    from: Host,
    to: Host,
    isReply: boolean,
    arrive: () => void,
    named: Named<Answer>,
    answer: Answer | undefined,
  ): void {
    let passing: Passing | undefined
    const { probe } = this
    if (probe !== undefined) {
      // A process that was ended within this very event says nothing more.
      if (!sender.isAlive) return
      const words = answer === undefined ? named.words : named.answerWords(answer)
      const pass = (at: number): void => {
        this.scheduler.at(at, () => {
          if (passing !== undefined) probe.arrives(passing)
          arrive()
        })
      }
      passing = { from, to, sender, words, about: named.about, deliver: pass, isReply }
      if (probe.leaves(passing) === 'taken') return
    }
    const link = linkOf(from, to)
    const place = `${from.name}>${to.name}`
    const sentAt = Math.max(this.scheduler.now, sender.busyUntil)
    const deliver = (at: number): void => {
      this.scheduler.at(at, () => {
        if (sender.diedAt < sentAt || this.isCut(from, to)) return
        if (passing !== undefined) this.probe?.arrives(passing)
        arrive()
      })
    }
    const isLost = this.faults.strikes(isReply ? 'reply-loss' : 'loss', place, link) !== undefined
    if (!isLost) deliver(this.arrival(sender, from, to))
    if (passing !== undefined) probe?.left(passing)
    if (isReply) return
    if (this.faults.strikes('duplicate', place, link) !== undefined) deliver(this.arrival(sender, from, to))
    const late = this.faults.strikes('late', place, link)
    if (late !== undefined) deliver(this.arrival(sender, from, to) + 200 + 8_000 * late)
  }

  #count(from: Host, to: Host, by: number): void {
    const link = linkOf(from, to)
    this.#cuts.set(link, Math.max(0, (this.#cuts.get(link) ?? 0) + by))
  }
}

export const linkOf = (from: Host, to: Host): number => from.number * hostsMax + to.number
