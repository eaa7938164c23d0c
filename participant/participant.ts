// The driver of a participant: it takes what has arrived, steps each branch, does the work and writes the records in one
// local transaction, and only then lets anything leave.
//
// Owns: the turn, which branch is in which state, when a turn is forced. Does not own: what an event does to a branch
// (protocol/), the rows (store), connections (server, inquiry), the clock (environment).
//
// V1 A turn's order is: work, records, local commit, messages, timers. Nothing leaves from inside a turn.
// V2 A turn in which a step asked for a force is durable before any of its messages leaves; R1 to R4 hold at the gate.
// V3 Nothing in here suspends: what takes time comes back as an event.
// V4 After a restart every prepared branch has its locks again before the first event is taken.
// V5 A turn that could not be committed has happened to nobody: its drafts and lock changes are thrown away.
// V6 Whoever is told that its file is older than others have seen it says nothing more (design rule 6).

import { crashPoint, hasCrashPoints } from '../log/crash-points.ts'
import {
  after,
  type BranchAddress,
  type Epoch,
  type Instant,
  invariant,
  type LogId,
  participantSide,
  type Sequence,
  type ToParticipant,
} from '../protocol/index.ts'
import type { CoordinatorHeader } from '../wire/index.ts'
import { type Branch, Branches, branchKey } from './branches.ts'
import type { ParticipantConfig } from './config.ts'
import { Coordinators } from './coordinators.ts'
import { type Environment, type Logger, silentLogger } from './environment.ts'
import { type Batch, EventQueue, type InnerEvent, mayForce, type QueuedEvent } from './event-queue.ts'
import { arm, askInTurn } from './jitter.ts'
import { LockTable } from './locks.ts'
import type { Operations } from './operations.ts'
import { type Asker, Outbox } from './outbox.ts'
import { Pace } from './pace.ts'
import { olderHere, olderThere, type Refusal } from './refusal.ts'
import { Returning } from './returning.ts'
import { Stepper } from './stepper.ts'
import type { LocalTransaction, Store } from './store.ts'
import { Timers } from './timers.ts'
import { type Question, Turn } from './turn.ts'
import { Worker } from './work.ts'

/** Carries questions of in-doubt branches; the answers come back through `tell`. */
export interface Network {
  ask(question: Question): void
}

/** Told at the end of each turn, when its answers have been handed over. */
export interface TurnListener {
  turnEnded(forcedTurn: number): void
}

/** The rules that the driver performs; a simulator may break one of them on purpose. */
export type Rules = Pick<typeof participantSide, 'step' | 'recover' | 'resume'>

/** How long a sent message may take to leave the process before a crash point kills it. */
const sendingMs = 20

export class Participant {
  readonly #store: Store
  readonly #environment: Environment
  readonly #network: Network
  readonly #config: ParticipantConfig
  readonly #logger: Logger
  readonly #policy: participantSide.Policy
  readonly #rules: Rules
  readonly #branches: Branches
  readonly #coordinators: Coordinators
  readonly #locks: LockTable
  readonly #worker: Worker
  readonly #stepper: Stepper
  readonly #queue = new EventQueue()
  readonly #timers = new Timers()
  readonly #returning = new Returning()
  readonly #outbox: Outbox
  readonly #pace: Pace
  readonly #listeners = new Set<TurnListener>()
  readonly #isSettled = (key: string): boolean => this.#branches.peek(key)?.recordTurn !== undefined
  #turn = 0
  #refusal: Refusal | undefined

