// The coordinator's machine: the production driver, admission and requests over a simulated log, started again after each
// crash.

import { Admission } from '../coordinator/admission.ts'
import type { Answered } from '../coordinator/answer.ts'
import type { Clock } from '../coordinator/clock.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import { Directory } from '../coordinator/directory.ts'
import { Lanes } from '../coordinator/lanes.ts'
import { Requests } from '../coordinator/requests.ts'
import type { LogEntry } from '../log/index.ts'
import type { BallotAnswer, Collect, LogId, Propose, participantSide } from '../protocol/index.ts'
import { DiskLog, type LogDisk, type LogWorld } from './disk-log.ts'
import { type ParticipantHeader, wordOf } from './frames.ts'
import { SimulatedLane } from './lane.ts'
import { Process } from './machine.ts'
import type { Host } from './network.ts'
import type { Written } from './probe.ts'
import type { Inquired, Voted } from './questions.ts'
import type { World } from './world.ts'

export interface RunningCoordinator {
  readonly process: Process
  readonly log: DiskLog
  readonly coordinator: Coordinator
  readonly admission: Admission
  readonly requests: Requests
  readonly lanes: Lanes
}

type CommandOf<Method> = Method extends (command: infer Command, ...rest: never[]) => void ? Command : never

/** What clients ask, by the name of what answers. */
export type Request =
  | { readonly ask: 'hello'; readonly command: undefined }
  | { readonly ask: 'submit'; readonly command: CommandOf<Admission['submit']> }
  | { readonly ask: 'begin'; readonly command: CommandOf<Admission['begin']> }
  | { readonly ask: 'call'; readonly command: CommandOf<Requests['call']> }
  | { readonly ask: 'commit'; readonly command: CommandOf<Requests['commit']> }
  | { readonly ask: 'abort'; readonly command: CommandOf<Requests['abort']> }
  | { readonly ask: 'get'; readonly command: CommandOf<Requests['get']> }

interface Report {
  readonly transactionId: string
  readonly outcome: { readonly outcome: string }
}

export type AnyAnswer = Answered<object>

