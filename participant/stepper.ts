// Steps one branch through one event and whatever its work leads to, inside the turn's local transaction, and drafts
// what comes of it.
//
// Owns: the order inside a step (work, records, messages, timers), and who is answered. Does not own: the turn.

import {
  type BranchAddress,
  type FromParticipant,
  isSameBallot,
  type LogId,
  type ParticipantRecord,
  type participantSide,
  type Sequence,
} from '../protocol/index.ts'
import { type Branch, type Branches, type Draft, newBranch, none } from './branches.ts'
import type { Coordinators } from './coordinators.ts'
import { eventAt, type QueuedEvent } from './event-queue.ts'
import { type Asker, checkStep, needsOf } from './outbox.ts'
import type { LocalTransaction, Store } from './store.ts'
import type { Turn } from './turn.ts'
import type { Worker } from './work.ts'

type Step = participantSide.ParticipantStep

/** How many askers of one branch are remembered: the coordinator's newest sessions and a few people with grpcurl. */
const askersMax = 8

export class Stepper {
  readonly #store: Store
  readonly #branches: Branches
  readonly #coordinators: Coordinators
  readonly #worker: Worker
  readonly #policy: participantSide.Policy
  readonly #step: typeof participantSide.step
  /** Whether anybody reads debug lines. */
  readonly #isVerbose: boolean
  /** Of the last branch: nearly all branches of a turn are of one log. */
  #around: (participantSide.Surroundings & { readonly logId: LogId }) | undefined

  constructor(
    store: Store,
    branches: Branches,
    coordinators: Coordinators,
    worker: Worker,
    policy: participantSide.Policy,
    step: typeof participantSide.step,
    isVerbose: boolean,
  ) {
    this.#store = store
    this.#branches = branches
    this.#coordinators = coordinators
    this.#worker = worker
    this.#policy = policy
    this.#step = step
    this.#isVerbose = isVerbose
  }

  /** `failure`: the event's work could not be committed when it ran alone. */
  perform(turn: Turn, queued: QueuedEvent, local: LocalTransaction, failure: string | undefined): void {
    const known = turn.drafts.get(queued.key) ?? this.#branches.get(queued, queued.key, turn.at)
    const { logId, asker, event } = queued
    if (known === undefined && logId === undefined) return
    if (known !== undefined && logId !== undefined && known.logId !== logId) {
      if (asker !== undefined) turn.refusals.push(asker)
      turn.notes.push({ level: 'error', fields: { ...addressIn(queued), logId }, message: 'asked by a foreign log' })
      return
    }
    const draft = known === undefined ? newBranch(queued, queued.key, logId as LogId, turn.at) : { ...known }
    const before = draft.state
    if (event.type === 'forget') {
      if (!forget(turn, draft, local)) return
    } else if (!this.#steps(turn, draft, queued, this.#eventAt(event, turn), local, failure)) {
      return
    }
    turn.drafts.set(draft.key, draft)
    if (before.state !== draft.state.state) note(turn, before, draft, this.#isVerbose)
  }

  /** What a branch may know while it is stepped. */
  around(branch: Branch, turn: number): participantSide.Surroundings {
    const { hasForgottenVotes } = this.#branches
    const { logId } = branch
    const last = this.#around
    if (last?.turn === turn && last.logId === logId && last.hasForgottenVotes === hasForgottenVotes) return last
    const hasEnded = (sequence: Sequence): boolean => this.#coordinators.hasEnded(logId, sequence)
    const { identity } = this.#store
    this.#around = { logId, identity, turn, hasEnded, hasForgottenVotes, policy: this.#policy }
    return this.#around
  }

  /** Whether anything of the branch has changed. */
  #steps(
    turn: Turn,
    draft: Draft,
    queued: QueuedEvent,
    first: participantSide.Event,
    local: LocalTransaction,
    failure: string | undefined,
  ): boolean {
    const around = this.around(draft, turn.number)
    let hasChanged = false
    let event: participantSide.Event | undefined = first
    while (event !== undefined) {
      const before: participantSide.State = draft.state
      const step: Step = this.#step(before, event, around)
      checkStep(before, step)
      event = undefined
      if (step.state !== before) {
        hasChanged = true
        if (step.state.state !== before.state) draft.since = turn.at
        draft.state = step.state
      }
      for (const work of step.work) event = this.#worker.run(work, draft, turn, local, failure) ?? event
      if (append(turn, draft, step, local)) hasChanged = true
      if (send(turn, draft, step, queued)) hasChanged = true
      for (const { timer, at } of step.timers) turn.timers.push({ key: draft.key, timer, at })
    }
    return hasChanged
  }

  #eventAt(event: Exclude<QueuedEvent['event'], { type: 'forget' }>, turn: Turn): participantSide.Event {
    // A read-only vote that left memory may have been cast: this side cannot say any more that it never voted (rule 7). The
    // coordinator, who names no boot, asks only where every vote is recorded.
    const isMember = event.type === 'status' && event.abortIfNone && event.expected !== undefined
    if (isMember && this.#branches.hasForgottenVotes) {
      return { type: 'status', at: turn.at, message: { ...event, abortIfNone: false } }
    }
    return eventAt(event, turn.at)
  }
}

