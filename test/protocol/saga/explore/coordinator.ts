// The coordinator inside its driver: the real steps, a log, one saga.

import {
  BranchNumber,
  type CoordinatorRecord,
  type coordinatorSide,
  type Decision,
  type InquiryAnswer,
  reason,
} from '../../../../protocol/index.ts'
import { at, enlisted, facts, identityOf, numberOf, policy } from '../parties.ts'
import { type Envelope, type Move, type Reaction, toldMark } from './process.ts'
import type { Rules, Scenario } from './scenario.ts'

type State = coordinatorSide.State
type Step = coordinatorSide.CoordinatorStep
type Running = Extract<State, { phase: 'running' }>

export interface CoordinatorProcess {
  /** Absent: the log says nothing of it, and it is presumed aborted. */
  readonly state?: State
  readonly durable: readonly CoordinatorRecord[]
  readonly tail: readonly (readonly CoordinatorRecord[])[]
  readonly armed: readonly string[]
}

const now = at(0)
const later = at(1_000_000)
const because = reason('TRANSACTION_TIMEOUT', '')

export class Coordinator {
  readonly #rules: Rules['coordinator']
  readonly #scenario: Scenario

  constructor(scenario: Scenario, rules: Rules) {
    this.#scenario = scenario
    this.#rules = rules.coordinator
  }

