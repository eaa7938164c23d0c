// One transaction at its coordinator, as one pure function: which phase it is in says which rules hold.
//
// Owns: what each event does to one transaction. Does not own: who is connected, what time it is, where callers wait.
//
// C1 Two-phase and three-phase: nothing is recorded while votes are missing, and nothing is forced for an abort: no record
//    means abort.
// C2 No Commit leaves before the decision is forced; no one-phase Prepare before `delegated`, no PreCommit before
//    `pre-committed`, no Prepare of a saga before its branch.
// C3 After the decision there is no way back: it is sent until everyone concerned has acknowledged it, durably.
// C4 Every Prepare that may have been handled is followed by a decision or by nothing at all; never by two decisions.
// C5 A participant that should have a record and has none is a hazard, never an ack.

import { compareSequences, type Instant } from '../ids.ts'
import type { TransactionFacts } from '../records.ts'
import * as saga from '../saga/running.ts'
import { unreachable } from '../step.ts'
import * as preCommitting from '../three-phase/pre-committing.ts'
import * as delegated from '../two-phase/delegated.ts'
import * as voting from '../two-phase/voting.ts'
import * as aborting from './aborting.ts'
import * as committing from './committing.ts'
import { stepTo, unchanged } from './pieces.ts'
import type { CoordinatorStep, EnlistedBranch, Event, Policy, State } from './state.ts'

/** An open transaction without branches. */
export function begin(facts: TransactionFacts): CoordinatorStep {
  if (facts.protocol === 'saga') return saga.begin(facts)
  return stepTo({ phase: 'active', facts, branches: [] }, { timers: [{ timer: 'timeout', at: facts.timeoutAt }] })
}

/** A transaction whose branches all come at once: prepared in parallel, or delegated when there is only one. */
export function submit(
  facts: TransactionFacts,
  branches: readonly EnlistedBranch[],
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const [only, ...others] = branches
  // Without the participant's storage id nobody could tell later whether the one that decided is the one that answers.
  if (policy.onePhase && only?.identity !== undefined && others.length === 0) {
    return delegated.submit(facts, { ...only, identity: only.identity }, at, policy)
  }
  return voting.submit(facts, branches, at, policy)
}

export function step(state: State, event: Event, policy: Policy): CoordinatorStep {
  const other = aboutAnother(state.facts, event)
  if (other !== undefined) return stepTo(state, { replies: [{ type: 'ballot', answer: { answer: other } }] })
  switch (state.phase) {
    case 'active':
    case 'preparing':
      return voting.step(state, event, policy)
    case 'pre-committing':
      return preCommitting.step(state, event, policy)
    case 'delegated':
      return delegated.step(state, event, policy)
    case 'running':
      return saga.step(state, event, policy)
    case 'committing':
      return committing.step(state, event, policy)
    case 'aborting':
      return aborting.step(state, event, policy)
    case 'ended':
      return stepEnded(state, event)
    default:
      return unreachable(state)
  }
}

/** A member asks about another try of this id. An earlier one has ended without a record, or this one had not begun. */
function aboutAnother({ sequence }: TransactionFacts, event: Event): 'aborted' | 'nothing' | undefined {
  if (event.type !== 'collect' && event.type !== 'pre-commit' && event.type !== 'pre-abort') return undefined
  const order = event.sequence === undefined ? 0 : compareSequences(event.sequence, sequence)
  if (order === 0) return undefined
  return order < 0 ? 'aborted' : 'nothing'
}

/** Nothing changes any more; who asks is told the outcome. */
function stepEnded(state: Extract<State, { phase: 'ended' }>, event: Event): CoordinatorStep {
  const { outcome } = state
  switch (event.type) {
    case 'inquiry': {
      const answer = state.committed.includes(event.branch) ? 'commit' : 'abort'
      return stepTo(state, { replies: [{ type: 'inquiry', branch: event.branch, answer }] })
    }
    case 'call':
      if (outcome.outcome !== 'aborted') return unchanged(state)
      return stepTo(state, {
        replies: [{ type: 'call', branch: event.branch.branch, vote: { vote: 'no', reason: outcome.reason } }],
      })
    case 'commit':
    case 'abort':
      return stepTo(state, { replies: [{ type: 'decided', outcome, applied: true }] })
    case 'collect':
    case 'pre-commit':
    case 'pre-abort': {
      const decision = outcome.outcome === 'committed' ? 'commit' : 'decision' in outcome ? outcome.decision : 'abort'
      const answer = { answer: decision === 'commit' ? 'committed' : 'aborted' } as const
      return stepTo(state, { replies: [{ type: 'ballot', answer }] })
    }
    case 'ballot-answer':
    case 'vote':
    case 'decision-answer':
    case 'acked':
    case 'status-answer':
    case 'timer':
    case 'connected':
    case 'storage-changed':
    case 'resolve':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}
