// What a request of an open transaction that was not answered means: for a call, which never commits anything, and for
// commit, after which only the coordinator knows. A saga is aborted only by the coordinator's own word: without it, it may
// go on, or be past its pivot.

import { abortCodes, type Protocol, type Reason, reason, type TransactionId } from '../protocol/index.ts'
import type { OutcomeReport } from '../wire/index.ts'
import { Aborted } from './aborted.ts'
import { type Reign, Unanswered } from './connection.ts'
import { findOut, get, outcomeUnknown, ownReason, saysEnded, withId } from './finding-out.ts'
import type { Client } from './options.ts'
import { type EndedReport, hasEnded } from './outcome.ts'
import { now } from './waiting.ts'

/** Whose request it was. */
interface Asked {
  readonly transactionId: TransactionId
  readonly protocol: Protocol
  readonly startedAt: EndedReport['startedAt']
  readonly reign: Reign
  readonly signal: AbortSignal | undefined
  readonly until: number
}

/** What a call rejects with. Aborted where the transaction can only be aborted by now: commit was not asked for. */
export async function settleCall(client: Client, error: unknown, asked: Asked): Promise<unknown> {
  const { transactionId, signal } = asked
  if (!(error instanceof Unanswered)) return withId(error, transactionId)
  if (asked.protocol === 'saga' && hasLostTrack(error)) return settleSagaCall(client, error, asked)
  switch (error.because) {
    case 'restart':
      return new Aborted(transactionId, ownReason('COORDINATOR_RESTARTED'))
    case 'deadline':
      return new Aborted(transactionId, ownReason('TRANSACTION_TIMEOUT'))
    case 'signal':
      return signal?.reason
    case 'connection':
      return withId(client.connection.unreachable(error), transactionId)
    case 'refused':
      if (!saysEnded(error.cause)) return withId(error.cause, transactionId)
      return new Aborted(transactionId, await whyEnded(client, transactionId))
  }
}

/** Nothing follows for a saga: another log answered, nobody did in time, or it had ended before. */
const hasLostTrack = ({ because, cause }: Unanswered): boolean =>
  because === 'restart' || because === 'deadline' || (because === 'refused' && saysEnded(cause))

async function settleSagaCall(client: Client, error: Unanswered, asked: Asked): Promise<unknown> {
  const { transactionId } = asked
  const report = error.because === 'restart' ? undefined : await endedSaga(client, asked)
  if (report?.outcome.outcome === 'aborted') return new Aborted(transactionId, report.outcome.reason)
  return error.because === 'refused' ? withId(error.cause, transactionId) : outcomeUnknown(transactionId, error)
}

/** How it ended by the word of the log that it began in; undefined when that cannot be said in a bounded time. */
async function endedSaga(client: Client, { transactionId, reign, signal }: Asked): Promise<EndedReport | undefined> {
  const { connection, outcomeWaitMs } = client
  const limits = { signal, until: now() + outcomeWaitMs }
  const report = await get(connection, transactionId, outcomeWaitMs, limits, reign).catch(() => undefined)
  return report !== undefined && hasEnded(report.value) ? report.value : undefined
}

/** The reason that the coordinator keeps; its own words are optional, that it is aborted is not. */
async function whyEnded(client: Client, transactionId: TransactionId): Promise<Reason> {
  const { connection, outcomeWaitMs } = client
  const limits = { signal: undefined, until: now() + outcomeWaitMs }
  const report = await get(connection, transactionId, 0, limits).catch(() => undefined)
  const outcome = report?.value.outcome
  if (outcome?.outcome === 'aborted') return outcome.reason
  return reason('UNKNOWN_TRANSACTION', abortCodes.UNKNOWN_TRANSACTION.meaning)
}

/** The outcome of a commit that was not answered. Rejects where nothing was asked, or nobody can say. */
export async function settleCommit(
  client: Client,
  error: Unanswered,
  asked: Asked & { readonly hasPivot: boolean },
): Promise<EndedReport> {
  const { transactionId, protocol, signal, until } = asked
  const { reached } = error
  if (reached !== undefined)
    return findOut(client, error, { transactionId, protocol, reached, limits: { signal, until } })
  if (protocol === 'saga' && hasLostTrack(error)) {
    const report = error.because === 'restart' ? undefined : await endedSaga(client, asked)
    if (report === undefined) throw outcomeUnknown(transactionId, error)
    return report
  }
  switch (error.because) {
    case 'restart':
      return abortedReport(asked, ownReason('COORDINATOR_RESTARTED'))
    case 'deadline':
      return abortedReport(asked, ownReason('TRANSACTION_TIMEOUT'))
    default:
      throw unasked(client, error, asked)
  }
}

/** What came of the abort of a saga. Past its pivot there is none; rejects also where nobody can say. */
export async function settleSagaAbort(
  client: Client,
  report: Promise<{ readonly value: OutcomeReport }>,
  asked: Asked & { readonly hasPivot: boolean; readonly why: Reason },
): Promise<EndedReport> {
  const { transactionId, hasPivot, why } = asked
  try {
    const { value } = await report
    if (hasEnded(value)) return value
    if (hasPivot) throw outcomeUnknown(transactionId, undefined)
  } catch (error) {
    if (!(error instanceof Unanswered)) throw withId(error, transactionId)
    const isUnsent = error.reached === undefined && error.because !== 'restart'
    if (isUnsent) throw unasked(client, error, asked)
    if (hasPivot || !error.isOut) throw outcomeUnknown(transactionId, error)
  }
  // Told, and without a pivot there is only one way to end: what takes long is to find out what has to be compensated.
  return abortedReport(asked, why)
}

/** Nothing was asked. A saga may be past its pivot all the same, and then it ends as committed without being asked. */
function unasked(client: Client, error: Unanswered, asked: Asked & { readonly hasPivot: boolean }): unknown {
  if (asked.hasPivot) return outcomeUnknown(asked.transactionId, client.connection.unreachable(error))
  return withId(client.connection.unreachable(error), asked.transactionId)
}

function abortedReport({ transactionId, startedAt }: Asked, why: Reason): EndedReport {
  return { transactionId, startedAt, applied: false, outcome: { outcome: 'aborted', reason: why } }
}
