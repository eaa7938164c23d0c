// What disks have lost in this world, and what people have decided in it: there other rules hold (judge-loss.ts).

import { type Decision, ParticipantName, type Sequence } from '../protocol/index.ts'
import type { LogDisk } from './disk-log.ts'
import type { Judge } from './judge.ts'
import type { StoreDisk } from './store-disk.ts'
import type { World } from './world.ts'

export class Losses {
  readonly #world: World
  readonly #judge: Judge
  /** Databases that were wiped, or overwritten by an older copy: nothing rests on them any more. */
  readonly lost = new Set<string>()
  readonly #losers = new Set<string>()
  /** The coordinator's log was lost, or overwritten by an older copy. */
  lostLog: 'lost' | 'older' | undefined
  /** Transactions that somebody was told to look at. */
  readonly hazards = new Set<string>()
  /** Transactions of which an operator has ended a branch at its participant, and how it ended. */
  readonly alone = new Set<string>()
  readonly decidedAlone = new Map<string, { readonly did: Decision; readonly sequence: Sequence }>()
  /** Participants whose older copy somebody must notice once they have spoken, and those that have. */
  readonly older = new Set<string>()
  readonly unnoticed = new Set<string>()
  /** Branches that were not applied durably when their disk was lost. */
  readonly unapplied = new Set<string>()

  constructor(world: World, judge: Judge) {
    this.#world = world
    this.#judge = judge
  }

  /** The database of this participant is gone, or an older copy is in its place. */
  lose({ storageId, durable }: StoreDisk, participant: string, copy?: StoreDisk): void {
    const { coordinator } = this.#world
    this.lost.add(storageId)
    this.#losers.add(participant)
    for (const [key, { record }] of durable) if (record.type !== 'committed') this.unapplied.add(key)
    this.#judge.ballots.lose(storageId)
    this.#judge.forget(participant, copy)
    if (copy === undefined) return
    this.#world.history.hasOlderCopy = true
    const known = coordinator.running?.coordinator.directory.get(ParticipantName(participant))
    const seen =
      known?.facts.seenRecordSequence ?? coordinator.disk.participants.get(participant)?.seenRecordSequence ?? 0
    if (seen > copy.recordSequence) this.older.add(participant)
    else this.#world.history.isExcused = true
  }

  /** The coordinator believes what it says. */
  believed(participant: string, boot: number): void {
    const { disk } = this.#world.participant(participant)
    const seen = this.#world.coordinator.running?.coordinator.directory.get(ParticipantName(participant))?.facts
    // What has written as much again by then looks like the newest one: no count can tell (docs/proof.md).
    const hasCaughtUp = disk.recordSequence >= (seen?.seenRecordSequence ?? 0)
    if (!this.older.has(participant) || disk.boot !== boot) return
    if (hasCaughtUp) this.#world.history.isExcused = true
    else this.unnoticed.add(participant)
  }

  loseLog(how: 'lost' | 'older', copy?: LogDisk): void {
    this.#world.history.add('c', how === 'lost' ? 'has lost its disk' : 'comes back with an older copy of its disk')
    this.lostLog = how
    this.#world.history.hasOlderCopy ||= how === 'older'
    this.#judge.ballots.lose('coordinator')
    this.#judge.forget('c')
    if (copy === undefined) return
    // What no participant has seen is known to nobody any more, but perhaps to clients (docs/proof.md).
    const isKnown = this.#world.participants.some(({ disk }) => {
      const seen = disk.coordinators.get(copy.logId)?.seenRecordSequence ?? 0
      return seen > copy.recordSequence
    })
    if (!isKnown) this.#world.history.isExcused = true
  }

  /** HEURISTIC: whoever was decided against is told, before the last trace of that is forgotten. */
  forgets(transactionId: string, address: string): void {
    const alone = this.decidedAlone.get(address)
    const recorded = this.#world.coordinator.disk.transactions.get(transactionId)
    if (alone === undefined || recorded?.outcome === undefined || this.isShort) return
    const decision = this.#judge.decisionOf(transactionId, alone.sequence)
    if (decision !== 'commit' || alone.did === 'commit' || this.hazards.has(transactionId)) return
    const sentence = `it was committed, an operator had aborted ${address}, and nobody was told`
    this.#world.history.violated('HEURISTIC', sentence, transactionId)
  }

  /** Something is gone from a disk that was durable. */
  get isShort(): boolean {
    return this.lost.size > 0 || this.lostLog !== undefined
  }

  /** Whether a database that is gone may have had a part in it, or somebody who decided alone. */
  isTouchedByLoss(transactionId: string): boolean {
    if (this.alone.has(transactionId)) return true
    if (this.#losers.size === 0) return false
    const plans = this.#world.work.get(transactionId)?.plans ?? []
    return plans.some(({ participant }) => this.#losers.has(participant))
  }
}
