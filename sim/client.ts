// A client: it moves money, one transaction after another, asks again when nobody answers, and finds out what became of
// what it asked for. Its code is a generator that yields what it asks, so that it reads as it happens.

import {
  BranchNumber,
  type Epoch,
  type LogId,
  type ParticipantName,
  type Reason,
  TransactionId,
} from '../protocol/index.ts'
import type { AnyAnswer, Request } from './coordinator-node.ts'
import type { Told } from './judge-clients.ts'
import { Process, startOfTime } from './machine.ts'
import type { Host } from './network.ts'
import { Random } from './random.ts'
import { drawJob, type Job } from './work.ts'
import type { World } from './world.ts'

/** What a client waits for: an answer to a request, or some time. */
type Wait = Request | { readonly pauseMs: number }
type Story<Result = void> = Generator<Wait, Result, AnyAnswer | undefined>

interface Heard {
  readonly answer: AnyAnswer
  readonly logId: LogId
}

interface Report {
  readonly transactionId: TransactionId
  readonly outcome: { readonly outcome: Told; readonly reason?: Reason }
}

export class Client implements Host {
  readonly name: string
  readonly number: number
  readonly process: Process
  isDone = false
  readonly #world: World
  readonly #random: Random
  readonly #story: Story
  #epoch: Epoch | undefined
  #logId: LogId | undefined
  #askedAt = 0
  #made = 0

  constructor(world: World, number: number, index: number) {
    this.#world = world
    this.name = `k${index + 1}`
    this.number = number
    this.#random = new Random(world.settings.seed, 100 + index)
    this.process = new Process(this.name, world.scheduler, { offsetMs: 0, rate: 1 })
    this.#story = this.#work()
    this.process.soon(() => this.#go(undefined))
  }

  #go(answer: AnyAnswer | undefined): void {
    const next = this.#story.next(answer)
    if (next.done === true) {
      this.isDone = true
      return
    }
    const wait = next.value
    if ('pauseMs' in wait) {
      this.process.after(wait.pauseMs, () => this.#go(undefined))
      return
    }
    this.#askedAt = this.#world.scheduler.now
    const { network, coordinator, settings } = this.#world
    network.call<Heard>(
      this.process,
      this,
      coordinator,
      settings.requestTimeoutMs + (wait.ask === 'get' ? wait.command.waitMs : 0),
      (_server, tell) => {
        const { logId } = coordinator.disk
        coordinator.requested(wait, (answer) => tell({ answer, logId }))
      },
      (told) => this.#heard(told),
      {
        words: [wait.ask],
        about: wait.command !== undefined ? [wait.command.transactionId] : [],
        answerWords: () => [`${wait.ask} answer`],
      },
    )
  }

  /** Whoever answers for another log knows nothing of what was asked of the first one (client/connection.ts). */
  #heard(told: Heard | undefined): void {
    if (told !== undefined) this.#logId ??= told.logId
    if (told === undefined || told.logId === this.#logId) return this.#go(told?.answer)
    this.#world.history.add(this.name, 'is answered by another log: what became of its work stays unknown')
    this.isDone = true
  }

  *#work(): Story {
    const { settings, script } = this.#world
    const jobs = script?.jobs.length ?? settings.jobs
    for (let number = 0; number < jobs; number += 1) {
      yield { pauseMs: script === undefined ? this.#random.exponential(80) : script.pauseMs }
      const job = script?.jobs[number] ?? drawJob(this.#world, this.#random)
      if (job.isInteractive) yield* this.#interactive(job)
      else yield* this.#submit(job)
    }
  }

  *#submit(job: Job): Story {
    const transactionId = this.#newId(job)
    const { branches, options } = job
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const epoch = yield* this.#hello()
      const answer = yield { ask: 'submit', command: { epoch, transactionId, options, branches } }
      if (answer === undefined) {
        if (this.#random.chance(0.4)) break
        continue
      }
      if (answer.ok) return yield* this.#settled(transactionId, answer.value as Report)
      if (!this.#learnsEpoch(answer)) break
    }
    yield* this.#findOut(transactionId)
  }

  *#interactive(job: Job): Story {
    const transactionId = this.#newId(job)
    const begun = yield* this.#begin(transactionId, job)
    if (begun === 'existing') return
    if (begun === 'begun') {
      const called = yield* this.#calls(transactionId, job)
      if (called === 'all' && !job.givesUp) return yield* this.#commit(transactionId, job)
    }
    if (job.givesUp && this.#random.chance(0.5)) return yield* this.#findOut(transactionId)
    const epoch = yield* this.#hello()
    const answer = yield { ask: 'abort', command: { epoch, transactionId, message: '' } }
    if (answer?.ok === true) return yield* this.#settled(transactionId, answer.value as Report)
    yield* this.#findOut(transactionId)
  }

  *#begin(transactionId: TransactionId, { options }: Job): Story<'begun' | 'existing' | 'failed'> {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const epoch = yield* this.#hello()
      const answer = yield { ask: 'begin', command: { epoch, transactionId, options } }
      if (answer === undefined) continue
      if (answer.ok) {
        const { existing } = answer.value as { readonly existing?: Report }
        if (existing === undefined) return 'begun'
        yield* this.#settled(transactionId, existing)
        return 'existing'
      }
      if (!this.#learnsEpoch(answer)) return 'failed'
    }
    return 'failed'
  }

  *#calls(transactionId: TransactionId, { branches }: Job): Story<'all' | 'not-all'> {
    for (const branch of branches) {
      let isCalled = false
      for (let attempt = 1; attempt <= 2 && !isCalled; attempt += 1) {
        const epoch = this.#epoch
        if (epoch === undefined) return 'not-all'
        const answer = yield { ask: 'call', command: { epoch, transactionId, branch } }
        if (answer === undefined) continue
        if (!answer.ok) {
          this.#learnsEpoch(answer)
          return 'not-all'
        }
        if ((answer.value as { readonly answer: string }).answer !== 'result') return 'not-all'
        isCalled = true
      }
      if (!isCalled) return 'not-all'
    }
    return 'all'
  }

