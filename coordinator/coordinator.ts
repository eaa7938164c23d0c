// The coordinator's driver: performs the steps of the protocol, in the one order that is safe (turns.ts).
//
// Owns: the transactions in flight, their timers, who waits for what, the watermark. Does not own: what the rules are
// (protocol/), how bytes travel (lane.ts, server.ts), which requests are let in (admission.ts).
//
// K1 Every change of a transaction is a step of the pure core; this file decides nothing.
// K2 Nothing of a transaction is told, to anybody, before the newest force that it asked for (`InFlight.needs`): an
//    inquiry that comes while the decision is being forced waits for it.
// K3 A transaction counts as ended for the watermark only when its end is durable.
// K4 Once it is known that this log is older than others have seen it, nothing is decided, sent or told any more.

import type { Log, Query } from '../log/index.ts'
import {
  after,
  compareSequences,
  coordinatorSide,
  type FromParticipant,
  type Identity,
  Instant,
  invariant,
  type Outcome,
  type ParticipantName,
  type TransactionFacts,
} from '../protocol/index.ts'
import type { ParticipantHeader } from '../wire/index.ts'
import { Acks } from './acks.ts'
import type { Clock } from './clock.ts'
import type { CoordinatorConfig } from './config.ts'
import type { Directory, Known } from './directory.ts'
import { isForcedWhereNeeded } from './force-rule.ts'
import { type InFlight, Transactions } from './in-flight.ts'
import type { Logger } from './logger.ts'
import { type Asked, tell } from './replies.ts'
import { describeChange } from './reports.ts'
import { Resending } from './resending.ts'
import { crashAfterForce, crashBeforeAppend, crashOnArrival, type Network, sendAll } from './sending.ts'
import { Timers } from './timers.ts'
import { Turns } from './turns.ts'
import { WatermarkTracker } from './watermark-tracker.ts'

type Step = coordinatorSide.CoordinatorStep
type Event = coordinatorSide.Event

/** The rules that the driver performs; a simulator may break one of them on purpose. */
export type Rules = Pick<typeof coordinatorSide, 'step' | 'recover' | 'resume'>

/** How often the watermark is looked at, and the old end of the log. */
const housekeepingMs = 200

export class Coordinator {
  readonly log: Log
  readonly clock: Clock
  readonly directory: Directory
  readonly turns: Turns
  readonly transactions = new Transactions()
  readonly watermark: WatermarkTracker
  readonly config: CoordinatorConfig
  readonly policy: coordinatorSide.Policy
  /** When this epoch began: what was open before is aborted. */
  readonly startedAt: Instant
  /** How many records the log had when this epoch began. */
  readonly #openedWith: number
  readonly #network: Network
  readonly #logger: Logger
  readonly #rules: Rules
  readonly #timers: Timers<InFlight, coordinatorSide.TimerName>
  readonly #acks = new Acks()
  readonly #resending: Resending
  readonly #housekeeping: Timers<Coordinator, 'housekeeping'>
  /** Conditions of the whole process that an operator must see. */
  readonly conditions = new Map<string, string>()
  #isClosed = false

  constructor(
    log: Log,
    network: Network,
    clock: Clock,
    directory: Directory,
    config: CoordinatorConfig,
    logger: Logger,
    rules: Rules = coordinatorSide,
  ) {
    this.log = log
    this.clock = clock
    this.directory = directory
    this.config = config
    this.policy = { ...config.policy, logId: log.logId }
    this.startedAt = clock.now()
    this.#openedWith = log.recordSequence
    this.#network = network
    this.#logger = logger
    this.#rules = rules
    this.#timers = new Timers(clock, (inFlight, timer) => this.#onTimer(inFlight, timer))
    this.#housekeeping = new Timers(clock, () => this.turns.arrive(() => this.#keepHouse()))
    this.turns = new Turns(log, clock, (hasEntries) => this.#riding(hasEntries))
    this.#resending = new Resending(this.turns, clock, network, this.transactions, (inFlight, participant) =>
      this.step(inFlight, { type: 'connected', at: clock.now(), participant }),
    )
    const { transactions } = log.recovered
    this.watermark = new WatermarkTracker(
      { epoch: log.epoch, number: 1 },
      transactions.map(({ facts }) => facts.sequence),
    )
    this.#recover()
    this.#keepHouse()
  }

