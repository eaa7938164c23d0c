// What an operator sees of a participant, and may do: find out why a branch waits, end it by naming a decision, forget
// a heuristic outcome, drain.
//
// Owns: the sentences. Does not own: what a resolved branch does (protocol/), how requests arrive (server).

import { BranchNumber, type Instant, type TransactionId } from '../protocol/index.ts'
import {
  type BranchReport,
  type ForgetCommand,
  type ListAnswer,
  type ListCommand,
  type ResolveCommand,
  type TransactionReport,
  transactionError,
} from '../wire/index.ts'
import type { Branch } from './branches.ts'
import type { Environment } from './environment.ts'
import type { InnerEvent } from './event-queue.ts'
import type { Facts } from './facts.ts'
import type { Inquiry } from './inquiry.ts'
import type { Asker } from './outbox.ts'
import type { Participant } from './participant.ts'

const branchesMax = 128

export class Operator {
  readonly #driver: Participant
  readonly #facts: Facts
  readonly #inquiry: Inquiry
  readonly #environment: Environment

  constructor(driver: Participant, facts: Facts, inquiry: Inquiry, environment: Environment) {
    this.#driver = driver
    this.#facts = facts
    this.#inquiry = inquiry
    this.#environment = environment
  }

  list({ olderThanMs, includeHazards, pageSize, pageToken }: ListCommand): ListAnswer {
    const from = Number(pageToken === '' ? 0 : pageToken)
    if (!Number.isSafeInteger(from) || from < 0) throw transactionError('REQUEST_INVALID', 'page_token is malformed')
    const now = this.#environment.now()
    const isListed = ({ state, since }: Branch): boolean =>
      now - since >= olderThanMs && (includeHazards || state.state !== 'heuristic')
    const byTransaction = new Map<TransactionId, Branch[]>()
    for (const branch of this.#driver.liveBranches.filter(isListed)) {
      const others = byTransaction.get(branch.transactionId)
      if (others === undefined) byTransaction.set(branch.transactionId, [branch])
      else others.push(branch)
    }
    const all = [...byTransaction.values()].sort((a, b) => sinceOf(a) - sinceOf(b))
    const page = all.slice(from, from + pageSize)
    return {
      transactions: page.map((branches) => this.#report(branches, now)),
      nextPageToken: from + pageSize >= all.length ? '' : String(from + pageSize),
      total: all.length,
      conditions: this.#conditions(),
    }
  }

  get(transactionId: TransactionId): TransactionReport {
    const branches = this.#branchesOf(transactionId)
    if (branches.length > 0) return this.#report(branches, this.#environment.now())
    throw transactionError('TRANSACTION_NOT_FOUND', 'this participant has no branch of it', { transactionId })
  }

  async resolve({ transactionId, branch, decision, reason }: ResolveCommand): Promise<TransactionReport> {
    const found = this.#driver.findBranch({ transactionId, branch })
    if (found === undefined) {
      throw transactionError('TRANSACTION_NOT_FOUND', 'this participant has no such branch', { transactionId })
    }
    const { state } = found
    if (state.state !== 'prepared' || state.applying !== undefined) {
      const message = `only a prepared branch without a decision can be resolved; this one: ${this.#why(found)}`
      throw transactionError('TRANSACTION_CLOSED', message, { transactionId })
    }
    await this.#tell(found, { type: 'resolve', decision, detail: reason })
    return this.get(transactionId)
  }

  async forget({ transactionId }: ForgetCommand): Promise<void> {
    const heuristic = this.#branchesOf(transactionId).filter(
      ({ state, forgotten }) => state.state === 'heuristic' && !forgotten,
    )
    if (heuristic.length === 0) {
      throw transactionError('TRANSACTION_NOT_FOUND', 'no branch of it was ended by an operator here', {
        transactionId,
      })
    }
    await Promise.all(heuristic.map((branch) => this.#tell(branch, { type: 'forget' })))
  }

  #branchesOf(transactionId: TransactionId): Branch[] {
    const numbers = Array.from({ length: branchesMax }, (_, index) => BranchNumber(index + 1))
    return numbers.flatMap((branch) => this.#driver.findBranch({ transactionId, branch }) ?? [])
  }

  #tell(branch: Branch, event: InnerEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      const { refusal } = this.#driver
      if (refusal !== undefined) throw transactionError(refusal.code, refusal.message)
      const asker: Asker = {
        isUnary: true,
        answer: () => undefined,
        refuse: (code, message) => reject(transactionError(code, message)),
        handled: resolve,
      }
      this.#driver.tell(branch, event, asker)
    })
  }

  #conditions(): string[] {
    const { refusal, isDraining } = this.#driver
    const stopped = refusal === undefined ? [] : [`stopped serving: ${refusal.code}: ${refusal.message}`]
    return isDraining ? [...stopped, 'draining: prepares nothing new'] : stopped
  }

  #report(branches: readonly Branch[], now: Instant): TransactionReport {
    const [first] = branches
    const facts = first === undefined ? undefined : workOf(first)
    const waiting = branches.find(({ state }) => state.state === 'prepared' || state.state === 'heuristic') ?? first
    return {
      transactionId: (first as Branch).transactionId,
      protocol: facts?.protocol ?? 'two-phase',
      state: waiting === undefined ? 'none' : stateOf(waiting),
      startedAt: facts?.startedAt ?? now,
      why: waiting === undefined ? '' : this.#why(waiting),
      branches: branches.map((branch) => this.#branchReport(branch)),
    }
  }

  #branchReport(branch: Branch): BranchReport {
    const { state } = branch
    const applying = state.state === 'prepared' ? state.applying : undefined
    const inquiries = state.state === 'prepared' ? state.inquiries : 0
    return {
      branch: branch.branch,
      participant: this.#facts.name,
      operation: workOf(branch)?.operation ?? '',
      state: stateOf(branch),
      attempts: applying?.attempt ?? inquiries,
      lastError: applying?.lastError ?? (inquiries > 0 ? this.#inquiry.lastErrorOf(branch.logId) : ''),
      locks: state.state === 'prepared' ? state.branch.locks : [],
    }
  }

  /** One sentence: what it waits for, since when, what failed last, what happens next. */
  #why(branch: Branch): string {
    const { state, logId } = branch
    const age = `${((this.#environment.now() - branch.since) / 1_000).toFixed(1)} s`
    switch (state.state) {
      case 'none':
        return 'nothing is known of it'
      case 'active':
        return `waits for a lock for ${age}; it votes no when the wait is over`
      case 'prepared': {
        const { applying, inquiries } = state
        const address = this.#driver.coordinators.addressOf(logId)
        const coordinator = address === '' ? `the coordinator of log ${logId}` : `the coordinator at ${address}`
        if (applying !== undefined) {
          const { decision, attempt, lastError } = applying
          return `the decision is ${decision}; the operation's ${decision} failed ${times(attempt)} in ${age}, last with "${lastError}"; it is tried again until it succeeds`
        }
        const { pledge, protocol } = state.branch
        if (protocol === 'saga') return `done for ${age}; waits for the saga of ${coordinator} to end`
        if (inquiries === 0) return `prepared for ${age}; waits for the decision of ${coordinator}`
        const failure = this.#inquiry.lastErrorOf(logId)
        const last = failure === '' ? 'it has not decided yet' : `the last try failed with "${failure}"`
        if (pledge !== undefined) {
          const ballot = `ballot ${pledge.promised.number}`
          return `in doubt for ${age}; asked ${coordinator} ${times(inquiries)}, ${last}; a majority of the members ends it (${ballot}); it goes on asking; resolve it only if they never come back`
        }
        return `in doubt for ${age}; asked ${coordinator} ${times(inquiries)}, ${last}; it goes on asking; resolve it only if that coordinator never comes back`
      }
      case 'committed':
      case 'aborted':
        return `${state.state}; kept until the coordinator says that the transaction has ended`
      case 'read-only':
        return 'voted read-only; nothing is left to do'
      case 'heuristic':
        return `an operator ended it with ${state.did} ("${state.detail}"); forget it once it is dealt with`
    }
  }
}

/** What people call it: a prepared branch that has adopted something is pre-committed, or pre-aborted. */
function stateOf({ state }: Branch): string {
  const adopted = state.state === 'prepared' ? state.branch.pledge?.adopted : undefined
  if (adopted === undefined) return state.state
  return adopted.choice === 'pre-commit' ? 'pre-committed' : 'pre-aborted'
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)
const sinceOf = ([first]: readonly Branch[]): number => first?.since ?? 0

/** What the branch was asked to do; a tombstone was never asked. */
function workOf({ state }: Branch) {
  switch (state.state) {
    case 'active':
    case 'read-only':
      return state.request
    case 'prepared':
    case 'committed':
    case 'heuristic':
      return state.branch
    case 'none':
    case 'aborted':
      return undefined
  }
}
