// Steps one branch through one event and whatever its work leads to, inside the turn's local transaction, and drafts
// what comes of it.
//
// Owns: the order inside a step (work, records, messages, timers), and who is answered. Does not own: the turn.

import { type BranchAddress, type FromParticipant, participantSide, type Sequence } from '../protocol/index.ts'
import { type Branch, type Branches, newBranch } from './branches.ts'
import type { Coordinators } from './coordinators.ts'
import type { BranchEvent, QueuedEvent } from './event-queue.ts'
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

  constructor(
    store: Store,
    branches: Branches,
    coordinators: Coordinators,
    worker: Worker,
    policy: participantSide.Policy,
  ) {
    this.#store = store
    this.#branches = branches
    this.#coordinators = coordinators
    this.#worker = worker
    this.#policy = policy
  }

  /** `failure`: the event's work could not be committed when it ran alone. */
  perform(turn: Turn, queued: QueuedEvent, local: LocalTransaction, failure: string | undefined): void {
    const known = turn.drafts.get(queued.key) ?? this.#branches.get(queued, queued.key, turn.at)
    const { logId, asker } = queued
    if (known === undefined && logId === undefined) return
    if (known !== undefined && logId !== undefined && known.logId !== logId) {
      if (asker !== undefined) turn.refusals.push(asker)
      turn.notes.push({ level: 'error', fields: { ...addressIn(queued), logId }, message: 'asked by a foreign log' })
      return
    }
    const branch = known ?? newBranch(queued, queued.key, logId as NonNullable<typeof logId>, turn.at)
    const after =
      queued.event.type === 'forget' ? forget(turn, branch, local) : this.#steps(turn, branch, queued, local, failure)
    if (after !== known) turn.drafts.set(after.key, after)
  }

  /** What a branch may know while it is stepped. */
  around(branch: Branch, turn: number): participantSide.Surroundings {
    const hasEnded = (sequence: Sequence): boolean => this.#coordinators.hasEnded(branch.logId, sequence)
    return { identity: this.#store.identity, turn, hasEnded, policy: this.#policy }
  }

  #steps(
    turn: Turn,
    branch: Branch,
    queued: QueuedEvent,
    local: LocalTransaction,
    failure: string | undefined,
  ): Branch {
    const around = this.around(branch, turn.number)
    const pending = [this.#withInstant(queued.event as Exclude<BranchEvent, { type: 'forget' }>, turn)]
    let draft = branch
    for (let event = pending.shift(); event !== undefined; event = pending.shift()) {
      const before = draft
      const step = participantSide.step(before.state, event, around)
      checkStep(before.state, step)
      if (step.state !== before.state) draft = { ...draft, state: step.state, since: sinceOf(before, step, turn) }
      for (const work of step.work) {
        const next = this.#worker.run(work, draft, turn, local, failure)
        if (next !== undefined) pending.push(next)
      }
      draft = append(turn, draft, step, local)
      draft = send(turn, draft, step, queued)
      for (const { timer, at } of step.timers) turn.timers.push({ key: draft.key, timer, at })
    }
    if (branch.state.state !== draft.state.state) turn.notes.push(changeNote(branch, draft))
    return draft
  }

  #withInstant(event: Exclude<BranchEvent, { type: 'forget' }>, turn: Turn): participantSide.Event {
    // A read-only vote that left memory may have been cast: this side cannot say any more that it never voted (rule 7).
    if (event.type === 'status' && event.message.abortIfNone && this.#branches.hasForgottenVotes) {
      return { ...event, at: turn.at, message: { ...event.message, abortIfNone: false } }
    }
    return { ...event, at: turn.at }
  }
}

function append(turn: Turn, draft: Branch, step: Step, local: LocalTransaction): Branch {
  if (step.records.length === 0 && !step.force) return draft
  for (const record of step.records) {
    local.append(draft.logId, record)
    if (record.type === 'prepared') turn.votes += 1
    if (record.type === 'committed') turn.commits += 1
  }
  turn.writes = true
  turn.mustForce ||= step.force
  const forced = step.force ? { forceTurn: turn.number } : {}
  return step.records.length > 0 ? { ...draft, ...forced, recordTurn: turn.number } : { ...draft, ...forced }
}