  get start(): Reaction<CoordinatorProcess> {
    const empty: CoordinatorProcess = { durable: [], tail: [], armed: [] }
    if (this.#scenario.isInteractive) return taken(empty, this.#rules.begin(facts))
    const branches = this.#scenario.branches.map((_, index) => this.#enlisted(index + 1))
    return taken(empty, this.#rules.submitSaga(facts, branches, now, policy))
  }

  moves({ state, tail, armed }: CoordinatorProcess): readonly Move[] {
    const timers = armed.filter((timer) => timer === 'resend' || (timer === 'timeout' && this.#scenario.mayTimeOut))
    return [
      ...timers.map((timer): Move => ({ move: 'timer', timer })),
      ...(tail.length > 0 ? [{ move: 'force' } as const] : []),
      ...[...tail, []].map((_, keeps): Move => ({ move: 'crash', keeps })),
      ...(state?.phase === 'running' && state.isOpen ? this.#clientMoves(state) : []),
    ]
  }

  react(process: CoordinatorProcess, move: Move): Reaction<CoordinatorProcess> {
    switch (move.move) {
      case 'deliver':
        return this.#delivered(process, move.envelope)
      case 'timer': {
        const { timer } = move
        const fired = { ...process, armed: process.armed.filter((name) => name !== timer) }
        const event = { type: 'timer' as const, at: later, timer: timer as coordinatorSide.TimerName }
        return this.#stepped(fired, event)
      }
      case 'force': {
        const durable = [...process.durable, ...process.tail.flat()]
        return { process: { ...process, durable, tail: [] }, sent: [], marks: [] }
      }
      case 'crash':
        return this.#restarted([...process.durable, ...process.tail.slice(0, move.keeps).flat()])
      case 'call': {
        const { role = 'compensatable' } = this.#scenario.branches[move.branch - 1] ?? {}
        const plan = { role, retry: policy.sagaRetry }
        return this.#stepped(process, { type: 'call', at: now, branch: this.#enlisted(move.branch), plan })
      }
      case 'commit': {
        const expected = this.#scenario.branches.map((_, index) => BranchNumber(index + 1))
        return this.#stepped(process, { type: 'commit', at: now, expected })
      }
      case 'told':
        throw new Error('a coordinator inquires nowhere')
    }
  }

  /** What a prepared branch is told, and what became of the coordinator by that. */
  answer({ state }: CoordinatorProcess, branch: number): InquiryAnswer {
    if (state === undefined) return 'abort'
    const step = this.#rules.step(state, { type: 'inquiry', branch: BranchNumber(branch) }, policy)
    const reply = step.replies.find((one) => one.type === 'inquiry')
    return reply?.type === 'inquiry' ? reply.answer : 'in-progress'
  }

  #enlisted(number: number): coordinatorSide.EnlistedSagaBranch {
    const { role, after } = this.#scenario.branches[number - 1] ?? {}
    return enlisted(number, { ...(role && { role }), ...(after && { after }) })
  }

  /** One branch after the other, as their results come; then commit. */
  #clientMoves({ branches }: Running): readonly Move[] {
    if (!branches.every(({ progress }) => progress === 'yes')) return []
    const next = branches.length + 1
    return next > this.#scenario.branches.length ? [{ move: 'commit' }] : [{ move: 'call', branch: next }]
  }

  #stepped(process: CoordinatorProcess, event: coordinatorSide.Event): Reaction<CoordinatorProcess> {
    if (process.state === undefined) return { process, sent: [], marks: [] }
    return taken(process, this.#rules.step(process.state, event, policy))
  }

  #delivered(process: CoordinatorProcess, envelope: Envelope): Reaction<CoordinatorProcess> {
    const { body, from: place, isDurable } = envelope
    const common = { at: now, branch: BranchNumber(place), from: identityOf(place) }
    switch (body.type) {
      case 'vote':
        return this.#stepped(process, { ...common, type: 'vote', vote: body.vote })
      case 'status-answer':
        return this.#stepped(process, { ...common, type: 'status-answer', knowledge: body.knowledge })
      case 'decision-answer': {
        const { decision, answer } = body
        const heard = this.#stepped(process, { ...common, type: 'decision-answer', decision, answer })
        if (isDurable !== true || answer.answer !== 'applied') return heard
        const acked = this.#stepped(heard.process, { type: 'acked', at: now, branch: common.branch })
        return { ...acked, sent: [...heard.sent, ...acked.sent], marks: [...heard.marks, ...acked.marks] }
      }
      default:
        throw new Error(`a coordinator gets no ${body.type}`)
    }
  }

  #restarted(durable: readonly CoordinatorRecord[]): Reaction<CoordinatorProcess> {
    const fresh: CoordinatorProcess = { durable, tail: [], armed: [] }
    const recorded = recordedIn(durable)
    if (recorded === undefined) return { process: fresh, sent: [], marks: [] }
    const state = this.#rules.recover(recorded)
    return taken({ ...fresh, state: plain(state) }, this.#rules.resume(state, now, policy))
  }
}

function taken(process: CoordinatorProcess, step: Step): Reaction<CoordinatorProcess> {
  const tail = step.records.length === 0 ? process.tail : [...process.tail, step.records]
  const logged = step.force ? { durable: [...process.durable, ...tail.flat()], tail: [] } : { tail }
  const armed = new Set(process.armed)
  for (const { timer, at: due } of step.timers) {
    if (due === 'never') armed.delete(timer)
    else armed.add(timer)
  }
  const isEnded = step.state.phase === 'ended'
  return {
    process: {
      ...process,
      ...logged,
      state: plain(step.state),
      armed: isEnded ? [] : [...armed].filter((timer) => timer !== 'applied-wait').sort(),
    },
    sent: step.messages.map(envelope),
    marks: step.replies.flatMap((reply) => ('outcome' in reply ? [toldMark(reply.outcome)] : [])),
  }
}

/** How often something was sent, and when, makes no difference to whom it reaches. */
function envelope({ to, message }: coordinatorSide.Sent): Envelope {
  const body = message.type === 'prepare' ? { ...message, attempt: 1, voteBy: later } : message
  return { from: 0, to: numberOf(to), body }
}

/** What no step decides by is the same in all. */
function plain(state: State): State {
  switch (state.phase) {
    case 'running':
      return {
        ...state,
        ...(state.turning === undefined ? {} : { turning: because }),
        branches: state.branches.map((branch) => ({
          ...branch,
          attempt: 1,
          tryNumber: Math.min(branch.tryNumber, policy.sagaRetry.tries + 1),
          dueAt: branch.dueAt === 'never' ? branch.dueAt : now,
        })),
      }
    case 'committing':
    case 'aborting':
      return { ...state, attempt: 1, answered: false }
    default:
      return state
  }
}

/** What the reader of the log makes of it. */
export function recordedIn(records: readonly CoordinatorRecord[]): coordinatorSide.RecordedTransaction | undefined {
  let recorded: coordinatorSide.RecordedTransaction | undefined
  for (const record of records) {
    switch (record.type) {
      case 'saga':
        recorded = {
          facts: record.facts,
          first: { record: 'saga', branches: record.branches, isOpen: record.isOpen },
          hazards: [],
        }
        break
      case 'saga-branch':
        if (recorded?.first.record !== 'saga') break
        recorded = { ...recorded, first: { ...recorded.first, branches: [...recorded.first.branches, record.branch] } }
        break
      case 'compensating':
        if (recorded?.first.record !== 'saga') break
        recorded = { ...recorded, first: { ...recorded.first, compensating: record.reason } }
        break
      case 'decision':
        recorded = {
          facts: record.facts,
          first: { record: 'decision', branches: record.branches },
          hazards: recorded?.hazards ?? [],
        }
        break
      case 'hazard': {
        const { branch, hazard, detail } = record
        if (recorded) recorded = { ...recorded, hazards: [...recorded.hazards, { branch, hazard, detail }] }
        break
      }
      case 'resolved': {
        const { branch, decision, detail } = record
        const known = { branch, hazard: 'hazard' as const, detail, resolved: decision }
        if (recorded) recorded = { ...recorded, hazards: [...recorded.hazards, known] }
        break
      }
      case 'end':
        if (recorded) recorded = { ...recorded, outcome: record.outcome }
        break
      default:
        throw new Error(`a saga logs no ${record.type}`)
    }
  }
  return recorded
}

export const decisionIn = (records: readonly CoordinatorRecord[]): Decision | undefined =>
  records.some(({ type }) => type === 'decision')
    ? 'commit'
    : records.some(({ type }) => type === 'compensating')
      ? 'abort'
      : undefined
