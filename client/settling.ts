// What a request of an open transaction that was not answered means: for a call, which never commits anything, and for
// commit, after which only the coordinator knows.

import { abortCodes, type Reason, reason, type TransactionId } from '../protocol/index.ts'
import { Aborted } from './aborted.ts'
import { type Reign, Unanswered } from './connection.ts'
import { findOut, get, ownReason, saysEnded, withId } from './finding-out.ts'
import type { Client } from './options.ts'
import type { EndedReport } from './outcome.ts'
import { now } from './waiting.ts'

/** Whose request it was. */
interface Asked {
  readonly transactionId: TransactionId
  readonly startedAt: EndedReport['startedAt']
  readonly reign: Reign
  readonly signal: AbortSignal | undefined
}

/** What a call rejects with. Aborted where the transaction can only be aborted by now: commit was not asked for. */
export async function settleCall(client: Client, error: unknown, asked: Asked): Promise<unknown> {
  const { transactionId, signal } = asked
  if (!(error instanceof Unanswered)) return withId(error, transactionId)
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
export async function settleCommit(client: Client, error: unknown, asked: Asked): Promise<EndedReport> {
  const { transactionId, signal } = asked
  if (!(error instanceof Unanswered)) throw withId(error, transactionId)
  if (error.reached !== undefined) return findOut(client, error, { transactionId, reached: error.reached, signal })
  switch (error.because) {
    case 'restart':
      return abortedReport(asked, ownReason('COORDINATOR_RESTARTED'))
    case 'deadline':
      return abortedReport(asked, ownReason('TRANSACTION_TIMEOUT'))
    case 'signal':
      throw signal?.reason
    default:
      throw withId(client.connection.unreachable(error), transactionId)
  }
}

function abortedReport({ transactionId, startedAt }: Asked, why: Reason): EndedReport {
  return { transactionId, startedAt, applied: false, outcome: { outcome: 'aborted', reason: why } }
}
