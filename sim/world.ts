// One simulated world: everything that is in it, and when it goes wrong. The same settings always make the same world.

import { LogId, type ParticipantName } from '../protocol/index.ts'
import { Client, type Work } from './client.ts'
import { CoordinatorNode } from './coordinator-node.ts'
import { DiskCopies } from './disk-copies.ts'
import { newLogDisk } from './disk-log.ts'
import { Faults } from './faults.ts'
import { History } from './history.ts'
import { Judge } from './judge.ts'
import { ClientJudge } from './judge-clients.ts'
import { judgeAlone } from './judge-end.ts'
import { TellingJudge } from './judge-telling.ts'
import type { ClockError } from './machine.ts'
import { type Mutant, product } from './mutants.ts'
import { Network } from './network.ts'
import { callOperator } from './operator.ts'
import { ParticipantNode } from './participant-node.ts'
import { planFaults } from './plan.ts'
import type { Probe } from './probe.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { newStoreDisk, storageIdOf } from './store-disk.ts'
import { Struck } from './store-world.ts'
import type { Settings } from './swarm.ts'
import type { Job } from './work.ts'

export interface WorldOptions {
  /** Only these faults happen. */
  readonly allowed?: ReadonlySet<string>
  readonly mutant?: Mutant
  readonly script?: Script
}

/** A world that is not left to chance. */
export interface Script {
  /** Before each job. */
  readonly pauseMs: number
  readonly jobs: readonly Job[]
  readonly probe: (world: World) => Probe
}

type Node = CoordinatorNode | ParticipantNode

export class World {
  readonly settings: Settings
  readonly mutant: Mutant
  readonly scheduler = new Scheduler()
  readonly random: Random
  readonly faults: Faults
  readonly history: History
  readonly network: Network
  readonly judge: Judge
  readonly telling: TellingJudge
  readonly clientJudge: ClientJudge
  readonly coordinator: CoordinatorNode
  readonly participants: readonly ParticipantNode[]
  readonly clients: readonly Client[]
  /** What was asked for under each id. */
  readonly work = new Map<string, Work>()
  /** Work that was asked for under a key, to be asked for again. */
  readonly keyed: Job[] = []
  readonly script: Script | undefined
  /** Backups that somebody has made. */
  readonly copies: DiskCopies
  isHealed = false
  #isAlone = false
  #isWatched = false
  readonly #byName = new Map<string, ParticipantNode>()

  constructor(settings: Settings, { allowed, mutant = product, script }: WorldOptions = {}) {
    const { seed, participants, clients } = settings
    this.settings = settings
    this.mutant = mutant
    this.script = script
    this.random = new Random(seed, 2)
    this.faults = new Faults(seed, settings.rates, allowed)
    this.history = new History(() => this.scheduler.now)
    this.network = new Network(this.scheduler, this.faults, this.history, new Random(seed, 3), settings)
    this.judge = new Judge(this)
    this.telling = new TellingJudge(this)
    this.clientJudge = new ClientJudge(this)
    this.coordinator = new CoordinatorNode(this, newLogDisk(LogId('00000000-0000-4000-8000-00000000000c')))
    const random = new Random(seed, 4)
    this.participants = Array.from({ length: participants }, (_, index) => {
      const disk = newStoreDisk(storageIdOf(index + 1, 1))
      const hasSession = !random.chance(settings.unary)
      const name = `p${index + 1}` as ParticipantName
      this.judge.watch(disk, name)
      return new ParticipantNode(this, name, index + 1, disk, hasSession)
    })
    for (const node of this.participants) this.#byName.set(node.name, node)
    for (const node of [this.coordinator, ...this.participants])
      this.scheduler.at(random.between(0, 20), () => node.start())
    this.clients = Array.from({ length: clients }, (_, index) => new Client(this, participants + 1 + index, index))
    this.copies = new DiskCopies(this)
    planFaults(this)
    if (script !== undefined) this.network.probe = script.probe(this)
  }

  participant(name: string): ParticipantNode {
    const node = this.#byName.get(name)
    if (node === undefined) throw new Error(`there is no participant ${name}`)
    return node
  }

  /** How the clock of a process that starts now is wrong. */
  clockError(node: Node): ClockError {
    const { protocol } = this.settings
    const step = this.faults.strikes('clock-step', node.name, node.number)
    const drift = this.faults.strikes('clock-drift', node.name, node.number)
    // A saga's timeout is an instant on the coordinator's wall clock, and so is the moment from which an unsealed branch
    // may abort alone: if the clock is set back while the process is down, they wait for so much longer.
    const isBinding = node === this.coordinator ? protocol === 'saga' : protocol === 'three-phase'
    return {
      offsetMs: step === undefined ? 0 : (step - 0.5) * (isBinding ? 4_000 : 7_200_000),
      rate: drift === undefined ? 1 : 0.9 + 0.2 * drift,
    }
  }

  restartLater(node: Node): void {
    this.history.add(node.name, 'dies')
    if (node === this.coordinator && this.#isAlone) return
    const start = (): void => {
      if (node === this.coordinator && this.#isAlone) return
      const moreMs = this.network.probe?.starts(node) ?? 0
      if (moreMs > 0) {
        this.scheduler.at(this.scheduler.now + moreMs, start)
        return
      }
      node.start()
      const share = this.faults.strikes('crash-in-recovery', node.name, node.number)
      if (share !== undefined) node.process?.after(share * 30, () => node.crash())
    }
    const wait = this.isHealed ? 5 : this.random.exponential(this.settings.restartMs)
    this.scheduler.at(this.scheduler.now + wait, start)
  }

  /** A driver says that it cannot go on: right if its disk failed, and a bug otherwise. */
  onFatal(node: Node, error: unknown): void {
    if (error instanceof Struck) this.history.add(node.name, error.message)
    else this.history.violated('INVARIANT', `${node.name}: ${messageOf(error)}`)
  }

  /** No more faults: everything runs, and everything reaches everything. */
  heal(): void {
    this.isHealed = true
    this.history.add('net', 'healed')
    this.faults.end()
    this.network.heal()
    if (this.judge.losses.isShort || this.judge.losses.alone.size > 0) this.callOperator()
    for (const node of [this.coordinator, ...this.participants]) {
      const process = node.process
      if (process !== undefined) process.busyUntil = Math.min(process.busyUntil, this.scheduler.now)
    }
  }

  /** Somebody looks at what was lost; once. */
  callOperator(): void {
    if (this.#isWatched) return
    this.#isWatched = true
    callOperator(this)
  }

  /** The coordinator dies, and stays dead for so long: the participants must end everything without it. */
  leaveAlone(ms: number): void {
    this.#isAlone = true
    this.coordinator.crash()
    this.scheduler.at(this.scheduler.now + ms, () => {
      judgeAlone(this)
      this.#isAlone = false
      if (this.coordinator.running === undefined) this.coordinator.start()
    })
  }

  get isAtRest(): boolean {
    const open = this.coordinator.running?.coordinator.transactions.size
    return (
      this.clients.every(({ isDone }) => isDone) &&
      this.network.probe?.isPending !== true &&
      open === 0 &&
      this.participants.every(({ running }) => running !== undefined && running.driver.liveCount === 0)
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
