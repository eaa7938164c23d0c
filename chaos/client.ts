// The clients: so many at once, each with one job after another; they retry, ask again by id and by key, and write everything
// down that they are told.

import {
  type Branch,
  branch,
  type Coordinator,
  type EndedOutcome,
  type KnownOutcome,
  type Transaction,
} from '../client/index.ts'
import type { Protocol } from '../protocol/index.ts'
import { isTransactionError } from '../wire/index.ts'
import { banks } from './bank/contract.ts'
import type { Answer, Entry, History } from './history.ts'
import { verdictOf } from './history.ts'
import { drawJob, inputOf, type Job, type Step } from './job.ts'
import { Chance } from './random.ts'

export interface Load {
  readonly seed: number
  readonly protocols: readonly Protocol[]
  /** Jobs in a second. */
  readonly rate: number
  readonly atOnce: number
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export class Clients {
  readonly #history: History
  readonly #coordinators: readonly Coordinator[]
  readonly #load: Load
  #working: Promise<void>[] = []
  #isWorking = true
  #number = 0
  #dueAt = 0

  constructor(history: History, coordinators: readonly Coordinator[], load: Load) {
    this.#history = history
    this.#coordinators = coordinators
    this.#load = load
  }

  start(): void {
    this.#working = Array.from({ length: this.#load.atOnce }, (_, worker) => this.#work(worker))
  }

  /** Every client ends what it is at. */
  async stop(): Promise<void> {
    this.#isWorking = false
    await Promise.all(this.#working)
  }

  /** Nobody begins anything new; what is under way ends when its connection does. */
  abandon(): void {
    this.#isWorking = false
  }

  /** Asks once by the id. */
  async askById(entry: Entry, transactionId: string, waitMs: number): Promise<Answer> {
    return this.#note(entry, 'by id', async (coordinator) =>
      known(await coordinator.outcome(transactionId, { waitMs })),
    )
  }

  /** Asks by doing the same again under the same key. */
  async askByKey(entry: Entry): Promise<Answer> {
    return this.#note(entry, 'by key', (coordinator) => perform(coordinator, entry.job))
  }

  async #work(worker: number): Promise<void> {
    while (this.#isWorking) {
      // Whoever is late does not make up for it.
      this.#dueAt = Math.max(this.#dueAt, this.#history.now() - 1_000) + 1_000 / this.#load.rate
      await pause(Math.max(0, this.#dueAt - this.#history.now()))
      if (!this.#isWorking) return
      const number = ++this.#number
      await this.#do(
        drawJob(this.#load.seed, number, this.#load.protocols),
        new Chance(this.#load.seed, 2, number),
        worker,
      )
    }
  }

  async #do(job: Job, chance: Chance, worker: number): Promise<void> {
    const entry = this.#history.begin(job)
    const answer = await this.#note(entry, 'first', (coordinator) => perform(coordinator, job), worker)
    if (answer.outcome === 'committed' && job.hasKey && chance.is(0.1)) await this.askByKey(entry)
    if (answer.outcome === 'unknown' && job.hasKey && chance.is(0.5)) await this.askByKey(entry)
    const verdict = verdictOf(entry)
    if (verdict.outcome !== 'unknown') return
    for (const id of verdict.open) await this.askById(entry, id, chance.one([0, 500, 2_000]))
  }

  async #note(
    entry: Entry,
    asked: 'first' | 'by id' | 'by key',
    ask: (coordinator: Coordinator) => Promise<Answer>,
    worker = entry.job.id.length,
  ): Promise<Answer> {
    const from = this.#history.now()
    const coordinator = this.#coordinators[worker % this.#coordinators.length] as Coordinator
    const answer = await ask(coordinator).catch((error: unknown) => failed(error, entry.job))
    return this.#history.told(entry, { asked, from, answer })
  }
}

function failed(error: unknown, job: Job): Answer {
  if (!isTransactionError(error)) return { outcome: 'failed', code: 'NOT_A_TRANSACTION_ERROR', message: String(error) }
  const { code, message, transactionId } = error
  // A saga that was begun and past its pivot may go on whoever is lost.
  const mayGoOn =
    transactionId !== undefined && job.style !== 'submit' && job.steps.some(({ role }) => role === 'pivot')
  if (transactionId !== undefined && (code === 'OUTCOME_UNKNOWN' || mayGoOn))
    return { outcome: 'unknown', transactionId }
  return { outcome: 'failed', code, message }
}

function known(outcome: KnownOutcome | EndedOutcome<readonly unknown[]>): Answer {
  const { transactionId } = outcome
  switch (outcome.outcome) {
    case 'committed': {
      const results = outcome.results.map((one) =>
        typeof one === 'object' && one !== null && 'branch' in one && 'result' in one ? one.result : one,
      )
      return { outcome: 'committed', transactionId, replayed: outcome.replayed, results }
    }
    case 'aborted':
      return { outcome: 'aborted', transactionId, reason: outcome.reason.code }
    default:
      return { outcome: outcome.outcome, transactionId }
  }
}

async function perform(coordinator: Coordinator, job: Job): Promise<Answer> {
  const { protocol, timeoutMs, retries, hasKey } = job
  const options = { protocol, timeoutMs, retries, ...(hasKey ? { idempotencyKey: job.id } : {}) }
  if (job.style === 'submit') return known(await coordinator.submit({ ...options, branches: branchesOf(job) }))
  if (job.style === 'transact')
    return known(await coordinator.transact(options, (transaction) => callAll(transaction, job)))
  const transaction = await coordinator.begin({ protocol, timeoutMs })
  // A call that fails has ended the transaction as well.
  await callAll(transaction, job).catch(() => {})
  if (job.style === 'leave') return { outcome: 'unknown', transactionId: transaction.id }
  await transaction.abort()
  return { outcome: 'aborted', transactionId: transaction.id, reason: 'ABORTED_BY_CLIENT' }
}

function branchesOf(job: Job): Branch[] {
  const isSaga = job.protocol === 'saga'
  return job.steps.map((step) => {
    const after = isSaga && job.isAtOnce ? { after: [] } : {}
    return branch(operationOf(step), inputOf(job, step) as never, { ...after, ...roleOf(step) })
  })
}

async function callAll(transaction: Transaction, job: Job): Promise<void> {
  const call = (step: Step): Promise<unknown> =>
    transaction.call(operationOf(step), inputOf(job, step) as never, roleOf(step))
  if (job.isAtOnce) {
    await Promise.all(job.steps.map(call))
    return
  }
  for (const step of job.steps) await call(step)
}

const operationOf = (step: Step) => banks[step.bank][step.do] as (typeof banks)['a']['read']
const roleOf = ({ role }: Step) =>
  role === 'pivot' ? ({ pivot: true } as const) : role === 'retriable' ? ({ retriable: true } as const) : {}
