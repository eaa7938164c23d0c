// The client's connection to its coordinator: opens it when somebody asks, says hello first, opens it again when it is
// lost, and sends a question until it is answered.
//
// 1. A question is sent again only where it may have arrived before: to the same epoch of the same log, or to a later one
//    if that knows what it is about (Scope). There it is idempotent; anywhere else it is new work, and whoever asked must
//    find out first (because: 'restart').
// 2. Silence is never an answer: it ends as Unanswered, which says whether the question may have arrived.

import type { Epoch, LogId } from '../protocol/index.ts'
import {
  type ErrorCode,
  type HelloAnswer,
  isTransactionError,
  type RequestKind,
  type TransactionError,
  transactionError,
} from '../wire/index.ts'
import { type Link, LinkLost, type LinkOpener } from './link.ts'
import type { Question, Scope } from './question.ts'
import { backoffMs, reconnectBackoff, retryBackoff } from './retry.ts'
import { always, type Limits, notAfter, now, pause, WaitOver, within } from './waiting.ts'

/** Which reign of which log: where a question may be repeated. */
export interface Reign {
  readonly logId: LogId
  readonly epoch: Epoch
}

export const isSameReign = (a: Reign, b: Reign): boolean => a.logId === b.logId && a.epoch === b.epoch

const mayAsk = (scope: Scope, bound: Reign, now: Reign): boolean =>
  scope === 'log' ? bound.logId === now.logId : isSameReign(bound, now)

/** No answer came. Stays inside client/: whoever asked turns it into what it means for the transaction. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  /** `refused`: it was answered with an error that says nothing of what may have been done before. */
  readonly because: 'signal' | 'deadline' | 'connection' | 'restart' | 'refused'
  /** Where it may have arrived; undefined: it never left, and will not. */
  readonly reached: Reign | undefined
  /** It is out over a connection that has not broken: to the best of this side's knowledge it has arrived. */
  readonly isOut: boolean

  constructor(because: Unanswered['because'], reached: Reign | undefined, cause: unknown, isOut = false) {
    super(`no answer came: ${because}`, { cause })
    this.because = because
    this.reached = reached
    this.isOut = isOut
  }
}

export interface ConnectionOptions {
  /** How long a question that never left waits for a connection. */
  readonly connectWaitMs: number
  /** How long one that may have arrived waits for the connection to come back. */
  readonly outcomeWaitMs: number
}

export interface Answered<T> {
  readonly value: T
  readonly from: HelloAnswer
}

/** It was refused before it was looked at, for now; the same question may be sent again. */
export const isNotBegun = (error: unknown): error is TransactionError =>
  isTransactionError(error) && ['NOT_READY', 'DRAINING', 'OVERLOADED'].includes(error.code)

export class Connection {
  readonly #address: string
  readonly #open: LinkOpener
  readonly #options: ConnectionOptions
  #link: Link | undefined
  #opening: Promise<Link> | undefined
  /** Since the last answer to anything but hello. */
  #failures = 0
  #failedAt = 0
  #isClosed = false

  constructor(address: string, open: LinkOpener, options: ConnectionOptions) {
    this.#address = address
    this.#open = open
    this.#options = options
  }

  /**
   * Asks until there is an answer. If `reign` is given, only it may be asked, or only its log (the question's scope).
   * Rejects with Unanswered, or with the TransactionError that the coordinator gave.
   */
  async ask<Kind extends RequestKind, T>(
    question: Question<Kind, T>,
    limits: Limits,
    reign?: Reign,
  ): Promise<Answered<T>> {
    let reached: Reign | undefined
    for (let attempt = 1; ; attempt += 1) {
      const link = this.#link ?? (await this.#connect(limits, reached))
      const bound = reached ?? reign
      if (bound !== undefined && !mayAsk(question.scope, bound, link.hello)) {
        throw new Unanswered('restart', reached, undefined)
      }
      if (limits.signal?.aborted === true) throw new Unanswered('signal', reached, limits.signal.reason)
      const request = question.write(link.hello)
      try {
        const response = await within(link.ask(question.kind, request, limits), limits)
        this.#failures = 0
        return { value: question.read(response), from: link.hello }
      } catch (met) {
        if (met instanceof WaitOver) throw new Unanswered(met.because, link.hello, met, true)
        const error = link.meaning(met)
        // Refused unread. If nothing else of this question may have arrived, the new epoch may have it.
        if (isStale(error)) this.#lose(link)
        else if (error instanceof LinkLost) {
          this.#lose(link)
          reached = link.hello
        } else if (isNotBegun(error) && (reign !== undefined || question.kind === 'get')) {
          // What concerns an existing transaction has no other try than this one.
          await this.#rest(attempt, limits, reached)
        } else if (reached === undefined && saysNothingWasDone(error)) throw error
        else throw new Unanswered('refused', reached ?? link.hello, error)
      }
    }
  }