  /** Reads the log as it is at the end of this turn: what this turn appends is in it. Only inside a turn. */
  lookUp(query: Query, answer: Parameters<Log['lookUp']>[1]): void {
    this.turns.release(0, () => this.log.lookUp(query, answer))
  }

  /** The log has forced more. */
  forced(): void {
    this.directory.forced(this.log.forcedTurn)
    this.turns.forced()
  }

  /** Everything that waits for anything is dropped; the log is closed by its owner. */
  close(): void {
    this.#isClosed = true
    this.#timers.close()
    this.#housekeeping.close()
    this.#resending.close()
  }

  /** Starts a transaction. Only inside a turn. */
  start(facts: TransactionFacts, step: Step): InFlight {
    const inFlight = this.transactions.add(facts, step.state, this.clock.now())
    this.#perform(inFlight, step, inFlight.state)
    return inFlight
  }

  /** One event of one transaction. Only inside a turn. */
  step(inFlight: InFlight, event: Event, asked: Asked = {}): void {
    if (this.#isRestored) return
    const before = inFlight.state
    this.#perform(inFlight, this.#rules.step(before, event, this.policy), before, asked)
  }

  /** Every header that a participant sends, before its messages. Returns whether it may be spoken to. */
  heard(known: Known, header: ParticipantHeader): boolean {
    const heard = this.directory.heard(known, header)
    this.noteSeen(known, header)
    if (this.#isRestored) return false
    if (heard === 'refused') {
      this.conditions.set(`refused ${known.facts.participant}`, known.refused ?? '')
      return false
    }
    this.conditions.delete(`refused ${known.facts.participant}`)
    if (heard === 'new-storage') this.#storageChanged(known, header)
    this.#forcedAt(known.facts.participant, header)
    return true
  }

  /** What a participant says. `heard` has accepted its header. */
  received(participant: ParticipantName, header: ParticipantHeader, message: FromParticipant): void {
    const from = this.directory.speaker(participant, header)
    this.turns.arrive(() => this.#received(participant, from, header.forcedTurn, message))
  }

  /** It can be reached; whatever it was sent before may be lost. */
  connected(known: Known): void {
    known.isConnected = true
    this.#resending.connected(known)
  }

  #received(participant: ParticipantName, from: Identity, forcedTurn: number, message: FromParticipant): void {
    const at = this.clock.now()
    const { branch, transactionId } = message
    crashOnArrival(message.type)
    const inFlight = this.transactions.get(transactionId)
    if (inFlight === undefined) {
      this.#lateMessage(participant, message)
      return
    }
    switch (message.type) {
      case 'vote':
        this.step(inFlight, { type: 'vote', at, branch, vote: message.vote, from })
        return
      case 'decision-answer':
        this.#answered(inFlight, participant, from, forcedTurn, message)
        return
      case 'status-answer':
        this.step(inFlight, { type: 'status-answer', at, branch, knowledge: message.knowledge, from })
        return
      case 'ballot-answer': {
        const { to, ballot, answer } = message
        this.step(inFlight, { type: 'ballot-answer', at, branch, to, ballot, answer, from })
        return
      }
      default:
        message satisfies never
    }
  }

  /** Visible now; durable at once, or when a later header says so (design rule 8). */
  #answered(
    inFlight: InFlight,
    participant: ParticipantName,
    from: Identity,
    forcedTurn: number,
    { transactionId, branch, decision, answer }: Extract<FromParticipant, { type: 'decision-answer' }>,
  ): void {
    const at = this.clock.now()
    const isDurable =
      answer.answer === 'applied' &&
      (this.#acks.applied(participant, from, { turn: answer.turn, transactionId, branch }) || answer.turn <= forcedTurn)
    // A commit that is durable when it is heard of need not be counted as visible first.
    if (!isDurable || decision === 'abort')
      this.step(inFlight, { type: 'decision-answer', at, branch, decision, answer, from })
    if (isDurable) this.step(inFlight, { type: 'acked', at, branch })
  }

  /** A yes that comes after the abort was forgotten need not wait for its inquiry. */
  #lateMessage(participant: ParticipantName, message: FromParticipant): void {
    if (message.type !== 'vote' || message.vote.vote !== 'yes') return
    const ended = this.transactions.recent(message.transactionId)
    if (ended?.state.phase !== 'ended' || ended.state.outcome.outcome !== 'aborted') return
    const { transactionId, branch } = message
    const { sequence } = ended.facts
    this.turns.release(ended.needs, () => {
      this.#network.send(participant, { type: 'abort', transactionId, branch, sequence })
    })
  }

  #forcedAt(participant: ParticipantName, header: ParticipantHeader): void {
    const durable = this.#acks.forced(participant, header, header.forcedTurn)
    if (durable.length === 0) return
    this.turns.arrive(() => {
      const at = this.clock.now()
      for (const { transactionId, branch } of durable) {
        const inFlight = this.transactions.get(transactionId)
        if (inFlight !== undefined) this.step(inFlight, { type: 'acked', at, branch })
      }
    })
  }

