// A coordinator's driver in a small world of its own: a clock that is moved by hand, a log that forces when it is told
// to, and a network that only remembers what it was given.

import { Admission } from '../../coordinator/admission.ts'
import type { Clock } from '../../coordinator/clock.ts'
import { type CoordinatorConfig, readConfig } from '../../coordinator/config.ts'
import { Coordinator } from '../../coordinator/coordinator.ts'
import { Directory } from '../../coordinator/directory.ts'
import { Requests } from '../../coordinator/requests.ts'
import { type Disk, newDisk, openMemoryLog } from '../../log/index.ts'
import {
  Boot,
  BranchNumber,
  Epoch,
  type FromParticipant,
  Instant,
  LogId,
  ParticipantName,
  type Protocol,
  StorageId,
  type ToParticipant,
  TransactionId,
  type Vote,
} from '../../protocol/index.ts'
import type { OutcomeReport, ParticipantHeader, RequestedBranch, SubmitCommand } from '../../wire/index.ts'

export const startOfTime = 1_700_000_000_000

export class ManualClock implements Clock {
  #now = startOfTime
  #soon: (() => void)[] = []
  #due: { at: number; run: () => void }[] = []

  now = (): Instant => Instant(this.#now)
  random = (): number => 0
  soon(run: () => void): void {
    this.#soon.push(run)
  }
  wakeAt(at: Instant, run: () => void): () => void {
    const due = { at, run }
    this.#due.push(due)
    return () => {
      this.#due = this.#due.filter((other) => other !== due)
    }
  }
  /** Runs everything that is to run soon, and what that brings about. */
  settle(): void {
    for (let next = this.#soon.shift(); next !== undefined; next = this.#soon.shift()) next()
  }
  settleOnce(): void {
    for (const run of this.#soon.splice(0)) run()
  }
  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#due = this.#due.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
      this.settle()
    }
    this.#now = until
  }
}

export const names = { orders: ParticipantName('orders'), stock: ParticipantName('stock') }
export const storage = (digit: string): StorageId => StorageId(`00000000-0000-4000-8000-00000000000${digit}`)

let made = 0
export function newId(at: number = startOfTime): TransactionId {
  made += 1
  const time = at.toString(16).padStart(12, '0')
  return TransactionId(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${made.toString(16).padStart(12, '0')}`)
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

export class World {
  readonly clock = new ManualClock()
  readonly sent: { to: ParticipantName; message: ToParticipant }[] = []
  /** How many messages have not left. */
  readonly queued = new Map<ParticipantName, number>()
  /** Messages sent since then are still to be handled there. */
  readonly unhandledSince = new Map<ParticipantName, Instant>()
  readonly disk: Disk
  coordinator: Coordinator
  admission: Admission
  requests: Requests
  #forces: (() => void)[] = []
  #log: ReturnType<typeof openMemoryLog>
  readonly #config: CoordinatorConfig

  constructor(
    flags: Record<string, number | string> = {},
    disk: Disk = newDisk(LogId('00000000-0000-4000-8000-0000000000aa')),
  ) {
    this.disk = disk
    this.#config = readConfig({ flags: { participants: ['orders=o:1', 'stock=s:1'], ...flags } })
    this.#log = openMemoryLog(
      disk,
      (force) => this.#forces.push(force),
      (answer) => this.clock.soon(answer),
    )
    const opened = this.#open()
    this.coordinator = opened.coordinator
    this.admission = opened.admission
    this.requests = opened.requests
  }

  #open() {
    const network = {
      send: (to: ParticipantName, message: ToParticipant) => void this.sent.push({ to, message }),
      queued: (to: ParticipantName) => this.queued.get(to) ?? 0,
      unhandledSince: (to: ParticipantName) => this.unhandledSince.get(to),
      whenSent: (_to: ParticipantName, run: () => void) => run(),
    }
    const directory = new Directory(this.#config.participants, this.#log.recovered.participants)
    const coordinator = new Coordinator(this.#log, network, this.clock, directory, this.#config, silent)
    this.#log.listen({
      forced: () => coordinator.forced(),
      failed: (error) => {
        throw error
      },
    })
    const admission = new Admission(coordinator, () => 0)
    return { coordinator, admission, requests: new Requests(coordinator, admission) }
  }

  /** Both participants are there. */
  connect(): this {
    for (const participant of Object.values(names)) {
      const known = this.coordinator.directory.get(participant)
      if (known === undefined) throw new Error('unknown')
      this.coordinator.heard(known, this.header(participant))
      this.coordinator.directory.describe(known, ['place', 'reserve'], ['two-phase', 'three-phase', 'saga'])
      this.coordinator.connected(known)
    }
    this.clock.settle()
    this.force()
    return this
  }

  header(participant: ParticipantName, more: Partial<ParticipantHeader> = {}): ParticipantHeader {
    return {
      storageId: storage(participant === names.orders ? '1' : '2'),
      boot: Boot(1),
      recordSequence: 1,
      seenRecordSequence: 0,
      forcedTurn: 0,
      participant,
      sentAt: this.clock.now(),
      ...more,
    }
  }

  /** The disk has written everything. */
  force(): void {
    for (let next = this.#forces.shift(); next !== undefined; next = this.#forces.shift()) {
      next()
      this.clock.settle()
    }
  }

  /** Everything that waits for the disk. */
  takeForces(): (() => void)[] {
    return this.#forces.splice(0)
  }

  /** What is to run soon by now, and nothing that it brings about. */
  settleOnce(): void {
    this.clock.settleOnce()
  }

  settle(): this {
    this.clock.settle()
    return this
  }

  /** The process dies with everything that was not forced, and another one starts. */
  crash(): void {
    this.#log.crash()
    this.coordinator.close()
    this.#forces = []
    this.clock.advance(1)
    this.#log = openMemoryLog(
      this.disk,
      (force) => this.#forces.push(force),
      (answer) => this.clock.soon(answer),
    )
    Object.assign(this, this.#open())
    this.sent.length = 0
  }

  branch(number: number, participant: ParticipantName, operation = 'place'): RequestedBranch {
    return { branch: BranchNumber(number), participant, operation, input: '{}' }
  }

  command(
    more: Partial<Omit<SubmitCommand, 'options'>> & {
      key?: string
      waitFor?: 'decided' | 'applied'
      protocol?: Protocol
    } = {},
  ): SubmitCommand {
    const { key, waitFor = 'decided', protocol = 'two-phase', ...others } = more
    return {
      epoch: Epoch(this.disk.epoch),
      transactionId: newId(this.clock.now()),
      options: {
        protocol,
        timeoutMs: 0,
        waitFor,
        traceParent: '',
        ...(key === undefined ? {} : { idempotencyKey: key }),
      },
      branches: [this.branch(1, names.orders), this.branch(2, names.stock)],
      ...others,
    }
  }

  submit(command: SubmitCommand): { answers: (OutcomeReport | string)[] } {
    const answers: (OutcomeReport | string)[] = []
    this.coordinator.turns.arrive(() =>
      this.admission.submit(command, (answered) => answers.push(answered.ok ? answered.value : answered.error.code)),
    )
    this.settle()
    return { answers }
  }

  receive(participant: ParticipantName, message: FromParticipant, more: Partial<ParticipantHeader> = {}): this {
    const known = this.coordinator.directory.get(participant)
    if (known === undefined) throw new Error('unknown')
    const header = this.header(participant, more)
    if (this.coordinator.heard(known, header)) this.coordinator.received(participant, header, message)
    return this.settle()
  }

  vote(participant: ParticipantName, transactionId: TransactionId, vote: Vote = { vote: 'yes', result: '' }): this {
    const branch = BranchNumber(participant === names.orders ? 1 : 2)
    return this.receive(participant, { type: 'vote', transactionId, branch, vote })
  }

  /** What was sent since the last time, as words. */
  takeSent(): string[] {
    return this.sent.splice(0).map(({ to, message }) => `${message.type} ${to}`)
  }
}
