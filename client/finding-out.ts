// What became of a transaction whose commit was asked for and not answered. Unknown is never taken for committed or
// aborted: what cannot be found out in a bounded time is told as OUTCOME_UNKNOWN.

import { abortCodes, type Protocol, type Reason, reason, type TransactionId } from '../protocol/index.ts'
import {
  errors,
  getWaitMsMax,
  isTransactionError,
  type OutcomeReport,
  TransactionError,
  transactionError,
} from '../wire/index.ts'
import { type Answered, type Connection, isSameReign, type Reign, type Unanswered } from './connection.ts'
import type { Client } from './options.ts'
import { type EndedReport, hasEnded } from './outcome.ts'
import { getQuestion } from './question.ts'
import { type Limits, now, WaitOver } from './waiting.ts'

/** The answer must be on its way before this side stops waiting for it. */
const answerMarginMs = 100

/**
 * Asks for the outcome; the coordinator holds the answer back until there is one, for `waitMs` or up to the limits. Only
 * the log of `reign`, if given: another one would say that there is no such transaction.
 */
export function get(
  connection: Connection,
  transactionId: TransactionId,
  waitMs: number,
  limits: Limits,
  reign?: Reign,
): Promise<Answered<OutcomeReport>> {
  const held = Math.min(waitMs, limits.until - now() - answerMarginMs, getWaitMsMax)
  return connection.ask(getQuestion({ transactionId, waitMs: Math.max(0, Math.floor(held)) }), limits, reign)
}

export function outcomeUnknown(transactionId: TransactionId, cause: unknown, isGoingOn = false): TransactionError {
  const what = isGoingOn ? 'it had not ended when the wait was over, and may still commit' : meaning
  const message = `${what}; ask with coordinator.outcome('${transactionId}')`
  return transactionError('OUTCOME_UNKNOWN', message, { transactionId, cause })
}
const { meaning } = errors.OUTCOME_UNKNOWN

/** Waits for the end of a transaction that is known to be in progress, past the limits by the time to find out. */
export async function untilEnded(
  { connection, outcomeWaitMs }: Client,
  transactionId: TransactionId,
  { signal, until }: Limits,
  reign: Reign,
): Promise<EndedReport> {
  const limits: Limits = { signal, until: until + outcomeWaitMs }
  try {
    for (;;) {
      const { value } = await get(connection, transactionId, getWaitMsMax, limits, reign)
      if (hasEnded(value)) return value
      if (now() + answerMarginMs >= limits.until) throw new WaitOver('deadline')
    }
  } catch (error) {
    throw outcomeUnknown(transactionId, signal?.aborted === true ? signal.reason : error)
  }
}

/** A request that asked for commit and was not answered. */
export interface Unsettled {
  readonly transactionId: TransactionId
  readonly protocol: Protocol
  readonly reached: Reign
  readonly limits: Limits
}

/** What is found out, or a rejection with OUTCOME_UNKNOWN. */
export async function findOut(client: Client, error: Unanswered, asked: Unsettled): Promise<EndedReport> {
  const { transactionId, protocol, reached, limits } = asked
  const { signal } = limits
  const { connection, outcomeWaitMs } = client
  // Whoever aborts the signal has no time left, and a connection that is gone has been waited for already.
  if (error.because === 'signal') throw outcomeUnknown(transactionId, signal?.reason)
  if (error.because === 'connection') throw outcomeUnknown(transactionId, error.cause)
  let answer: Answered<OutcomeReport>
  try {
    answer = await get(connection, transactionId, outcomeWaitMs, { signal, until: now() + outcomeWaitMs })
  } catch (failure) {
    throw outcomeUnknown(transactionId, signal?.aborted === true ? signal.reason : failure)
  }
  const { value, from } = answer
  // A saga that was cut off goes on by itself, and its end may be hours away: it is waited for as for one that was not.
  const isGoingOn = protocol === 'saga' && !hasEnded(value) && reached.logId === from.logId
  if (isGoingOn && now() < limits.until) return untilEnded(client, transactionId, limits, from)
  return judge(answer, error, asked)
}

/** What the coordinator's answer means to the one whose request was not answered. */
function judge({ value, from }: Answered<OutcomeReport>, error: Unanswered, asked: Unsettled): EndedReport {
  const { transactionId, reached } = asked
  if (!hasEnded(value)) throw outcomeUnknown(transactionId, error, true)
  if (value.outcome.outcome !== 'aborted' || value.outcome.reason.code !== 'UNKNOWN_TRANSACTION') return value
  // No record of it, and the id is barred now. In its own log that means aborted; another log knows nothing of it.
  if (reached.logId !== from.logId) throw outcomeUnknown(transactionId, error)
  if (error.because === 'refused' && !saysEnded(error.cause)) throw withId(error.cause, transactionId)
  return { ...value, outcome: { outcome: 'aborted', reason: whyUnknown(isSameReign(reached, from), error) } }
}

function whyUnknown(isSame: boolean, error: Unanswered): Reason {
  if (!isSame) return ownReason('COORDINATOR_RESTARTED')
  return ownReason(error.because === 'deadline' ? 'TRANSACTION_TIMEOUT' : 'UNKNOWN_TRANSACTION')
}

/** A reason with the sentence of the table. */
export const ownReason = (code: keyof typeof abortCodes): Reason => reason(code, abortCodes[code].meaning)

/** The coordinator refused because the transaction is not open any more; how it ended is still to be asked. */
export function saysEnded(error: unknown): boolean {
  const codes = ['TRANSACTION_CLOSED', 'TRANSACTION_NOT_FOUND', 'COORDINATOR_RESTARTED']
  return isTransactionError(error) && codes.includes(error.code)
}

/** The same error with the transaction's id, so that every error of a transaction names it. */
export function withId(error: unknown, transactionId: TransactionId): unknown {
  if (!isTransactionError(error) || error.transactionId !== undefined) return error
  const { code, message, path, epoch, cause } = error
  return new TransactionError(code, message, {
    transactionId,
    cause,
    ...(path === undefined ? {} : { path }),
    ...(epoch === undefined ? {} : { epoch }),
  })
}