  #storageChanged(known: Known, header: ParticipantHeader): void {
    const { participant } = known.facts
    this.#logger.warn({ participant, storageId: header.storageId }, 'participant came with another database')
    this.turns.arrive(() => {
      const at = this.clock.now()
      const { storageId } = header
      for (const inFlight of this.transactions.all()) {
        this.step(inFlight, { type: 'storage-changed', at, participant, storageId })
      }
    })
  }

  /** What a header says of the log: to whoever has not spoken yet no more than it had when this epoch began. */
  recordSequenceFor(known: Known | undefined): number {
    if (known?.hasSpoken !== true) return this.#openedWith
    known.told = this.log.recordSequence
    return known.told
  }

  /**
   * Design rule 6: whoever finds its own file behind what others have seen stops serving. Compared with what they can have
   * seen, not with what the file has by now: an older one that has grown again has other records in the place of those.
   */
  noteSeen(known: Known, header: ParticipantHeader): void {
    const told = Math.max(this.#openedWith, known.told)
    // The first frame of a session cannot say it yet, and says 0.
    if (header.seenRecordSequence > 0 || this.#openedWith === 0) known.hasSpoken = true
    if (header.seenRecordSequence <= told) return
    const sentence =
      `stopped serving: ${known.facts.participant} has seen record ${header.seenRecordSequence} of this log, which had ` +
      `${told} when it last spoke to it; the log looks like a restored backup`
    if (!this.conditions.has('restored')) this.#logger.error({ participant: known.facts.participant }, sentence)
    this.conditions.set('restored', sentence)
  }

  get #isRestored(): boolean {
    return this.conditions.has('restored')
  }

  #perform(inFlight: InFlight, step: Step, before: coordinatorSide.State, asked: Asked = {}): void {
    invariant(isForcedWhereNeeded(before, step), 'C2: a step gives power away without forcing its record')
    crashBeforeAppend(before, step)
    inFlight.state = step.state
    if (step.records.length > 0) this.turns.record(step.records, step.force)
    if (step.force) inFlight.needs = this.turns.current
    for (const { timer, at } of step.timers) this.#timers.set(inFlight, timer, this.#jittered(timer, at))
    if (step.state !== before) this.#changed(inFlight, before)
    if (step.messages.length > 0) inFlight.sentAt = this.clock.now()
    if (step.messages.length > 0 || step.replies.length > 0) {
      const { needs } = inFlight
      this.turns.release(needs, () => {
        invariant(needs <= this.log.forcedTurn, 'K2: something is told before its force')
        if (this.#isRestored) return
        crashAfterForce(step)
        sendAll(this.#network, step.messages)
        for (const reply of step.replies) tell(inFlight, reply, asked)
      })
    }
    if (step.state.phase === 'ended' && before.phase !== 'ended') this.#ended(inFlight)
    else if (step.state.phase === 'ended') this.#timers.clear(inFlight)
  }

  #ended(inFlight: InFlight): void {
    const { facts } = inFlight
    this.#timers.clear(inFlight)
    this.transactions.end(inFlight, this.clock.now())
    this.turns.release(this.turns.current, () => this.watermark.end(facts.sequence))
  }

  #changed(inFlight: InFlight, before: coordinatorSide.State): void {
    const { state, facts } = inFlight
    if (state.phase !== before.phase || state.phase === 'ended') {
      inFlight.since = this.clock.now()
      const { transactionId } = facts
      if (state.phase !== 'ended') this.#logger.debug({ transactionId, from: before.phase, to: state.phase }, 'phase')
      else if (state.outcome.outcome === 'committed')
        this.#logger.debug({ transactionId, outcome: 'committed' }, 'ended')
      else
        this.#logger.info({ transactionId, outcome: state.outcome.outcome, reason: reasonOf(state.outcome) }, 'ended')
      if (state.phase === 'aborting' && !state.isRecorded) this.#presumed(inFlight)
    }
    const { watchers } = inFlight
    if (watchers === undefined) return
    const event = describeChange(inFlight, before, this.clock.now())
    if (event === undefined) return
    this.turns.release(inFlight.needs, () => {
      for (const watcher of watchers) watcher(event)
    })
  }

  /** Its client has been told. Who is still told may be away for long. */
  #presumed(inFlight: InFlight): void {
    const oldest = this.transactions.presumeAbort(inFlight)
    if (oldest?.state.phase === 'aborting') this.#perform(oldest, coordinatorSide.giveUp(oldest.state), oldest.state)
  }

  #onTimer(inFlight: InFlight, timer: coordinatorSide.TimerName): void {
    this.turns.arrive(() => {
      const { state, sentAt } = inFlight
      if (state.phase === 'ended' || this.#isRestored) return
      const step = this.#rules.step(state, { type: 'timer', at: this.clock.now(), timer }, this.policy)
      const isUnderWay = ({ to, message }: coordinatorSide.Sent): boolean =>
        timer === 'resend' && this.#resending.isUnderWay(to, message, sentAt)
      const messages = step.messages.filter((sent) => !isUnderWay(sent))
      this.#perform(inFlight, { ...step, messages }, state)
    })
  }

  /** Up to a quarter later, so that what failed together does not come back together. */
  #jittered(timer: string, at: Instant | 'never'): Instant | 'never' {
    if (at === 'never' || timer !== 'resend') return at
    return after(at, Math.floor(((at - this.clock.now()) / 4) * this.clock.random()))
  }

  #recover(): void {
    const at = this.clock.now()
    const recorded = [...this.log.recovered.transactions]
    recorded.sort((a, b) => compareSequences(a.facts.sequence, b.facts.sequence))
    const inFlights = recorded.map((transaction) =>
      this.transactions.add(transaction.facts, this.#rules.recover(transaction), at),
    )
    // Before anything that arrives is handled.
    this.turns.arrive(() => {
      for (const inFlight of inFlights) {
        const { state } = inFlight
        this.#perform(inFlight, this.#rules.resume(state, this.clock.now(), this.policy), state)
      }
    })
    this.log.forgetRecovered()
    if (recorded.length > 0) this.#logger.info({ transactions: recorded.length }, 'recovered')
  }

  /** Every so often: the watermark, what ended long ago, the log's old end. */
  #keepHouse(): void {
    if (this.#isClosed) return
    const now = this.clock.now()
    this.watermark.update(now)
    if (this.watermark.isStuck) this.conditions.set('watermark', 'the watermark stands still: 1,000 old transactions')
    else this.conditions.delete('watermark')
    this.transactions.forgetOld(now)
    this.log.trim(Instant(Math.max(0, now - this.config.retentionMs)))
    this.#housekeeping.set(this, 'housekeeping', after(now, housekeepingMs))
  }

  /** What participants were seen to have rides along; a new boot, storage or registration is worth a turn. */
  #riding(hasEntries: boolean) {
    // An older log that grows on would look, after the next restart, as if nothing had been missing.
    if (this.#isRestored) return []
    return hasEntries || this.directory.hasNews ? this.directory.takeChanges(this.turns.current) : []
  }
}

const reasonOf = ({ reason }: Exclude<Outcome, { outcome: 'committed' }>): string => reason.code
