// Submit: all the branches of a transaction in one request.

import { uuidv7 } from 'uuidv7'
import { BranchNumber, type Instant, ParticipantName, TransactionId } from '../protocol/index.ts'
import { type OutcomeReport, type RequestedBranch, type SubmitCommand, transactionError } from '../wire/index.ts'
import type { Branch, Results } from './branch.ts'
import { Unanswered } from './connection.ts'
import { findOut, untilEnded, withId } from './finding-out.ts'
import { type Client, durationMs, retriesDefault, type SubmitOptions } from './options.ts'
import { type EndedOutcome, type EndedReport, hasEnded, toOutcome } from './outcome.ts'
import { submitQuestion } from './question.ts'
import { newTraceParent } from './trace-parent.ts'
import { type Tried, tryAgain } from './tries.ts'
import { type Limits, now } from './waiting.ts'

type Submission = Omit<SubmitCommand, 'epoch' | 'transactionId'>

export function submit<const Branches extends readonly Branch[]>(
  client: Client,
  options: SubmitOptions<Branches>,
): Promise<EndedOutcome<Results<Branches>>> {
  const { signal, idempotencyKey, retries = retriesDefault } = options
  const limits: Limits = { signal, until: now() + durationMs('timeoutMs', options.timeoutMs, client.timeoutMs) }
  const branches = options.branches.map(toRequested)
  const traceParent = options.traceParent ?? newTraceParent()
  return tryAgain({ retries, until: limits.until }, signal, (firstStartedAt) => {
    const submission: Submission = {
      options: {
        protocol: options.protocol ?? 'two-phase',
        timeoutMs: Math.max(1, Math.ceil(limits.until - now())),
        waitFor: options.waitFor ?? 'applied',
        traceParent,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(firstStartedAt === undefined ? {} : { firstStartedAt }),
      },
      branches,
    }
    return submitOnce<Results<Branches>>(client, submission, limits)
  })
}

/** Under one id; sent again under the same id only to the epoch that may have it. */
async function submitOnce<R>(client: Client, submission: Submission, limits: Limits): Promise<Tried<EndedOutcome<R>>> {
  const transactionId = TransactionId(uuidv7())
  const report = await ask(client, { ...submission, transactionId }, limits)
  const ended = hasEnded(report) ? report : await untilEnded(client, report.transactionId, limits)
  return {
    outcome: withResults<R>(ended, transactionId, submission.branches),
    startedAt: startOf(ended),
    isOther: ended.transactionId !== transactionId,
  }
}

async function ask(client: Client, command: Omit<SubmitCommand, 'epoch'>, limits: Limits): Promise<OutcomeReport> {
  const { transactionId } = command
  try {
    return (await client.connection.ask(submitQuestion(command), limits)).value
  } catch (error) {
    if (!(error instanceof Unanswered)) throw withId(error, transactionId)
    const { reached } = error
    const { signal } = limits
    if (reached === undefined) throw error.because === 'signal' ? signal?.reason : client.connection.unreachable(error)
    return findOut(client, error, { transactionId, reached, signal })
  }
}

/** Absent where the coordinator does not know it any more. */
const startOf = (report: EndedReport): Instant | undefined => (report.startedAt === 0 ? undefined : report.startedAt)

/** The results one for each branch, in the order of the branches. */
function withResults<R>(
  report: EndedReport,
  askedId: TransactionId,
  branches: readonly RequestedBranch[],
): EndedOutcome<R> {
  const outcome = toOutcome(report, askedId)
  if (outcome.outcome !== 'committed') return outcome
  const byBranch = new Map(outcome.results.map(({ branch, result }) => [branch, result]))
  return { ...outcome, results: branches.map(({ branch }) => byBranch.get(branch)) as R }
}

function toRequested(one: Branch, index: number): RequestedBranch {
  if (index >= 128) throw transactionError('TOO_MANY_BRANCHES')
  return {
    branch: BranchNumber(index + 1),
    participant: ParticipantName(one.participant),
    operation: one.operation,
    input: one.input,
  }
}