function writtenOf(entry: LogEntry): Written {
  if (entry.type === 'participant') return { type: entry.type, about: '' }
  return { type: entry.type, about: 'facts' in entry ? entry.facts.transactionId : entry.transactionId }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

export class CoordinatorNode implements Host {
  readonly name = 'c'
  readonly number = 0
  disk: LogDisk
  running: RunningCoordinator | undefined
  readonly #world: World

  constructor(world: World, disk: LogDisk) {
    this.#world = world
    this.disk = disk
  }

  get process(): Process | undefined {
    return this.running?.process
  }

  start(): void {
    const world = this.#world
    const { settings, network, history } = world
    const process = new Process(this.name, world.scheduler, world.clockError(this))
    this.#mayBeOlder()
    history.add(this.name, `starts, epoch ${this.disk.epoch + 1}`)
    process.onDeath(() => {
      this.running = undefined
      world.restartLater(this)
    })
    const log = new DiskLog(this.disk, process, this.#logWorld())
    const config = settings.coordinatorConfig
    const directory = new Directory(config.participants, log.recovered.participants)
    const around = {
      network,
      host: this,
      process,
      leaving: (to: Host, message: Parameters<Lanes['send']>[1]) => {
        history.add(this.name, `sends ${wordOf(message)} of ${message.branch} to ${to.name}`, message.transactionId)
        world.telling.coordinatorSends(message)
      },
      believed: ({ name }: Host, boot: number) => world.judge.losses.believed(name, boot),
    }
    const lanes = new Lanes(silent, (address, owner, coordinator) => {
      return new SimulatedLane(around, world.participant(nameOf(address)), owner, coordinator)
    })
    const coordinator = world.mutant.coordinator(log, lanes, this.#clock(process), directory, config, silent)
    log.listen({
      forced: () => coordinator.forced(),
      failed: () => process.die(),
    })
    const admission = new Admission(coordinator, ({ participant }) => lanes.queued(participant))
    const requests = new Requests(coordinator, admission)
    this.running = { process, log, coordinator, admission, requests, lanes }
    lanes.open(coordinator, this.name)
  }

  #mayBeOlder(): void {
    const { faults, judge, copies } = this.#world
    if (this.disk.epoch === 0 || judge.losses.isShort || !copies.areTaken) return
    if (faults.strikes('older-log', this.name, this.number) !== undefined) copies.restore(this)
  }

  crash(): void {
    this.process?.die()
  }

  /** A client asks. */
  requested(request: Request, tell: (answered: AnyAnswer) => void): void {
    const answer = (answered: AnyAnswer): void => {
      if (answered.ok) this.#checkTold(answered.value as Partial<Report>)
      tell(answered)
    }
    const { coordinator, admission, requests } = this.running as RunningCoordinator
    const { ask, command } = request
    coordinator.turns.arrive(() => {
      switch (ask) {
        case 'hello':
          return answer({ ok: true, value: { epoch: coordinator.log.epoch } })
        case 'submit':
          return admission.submit(command, answer)
        case 'begin':
          return admission.begin(command, answer)
        case 'call':
          return requests.call(command, answer)
        case 'commit':
          return requests.commit(command, answer)
        case 'abort':
          return requests.abort(command, answer)
        case 'get':
          return requests.get(command, answer)
        default:
          return request satisfies never
      }
    })
  }

  #checkTold({ transactionId, outcome }: Partial<Report>): void {
    if (transactionId !== undefined && outcome?.outcome === 'committed') this.#world.telling.committed(transactionId)
  }

  /** A participant inquires. */
  inquired(
    from: ParticipantHeader,
    logId: LogId,
    branches: readonly participantSide.InDoubt[],
    answer: (told: Inquired | 'failed') => void,
  ): void {
    const { coordinator, requests, lanes } = this.running as RunningCoordinator
    const known = coordinator.directory.get(from.participant)
    const header = lanes.header(known, from.storageId)
    if (logId !== coordinator.log.logId) {
      const answers = branches.map((branch) => ({ ...branch, answer: 'unknown-log' as const }))
      return answer({ header, answers })
    }
    if (known !== undefined) coordinator.noteSeen(known, from)
    coordinator.turns.arrive(() =>
      requests.inquire(branches, (answered) => {
        if (!answered.ok) return answer('failed')
        for (const one of answered.value) {
          this.#world.telling.inquiryAnswered(one.transactionId, one.branch, one.answer, branches)
        }
        answer({ header, answers: answered.value })
      }),
    )
  }

  /** A member asks the coordinator as one of the voting set. */
  votes(
    from: ParticipantHeader,
    logId: LogId,
    message: Collect | Propose,
    answer: (told: Voted | 'failed') => void,
  ): void {
    const { coordinator, requests, lanes } = this.running as RunningCoordinator
    const known = coordinator.directory.get(from.participant)
    if (known !== undefined) coordinator.noteSeen(known, from)
    const tell = (told: BallotAnswer): void => {
      this.#world.telling.coordinatorAnswers(message, told.answer)
      answer({ header: lanes.header(known, from.storageId), answer: told })
    }
    if (logId !== coordinator.log.logId) return tell({ answer: 'nothing' })
    coordinator.turns.arrive(() =>
      requests.ballot(message, (answered: Answered<BallotAnswer>) =>
        answered.ok ? tell(answered.value) : answer('failed'),
      ),
    )
  }

  #clock(process: Process): Clock {
    const { random } = this.#world
    return {
      now: () => process.now(),
      wakeAt: (at, run) => process.wakeAt(at, run),
      random: () => random.next(),
      soon: (run) => process.soon(run),
    }
  }

  #logWorld(): LogWorld {
    const { random, faults, settings, judge } = this.#world
    const { network } = this.#world
    return {
      diesAt: (point, entries) => network.probe?.diesAt(this, point, entries.map(writtenOf)) === true,
      keeps: (count) => network.probe?.keeps(this, count) ?? random.below(count + 1),
      forceMs: () => {
        if (network.probe?.failsForce(this) === true) return undefined
        if (faults.strikes('force-failure', 'c', 0) !== undefined) return undefined
        const slow = faults.strikes('slow-force', 'c', 0)
        return slow === undefined ? random.between(0.1, settings.forceMs) : 20 + 1_000 * slow
      },
      appended: (entries) => judge.coordinatorAppended(entries),
      hardened: (entries) => judge.coordinatorForced(entries),
    }
  }
}

/** Addresses are names with a port that means nothing. */
const nameOf = (address: string): string => address.slice(0, address.indexOf(':'))
