// The coordinator's way to one participant, in place of coordinator/lane.ts: a session over a stream, or unary calls.
// What is sent while there is no way is lost without a word, as there.

import type { Coordinator } from '../coordinator/coordinator.ts'
import { type LaneOwner, stalledMs } from '../coordinator/lane.ts'
import { backoffMs, type Instant, type StorageId, type ToParticipant } from '../protocol/index.ts'
import { Connection } from './connection.ts'
import { type FromParticipantFrame, kindOf, type ToParticipantFrame } from './frames.ts'
import type { Process } from './machine.ts'
import type { Host, Network } from './network.ts'
import type { ParticipantNode } from './participant-node.ts'
import { ParticipantSession } from './participant-session.ts'

type Way =
  | { readonly by: 'none' }
  | {
      readonly by: 'session'
      readonly connection: Connection
      isOpen: boolean
      queue: ToParticipant[]
      /** When those were sent that it has not said that it has handled, and how many of them have arrived. */
      unhandled: Instant[]
      arrived: number
      handledAt: Instant
    }
  | { readonly by: 'unary' }

const describeTimeoutMs = 2_000
const unaryTimeoutMs = 5_000
const unaryPrepareMaxMs = 60_000

/** Nobody reads why. */
const lost = new Error('lost') as Parameters<LaneOwner['onDisconnected']>[0]

const describing = { words: ['describe'], about: [], answerWords: () => ['description'] }
export const wordsOf = (answer: FromParticipantFrame | 'refused'): readonly string[] =>
  answer === 'refused' ? ['refusal'] : answer.messages.map(kindOf)

/** Told what leaves the coordinator. */
export type Leaving = (to: ParticipantNode, message: ToParticipant) => void

/** Told whose header was accepted. */
export type Believed = (from: ParticipantNode, boot: number) => void

export interface LaneSurroundings {
  readonly network: Network
  readonly host: Host
  readonly process: Process
  readonly leaving: Leaving
  readonly believed: Believed
}

export class SimulatedLane {
  readonly #network: Network
  readonly #host: Host
  readonly #process: Process
  readonly #to: ParticipantNode
  readonly #owner: LaneOwner
  readonly #coordinator: Coordinator
  readonly #leaving: Leaving
  readonly #onBelieved: Believed
  #way: Way = { by: 'none' }
  #attempt = 0
  #answering: StorageId | undefined

  constructor(around: LaneSurroundings, to: ParticipantNode, owner: LaneOwner, coordinator: Coordinator) {
    this.#network = around.network
    this.#host = around.host
    this.#process = around.process
    this.#leaving = around.leaving
    this.#onBelieved = around.believed
    this.#to = to
    this.#owner = owner
    this.#coordinator = coordinator
    this.#connect()
  }

  get queued(): number {
    return this.#way.by === 'session' ? this.#way.queue.length : 0
  }

  get unhandledSince(): Instant | undefined {
    const way = this.#way
    const [since] = way.by === 'session' ? way.unhandled : []
    if (way.by !== 'session' || since === undefined) return undefined
    return this.#process.now() - Math.max(since, way.handledAt) > stalledMs ? undefined : since
  }