/** Hands the step's messages to the turn, and remembers who is still owed an answer. */
function send(turn: Turn, branch: Branch, step: Step, queued: QueuedEvent): Branch {
  let draft = branch
  for (const sent of step.messages) {
    switch (sent.to) {
      case 'asker': {
        const { message } = sent
        for (const asker of askersOf(message, draft, queued)) {
          turn.outgoing.push({ message, asker, needs: needsOf(message, draft, asker) })
        }
        draft = answered(message, draft, queued)
        break
      }
      case 'coordinator':
        turn.questions.push({ to: 'coordinator', logId: draft.logId, inquire: sent.inquire })
        break
      case 'member':
        turn.questions.push({ to: 'member', logId: draft.logId, about: addressIn(draft), sent })
        break
    }
  }
  const { asker, event } = queued
  const waitsForVote = asker !== undefined && event.type === 'prepare' && !step.messages.some(isVote)
  // Only while it is active: a one-phase branch that is prepared goes on to its vote, too.
  if (waitsForVote && (draft.state.state === 'active' || draft.state.state === 'prepared')) {
    return { ...draft, voteAskers: withAsker(draft.voteAskers, asker) }
  }
  return draft
}

const isVote = (sent: participantSide.Message): boolean => sent.to === 'asker' && sent.message.type === 'vote'

function askersOf(message: FromParticipant, branch: Branch, { event, asker }: QueuedEvent): readonly Asker[] {
  switch (message.type) {
    case 'vote':
      return event.type === 'prepare' && asker !== undefined ? withAsker(branch.voteAskers, asker) : branch.voteAskers
    case 'decision-answer':
      if (event.type !== 'commit' && event.type !== 'abort') return branch.decisionAskers
      return asker === undefined ? [] : [asker]
    case 'status-answer':
      return asker === undefined ? [] : [asker]
  }
}

function answered(message: FromParticipant, branch: Branch, { asker }: QueuedEvent): Branch {
  if (message.type === 'vote') return branch.voteAskers.length === 0 ? branch : { ...branch, voteAskers: [] }
  if (message.type !== 'decision-answer') return branch
  if (message.answer.answer !== 'retrying') {
    return branch.decisionAskers.length === 0 ? branch : { ...branch, decisionAskers: [] }
  }
  if (asker === undefined || asker.isUnary) return branch
  return { ...branch, decisionAskers: withAsker(branch.decisionAskers, asker) }
}

function withAsker(askers: readonly Asker[], asker: Asker): readonly Asker[] {
  return askers.includes(asker) ? askers : [...askers, asker].slice(-askersMax)
}

/** An operator has dealt with the branch: from here on it is like any ended one. */
function forget(turn: Turn, branch: Branch, local: LocalTransaction): Branch {
  if (branch.state.state !== 'heuristic' || branch.forgotten) return branch
  local.forget(branch)
  turn.writes = true
  turn.mustForce = true
  turn.notes.push({ level: 'info', fields: addressIn(branch), message: 'an operator forgot a heuristic outcome' })
  return { ...branch, forgotten: true, forceTurn: turn.number }
}

const addressIn = ({ transactionId, branch }: BranchAddress): BranchAddress => ({ transactionId, branch })

const sinceOf = (before: Branch, step: Step, turn: Turn) =>
  before.state.state === step.state.state ? before.since : turn.at

function changeNote(before: Branch, after: Branch): Turn['notes'][number] {
  const { state } = after
  const why = state.state === 'aborted' ? { code: state.reason.code, reason: state.reason.message } : {}
  const isNoted = state.state === 'heuristic' || (state.state === 'aborted' && state.reason.code === 'OPERATION_FAILED')
  return {
    level: isNoted ? 'warn' : 'debug',
    fields: { ...addressIn(after), from: before.state.state, ...why },
    message: `branch ${state.state}`,
  }
}
