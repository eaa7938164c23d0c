// Sagas: S1 to S7 of protocols.md section 3.1, as far as they show before the end. S2 and S3 are in ledger.ts, which
// counts what each branch does and takes back; S6 is in judge-end.ts.

import { compareSequences, type PreparedBranch, type Sequence, type ToParticipant } from '../protocol/index.ts'
import { addressKey } from './store-disk.ts'
import type { World } from './world.ts'

export class SagaJudge {
  readonly #world: World
  /** Whose compensation has begun. */
  readonly #taken = new Set<string>()
  /** Whose turn to compensation is durable. */
  readonly #turned = new Set<string>()
  /** Whose pivot has said yes, durably. */
  readonly #pivoted = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  /** Durable: a branch is done. */
  prepared({ transactionId, branch }: PreparedBranch): void {
    if (this.#planOf(transactionId, branch)?.role === 'pivot') this.#pivoted.add(transactionId)
  }

  /** Durable: it will be compensated. */
  turned(transactionId: string): void {
    this.#turned.add(transactionId)
    if (this.#pivoted.has(transactionId)) this.#broken('S5', 'it turns, and its pivot has said yes', transactionId)
  }

  /** A branch's work runs. */
  runs(transactionId: string, branch: number): void {
    if (this.#taken.has(transactionId)) {
      this.#broken('S4', `branch ${branch} begins after the first compensation`, transactionId)
    }
    for (const before of this.#planOf(transactionId, branch)?.after ?? []) {
      const found = this.#recordOf(transactionId, before)
      if (found === 'prepared' || found === 'committed' || this.#isReader(transactionId, before)) continue
      const sentence = `branch ${branch} begins, and branch ${before} before it has ${found ?? 'no record'}`
      this.#broken('ORDER', sentence, transactionId)
    }
  }

  /** What a reference has brought is what the other branch has said. */
  refers(transactionId: string, branch: number, note: number | null): void {
    const other = this.#planOf(transactionId, branch)?.refersTo
    if (other === undefined) return
    const record = this.#rowOf(transactionId, other)?.record
    const result = record !== undefined && record.type !== 'aborted' ? record.branch.result : ''
    const { balance = null } = (result === '' ? {} : JSON.parse(result)) as { readonly balance?: number }
    if (balance === note) return
    const sentence = `branch ${branch} is given ${note} from branch ${other}, whose result is ${balance}`
    this.#broken('REFERENCE', sentence, transactionId)
  }

  /** A branch's work is taken back. */
  takesBack(transactionId: string, branch: number): void {
    this.#taken.add(transactionId)
    if (this.#pivoted.has(transactionId)) {
      this.#broken('S5', `branch ${branch} is compensated, and the pivot has said yes`, transactionId)
    }
    for (const { number, after } of this.#world.work.get(transactionId)?.plans ?? []) {
      if (!after.some((one) => one === branch) || this.#recordOf(transactionId, number) !== 'prepared') continue
      this.#broken('S7', `branch ${branch} is compensated before branch ${number}, which built on it`, transactionId)
    }
  }

  /** FORCE-BEFORE-SEND. */
  sends(message: ToParticipant): void {
    if (this.#world.settings.protocol !== 'saga') return
    const { transactionId, branch, sequence } = message
    if (message.type === 'abort') return this.toldToAbort(transactionId, branch, sequence)
    if (message.type !== 'prepare' || message.onePhase) return
    const first = this.#firstOf(transactionId, sequence)
    if (first?.record === 'saga' && first.branches.some((one) => one.branch === branch)) return
    const sentence = `Prepare of branch ${branch} is sent, and the coordinator's disk does not hold that branch`
    this.#broken('S1', sentence, transactionId)
  }

  toldToAbort(transactionId: string, branch: number, sequence: Sequence): void {
    const first = this.#firstOf(transactionId, sequence)
    if (first?.record !== 'saga' || first.compensating !== undefined) return
    this.#broken(
      'S1',
      `branch ${branch} is told to abort, and the turn is not on the coordinator's disk`,
      transactionId,
    )
  }

  #firstOf(transactionId: string, sequence: Sequence) {
    const recorded = this.#world.coordinator.disk.transactions.get(transactionId)
    return recorded !== undefined && compareSequences(recorded.facts.sequence, sequence) === 0
      ? recorded.first
      : undefined
  }

  #planOf(transactionId: string, branch: number) {
    return this.#world.work.get(transactionId)?.plans.find(({ number }) => number === branch)
  }

  #isReader(transactionId: string, branch: number): boolean {
    return this.#world.work.get(transactionId)?.moves.every((move) => move.branch !== branch) === true
  }

  /** What is on the disk of a branch, wherever it is. */
  #recordOf(transactionId: string, branch: number): string | undefined {
    return this.#rowOf(transactionId, branch)?.record.type
  }

  #rowOf(transactionId: string, branch: number) {
    const participant = this.#planOf(transactionId, branch)?.participant
    if (participant === undefined) return undefined
    const key = addressKey({ transactionId, branch } as Parameters<typeof addressKey>[0])
    return this.#world.participant(participant).disk.durable.get(key)
  }

  /** What a lost disk held counts no longer, and a person may have said what became of it. */
  #broken(predicate: string, sentence: string, about: string): void {
    if (predicate !== 'S1' && this.#world.judge.losses.isTouchedByLoss(about)) return
    this.#world.history.violated(predicate, sentence, about)
  }
}
