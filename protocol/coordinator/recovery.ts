// What a coordinator's log says after a crash, as a table (protocols.md 1.4, row "restart"; design rule 1).
//
// What the log holds of a transaction      | what follows
// first record | hazard | all acked (end) |
// -------------+--------+-----------------+---------------------------------------------------------------
// nothing      |   –    |        –        | presumed abort: nobody needs to be told
// aborted      |   –    |        –        | the same; the row only serves people who look
// pre-committed|  no    |       no        | three-phase: only a quorum decides; a round with a new ballot (rule 5)
// pre-committed|  yes   |       no        | the quorum has aborted it: Abort goes again to whoever has not acknowledged
// saga         | no/yes |       no        | the saga goes on: what its branches said is asked for again
//  + compensat.| no/yes |       no        | Abort goes to its branches again, in reverse order
// decision     |  no    |       no        | Commit goes to every yes-voter again, until each has acknowledged
// decision     |  yes   |       no        | the same, and the hazard is told to whoever asks
// delegated    | no/yes |       no        | Status asks the participant what it decided; never presumed
// any          | no/yes |       yes       | ended: kept for lookups only
//
// Votes are never collected again: an undecided transaction is aborted by having no record.

import { after, type BranchNumber, type Instant } from '../ids.ts'
import type { Member } from '../messages.ts'
import type { Decision, Outcome, Reason } from '../outcome.ts'
import type { DecidedBranch, DelegatedBranch, TransactionFacts } from '../records.ts'
import type { SagaBranch } from '../saga/plan.ts'
import * as saga from '../saga/recovery.ts'
import type { Pledge } from '../three-phase/ballot.ts'
import * as aborting from './aborting.ts'
import { stepTo } from './pieces.ts'
import type { AbortingBranch, CommittingBranch, CoordinatorStep, Policy, State } from './state.ts'

export interface RecordedHazard {
  readonly branch: BranchNumber
  readonly hazard: 'hazard' | 'mixed'
  readonly detail: string
  /** Set when an operator has ended the wait for this branch. */
  readonly resolved?: Decision
}

/** Everything that the log holds of one transaction. */
export interface RecordedTransaction {
  readonly facts: TransactionFacts
  readonly first:
    | { readonly record: 'decision'; readonly branches: readonly DecidedBranch[] }
    | { readonly record: 'delegated'; readonly branch: DelegatedBranch }
    | {
        readonly record: 'pre-committed'
        readonly branches: readonly DecidedBranch[]
        readonly members: readonly Member[]
        /** The newest: `pre-committed` itself, or a `pledged` after it. */
        readonly pledge: Pledge
      }
    | {
        readonly record: 'saga'
        readonly branches: readonly SagaBranch[]
        readonly isOpen: boolean
        readonly compensating?: Reason
      }
    | { readonly record: 'aborted' }
  readonly hazards: readonly RecordedHazard[]
  /** Set once the end is recorded; of an aborted one always. */
  readonly outcome?: Outcome
}

export interface RecoveryRow {
  readonly label: string
  readonly applies: (recorded: RecordedTransaction) => boolean
  readonly state: (recorded: RecordedTransaction) => State
}

/** No two rows apply to one transaction, and one always does: recovery.test.ts visits every combination. */
export const recoveryTable: readonly RecoveryRow[] = [
  {
    label: 'aborted: nobody needs to be told',
    applies: ({ first }) => first.record === 'aborted',
    state: ended,
  },
  {
    label: 'decided, not ended: Commit again',
    applies: ({ first, outcome }) => first.record === 'decision' && outcome === undefined,
    state: committing,
  },
  {
    label: 'delegated, not ended: ask what was decided',
    applies: ({ first, outcome }) => first.record === 'delegated' && outcome === undefined,
    state: delegated,
  },
  {
    label: 'pre-committed, not ended: a round with a new ballot',
    applies: ({ first, outcome, hazards }) =>
      first.record === 'pre-committed' && outcome === undefined && hazards.length === 0,
    state: preCommitting,
  },
  {
    // Only a branch that was told a decision is in danger, and a decision to commit has its own record.
    label: 'pre-committed, aborted by the members, a branch in danger: Abort again',
    applies: ({ first, outcome, hazards }) =>
      first.record === 'pre-committed' && outcome === undefined && hazards.length > 0,
    state: abortedByMembers,
  },
  {
    label: 'saga, not ended: go on, forward or back',
    applies: ({ first, outcome }) => first.record === 'saga' && outcome === undefined,
    state: running,
  },
  {
    label: 'ended: only looked up',
    applies: ({ first, outcome }) => first.record !== 'aborted' && outcome !== undefined,
    state: ended,
  },
]

