// Submit: all the branches of a transaction in one request.

import { uuidv7 } from 'uuidv7'
import { type Instant, TransactionId } from '../protocol/index.ts'
import type { RequestedBranch, SubmitCommand } from '../wire/index.ts'
import type { Branch, Results } from './branch.ts'
import { Unanswered } from './connection.ts'
import { findOut, untilEnded, withId } from './finding-out.ts'
import { numbered } from './numbering.ts'
import { type Client, endOf, leftMs, protocolDefault, retriesDefault, type SubmitOptions } from './options.ts'
import { type EndedOutcome, type EndedReport, hasEnded, toOutcome } from './outcome.ts'
import { submitQuestion } from './question.ts'
import { newTraceParent } from './trace-parent.ts'
import { type Tried, tryAgain } from './tries.ts'
import type { Limits } from './waiting.ts'

type Submission = Omit<SubmitCommand, 'epoch' | 'transactionId'>

export async function submit<const Branches extends readonly Branch[]>(
  client: Client,
  options: SubmitOptions<Branches>,
): Promise<EndedOutcome<Results<Branches>>> {
  const { signal, idempotencyKey, protocol = protocolDefault, retries = retriesDefault } = options
  const limits: Limits = { signal, until: endOf(options, client) }
  const branches = numbered(options.branches, protocol)
  const traceParent = options.traceParent ?? newTraceParent()
  return tryAgain({ retries, until: limits.until, signal, protocol }, (firstStartedAt) => {
    const { waitFor = 'applied' } = options
    const usual = { protocol, timeoutMs: leftMs(limits.until), waitFor, traceParent }
    const keyed = idempotencyKey === undefined ? usual : { ...usual, idempotencyKey }
    const asked = firstStartedAt === undefined ? keyed : { ...keyed, firstStartedAt }
    return submitOnce<Results<Branches>>(client, { options: asked, branches }, limits)
  })
}

/** Under one id; sent again under the same id only to the epoch that may have it. */
async function submitOnce<R>(client: Client, submission: Submission, limits: Limits): Promise<Tried<EndedOutcome<R>>> {
  const transactionId = TransactionId(uuidv7())
  const { options, branches } = submission
  const ended = await ask(client, { transactionId, options, branches }, limits)
  return {
    outcome: withResults<R>(ended, transactionId, branches),
    startedAt: startOf(ended),
    isOther: ended.transactionId !== transactionId,
  }
}

async function ask(client: Client, command: Omit<SubmitCommand, 'epoch'>, limits: Limits): Promise<EndedReport> {
  const { transactionId, options } = command
  const { connection } = client
  try {
    const { value, from } = await connection.ask(submitQuestion(command), limits)
    return hasEnded(value) ? value : await untilEnded(client, value.transactionId, limits, from)
  } catch (error) {
    if (!(error instanceof Unanswered)) throw withId(error, transactionId)
    const { reached } = error
    if (reached === undefined) throw error.because === 'signal' ? limits.signal?.reason : connection.unreachable(error)
    return findOut(client, error, { transactionId, protocol: options.protocol, reached, limits })
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
  const results = branches.map(({ branch }) => outcome.results.find((one) => one.branch === branch)?.result)
  return { ...outcome, results: results as R }
}