function append(turn: Turn, draft: Draft, step: Step, local: LocalTransaction): boolean {
  if (step.records.length === 0 && !step.force) return false
  for (const record of step.records) {
    local.append(draft.logId, record)
    draft.recordTurn = turn.number
    turn.written[kindOf(record)] += 1
  }
  turn.writes = true
  if (step.force) {
    turn.mustForce = true
    draft.forceTurn = turn.number
  }
  return true
}

/** Hands the step's messages to the turn, and remembers who is still owed an answer. True: the draft has changed. */
function send(turn: Turn, draft: Draft, step: Step, queued: QueuedEvent): boolean {
  const { voteAskers, decisionAskers } = draft
  let hasVoted = false
  for (const sent of step.messages) {
    switch (sent.to) {
      case 'asker': {
        const { message } = sent
        for (const asker of askersOf(message, draft, queued)) {
          turn.outgoing.push({ message, asker, needs: needsOf(message, draft, asker) })
        }
        if (message.type === 'vote') hasVoted = true
        settle(message, draft, queued)
        break
      }
      case 'coordinator':
        turn.questions.push({ to: 'coordinator', logId: draft.logId, inquire: sent.inquire })
        break
      case 'member':
        turn.questions.push({ to: 'member', logId: draft.logId, about: addressIn(draft), sent })
        break
      case 'voting-coordinator':
        turn.questions.push({ to: sent.to, logId: draft.logId, about: addressIn(draft), message: sent.message })
        break
    }
  }
  const { asker, event } = queued
  const { state } = draft.state
  // A one-phase branch that is prepared goes on to its vote, too.
  if (asker !== undefined && event.type === 'prepare' && !hasVoted && (state === 'active' || state === 'prepared')) {
    draft.voteAskers = withAsker(draft.voteAskers, asker)
  }
  return draft.voteAskers !== voteAskers || draft.decisionAskers !== decisionAskers
}

function askersOf(message: FromParticipant, branch: Branch, { event, asker }: QueuedEvent): readonly Asker[] {
  switch (message.type) {
    case 'vote':
      return event.type === 'prepare' && asker !== undefined ? withAsker(branch.voteAskers, asker) : branch.voteAskers
    case 'decision-answer':
      if (event.type !== 'commit' && event.type !== 'abort') return branch.decisionAskers
      return asker === undefined ? none : onlyThis(asker)
    case 'status-answer':
    case 'ballot-answer':
      return asker === undefined ? none : onlyThis(asker)
  }
}

function kindOf(record: ParticipantRecord): keyof Turn['written'] {
  switch (record.type) {
    case 'prepared':
      return 'vote'
    case 'pledged': {
      const { promised, adopted } = record.branch.pledge ?? {}
      return promised && adopted && isSameBallot(promised, adopted.ballot) ? 'adoption' : 'promise'
    }
    case 'committed':
      return 'commit'
    case 'aborted':
      return 'abort'
    case 'heuristic':
      return record.did
  }
}

/** Who was answered for good is owed nothing more; a session that was told `retrying` will be told the end, too. */
function settle(message: FromParticipant, draft: Draft, { asker }: QueuedEvent): void {
  if (message.type === 'vote') draft.voteAskers = none
  if (message.type !== 'decision-answer') return
  if (message.answer.answer !== 'retrying') draft.decisionAskers = none
  else if (asker !== undefined && !asker.isUnary) draft.decisionAskers = withAsker(draft.decisionAskers, asker)
}

let lastAlone: readonly Asker[] = none

function withAsker(askers: readonly Asker[], asker: Asker): readonly Asker[] {
  if (askers.length === 0) return onlyThis(asker)
  return askers.includes(asker) ? askers : [...askers, asker].slice(-askersMax)
}

/** Nearly all messages of a time come from one session. */
function onlyThis(asker: Asker): readonly Asker[] {
  if (lastAlone[0] !== asker) lastAlone = [asker]
  return lastAlone
}

/** An operator has dealt with the branch: from here on it is like any ended one. False: there is nothing to forget. */
function forget(turn: Turn, draft: Draft, local: LocalTransaction): boolean {
  if (draft.state.state !== 'heuristic' || draft.forgotten) return false
  local.forget(draft)
  draft.forgotten = true
  draft.forceTurn = turn.number
  turn.writes = true
  turn.mustForce = true
  turn.notes.push({ level: 'info', fields: addressIn(draft), message: 'an operator forgot a heuristic outcome' })
  return true
}

const addressIn = ({ transactionId, branch }: BranchAddress): BranchAddress => ({ transactionId, branch })

/** One line for each change of state; most of them only for whoever wants to see everything. */
function note(turn: Turn, before: participantSide.State, { state, transactionId, branch }: Branch, isVerbose: boolean) {
  const isNoted = state.state === 'heuristic' || (state.state === 'aborted' && state.reason.code === 'OPERATION_FAILED')
  if (!isNoted && !isVerbose) return
  const why = state.state === 'aborted' ? { code: state.reason.code, reason: state.reason.message } : {}
  const fields = { transactionId, branch, from: before.state, ...why }
  turn.notes.push({ level: isNoted ? 'warn' : 'debug', fields, message: `branch ${state.state}` })
}
