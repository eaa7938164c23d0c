// Runs the work that a step asks for, inside the turn's local transaction, and turns it into the event that follows.
//
// Owns: savepoints around operations, the branch's locks. Does not own: when and whether work runs.
//
// W1 Each run has its own savepoint; what is not kept leaves no trace in the database.
// W2 A wait that ends because locks were given up becomes an event of the next turn, never of this one: in a turn that
//    has to be run again one by one, each event must stand alone.

import { type Prepare, type participantSide, reason } from '../protocol/index.ts'
import { type Branch, branchKey } from './branches.ts'
import type { LockAnswer, LockOwner, LockTable } from './locks.ts'
import type { BranchLocks, Operations } from './operations.ts'
import type { LocalTransaction } from './store.ts'
import type { Turn } from './turn.ts'

export class Worker {
  readonly #operations: Operations
  readonly #locks: LockTable
  /** Set while the process drains. */
  isDraining = false

  constructor(operations: Operations, locks: LockTable) {
    this.#operations = operations
    this.#locks = locks
  }

  /** `failure`: the local COMMIT refused this very work when it ran alone (design rule 18). */
  run(
    work: participantSide.Work,
    branch: Branch,
    turn: Turn,
    local: LocalTransaction,
    failure: string | undefined,
  ): participantSide.Event | undefined {
    switch (work.work) {
      case 'prepare':
        turn.writes = true
        return { type: 'prepared', at: turn.at, result: this.#prepare(work.request, local, failure) }
      case 'commit':
      case 'abort': {
        turn.writes = true
        const result = this.#apply(work, local, failure)
        if (result.applied === 'threw') turn.notes.push(failedNote(work, result.error))
        return { type: 'applied', at: turn.at, result, work }
      }
      case 'release-locks':
        this.#release(branch, turn)
        return undefined
    }
  }

  #prepare(request: Prepare, local: LocalTransaction, failure: string | undefined): participantSide.Prepared {
    const { operation } = request
    if (this.isDraining) {
      const message = 'the participant is being stopped and prepares nothing new'
      return { prepared: 'no', reason: { code: 'DRAINING', message, refused: false, retryable: true, operation } }
    }
    if (failure !== undefined) {
      const message = `what operation ${operation} did cannot be committed: ${failure}`
      return { prepared: 'no', reason: reason('OPERATION_FAILED', message, { operation }) }
    }
    const locks = new LocksOf(this.#locks, request)
    return local.savepoint((db) => this.#operations.prepare(db, request, locks), isYes)
  }

  #apply(
    work: participantSide.ApplyWork,
    local: LocalTransaction,
    failure: string | undefined,
  ): participantSide.Applied {
    if (failure !== undefined) return { applied: 'threw', error: `what it did cannot be committed: ${failure}` }
    if (work.branch.isReadOnly === true || this.#operations.doesNothing(work.work, work.branch))
      return { applied: 'ok' }
    return local.savepoint((db) => this.#operations.apply(db, work.work, work.branch), isApplied)
  }

  #release(branch: Branch, turn: Turn): void {
    const { granted, refused } = this.#locks.release(branch.transactionId, branch.branch)
    for (const owner of granted) turn.followUps.push({ ...waiting(owner), event: { type: 'lock-free' } })
    for (const owner of refused) {
      const because = reason('LOCK_CONFLICT', 'the lock went to an older transaction that also waited for it')
      turn.followUps.push({ ...waiting(owner), event: { type: 'lock-refused', reason: because } })
    }
  }
}

/** What one branch may do with the lock table. */
class LocksOf implements BranchLocks {
  readonly #locks: LockTable
  readonly #owner: LockOwner

  /** A Prepare says all that a lock's owner is known by. */
  constructor(locks: LockTable, owner: LockOwner) {
    this.#locks = locks
    this.#owner = owner
  }

  acquire(key: string): LockAnswer {
    const { transactionId, branch, startedAt } = this.#owner
    return this.#locks.acquire(key, { transactionId, branch, startedAt })
  }

  held(): readonly string[] {
    return this.#locks.heldBy(this.#owner.transactionId, this.#owner.branch)
  }
}

const isYes = (result: participantSide.Prepared): boolean => result.prepared === 'yes'
const isApplied = (result: participantSide.Applied): boolean => result.applied === 'ok'

const waiting = ({ transactionId, branch }: LockOwner) => ({
  transactionId,
  branch,
  key: branchKey({ transactionId, branch }),
})

function failedNote(work: participantSide.ApplyWork, error: string): Turn['notes'][number] {
  const { transactionId, branch, operation } = work.branch
  return {
    level: work.attempt === 1 ? 'error' : 'warn',
    fields: { transactionId, branch, operation, attempt: work.attempt, error },
    message: `${work.work} of the operation failed; it will be tried again until it succeeds`,
  }
}