/** The state that a recorded transaction has after a restart. */
export function recover(recorded: RecordedTransaction): State {
  const row = recoveryTable.find(({ applies }) => applies(recorded))
  if (row === undefined) throw new Error(`no recovery rule for ${recorded.facts.transactionId}`)
  return row.state(recorded)
}

/**
 * The first step of a recovered transaction: its resend timer, so that it goes on even if nobody connects. It is in no hurry:
 * every participant is dialled now, and is sent what it is owed as soon as it is there.
 */
export function resume(state: State, at: Instant, policy: Policy): CoordinatorStep {
  if (state.phase === 'running') return saga.resume(state, at, policy)
  if (state.phase === 'aborting') return aborting.enter(state, at, policy)
  if (state.phase === 'pre-committing') return stepTo(state, { timers: [{ timer: 'resend', at }] })
  if (state.phase !== 'committing' && state.phase !== 'delegated') return stepTo(state, {})
  const resend = { timer: 'resend', at: after(at, policy.resend.maxMs) } as const
  if (state.phase === 'delegated') return stepTo(state, { timers: [resend] })
  // Whoever asks again after the restart waits no longer for `applied` than anybody.
  return stepTo(state, { timers: [resend, { timer: 'applied-wait', at: after(at, policy.appliedWaitMs) }] })
}

function committing({ facts, first, hazards }: RecordedTransaction): State {
  const branches = first.record === 'decision' ? first.branches : []
  return {
    phase: 'committing',
    facts,
    branches: branches.map((branch) => recoverBranch(branch, hazards)),
    attempt: 0,
    answered: false,
  }
}

function recoverBranch(branch: DecidedBranch, hazards: readonly RecordedHazard[]): CommittingBranch {
  if (branch.vote === 'read-only') return { ...branch, progress: 'acked' }
  const hazard = hazards.find((known) => known.branch === branch.branch)
  if (hazard === undefined) return { ...branch, progress: 'sent' }
  if (hazard.resolved !== undefined) {
    return { ...branch, progress: 'heuristic', did: hazard.resolved, lastError: hazard.detail }
  }
  if (hazard.hazard === 'mixed') return { ...branch, progress: 'heuristic', did: 'abort', lastError: hazard.detail }
  return { ...branch, progress: 'hazard', lastError: hazard.detail }
}

function delegated({ facts, first, hazards }: RecordedTransaction): State {
  if (first.record !== 'delegated') throw new Error('not delegated')
  const [hazard] = hazards
  return {
    phase: 'delegated',
    facts,
    branch: first.branch,
    attempt: 1,
    ...(hazard === undefined ? {} : { hazard: hazard.detail }),
  }
}

function preCommitting({ facts, first }: RecordedTransaction): State {
  if (first.record !== 'pre-committed') throw new Error('not pre-committed')
  const { branches, members, pledge } = first
  return { phase: 'pre-committing', facts, branches, members, pledge, seen: pledge.promised.number, attempt: 0 }
}

function abortedByMembers({ facts, first, hazards }: RecordedTransaction): State {
  if (first.record !== 'pre-committed') throw new Error('not pre-committed')
  const state = aborting.endedByMembers(facts, first.branches)
  return { ...state, branches: state.branches.map((branch) => recoverAborting(branch, hazards)), attempt: 0 }
}

function recoverAborting(branch: AbortingBranch, hazards: readonly RecordedHazard[]): AbortingBranch {
  const hazard = hazards.find((known) => known.branch === branch.branch)
  if (hazard === undefined) return branch
  const { detail: lastError, resolved } = hazard
  if (resolved !== undefined) return { ...branch, progress: 'heuristic', did: resolved, lastError }
  if (hazard.hazard === 'mixed') return { ...branch, progress: 'heuristic', did: 'commit', lastError }
  return { ...branch, progress: 'hazard', lastError }
}

function running({ facts, first, hazards }: RecordedTransaction): State {
  if (first.record !== 'saga') throw new Error('not a saga')
  return saga.recover(facts, first, hazards)
}

function ended({ facts, first, outcome }: RecordedTransaction): State {
  const yes = first.record === 'decision' ? first.branches.filter((branch) => branch.vote === 'yes') : []
  const delegate = first.record === 'delegated' ? [first.branch] : []
  if (outcome === undefined) throw new Error('ended without an outcome')
  const committed = outcome.outcome === 'aborted' ? [] : [...yes, ...delegate].map(({ branch }) => branch)
  return { phase: 'ended', facts, outcome, committed }
}
