// The coordinator inside its driver: the real steps, a log, one transaction.

import {
  BranchNumber,
  type CoordinatorRecord,
  type coordinatorSide,
  Epoch,
  type Identity,
  Instant,
  type TransactionFacts,
} from '../../../protocol/index.ts'
import {
  coordinatorPolicy,
  enlisted,
  facts,
  identityOf,
  numberOf,
  participantName,
  startedAt,
  voteTimeoutMs,
} from '../parties.ts'
import { recordedIn } from './coordinator-log.ts'
import {
  aboutOf,
  coordinatorPlace,
  type Envelope,
  type Move,
  nextIncarnation,
  type Outgoing,
  type Party,
  type Process,
  perform,
  type Reaction,
} from './process.ts'
import type { Rules, Scenario } from './scenario.ts'

type State = coordinatorSide.State
type Step = coordinatorSide.CoordinatorStep

export interface CoordinatorProcess extends Process<State | undefined, CoordinatorRecord> {
  /** By branch: the boot whose `applied` waits for its force. */
  readonly applied: readonly (number | undefined)[]
  /** What became of the transaction was known and is not kept any longer. */
  readonly isTrimmed: boolean
  /** In this epoch somebody was told that the unknown transaction has aborted: it can not be begun (design rule 10). */
  readonly isBarred: boolean
}

type Reacted = readonly Reaction<CoordinatorProcess>[]

const onTime = startedAt
const late = Instant(startedAt + voteTimeoutMs)

export function coordinatorParty(scenario: Scenario, rules: Rules): Party<CoordinatorProcess> {
  const { duties, coordinator } = rules
  const numbers = scenario.results.map((_, index) => index + 1)

  function submit(process: CoordinatorProcess): Reaction<CoordinatorProcess> {
    const policy = { ...coordinatorPolicy, onePhase: scenario.isOnePhase }
    return taken(process, coordinator.submit(factsIn(process.incarnation), numbers.map(enlisted), onTime, policy))
  }

  function taken(process: CoordinatorProcess, step: Step, more: readonly Outgoing[] = []) {
    const out = [...step.messages.map((sent) => envelope(process, sent)), ...told(step), ...more]
    // An aborted row says no more than no row; recovery.test.ts looks at it.
    const records = step.records.filter(({ type }) => type !== 'aborted')
    const performed = perform(process, plain(step.state), step, records, out, duties.coordinatorHolds)
    // The driver clears the timers of what has ended.
    const armed = step.state.phase === 'ended' ? [] : performed.process.armed
    const reaction = { ...performed, process: { ...performed.process, armed } }
    return duties.watermarkWhenDurable ? reaction : withWatermark(reaction)
  }

  const stepped = (process: CoordinatorProcess, event: coordinatorSide.Event): Reacted =>
    process.state === undefined ? [] : [taken(process, coordinator.step(process.state, event, coordinatorPolicy))]

  /** K3 of the driver: only a durable end moves the watermark. */
  function withWatermark({ process, out }: Reaction<CoordinatorProcess>): Reaction<CoordinatorProcess> {
    const isOpen = process.state !== undefined && process.state.phase !== 'ended'
    if (!scenario.isForgotten || isOpen || (duties.watermarkWhenDurable && process.tail.length > 0))
      return { process, out }
    const epoch = process.state === undefined && !process.isTrimmed ? process.incarnation - 1 : process.incarnation
    const passed = numbers.map((to): Envelope => send(process, to, { type: 'watermark', epoch }))
    return { process, out: [...out, ...passed] }
  }

  function forced(process: CoordinatorProcess): Reaction<CoordinatorProcess> {
    const durable = [...process.durable, ...process.tail.flat()]
    return withWatermark({ process: { ...process, durable, tail: [], mustForce: false, held: [] }, out: process.held })
  }

  function crashed(process: CoordinatorProcess, keeps: number): Reaction<CoordinatorProcess> {
    const durable = [...process.durable, ...process.tail.slice(0, keeps).flat()]
    const { isTrimmed } = process
    const fresh = { ...empty, incarnation: nextIncarnation(process.incarnation, scenario.isCoarse), durable, isTrimmed }
    const recorded = recordedIn(durable)
    if (recorded === undefined) return withWatermark({ process: fresh, out: [] })
    const state = coordinator.recover(recorded)
    if (state === undefined) return withWatermark({ process: fresh, out: [] })
    return withWatermark(taken({ ...fresh, state }, coordinator.resume(state, onTime, coordinatorPolicy)))
  }

  function inquired(process: CoordinatorProcess, from: Envelope): Reacted {
    const branch = BranchNumber(from.from)
    const step =
      process.state === undefined
        ? undefined
        : coordinator.step(process.state, { type: 'inquiry', branch }, coordinatorPolicy)
    const reply = step?.replies.find((one) => one.type === 'inquiry')
    const answer = reply?.type === 'inquiry' ? reply.answer : 'abort'
    const told = send(process, from.from, { type: 'inquiry-answer', answer })
    const envelope = { ...told, only: from.incarnation, ...aboutOf(from) }
    if (step !== undefined) return [taken(process, step, [envelope])]
    return [{ process: { ...process, isBarred: duties.barsWhatItAborts }, out: [envelope] }]
  }

  /** A header with another storage id is an event of its own, before the message. */
  function delivered(process: CoordinatorProcess, envelope: Envelope): Reacted {
    if (envelope.storage === 0) return received(process, envelope)
    const participant = participantName(envelope.from)
    const { storageId } = identityOf(envelope.from, envelope.incarnation, envelope.storage)
    const changed = stepped(process, { type: 'storage-changed', at: onTime, participant, storageId })
    if (changed.length === 0) return received(process, envelope)
    return changed.flatMap((first) =>
      received(first.process, envelope).map((then) => ({ ...then, out: [...first.out, ...then.out] })),
    )
  }

  function received(process: CoordinatorProcess, envelope: Envelope): Reacted {
    const { body } = envelope
    const branch = BranchNumber(envelope.from)
    const from: Identity = identityOf(envelope.from, envelope.incarnation, envelope.storage)
    switch (body.type) {
      case 'vote':
        return stepped(process, { type: 'vote', at: onTime, branch, vote: body.vote, from })
      case 'status-answer':
        return stepped(process, { type: 'status-answer', at: onTime, branch, knowledge: body.knowledge, from })
      case 'inquire':
        return inquired(process, envelope)
      case 'decision-answer': {
        if (body.decision !== 'commit') return []
        const event = {
          type: 'decision-answer' as const,
          at: onTime,
          branch,
          decision: body.decision,
          answer: body.answer,
          from,
        }
        const answered = stepped(process, event)
        if (body.answer.answer !== 'applied') return answered
        if (!scenario.isSession || !duties.acksWhenForced) {
          return answered.flatMap((one) => stepped(one.process, { type: 'acked', at: onTime, branch }))
        }
        return answered.map((one) => ({ ...one, process: noted(one.process, envelope) }))
      }
      case 'forced':
        if (process.applied[envelope.from] !== envelope.incarnation) return []
        return stepped(process, { type: 'acked', at: onTime, branch })
      default:
        return []
    }
  }

  function onTimer(process: CoordinatorProcess, timer: string, isLate: boolean): Reacted {
    const at = isLate || timer === 'vote-deadline' ? late : onTime
    const fired = { ...process, armed: process.armed.filter((name) => name !== timer) }
    return stepped(fired, { type: 'timer', at, timer: timer as coordinatorSide.TimerName })
  }

  return {
    start: submit(empty),
    moves(process) {
      const { state, tail, armed, isTrimmed, isBarred } = process
      // The bounded wait for `applied` tells clients what they know already.
      const timers = armed.filter((timer) => timer !== 'applied-wait' && timer !== 'timeout')
      const isCommitted = state?.phase === 'ended' && state.outcome.outcome !== 'aborted' && tail.length === 0
      return [
        ...timers.map((timer): Move => ({ move: 'timer', timer, isLate: false })),
        ...(state?.phase === 'delegated' ? [{ move: 'timer', timer: 'resend', isLate: true } as const] : []),
        ...(tail.length > 0 ? [{ move: 'force' } as const] : []),
        ...tail.map((_, index): Move => ({ move: 'crash', keeps: index + 1 })),
        { move: 'crash', keeps: 0 },
        ...(isCommitted && scenario.isForgotten ? [{ move: 'trim' } as const] : []),
        ...(state === undefined && !isTrimmed ? [{ move: 'ask' } as const] : []),
        ...(state === undefined && !isTrimmed && !isBarred ? [{ move: 'submit again' } as const] : []),
      ]
    },
    isSettled({ state, held, isTrimmed }) {
      if (state === undefined) return isTrimmed || scenario.submitsAgain === 0
      return state.phase === 'ended' && held.length === 0
    },
    react(process, move) {
      switch (move.move) {
        case 'deliver':
          return delivered(process, move.envelope)
        case 'timer':
          return onTimer(process, move.timer, move.isLate)
        case 'force':
          return [forced(process)]
        case 'crash':
          return [crashed(process, move.keeps)]
        case 'trim':
          return [{ process: { ...empty, incarnation: process.incarnation, isTrimmed: true }, out: [] }]
        case 'submit again':
          return [submit(process)]
        case 'ask':
          return [{ process, out: [{ told: 'aborted' }] }]
        default:
          return []
      }
    },
  }
}