  async #rest(attempt: number, limits: Limits, reached: Reign | undefined): Promise<void> {
    try {
      await pause(backoffMs(retryBackoff, attempt, Math.random()), limits)
    } catch (error) {
      throw new Unanswered(error instanceof WaitOver ? error.because : 'deadline', reached, error)
    }
  }

  /** What a caller is told when nothing was asked, because the coordinator could not be reached. */
  unreachable(error: Unanswered): TransactionError {
    const message = `no coordinator answers at ${this.#address}`
    return transactionError('COORDINATOR_UNREACHABLE', message, { cause: error.cause ?? error })
  }

  /** What was not answered is Unanswered. */
  close(): void {
    this.#isClosed = true
    this.#link?.close()
    this.#link = undefined
  }

  #lose(link: Link): void {
    link.close()
    if (this.#link !== link) return
    this.#link = undefined
    this.#fail()
  }

  #fail(): void {
    this.#failures += 1
    this.#failedAt = now()
  }

  async #connect(limits: Limits, reached: Reign | undefined): Promise<Link> {
    const waitMs = reached === undefined ? this.#options.connectWaitMs : this.#options.outcomeWaitMs
    const bounded = notAfter(limits, now() + waitMs)
    let last: unknown
    for (;;) {
      if (this.#isClosed) throw new Unanswered('connection', reached, new Error('the client was closed'))
      if (this.#link !== undefined) return this.#link
      try {
        return await within(this.#openOnce(), bounded)
      } catch (error) {
        if (error instanceof WaitOver) throw this.#giveUp(error, bounded === limits, reached, last)
        // What is not a matter of time, such as a server that is no coordinator, is told at once.
        if (!(error instanceof LinkLost) && !isNotBegun(error)) throw error
        last = error
      }
    }
  }

  #giveUp(over: WaitOver, isOwnLimit: boolean, reached: Reign | undefined, last: unknown): Unanswered {
    const because = over.because === 'deadline' && !isOwnLimit ? 'connection' : over.because
    return new Unanswered(because, reached, last ?? over)
  }

  /** One attempt for all who wait. It goes on when one of them gives up. */
  #openOnce(): Promise<Link> {
    this.#opening ??= this.#attempt().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #attempt(): Promise<Link> {
    if (this.#failures > 0) {
      const notBefore = this.#failedAt + backoffMs(reconnectBackoff, this.#failures, Math.random())
      if (notBefore > now()) await pause(notBefore - now(), always)
    }
    try {
      const link = await this.#open((lost) => this.#lose(lost))
      if (this.#isClosed) {
        link.close()
        throw new LinkLost(new Error('the client was closed'))
      }
      this.#link = link
      return link
    } catch (error) {
      this.#fail()
      throw error
    }
  }
}

/** Errors that may be given after something was done, or that tell that the transaction has ended before. */
const inconclusive: readonly ErrorCode[] = [
  'INTERNAL',
  'OUTCOME_UNKNOWN',
  'REQUEST_CANCELLED',
  'TRANSACTION_CLOSED',
  'TRANSACTION_NOT_FOUND',
  'COORDINATOR_RESTARTED',
  // Also said of an answer.
  'PAYLOAD_TOO_LARGE',
]

function saysNothingWasDone(error: unknown): boolean {
  return isTransactionError(error) && !inconclusive.includes(error.code)
}

function isStale(error: unknown): boolean {
  return isTransactionError(error) && error.code === 'STALE_EPOCH'
}
