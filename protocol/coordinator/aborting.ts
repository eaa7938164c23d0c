// From the decision to abort to the last ack, where an abort is not presumed: a three-phase transaction whose members may
// need each other's answer, and a saga, which is compensated (design rules 6, 8 and 14; protocols.md 3.1).
//
// X1 Abort is sent until every branch that may have done anything has acknowledged, durably; there is no give-up (AC5);
//    except, when there are too many, of what left no record: that is given up as a restart would, and presumed (`giveUp`).
// X2 A branch is told only after those that built on it have been aborted, durably: the reverse of the order in which they
//    were prepared, whatever crashes (S7).
// X3 An inquiry is answered `abort` only when it is that branch's turn.

import { after, type BranchNumber, type Instant, type StorageId } from '../ids.ts'
import type { DecisionAnswer } from '../messages.ts'
import { type Outcome, type Reason, reason } from '../outcome.ts'
import type { CoordinatorRecord, DecidedBranch, TransactionFacts } from '../records.ts'
import { backoffMs, invariant, unreachable } from '../step.ts'
import type { EndedBranch } from './committing.ts'
import { stepTo, unchanged, where } from './pieces.ts'
import type { AbortingBranch, CoordinatorStep, Event, Policy, Reply, Sent, State } from './state.ts'

export type Aborting = Extract<State, { phase: 'aborting' }>

/** The state of one that has just turned: whose turn it is has been sent its Abort. */
export function aborting(
  facts: TransactionFacts,
  branches: readonly AbortingBranch[],
  because: Reason,
  isRecorded: boolean,
): Aborting {
  const state: Aborting = {
    phase: 'aborting',
    facts,
    branches,
    reason: because,
    attempt: 1,
    answered: false,
    isRecorded,
  }
  return advanced(state)
}

/** The members of a three-phase transaction have aborted it; the log holds that it was pre-committed, and no decision. */
export function endedByMembers(facts: TransactionFacts, branches: readonly DecidedBranch[]): Aborting {
  const because = reason('ENDED_BY_MEMBERS', 'the members ended the transaction while the coordinator was not heard of')
  return aborting(facts, branches.map(toAbort), because, true)
}

/** The same where an operator has said so, and what became of one branch. */
export function endedByOperator(
  facts: TransactionFacts,
  branches: readonly DecidedBranch[],
  { branch: ended, did, detail }: EndedBranch,
): Aborting {
  const told = branches
    .map(toAbort)
    .map(
      (known): AbortingBranch =>
        known.branch === ended ? { ...known, progress: 'heuristic', did, lastError: detail } : known,
    )
  return aborting(facts, told, reason('RESOLVED_BY_OPERATOR', detail), true)
}

const toAbort = ({ branch, participant, operation }: DecidedBranch): AbortingBranch => ({
  branch,
  participant,
  operation,
  after: [],
  progress: 'waiting',
})

/** Tells those whose turn it is; ends at once if nobody has to be told. */
export function enter(state: Aborting, at: Instant, policy: Policy): CoordinatorStep {
  if (state.branches.every(isFinished)) return end(state, 'decided')
  return stepTo(state, {
    messages: sentTo(state, ({ progress }) => progress === 'sent' || progress === 'hazard'),
    replies: [{ type: 'decided', outcome: outcomeOf(state), applied: false }],
    timers: [
      { timer: 'timeout', at: 'never' },
      { timer: 'vote-deadline', at: 'never' },
      { timer: 'resend', at: after(at, backoffMs(policy.resend, 1)) },
      { timer: 'applied-wait', at: after(at, policy.appliedWaitMs) },
    ],
  })
}

export function step(state: Aborting, event: Event, policy: Policy): CoordinatorStep {
  switch (event.type) {
    case 'decision-answer':
      return event.decision === 'abort' ? answered(state, event) : unchanged(state)
    case 'acked':
      return acked(state, event.branch)
    case 'vote':
      // A yes that comes now may be of a branch that nobody has told yet.
      return event.vote.vote === 'yes' ? tellAgain(state, ({ branch }) => branch === event.branch) : unchanged(state)
    case 'inquiry': {
      const isTurn = state.branches.every(({ branch, progress }) => branch !== event.branch || progress !== 'waiting')
      return stepTo(state, {
        replies: [{ type: 'inquiry', branch: event.branch, answer: isTurn ? 'abort' : 'in-progress' }],
      })
    }
    case 'timer':
      if (event.timer === 'resend') return resend(state, event.at, policy)
      if (event.timer === 'applied-wait') return answerApplied(state, false)
      return unchanged(state)
    case 'connected':
      return tellAgain(state, ({ participant }) => participant === event.participant)
    case 'resolve':
      return resolved(state, event)
    case 'abort':
    case 'commit':
      return stepTo(state, {
        replies: [
          { type: state.answered ? 'applied' : 'decided', outcome: outcomeOf(state), applied: isVisible(state) },
        ],
      })
    case 'call':
      return stepTo(state, {
        replies: [{ type: 'call', branch: event.branch.branch, vote: { vote: 'no', reason: state.reason } }],
      })
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return stepTo(state, { replies: [{ type: 'ballot', answer: { answer: 'aborted' } }] })
    case 'status-answer':
    case 'ballot-answer':
    // Abort goes to the new storage too; that it answers is the hazard.
    case 'storage-changed':
      return unchanged(state)
    default:
      return unreachable(event)
  }
}