  *#commit(transactionId: TransactionId, { branches, options }: Job): Story {
    const expected = branches.map(({ branch }) => branch)
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const epoch = this.#epoch
      if (epoch === undefined) break
      const { waitFor } = options
      const answer = yield { ask: 'commit', command: { epoch, transactionId, branches: expected, waitFor } }
      if (answer?.ok === true) return yield* this.#settled(transactionId, answer.value as Report)
      if (answer !== undefined) {
        this.#learnsEpoch(answer)
        break
      }
    }
    yield* this.#findOut(transactionId)
  }

  *#findOut(transactionId: TransactionId): Story {
    for (;;) {
      const answer = yield { ask: 'get', command: { transactionId, waitMs: this.#random.pick([0, 300]) } }
      if (answer?.ok === true) {
        const { outcome } = (answer.value as Report).outcome
        this.#tell(answer.value as Report)
        if (outcome !== 'in-progress') return
      }
      yield { pauseMs: this.#random.between(20, 300) }
    }
  }

  *#settled(asked: TransactionId, report: Report): Story {
    this.#tell(report)
    if (report.outcome.outcome === 'in-progress') return yield* this.#findOut(report.transactionId)
    // Under a key the answer may be another transaction's; of its own id it then knows nothing, and asks.
    if (report.transactionId !== asked && this.#random.chance(0.5)) yield* this.#findOut(asked)
  }

  *#hello(): Story<Epoch> {
    while (this.#epoch === undefined) {
      const answer = yield { ask: 'hello', command: undefined }
      if (answer?.ok === true) this.#epoch = (answer.value as { readonly epoch: Epoch }).epoch
      else yield { pauseMs: this.#random.between(20, 200) }
    }
    return this.#epoch
  }

  /** Whether it is worth asking again. */
  #learnsEpoch(answer: Extract<AnyAnswer, { ok: false }>): boolean {
    const { code, epoch } = answer.error
    this.#world.history.add(this.name, `is refused: ${code}`)
    if (code !== 'STALE_EPOCH' || epoch === undefined) return false
    this.#epoch = epoch as Epoch
    return true
  }

  #tell({ transactionId, outcome }: Report): void {
    const answer = { client: this.name, askedAt: this.#askedAt, told: outcome.outcome }
    this.#world.clientJudge.told(transactionId, answer, outcome.reason?.code)
  }

  #newId(job: Job): TransactionId {
    this.#made += 1
    const time = Math.floor(startOfTime + this.#world.scheduler.now)
      .toString(16)
      .padStart(12, '0')
    const tail = (this.number * 1_000_000 + this.#made).toString(16).padStart(12, '0')
    const id = TransactionId(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`)
    const moves = job.branches.filter(({ operation }) => operation === 'move')
    const plans = job.branches.map(({ branch, participant, saga }, index) => {
      const named = saga?.after ?? (index === 0 ? [] : [BranchNumber(index)])
      const [reference] = saga?.references ?? []
      const role = saga?.role ?? 'compensatable'
      const refersTo = reference === undefined ? {} : { refersTo: reference.branch }
      return { number: branch, participant, role, after: named, ...refersTo }
    })
    this.#world.work.set(id, { moves, plans, client: this.name })
    this.#world.history.add(this.name, `wants ${job.sentence}`, id)
    return id
  }
}

/** How a branch stands in its saga. */
export interface Plan {
  readonly number: BranchNumber
  readonly participant: ParticipantName
  readonly role: string
  readonly after: readonly BranchNumber[]
  /** Whose result goes into its input. */
  readonly refersTo?: BranchNumber
}

export interface Work {
  readonly client: string
  readonly plans: readonly Plan[]
  readonly moves: readonly { readonly branch: BranchNumber; readonly participant: ParticipantName }[]
}
