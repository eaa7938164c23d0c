// What a caller may choose, with the defaults.

import type { Protocol } from '../protocol/index.ts'
import { defaultLimits, transactionError, type WaitFor } from '../wire/index.ts'
import type { Branch } from './branch.ts'
import type { Connection } from './connection.ts'
import type { RoleOptions } from './saga-role.ts'
import { now } from './waiting.ts'

export interface Cancellable {
  /**
   * Ends the wait, never a decision. Before commit was asked for, the transaction is aborted and the call rejects with
   * the signal's reason; after, it rejects with `OUTCOME_UNKNOWN`, whose `transactionId` can be asked about.
   */
  readonly signal?: AbortSignal | undefined
}

export interface ConnectOptions {
  /** Of a transaction that names none, in milliseconds. Default 60,000; of a saga 24 hours. */
  readonly timeoutMs?: number
  /** How long a request waits for a connection before it fails with `COORDINATOR_UNREACHABLE`. Default 5,000. */
  readonly connectWaitMs?: number
  /** How long a lost answer is looked for before `OUTCOME_UNKNOWN` is told. Default 3,000. */
  readonly outcomeWaitMs?: number
}

export interface BeginOptions extends Cancellable {
  /**
   * How the transaction reaches its outcome. Default `two-phase`: all or nothing, seen by nobody before it is decided.
   * `three-phase`: the same, and it ends even while the coordinator stays dead. `saga`: each branch is done and seen at
   * once, and compensated when a later one fails.
   */
  readonly protocol?: Protocol
  /**
   * From begin to the decision, in milliseconds; with retries, for all tries together. At most 24 hours. The call waits no
   * longer; a saga whose pivot has said yes by then goes on all the same, and the call rejects with `OUTCOME_UNKNOWN`.
   */
  readonly timeoutMs?: number
  /** W3C trace context; one is made when there is none. */
  readonly traceParent?: string
}

export interface CommitOptions extends Cancellable {
  /**
   * `applied` (default): answer when every participant has made it visible, or after the coordinator's bounded wait.
   * `decided`: answer as soon as the decision is durable.
   */
  readonly waitFor?: WaitFor
}

export interface RetryOptions {
  /** At most one committed transaction has this key: the same work sent twice runs once. Up to 256 bytes. */
  readonly idempotencyKey?: string
  /**
   * How many tries may follow one that was aborted for a passing reason such as `LOCK_CONFLICT`. Default 10. A saga is
   * tried again as a whole only when all that it had done is compensated.
   */
  readonly retries?: number
}

/** Of one call; the role and the retries only in a saga. */
export type CallOptions = Cancellable & RoleOptions

export interface TransactOptions extends BeginOptions, CommitOptions, RetryOptions {}

export interface SubmitOptions<Branches extends readonly Branch[]> extends TransactOptions {
  /** What to run, in any order and all or nothing. The results come in the same order. */
  readonly branches: readonly [...Branches]
}

/** What every request of one client needs. */
export interface Client {
  readonly connection: Connection
  /** Of a transaction that names none. */
  readonly timeoutMs: Readonly<Record<Protocol, number>>
  readonly outcomeWaitMs: number
}

export const protocolDefault: Protocol = 'two-phase'
const { timeoutMsMax } = defaultLimits

export const retriesDefault = 10

/** The timeouts of a client whose caller names this one, or none. */
export function usualTimeouts(given: number | undefined): Client['timeoutMs'] {
  const short = durationMs('timeoutMs', given, 60_000)
  return { 'two-phase': short, 'three-phase': short, saga: durationMs('timeoutMs', given, timeoutMsMax) }
}

/** Monotonic milliseconds: when a transaction that begins now is over. */
export function endOf({ timeoutMs, protocol = protocolDefault }: BeginOptions, client: Client): number {
  if (!Object.hasOwn(client.timeoutMs, protocol)) {
    const known = Object.keys(client.timeoutMs).join(', ')
    throw transactionError('PROTOCOL_UNKNOWN', `protocol: '${protocol}' is none of ${known}`)
  }
  return now() + durationMs('timeoutMs', timeoutMs, client.timeoutMs[protocol])
}

/** What is left of a timeout, as it is told: never 0, and a rounding never makes it longer than is allowed. */
export function leftMs(until: number): number {
  const left = Math.max(1, Math.ceil(until - now()))
  return left === timeoutMsMax + 1 ? timeoutMsMax : left
}

/** A duration that must be positive; 0 and undefined are the default. */
export function durationMs(name: string, given: number | undefined, usual: number): number {
  const value = given || usual
  if (Number.isFinite(value) && value > 0) return Math.ceil(value)
  throw transactionError('TIMEOUT_INVALID', `${name}: ${given} is not a number of milliseconds`)
}