  send(message: ToParticipant): void {
    const way = this.#way
    if (way.by === 'none' || (way.by === 'session' && !way.isOpen)) return
    this.#leaving(this.#to, message)
    if (way.by === 'unary') return this.#call(message)
    way.queue.push(message)
    way.unhandled.push(this.#process.now())
    if (way.queue.length === 1) this.#process.soon(() => this.#flush(way))
  }

  /** What is sent here has left already. */
  flush(): void {}

  whenSent(run: () => void): void {
    run()
  }

  move(_address: string): void {}

  close(): void {}

  #connect(): void {
    if (this.#to.hasSession) this.#openSession()
    else this.#describe()
  }

  #openSession(): void {
    const network = this.#network
    const { scheduler } = network
    const header = this.#owner.header(undefined)
    scheduler.at(network.arrival(this.#process, this.#host, this.#to), () => {
      const server = this.#to.process
      if (server === undefined || !server.isAlive || network.isCut(this.#host, this.#to)) {
        this.#process.happen(() => this.#lost())
        return
      }
      const connection = new Connection(network, this.#host, this.#process, this.#to, server)
      connection.onClose(0, () => {
        if (this.#way.by !== 'session' || this.#way.connection === connection) this.#lost()
      })
      server.happen(() => {
        if (!connection.isOpen(1)) return
        new ParticipantSession(connection, this.#to, header, (frame, isFirst) => {
          if (isFirst) this.#opened(connection, frame)
          else this.#received(connection, frame)
        })
      })
    })
  }

  #opened(connection: Connection, { header }: FromParticipantFrame): void {
    const way: Way = {
      by: 'session',
      connection,
      isOpen: true,
      queue: [],
      unhandled: [],
      arrived: 0,
      handledAt: this.#process.now(),
    }
    this.#way = way
    this.#answering = header.storageId
    const { operations, protocols } = this.#to
    if (this.#believes(header, this.#owner.onConnected({ header, operations, protocols }))) return
    this.#flush(way)
    this.#closed(connection)
  }

  #received(connection: Connection, { header, messages }: FromParticipantFrame): void {
    const way = this.#way
    if (way.by !== 'session' || way.connection !== connection) return
    if (way.unhandled.splice(0, way.arrived).length > 0) way.handledAt = this.#process.now()
    way.arrived = 0
    if (!this.#believes(header, this.#owner.onMessages(header, messages))) this.#closed(connection)
  }

  #closed(connection: Connection): void {
    connection.close(0)
    this.#lost()
  }

  #flush(way: Extract<Way, { by: 'session' }>): void {
    const frame: ToParticipantFrame = { header: this.#owner.header(this.#answering), messages: way.queue }
    way.queue = []
    const { connection } = way
    const arrive = (): void => {
      this.#to.sessionOf(connection)?.received(frame)
      way.arrived += frame.messages.length
    }
    connection.write(0, arrive, frame.messages)
  }

  #describe(): void {
    const header = this.#owner.header(this.#answering)
    this.#network.call<FromParticipantFrame>(
      this.#process,
      this.#host,
      this.#to,
      describeTimeoutMs,
      (_server, answer) => this.#to.describe(header, answer),
      (answer) => {
        if (answer === undefined) return this.#lost()
        this.#way = { by: 'unary' }
        this.#answering = answer.header.storageId
        const { operations, protocols } = this.#to
        const { header } = answer
        if (!this.#believes(header, this.#owner.onConnected({ header, operations, protocols }))) this.#lost()
      },
      describing,
    )
  }

  #call(message: ToParticipant): void {
    const now = this.#process.now()
    const header = this.#owner.header(this.#answering)
    const left = message.type === 'prepare' ? Math.max(1, message.voteBy - now) : unaryTimeoutMs
    this.#network.call<FromParticipantFrame | 'refused'>(
      this.#process,
      this.#host,
      this.#to,
      Math.min(unaryPrepareMaxMs, left),
      (_server, answer) => this.#to.asked(header, message, answer),
      (answer) => {
        if (this.#way.by !== 'unary') return
        if (answer === undefined || answer === 'refused') this.#lost()
        else if (!this.#believes(answer.header, this.#owner.onMessages(answer.header, answer.messages))) this.#lost()
      },
      { words: [kindOf(message)], about: [message.transactionId], answerWords: wordsOf },
    )
  }

  #believes({ boot }: FromParticipantFrame['header'], isBelieved: boolean): boolean {
    if (isBelieved) this.#onBelieved(this.#to, boot)
    return isBelieved
  }

  #lost(): void {
    this.#way = { by: 'none' }
    this.#answering = undefined
    this.#owner.onDisconnected(lost)
    this.#attempt += 1
    const { config, clock } = this.#coordinator
    const wait = backoffMs(config.reconnect, Math.min(this.#attempt, 4))
    this.#process.after(wait * (1 + clock.random() / 4), () => this.#connect())
  }
}