function answered(state: Aborting, event: Extract<Event, { type: 'decision-answer' }>): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === event.branch)
  if (branch === undefined || isFinished(branch) || branch.progress === 'waiting') return unchanged(state)
  const { answer, from } = event
  const lost = isOfAnother(branch, from.storageId)
  if (lost !== undefined && answer.answer !== 'heuristic') return inDanger(state, branch, 'hazard', lost)
  return heard(state, branch, answer)
}

function heard(state: Aborting, branch: AbortingBranch, answer: DecisionAnswer): CoordinatorStep {
  switch (answer.answer) {
    case 'applied':
      return branch.progress === 'applied' ? unchanged(state) : progress(state, { ...branch, progress: 'applied' })
    case 'ended':
      return progress(state, { ...branch, progress: 'acked' })
    case 'retrying':
      return stepTo(replace(state, { ...branch, lastError: answer.detail }), {})
    case 'heuristic': {
      const ended: AbortingBranch = { ...branch, progress: 'heuristic', did: answer.did }
      if (answer.did === 'abort') return progress(state, ended)
      const detail = `an operator committed branch ${branch.branch} at ${branch.participant}; the decision was abort`
      return inDanger(state, ended, 'mixed', detail)
    }
    case 'no-record':
    case 'contradicted': {
      const detail = `${branch.participant} says that it has committed branch ${branch.branch}, which was to be aborted`
      return inDanger(state, branch, 'hazard', detail)
    }
    default:
      return unreachable(answer)
  }
}

/** What a database that is not the one which voted yes has to say of it, in a sentence. */
function isOfAnother(branch: AbortingBranch, storageId: StorageId): string | undefined {
  if (branch.voter === undefined || branch.voter === storageId) return undefined
  return `${branch.participant} came back with another database; what branch ${branch.branch} did may be lost`
}

/** Recorded and forced before anyone is told, so that no restart makes it look whole again. */
function inDanger(
  state: Aborting,
  branch: AbortingBranch,
  hazard: 'hazard' | 'mixed',
  detail: string,
): CoordinatorStep {
  const marked: AbortingBranch = {
    ...branch,
    progress: hazard === 'mixed' ? 'heuristic' : 'hazard',
    lastError: detail,
  }
  const known = state.branches.find((other) => other.branch === branch.branch)
  if (known?.progress === marked.progress) return unchanged(state)
  const next = progress(state, marked)
  const { transactionId } = state.facts
  const record: CoordinatorRecord = { type: 'hazard', transactionId, branch: branch.branch, hazard, detail }
  return { ...next, records: [record, ...next.records], force: true }
}

/** One branch got further: perhaps others have their turn now, perhaps all have ended. */
function progress(state: Aborting, branch: AbortingBranch): CoordinatorStep {
  const before = replace(state, branch)
  const next = advanced(before)
  if (next.branches.every(isFinished)) return end(next, 'applied')
  const isNew = ({ branch: number, progress }: AbortingBranch): boolean =>
    progress === 'sent' && before.branches.some((known) => known.branch === number && known.progress === 'waiting')
  const isInDanger = next.branches.some((other) => other.progress === 'hazard')
  const told = isVisible(next) || isInDanger ? answerApplied(next, !isInDanger) : stepTo(next, {})
  return { ...told, messages: sentTo(next, isNew) }
}

/** Only what was said to be applied can have become durable: a hazard is not settled by another database's tombstone. */
function acked(state: Aborting, number: BranchNumber): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === number)
  return branch?.progress === 'applied' ? progress(state, { ...branch, progress: 'acked' }) : unchanged(state)
}

function answerApplied(state: Aborting, applied: boolean): CoordinatorStep {
  if (state.answered) return stepTo(state, {})
  return stepTo(
    { ...state, answered: true },
    {
      replies: [{ type: 'applied', outcome: outcomeOf(state), applied }],
      timers: [{ timer: 'applied-wait', at: 'never' }],
    },
  )
}