  constructor(
    store: Store,
    operations: Operations,
    environment: Environment,
    network: Network,
    config: ParticipantConfig,
    logger: Logger,
    rules: Rules = participantSide,
  ) {
    this.#store = store
    this.#environment = environment
    this.#network = network
    this.#config = config
    this.#logger = logger
    const backoff = { firstMs: config.retryFirstMs, maxMs: config.retryMaxMs }
    const { inquiryDelayMs, lockWaitMs, roundTimeoutMs } = config
    this.#policy = { inquiryDelayMs, inquiryBackoff: backoff, retry: backoff, lockWaitMs, roundTimeoutMs }
    this.#rules = rules
    this.#branches = new Branches(store, config, rules.recover)
    this.#coordinators = new Coordinators(store.readCoordinators())
    this.#locks = new LockTable(config.lockWaitersMax)
    this.#worker = new Worker(operations, this.#locks)
    const isVerbose = logger !== silentLogger && logger.isLevelEnabled?.('debug') !== false
    this.#stepper = new Stepper(
      store,
      this.#branches,
      this.#coordinators,
      this.#worker,
      this.#policy,
      rules.step,
      isVerbose,
    )
    this.#outbox = new Outbox(() => store.forcedTurn)
    this.#pace = new Pace(environment, config.idleForceMs, () => this.#run())
    this.#recover()
  }

  /** The coordinator of a log speaks. What is returned is why it gets no answers. */
  hear(header: CoordinatorHeader): Refusal | undefined {
    if (this.#refusal !== undefined) return this.#refusal
    const { seenStorageId = this.#store.identity.storageId, seenRecordSequence } = header
    const isAboutThis = seenStorageId === this.#store.identity.storageId
    if (isAboutThis && seenRecordSequence > this.#store.recordSequence) return this.#stopServing(header)
    const before = this.#coordinators.epochOf(header.logId)
    const epoch = this.#coordinators.hear(header)
    if (this.#coordinators.isOlderCopy(header)) return this.#logged(olderThere(header), header)
    if (before !== 0 && epoch > before) this.#awaitReturned(header.logId, header.epoch)
    if (epoch > header.epoch) {
      return { code: 'STALE_EPOCH', message: `epoch ${header.epoch} of this log is over; ${epoch} was seen`, epoch }
    }
    if (this.#mustStoreWatermark()) this.#plan()
    return undefined
  }

  /** Its coordinator has come back: they ask it when it has told them all that it can (returning.ts). */
  #awaitReturned(logId: LogId, epoch: Epoch): void {
    this.#returning.back(logId, epoch, this.#environment.now())
    for (const { key } of this.#branches.preparedBefore(logId, epoch)) this.#timers.set(key, 'in-doubt', 'never')
    this.#plan()
  }

  /** Messages of the coordinator of a log, or of another member, which has no session and no header. */
  receive(logId: LogId, messages: readonly ToParticipant[], asker: Asker): void {
    if (this.#refusal !== undefined) {
      for (const _ of messages) asker.refuse(this.#refusal.code, this.#refusal.message)
      return
    }
    for (const message of messages) {
      if (hasCrashPoints) crashPoint(`participant.on-${message.type}`)
      const { transactionId, branch } = message
      if (asker.isUnary && this.#queue.length >= this.#config.queuedEventsMax) {
        asker.refuse('OVERLOADED', 'too many messages wait here for their turn')
        continue
      }
      this.#queue.push({ transactionId, branch, key: branchKey(message), event: message, logId, asker })
    }
    this.#pace.soon()
  }

  /** Something about a known branch: an answer to its inquiry, an operator's word. */
  tell(address: BranchAddress, event: InnerEvent, asker?: Asker): void {
    const { transactionId, branch } = address
    const queued: QueuedEvent = { transactionId, branch, key: branchKey(address), event }
    this.#queue.push(asker === undefined ? queued : { ...queued, asker })
    this.#pace.soon()
  }

  listen(listener: TurnListener): void {
    this.#listeners.add(listener)
  }

  unlisten(listener: TurnListener): void {
    this.#listeners.delete(listener)
  }

  /** Prepares nothing new from here on. */
  drain(): void {
    this.#worker.isDraining = true
  }

  get isDraining(): boolean {
    return this.#worker.isDraining
  }

  get refusal(): Refusal | undefined {
    return this.#refusal
  }

  get coordinators(): Coordinators {
    return this.#coordinators
  }

  get liveBranches(): Branch[] {
    return this.#branches.live
  }

  get liveCount(): number {
    return this.#branches.liveCount
  }

  /**
   * Branches that may still go either way, or wait to. What a saga has done is not waited for: that may take hours, and
   * the saga may wait for what this participant is to prepare next.
   */
  get undecidedCount(): number {
    const isSagas = ({ state }: Branch): boolean =>
      state.state === 'prepared' && state.branch.protocol === 'saga' && state.applying === undefined
    return this.#branches.live.filter((branch) => branch.state.state !== 'heuristic' && !isSagas(branch)).length
  }

  /** Whether it waits for a decision that nobody has brought yet: only then an answer is of use. */
  isInDoubt(address: BranchAddress): boolean {
    const state = this.#branches.peek(branchKey(address))?.state
    return state?.state === 'prepared' && state.applying === undefined
  }

  findBranch(address: BranchAddress): Branch | undefined {
    return this.#branches.get(address, branchKey(address), this.#environment.now())
  }

  /** Stops taking turns, with everything that was committed made durable. */
  stop(): void {
    if (this.#refusal === undefined && this.#store.forcedTurn < this.#turn) this.#takeTurn([], true)
    this.#refusal = { code: 'DRAINING', message: 'the participant has stopped' }
    this.#pace.stop()
  }

  #recover(): void {
    const now = this.#environment.now()
    const inDoubt: Branch[] = []
    // The order decides nothing: prepared branches never hold the same lock.
    for (const branch of this.#branches.recover(now)) {
      const { state } = branch
      if (state.state !== 'prepared') continue
      const { transactionId, branch: number, startedAt, locks } = state.branch
      for (const key of locks) {
        const answer = this.#locks.acquire(key, { transactionId, branch: number, startedAt })
        invariant(answer === 'granted', `V4: two prepared branches hold the lock '${key}'`)
      }
      const step = this.#rules.resume(state, now, this.#stepper.around(branch, 0))
      for (const { timer, at } of step.timers) {
        if (timer === 'in-doubt') inDoubt.push(branch)
        else this.#timers.set(branch.key, timer, at)
      }
      this.#logger.debug({ transactionId, branch: number }, 'recovered a prepared branch')
    }
    askInTurn(this.#timers, inDoubt, now, 'slowly')
    this.#plan()
  }

  #stopServing(header: CoordinatorHeader): Refusal {
    this.#refusal = olderHere(header, this.#store.recordSequence)
    return this.#logged(this.#refusal, header)
  }

  #logged(refusal: Refusal, { logId, epoch, seenRecordSequence }: CoordinatorHeader): Refusal {
    this.#logger.error({ code: refusal.code, logId, epoch, seenRecordSequence }, refusal.message)
    return refusal
  }

  /** Everything that has arrived by now, as far as it fits into one turn. */
  #run(): void {
    if (this.#refusal !== undefined) return
    try {
      const now = this.#environment.now()
      if (!this.#pace.isPaused(now)) this.#runAt(now)
      this.#plan()
    } catch (error) {
      // A broken invariant, a failing disk, a lost file: no answer of this process counts any more.
      this.#refusal = { code: 'STORE_FAILED', message: 'the participant had to stop' }
      this.#pace.stop()
      this.#environment.fatal(error)
    }
  }

  #runAt(now: Instant): void {
    for (const { logId, epoch } of this.#returning.takeDue(now)) {
      askInTurn(this.#timers, this.#branches.preparedBefore(logId, epoch), now, 'at-once')
    }
    for (const { key, timer } of this.#timers.takeDue(now, this.#config.eventsPerTurnMax)) {
      const branch = this.#branches.peek(key)
      if (branch !== undefined) this.tell(branch, { type: 'timer', timer })
    }
    const isIdleDue = this.#pace.isIdleDue(now)
    const batch = this.#queue.take(this.#config.eventsPerTurnMax)
    if (batch.events.length > 0 || isIdleDue) this.#take(batch, isIdleDue)
  }

  #take(batch: Batch, isIdleDue: boolean): void {
    const end = this.#takeTurn(batch.events, isIdleDue)
    if (end === 'committed') return
    if (end === 'busy') {
      this.#queue.putBack(batch)
      this.#pace.pauseFor(this.#config.busyRetryMs)
      return
    }
    if (batch.events.length > 1) {
      this.#queue.pushSuspects(batch.events)
      return
    }
    this.#logger.warn({ error: end.error }, 'the work of a branch cannot be committed')
    const again = this.#takeTurn(batch.events, isIdleDue, end.error)
    if (again === 'busy') this.#queue.putBack(batch)
    else invariant(again === 'committed', `a turn without work cannot be committed: ${end.error}`)
  }

  #takeTurn(
    events: readonly QueuedEvent[],
    isForced: boolean,
    failure?: string,
  ): 'committed' | 'busy' | { readonly error: string } {
    this.#turn += 1
    const turn = new Turn(this.#turn, this.#environment.now())
    this.#branches.turn = turn.number
    this.#locks.begin()
    const expectForce = isForced || events.some((event) => mayForce(event, this.#isSettled))
    const end = this.#store.runTurn(turn.number, expectForce, (local) => this.#fill(turn, events, local, failure))
    if (end.end === 'committed') {
      this.#finish(turn, events)
      return 'committed'
    }
    this.#locks.undo()
    return end.end === 'busy' ? 'busy' : end
  }

  #fill(turn: Turn, events: readonly QueuedEvent[], local: LocalTransaction, failure: string | undefined): boolean {
    for (const queued of events) this.#stepper.perform(turn, queued, local, failure)
    if (events.length === 0) {
      turn.writes = true
      local.touch()
    }
    if (turn.writes) this.#keepHouse(turn, local)
    for (const kind of writtenIn(turn)) crashPoint(`participant.before-${kind}-force`)
    return turn.mustForce
  }

  /** What goes along with a turn that writes anyway. */
  #keepHouse(turn: Turn, local: LocalTransaction): void {
    turn.coordinators = this.#coordinators.unwritten
    for (const row of turn.coordinators) local.putCoordinator(row)
    if (!this.#branches.mayDrop) return
    const mayDrop = (logId: LogId, sequence: Sequence): boolean => this.#coordinators.mayDrop(logId, sequence)
    turn.dropped = this.#branches.findDroppable(this.#config.dropsPerTurnMax, mayDrop)
    // What this turn has changed is not what was found to have ended: its row is newer.
    const isOld = ({ key, recordTurn }: Branch): boolean => recordTurn !== undefined && !turn.drafts.has(key)
    local.drop(turn.dropped.filter(isOld))
  }

  /** The turn counts: everything that it changed, armed and said becomes so. */
  #finish(turn: Turn, events: readonly QueuedEvent[]): void {
    const { forcedTurn } = this.#store
    invariant(!turn.mustForce || forcedTurn >= turn.number, `V2: turn ${turn.number} had to be durable and is not`)
    this.#branches.dropped(turn.dropped.filter((branch) => !turn.drafts.has(branch.key)))
    for (const branch of turn.drafts.values()) this.#branches.put(branch)
    arm(this.#timers, turn.timers, this.#environment)
    this.#returning.handled(events, turn.at)
    this.#queue.pushFirst(turn.followUps)
    this.#coordinators.written(turn.coordinators, turn.number)
    if (this.#coordinators.forced(forcedTurn)) this.#branches.watermarkGrew(turn.at)
    for (const kind of writtenIn(turn)) crashPoint(`participant.after-${kind}-force`)
    this.#outbox.release(turn.outgoing)
    for (const asker of turn.refusals) asker.refuse('REQUEST_INVALID', 'the branch belongs to another coordinator log')
    for (const { asker } of events) asker?.handled()
    for (const question of turn.questions) this.#network.ask(question)
    for (const listener of this.#listeners) listener.turnEnded(forcedTurn)
    for (const { level, fields, message } of turn.notes) this.#logger[level](fields, message)
    if (hasCrashPoints) this.#crashOnceSent(turn)
  }

  /** A crash after sending: what was handed to the network gets a chance to leave, and nothing else happens meanwhile. */
  #crashOnceSent(turn: Turn): void {
    const kinds = writtenIn(turn)
    if (kinds.length === 0) return
    this.#pace.pauseFor(2 * sendingMs)
    this.#environment.wakeAt(after(this.#environment.now(), sendingMs), () => {
      for (const kind of kinds) crashPoint(`participant.after-${kind}-sent`)
    })
  }

  #plan(): void {
    const hasLeftovers = this.#store.forcedTurn < this.#turn || this.#outbox.isHolding || this.#branches.mayDrop
    this.#pace.plan({
      hasEvents: this.#queue.length > 0,
      timersAt: [this.#timers.nextAt, this.#returning.nextAt],
      hasLeftovers: hasLeftovers || this.#mustStoreWatermark(),
    })
  }

  #mustStoreWatermark(): boolean {
    return this.#branches.endedCount > 0 && this.#coordinators.hasNewWatermark
  }
}

const writtenIn = ({ written }: Turn) =>
  hasCrashPoints ? (Object.keys(written) as (keyof Turn['written'])[]).filter((kind) => written[kind] > 0) : nothing
const nothing: readonly never[] = []
