// The way to one participant: a session stream, or unary calls where it has none; tried again with growing waits when
// it cannot be reached. One participant that hangs holds up nobody else.
//
// L1 What is sent while there is no way is lost without a word: `onConnected` says when to send again.
// L2 At most `unaryMax` unary calls are open; the rest wait, in order.

import {
  after,
  type BackoffPolicy,
  backoffMs,
  type FromParticipant,
  type Instant,
  type StorageId,
  type ToParticipant,
} from '../protocol/index.ts'
import {
  type CoordinatorHeader,
  type CoordinatorSession,
  callUnary,
  coordinatorSession,
  type Description,
  decodeDescription,
  decodeParticipantResponse,
  encodeDescribe,
  encodeParticipantRequest,
  type ParticipantHeader,
  type ParticipantResponse,
  participantStub,
  type TransactionError,
  transactionError,
  unaryMethods,
} from '../wire/index.ts'
import type { Clock } from './clock.ts'

export interface LaneOwner {
  /** This coordinator's header as of now, for the database that answers; undefined while that is not known. */
  header(to: StorageId | undefined): CoordinatorHeader
  /** Who answered, and what it offers. False: it must not be spoken to. */
  onConnected(description: Description): boolean
  /** A header with the messages that came with it; false as above. */
  onMessages(header: ParticipantHeader, messages: readonly FromParticipant[]): boolean
  onDisconnected(error: TransactionError): void
}

type Way =
  | { readonly by: 'none' }
  | { readonly by: 'session'; readonly session: CoordinatorSession; readonly isOpen: boolean }
  | { readonly by: 'unary' }

const unaryMax = 256
/** A way that was open for longer is tried again at once when it breaks. */
const steadyMs = 1_000
const describeTimeoutMs = 2_000
const unaryTimeoutMs = 5_000
/** A participant that has handled nothing for so long may have dropped what it did not answer. */
export const stalledMs = 5_000
/** A saga's Prepare may be answered hours later; then it is asked again. */
const unaryPrepareMaxMs = 60_000

export class Lane {
  readonly #owner: LaneOwner
  readonly #clock: Clock
  readonly #backoff: BackoffPolicy
  #stub: ReturnType<typeof participantStub>
  #way: Way = { by: 'none' }
  #attempt = 0
  #cancelRetry: (() => void) | undefined
  #isClosed = false
  #openedAt: Instant | undefined
  #hasSession = true
  #answering: StorageId | undefined
  #unaryOpen = 0
  #unaryQueue: { readonly message: ToParticipant; readonly at: Instant }[] = []

  constructor(address: string, owner: LaneOwner, clock: Clock, backoff: BackoffPolicy) {
    this.#owner = owner
    this.#clock = clock
    this.#backoff = backoff
    this.#stub = participantStub(address)
    this.#connect()
  }

  get queued(): number {
    return this.#way.by === 'session' ? this.#way.session.queued : this.#unaryQueue.length
  }

  /**
   * When the oldest message was sent that is still to be handled over there; what was sent later is so, too, and another copy
   * would only come behind it. Undefined: there is none, or there is reason to doubt it.
   */
  get unhandledSince(): Instant | undefined {
    const way = this.#way
    if (way.by !== 'session') return this.#unaryQueue[0]?.at
    const { unhandledSince: since, handledAt = since } = way.session
    if (since === undefined || handledAt === undefined) return undefined
    return this.#clock.now() - Math.max(since, handledAt) > stalledMs ? undefined : since
  }

