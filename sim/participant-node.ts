// A participant's machine: the production driver over a simulated store, started again after each crash.

import type { ParticipantConfig } from '../participant/config.ts'
import { type Environment, silentLogger } from '../participant/environment.ts'
import { type Facts, factsOf } from '../participant/facts.ts'
import { Operations } from '../participant/operations.ts'
import type { Participant } from '../participant/participant.ts'
import { withAge } from '../participant/session.ts'
import type { FromParticipant, LogId, ParticipantName, Protocol, ToParticipant } from '../protocol/index.ts'
import type { Connection } from './connection.ts'
import { DiskStore } from './disk-store.ts'
import { type CoordinatorHeader, type FromParticipantFrame, type ParticipantHeader, received } from './frames.ts'
import { Ledger, ledgerOperations } from './ledger.ts'
import { Process } from './machine.ts'
import type { Host } from './network.ts'
import type { ParticipantSession } from './participant-session.ts'
import { Questions } from './questions.ts'
import { cutPower, newStoreDisk, type StoreDisk, storageIdOf } from './store-disk.ts'
import { storeWorld } from './store-world.ts'
import type { World } from './world.ts'

export interface RunningParticipant {
  readonly process: Process
  readonly store: DiskStore
  readonly driver: Participant
  readonly facts: Facts
  readonly config: ParticipantConfig
  readonly sessions: Map<Connection, ParticipantSession>
}

type Answer = (frame: FromParticipantFrame | 'refused') => void

export class ParticipantNode implements Host {
  readonly name: string
  readonly participant: ParticipantName
  readonly number: number
  readonly hasSession: boolean
  readonly operations = ['move', 'look']
  readonly protocols: readonly Protocol[] = ['two-phase', 'three-phase', 'saga']
  disk: StoreDisk
  running: RunningParticipant | undefined
  readonly #world: World

  constructor(world: World, participant: ParticipantName, number: number, disk: StoreDisk, hasSession: boolean) {
    this.#world = world
    this.participant = participant
    this.name = participant
    this.number = number
    this.disk = disk
    this.hasSession = hasSession
  }

  get process(): Process | undefined {
    return this.running?.process
  }

  start(): void {
    const { scheduler, settings, history, faults } = this.#world
    const process = new Process(this.name, scheduler, this.#world.clockError(this))
    if (this.disk.boot > 0) this.#mayLoseDisk()
    const { disk } = this
    history.add(this.name, `starts, boot ${disk.boot + 1}`)
    process.onDeath(() => this.#died(disk))
    const config = settings.participantConfig
    const store = new DiskStore(disk, storeWorld(this.#world, this, process), (put, get) => new Ledger(put, get))
    const { sagas } = this.#world.judge
    const throwsNow = (): boolean => faults.strikes('throw', this.name, this.number) !== undefined
    const operations = new Operations(ledgerOperations(this.name, { history, sagas, throwsNow }), config, silentLogger)
    const questions = new Questions(this.#world, this, process)
    const environment = this.#environment(process)
    const driver = this.#world.mutant.participant(store, operations, environment, questions, config, silentLogger)
    const facts = factsOf(this.participant, this.operations, store, driver, environment)
    this.running = { process, store, driver, facts, config, sessions: new Map() }
    questions.attach(this.running)
  }

  /**
   * Its disk is gone, and it starts over an empty one. Not twice in one world, or nobody would be left to ask; and not
   * where it is spoken to in unary calls: their header does not say of which database the coordinator has seen so much,
   * so that an empty one takes itself for an older copy and stops serving.
   */
  #mayLoseDisk(): void {
    const { faults, judge, copies } = this.#world
    if (
      !judge.losses.isShort &&
      copies.areTaken &&
      faults.strikes('older-store', this.name, this.number) !== undefined
    ) {
      copies.restore(this)
      return
    }
    if (!this.hasSession || judge.losses.isShort || faults.strikes('wipe', this.name, this.number) === undefined) return
    this.loseDisk()
  }

  /** Its disk is gone; it starts over an empty one. */
  loseDisk(): void {
    const { judge, history } = this.#world
    history.add(this.name, 'has lost its disk')
    judge.losses.lose(this.disk, this.name)
    this.disk = newStoreDisk(storageIdOf(this.number, 2))
    judge.watch(this.disk, this.name)
    if (this.#world.isHealed) this.#world.callOperator()
  }

  /** Somebody puts a backup in place of its disk. */
  restoreDisk(copy: StoreDisk): void {
    const { judge, history } = this.#world
    history.add(this.name, `comes back with a copy of its disk of boot ${copy.boot}`)
    judge.losses.lose(this.disk, this.name, copy)
    this.disk = copy
  }

  /** It dies here and now. */
  crash(): void {
    this.process?.die()
  }

  opened(connection: Connection, session: ParticipantSession): void {
    this.running?.sessions.set(connection, session)
  }

  closed(connection: Connection): void {
    this.running?.sessions.delete(connection)
  }

  sessionOf(connection: Connection): ParticipantSession | undefined {
    return this.running?.sessions.get(connection)
  }

  /** Describe. */
  describe(header: CoordinatorHeader, answer: (frame: FromParticipantFrame) => void): void {
    const running = this.running as RunningParticipant
    const refusal = running.driver.hear(header)
    if (refusal === undefined || refusal.mustAnswer === true) {
      answer({ header: running.facts.header(header.logId), messages: [] })
    }
  }

  /** Prepare, Commit, Abort, Status of a coordinator as a unary call. */
  asked(header: CoordinatorHeader, message: ToParticipant, answer: Answer): void {
    const { driver, process, config } = this.running as RunningParticipant
    if (driver.hear(header) !== undefined) return answer('refused')
    const now = process.now()
    const read = received(message, header.sentAt, now)
    this.take(header.logId, read.type === 'prepare' ? withAge(read, 0, config.voteMarginMs, now) : read, answer)
  }

  /** From a coordinator, or from another member. */
  take(logId: LogId, message: ToParticipant, answer: Answer): void {
    const { driver, facts } = this.running as RunningParticipant
    this.#world.history.add(this.name, `receives ${message.type} of ${message.branch}`, message.transactionId)
    driver.receive(logId, [message], {
      isUnary: true,
      answer: (told) => {
        this.leaving(told)
        const header = facts.header(logId)
        this.says(header)
        answer({ header, messages: [told] })
      },
      refuse: () => answer('refused'),
      handled: () => undefined,
    })
  }

  /** Something is about to be told. */
  leaving(message: FromParticipant): void {
    this.#world.telling.participantTells(this, message)
  }

  /** A header is about to be told. */
  says(header: ParticipantHeader): void {
    this.#world.telling.participantSays(this, header)
  }

  #environment(process: Process): Environment {
    const { random } = this.#world
    return {
      now: () => process.now(),
      soon: (run) => process.soon(run),
      wakeAt: (at, run) => ({ cancel: process.wakeAt(at, run) }),
      random: () => random.next(),
      fatal: (error) => {
        this.#world.onFatal(this, error)
        process.die()
      },
    }
  }

  #died(disk: StoreDisk): void {
    const { unforced } = disk
    const { network, random } = this.#world
    cutPower(disk, network.probe?.keeps(this, unforced.length) ?? random.below(unforced.length + 1))
    this.running = undefined
    this.#world.restartLater(this)
  }
}
