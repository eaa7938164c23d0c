// What a running saga sends: Prepare, try by try, and Status while it turns; and when each is due again.

import { stepTo, where } from '../coordinator/pieces.ts'
import type { CoordinatorStep, Policy, Sent, TimerName } from '../coordinator/state.ts'
import { after, type Instant } from '../ids.ts'
import type { Prepare } from '../messages.ts'
import { type Reason, reason } from '../outcome.ts'
import { backoffMs, type Timer } from '../step.ts'
import { resolveInput } from './references.ts'
import { become, branchOf, type Running, type RunningBranch, replace } from './running-state.ts'

export type Does = Partial<Omit<CoordinatorStep, 'state' | 'work' | 'timers'>>

/** The step, and before it what else the event does. */
export const withMore = (does: Does, step: CoordinatorStep): CoordinatorStep => ({
  ...step,
  records: joined(does.records, step.records),
  force: step.force || does.force === true,
  messages: joined(does.messages, step.messages),
  replies: joined(does.replies, step.replies),
})

const joined = <T>(first: readonly T[] = [], then: readonly T[]): readonly T[] =>
  first.length === 0 ? then : [...first, ...then]

/** A step that stays in this phase: what is due next is armed. */
export const running = (state: Running, does: Does = {}): CoordinatorStep =>
  stepTo(state, { timers: [dueNext(state)], ...does })

/** One timer for everything: the earliest that is due. */
function dueNext({ branches }: Running): Timer<TimerName> {
  let next: Instant | 'never' = 'never'
  for (const { dueAt } of branches) if (dueAt !== 'never' && (next === 'never' || dueAt < next)) next = dueAt
  return { timer: 'resend', at: next }
}

/** Of one try, or one more of the same: the branch as it is then, and what is sent; or what its input lacks. */
export type Tried = { readonly branch: RunningBranch; readonly sent: Sent } | { readonly lacks: Reason }

export function tryBranch(
  state: Running,
  branch: RunningBranch,
  tryNumber: number,
  at: Instant,
  policy: Policy,
): Tried {
  const resolved = resolveInput(branch.input, branch.references, (number) => branchOf(state, number)?.result)
  if ('missing' in resolved) return { lacks: reason('REFERENCE_MISSING', resolved.missing, where(branch)) }
  const attempt = tryNumber === branch.tryNumber ? branch.attempt + 1 : 1
  const dueAt = after(at, backoffMs(policy.resend, attempt))
  const tried = become(branch, { progress: 'sent', tryNumber, attempt, dueAt })
  return { branch: tried, sent: prepare(state, tried, resolved.input, at, policy) }
}

/** The try came to nothing; when the next one is due. */
export const failed = (branch: RunningBranch, because: Reason, at: Instant): RunningBranch =>
  become(branch, {
    progress: 'failed',
    lastError: because.message,
    dueAt: after(at, backoffMs(branch.retry, Math.max(branch.tryNumber, 1))),
  })

/** Asks what became of it, and bars it if nothing did. */
export function ask(
  { facts }: Running,
  branch: RunningBranch,
  at: Instant,
  policy: Policy,
): { readonly branch: RunningBranch; readonly sent: Sent } {
  const attempt = branch.progress === 'asked' ? branch.attempt + 1 : 1
  const asked = become(branch, { progress: 'asked', attempt, dueAt: after(at, backoffMs(policy.resend, attempt)) })
  const { transactionId, sequence } = facts
  const { storageId } = branch
  return {
    branch: asked,
    sent: {
      to: branch.participant,
      message: {
        type: 'status',
        transactionId,
        branch: branch.branch,
        sequence,
        abortIfNone: true,
        ...(storageId === undefined ? {} : { expectedStorageId: storageId }),
      },
    },
  }
}

/** Sends again whatever is unanswered, and begins the tries that are due, of the branches that it concerns. */
export function sendAgain(
  state: Running,
  concerns: (branch: RunningBranch) => boolean,
  at: Instant,
  policy: Policy,
): CoordinatorStep {
  const messages: Sent[] = []
  let next = state
  for (const branch of state.branches.filter(concerns)) {
    if (branch.progress === 'asked') {
      const asked = ask(next, branch, at, policy)
      next = replace(next, asked.branch)
      messages.push(asked.sent)
    } else if (branch.progress === 'sent' || branch.progress === 'failed') {
      const tryNumber = branch.progress === 'failed' ? branch.tryNumber + 1 : branch.tryNumber
      const tried = tryBranch(next, branch, tryNumber, at, policy)
      const isLacking = 'lacks' in tried
      next = replace(next, isLacking ? failed({ ...branch, tryNumber }, tried.lacks, at) : tried.branch)
      if (!isLacking) messages.push(tried.sent)
    }
  }
  return running(next, { messages })
}

function prepare(
  { facts, isForward }: Running,
  branch: RunningBranch,
  input: string,
  at: Instant,
  policy: Policy,
): Sent {
  const isRetriable = branch.role === 'retriable'
  const message: Prepare = {
    type: 'prepare',
    transactionId: facts.transactionId,
    branch: branch.branch,
    sequence: facts.sequence,
    protocol: facts.protocol,
    operation: branch.operation,
    input,
    ...(branch.storageId === undefined ? {} : { expectedStorageId: branch.storageId }),
    startedAt: facts.startedAt,
    // After the pivot the timeout means nothing, also to what was done before and is asked for its result.
    voteBy:
      isRetriable || isForward === true ? later(facts.timeoutAt, after(at, policy.voteTimeoutMs)) : facts.timeoutAt,
    onePhase: false,
    members: [],
    traceParent: facts.traceParent,
    attempt: branch.attempt,
    saga: { tryNumber: branch.tryNumber, isRetriable },
  }
  return { to: branch.participant, message }
}

const later = (a: Instant, b: Instant): Instant => (a > b ? a : b)