  send(message: ToParticipant): void {
    if (this.#way.by === 'session') {
      if (this.#way.isOpen) this.#way.session.send(message)
    } else if (this.#way.by === 'unary') {
      this.#unaryQueue.push({ message, at: this.#clock.now() })
      this.#callNext()
    }
  }

  /** What was sent leaves now, as far as the other side takes it. */
  flush(): void {
    if (this.#way.by === 'session' && this.#way.isOpen) this.#way.session.flush()
  }

  /** Runs when what was sent so far has left the process: for crash points only. */
  whenSent(run: () => void): void {
    if (this.#way.by === 'session') this.#way.session.flush()
    // The stream hands its bytes to the socket within a few turns of the event loop.
    let turns = 20
    const next = (): void => {
      turns -= 1
      if (turns === 0) run()
      else setImmediate(next)
    }
    setImmediate(next)
  }

  /** Goes on at another address. */
  move(address: string): void {
    const old = this.#stub
    this.#stub = participantStub(address)
    this.#hasSession = true
    const way = this.#way
    if (way.by === 'session') way.session.close()
    this.#lost(transactionError('PARTICIPANT_UNREACHABLE', `moved to ${address}`))
    old.close()
    this.#retryNow()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    if (this.#way.by === 'session') this.#way.session.close()
    this.#stub.close()
  }

  #connect(): void {
    if (this.#isClosed) return
    if (this.#hasSession) this.#openSession()
    else this.#describe()
  }

  #openSession(): void {
    const stub = this.#stub
    const stream = stub.session()
    const isCurrent = (): boolean => this.#stub === stub && !this.#isClosed
    const session = coordinatorSession(
      stream,
      {
        header: () => this.#owner.header(this.#answering),
        onOpen: (header, opening) => {
          if (!isCurrent()) return session.close()
          const description = opening ?? { header, operations: [], protocols: ['two-phase'] }
          this.#way = { by: 'session', session, isOpen: true }
          this.#answering = header.storageId
          this.#openedAt = this.#clock.now()
          if (this.#owner.onConnected(description)) return
          // A last header: it says what was seen of this database, so that it finds out that it is an older one.
          session.announce()
          session.flush()
          session.close()
        },
        onMessages: (messages, header) => {
          if (isCurrent() && !this.#owner.onMessages(header, messages)) session.close()
        },
        onMalformed: (error) => session.fail(transactionError(error.code, error.message)),
        onClose: (error) => {
          if (!isCurrent()) return
          if (error?.code === 'UNIMPLEMENTED') this.#hasSession = false
          this.#lost(error ?? transactionError('PARTICIPANT_UNREACHABLE', 'the session ended'))
        },
      },
      { now: () => this.#clock.now() },
    )
    this.#way = { by: 'session', session, isOpen: false }
  }

  /** A participant without sessions: found by Describe, which is also the probe after a failure. */
  #describe(): void {
    const stub = this.#stub
    const request = encodeDescribe(this.#headerOfCall())
    callUnary(stub, 'describe', request, { timeoutMs: describeTimeoutMs, unreachable: 'PARTICIPANT_UNREACHABLE' }).then(
      (response) => {
        if (this.#stub !== stub || this.#isClosed) return
        const description = decodeDescription(response)
        if (!description.ok) {
          this.#lost(transactionError('PARTICIPANT_UNREACHABLE', `Describe: ${description.error.message}`))
          return
        }
        this.#way = { by: 'unary' }
        this.#answering = description.value.header.storageId
        this.#openedAt = this.#clock.now()
        if (!this.#owner.onConnected(description.value)) this.#lost(transactionError('RESTORED_BACKUP'))
      },
      (error: TransactionError) => {
        if (this.#stub === stub) this.#lost(error)
      },
    )
  }

  /** Between two calls another database may have taken the place of the one that was described. */
  #headerOfCall(): CoordinatorHeader {
    const seenStorageId = this.#answering
    return { ...this.#owner.header(seenStorageId), ...(seenStorageId === undefined ? {} : { seenStorageId }) }
  }

  #callNext(): void {
    while (this.#unaryOpen < unaryMax && this.#way.by === 'unary') {
      const next = this.#unaryQueue.shift()
      if (next === undefined) return
      this.#unaryOpen += 1
      void this.#call(next.message).finally(() => {
        this.#unaryOpen -= 1
        this.#callNext()
      })
    }
  }

  async #call(message: ToParticipant): Promise<void> {
    const stub = this.#stub
    const now = this.#clock.now()
    const request = encodeParticipantRequest(this.#headerOfCall(), message, now)
    const timeoutMs =
      message.type === 'prepare' ? Math.min(unaryPrepareMaxMs, Math.max(1, message.voteBy - now)) : unaryTimeoutMs
    const options = { timeoutMs, unreachable: 'PARTICIPANT_UNREACHABLE' } as const
    try {
      const response = (await callUnary(
        stub,
        unaryMethods[message.type],
        request as never,
        options,
      )) as ParticipantResponse
      const decoded = decodeParticipantResponse(message.type, response)
      if (this.#stub !== stub || this.#isClosed) return
      if (!decoded.ok) this.#owner.onDisconnected(transactionError(decoded.error.code, decoded.error.message))
      else if (!isAbout(message, decoded.value.message)) {
        const { transactionId, branch } = message
        this.#lost(
          transactionError('REQUEST_INVALID', `asked about ${transactionId}/${branch}, it answered for another`),
        )
      } else if (!this.#owner.onMessages(decoded.value.header, [decoded.value.message])) {
        this.#lost(transactionError('RESTORED_BACKUP'))
      }
    } catch (error) {
      if (this.#stub === stub && this.#way.by === 'unary') this.#lost(error as TransactionError)
    }
  }

  #lost(error: TransactionError): void {
    if (this.#isClosed) return
    this.#way = { by: 'none' }
    this.#answering = undefined
    this.#unaryQueue = []
    this.#owner.onDisconnected(error)
    // A way that breaks as soon as it opens is no reason to try faster.
    const wasSteady = this.#openedAt !== undefined && this.#clock.now() - this.#openedAt > steadyMs
    this.#attempt = wasSteady ? 1 : this.#attempt + 1
    this.#openedAt = undefined
    const wait = this.#attempt === 1 && !this.#hasSession ? 0 : backoffMs(this.#backoff, this.#attempt)
    const jitter = Math.floor((wait / 4) * this.#clock.random())
    this.#cancelRetry?.()
    this.#cancelRetry = this.#clock.wakeAt(after(this.#clock.now(), wait + jitter), () => this.#connect())
  }

  #retryNow(): void {
    this.#attempt = 0
    this.#cancelRetry?.()
    this.#connect()
  }
}

/** An answer counts for the branch that was asked about, and for no other. */
const isAbout = (asked: ToParticipant, answer: FromParticipant): boolean =>
  answer.transactionId === asked.transactionId && answer.branch === asked.branch