const empty: CoordinatorProcess = {
  incarnation: 1,
  storage: 0,
  state: undefined,
  durable: [],
  tail: [],
  mustForce: false,
  held: [],
  armed: [],
  applied: [],
  isTrimmed: false,
  isBarred: false,
}

const factsIn = (epoch: number): TransactionFacts => ({
  ...facts,
  sequence: { epoch: Epoch(epoch), number: facts.sequence.number },
})

const send = (process: CoordinatorProcess, to: number, body: Envelope['body']): Envelope => ({
  from: coordinatorPlace,
  to,
  incarnation: process.incarnation,
  storage: 0,
  body,
})

/** How often something was sent makes no difference to whom it reaches; only first and later are kept apart. */
function envelope(process: CoordinatorProcess, { to, message }: coordinatorSide.Sent): Envelope {
  const body = message.type === 'prepare' ? { ...message, attempt: 1 } : message
  return send(process, numberOf(to), body)
}

function plain(state: State): State {
  switch (state.phase) {
    case 'active':
    case 'preparing':
      return { ...state, branches: state.branches.map((branch) => ({ ...branch, attempt: 1 })) }
    case 'delegated':
      return { ...state, attempt: Math.min(state.attempt, 2) }
    case 'committing':
      return { ...state, attempt: 1 }
    case 'aborting':
    case 'pre-committing':
    case 'running':
      throw new Error(`no two-phase transaction is ${state.phase}`)
    case 'ended':
      return state
  }
}

const told = (step: Step): Outgoing[] =>
  step.replies.flatMap((reply) =>
    reply.type === 'decided' || reply.type === 'applied' ? [{ told: reply.outcome.outcome }] : [],
  )

function noted(process: CoordinatorProcess, { from, incarnation }: Envelope): CoordinatorProcess {
  const applied = [...process.applied]
  applied[from] = incarnation
  return { ...process, applied: Array.from(applied, (boot) => boot) }
}