function resend(state: Aborting, at: Instant, policy: Policy): CoordinatorStep {
  const attempt = state.attempt + 1
  return stepTo(
    { ...state, attempt },
    {
      messages: sentTo(state, isUnacked),
      timers: [{ timer: 'resend', at: after(at, backoffMs(policy.resend, attempt)) }],
    },
  )
}

const tellAgain = (state: Aborting, concerns: (branch: AbortingBranch) => boolean): CoordinatorStep =>
  stepTo(state, { messages: sentTo(state, (branch) => isUnacked(branch) && concerns(branch)) })

/** An operator says what became of a branch that will never answer. */
function resolved(state: Aborting, event: Extract<Event, { type: 'resolve' }>): CoordinatorStep {
  const branch = state.branches.find((known) => known.branch === event.branch)
  if (branch === undefined || isFinished(branch)) return unchanged(state)
  const { decision, detail } = event
  const next = progress(state, { ...branch, progress: 'heuristic', did: decision, lastError: detail })
  const { transactionId } = state.facts
  const record: CoordinatorRecord = { type: 'resolved', transactionId, branch: event.branch, decision, detail }
  return { ...next, records: [record, ...next.records], force: true }
}

/** Nobody is told any more; whoever asks finds no record, which means the same (X1). */
export function giveUp(state: Aborting): CoordinatorStep {
  invariant(!state.isRecorded, 'X1: only an abort that is presumed is given up')
  const outcome = outcomeOf(state)
  const replies: Reply[] = [{ type: 'applied', outcome, applied: false }]
  return stepTo({ phase: 'ended', facts: state.facts, outcome, committed: [] }, { replies })
}

function end(state: Aborting, how: 'decided' | 'applied'): CoordinatorStep {
  const { facts, isRecorded } = state
  const outcome = outcomeOf(state)
  const replies: Reply[] = [{ type: how, outcome, applied: true }]
  // The row that people look up says `aborted`; when that is not what happened, it says so.
  const mustRecord = isRecorded || outcome.outcome !== 'aborted'
  const records: CoordinatorRecord[] = mustRecord ? [{ type: 'end', transactionId: facts.transactionId, outcome }] : []
  return stepTo({ phase: 'ended', facts, outcome, committed: [] }, { records, replies })
}

/** Everyone whose turn has come is `sent`. */
function advanced(state: Aborting): Aborting {
  const isDone = (number: BranchNumber): boolean =>
    state.branches.every((branch) => branch.branch !== number || isOver(branch))
  const branches = state.branches.map((branch): AbortingBranch => {
    if (branch.progress !== 'waiting' || !branch.after.every(isDone)) return branch
    return { ...branch, progress: 'sent' }
  })
  return { ...state, branches }
}

export function outcomeOf(state: Aborting): Outcome {
  const danger =
    state.branches.find(({ progress }) => progress === 'hazard') ??
    state.branches.find(({ progress, did }) => progress === 'heuristic' && did === 'commit')
  if (danger === undefined) return { outcome: 'aborted', reason: state.reason }
  const outcome = danger.progress === 'hazard' ? 'hazard' : 'mixed'
  const code = outcome === 'hazard' ? 'PARTICIPANT_LOST' : 'ENDED_AGAINST_DECISION'
  return { outcome, decision: 'abort', reason: reason(code, danger.lastError ?? '', where(danger)), results: [] }
}

/** Durable, so that no crash reverses the order (X2); a hazard must not stop the others. */
const isOver = ({ progress }: AbortingBranch): boolean =>
  progress === 'acked' || progress === 'heuristic' || progress === 'hazard'

const isFinished = ({ progress }: AbortingBranch): boolean => progress === 'acked' || progress === 'heuristic'

const isUnacked = ({ progress }: AbortingBranch): boolean =>
  progress === 'sent' || progress === 'applied' || progress === 'hazard'

const isVisible = (state: Aborting): boolean =>
  state.branches.every(({ progress }) => progress === 'applied' || progress === 'acked' || progress === 'heuristic')

const replace = (state: Aborting, branch: AbortingBranch): Aborting => ({
  ...state,
  branches: state.branches.map((known) => (known.branch === branch.branch ? branch : known)),
})

function sentTo({ facts, branches }: Aborting, concerns: (branch: AbortingBranch) => boolean): Sent[] {
  const { transactionId, sequence } = facts
  return branches.filter(concerns).map(({ branch, participant }) => ({
    to: participant,
    message: { type: 'abort', transactionId, branch, sequence },
  }))
}
