// A participant inside its driver: the real steps, a database with one branch, an operation that does as it likes.

import {
  Instant,
  type ParticipantRecord,
  type participantSide,
  refusal,
  type Sequence,
} from '../../../protocol/index.ts'
import { identityOf, numberOf, participantPolicy, startedAt, voteTimeoutMs } from '../parties.ts'
import {
  aboutOf,
  coordinatorPlace,
  type Envelope,
  type Move,
  nextIncarnation,
  type Outgoing,
  type Party,
  type Place,
  type Process,
  perform,
  type Reaction,
  union,
} from './process.ts'
import type { Result, Rules, Scenario } from './scenario.ts'

type State = participantSide.State
type Event = participantSide.Event
type Step = participantSide.ParticipantStep

export interface ParticipantProcess extends Process<State, ParticipantRecord> {
  /** The epoch of the coordinator that asked last; votes go there. */
  readonly asker: number
  /** The watermark, stored and forced: the transaction has ended if it was begun in this epoch or before; 0 for none. */
  readonly endedEpoch: number
}

/** Several steps of one turn: an operation's result is the next event of the same turn. */
type Turn = Pick<Step, 'state' | 'records' | 'force' | 'messages' | 'timers'>
type Reacted = readonly Reaction<ParticipantProcess>[]

const onTime = startedAt
const late = Instant(startedAt + voteTimeoutMs)

const prepared: Readonly<Record<Result, participantSide.Prepared>> = {
  yes: { prepared: 'yes', result: '"done"', locks: [] },
  'read-only': { prepared: 'read-only', result: '"read"' },
  no: { prepared: 'no', reason: refusal('OUT_OF_STOCK', 'none left') },
  'must-wait': { prepared: 'must-wait' },
}

export function participantParty(place: Place, scenario: Scenario, rules: Rules): Party<ParticipantProcess> {
  const { participant, duties } = rules

  const surroundings = (process: ParticipantProcess): participantSide.Surroundings => ({
    identity: identityOf(place, process.incarnation, process.storage),
    turn: 1,
    hasEnded: ({ epoch }) => epoch <= process.endedEpoch,
    policy: participantPolicy,
  })

  /** All that the event may come to, each operation's result included. */
  function turns(process: ParticipantProcess, state: State, event: Event): readonly Turn[] {
    const step = participant.step(state, event, surroundings(process))
    const at = onTime
    const [work] = step.work.filter((one) => one.work !== 'release-locks')
    if (work === undefined) return [step]
    const results: Event[] =
      work.work === 'prepare'
        ? (scenario.results[place - 1] ?? []).map((result) => ({ type: 'prepared', at, result: prepared[result] }))
        : [{ type: 'applied', at, work, result: { applied: 'ok' } }]
    if (work.work !== 'prepare' && scenario.mayThrow) {
      results.push({ type: 'applied', at, work, result: { applied: 'threw', error: 'disk on fire' } })
    }
    return results.flatMap((result) => turns(process, step.state, result).map((next) => joined(step, next)))
  }

  function happened(process: ParticipantProcess, event: Event, from?: Envelope): Reacted {
    return turns(process, process.state, event).map((turn) => taken(process, turn, from))
  }

  function taken(process: ParticipantProcess, turn: Turn, from?: Envelope): Reaction<ParticipantProcess> {
    const out = turn.messages.map((message) => envelope(process, message, from))
    const { process: after, out: sent } = perform(
      process,
      plain(turn.state),
      turn,
      turn.records,
      out,
      duties.participantHolds,
    )
    if (scenario.isSession) return withHeader({ process: after, out: sent }, out.length > 0)
    if (after.tail.length === 0 || !duties.participantHolds || !duties.acksWhenForced)
      return { process: after, out: sent }
    // A unary answer waits for the force of what was applied.
    const isWaiting = (one: Outgoing) => !('told' in one) && one.body.type === 'decision-answer'
    const held = union(after.held, sent.filter(isWaiting))
    return { process: { ...after, held }, out: sent.filter((one) => !isWaiting(one)) }
  }

  /** With what it sends goes a header that says what is durable here. */
  function withHeader({ process, out }: Reaction<ParticipantProcess>, isSpeaking: boolean) {
    const isDurable = process.durable.some((row) => row.type === 'committed')
    if (!scenario.isSession || !isSpeaking || !isDurable) return { process, out }
    return { process, out: [...out, send(process, coordinatorPlace, { type: 'forced' })] }
  }

  const send = (process: ParticipantProcess, to: Place, body: Envelope['body']): Envelope => ({
    from: place,
    to,
    incarnation: process.incarnation,
    storage: process.storage,
    body,
  })

  function envelope(process: ParticipantProcess, message: participantSide.Message, from?: Envelope): Envelope {
    if (message.to === 'coordinator') {
      return { ...send(process, coordinatorPlace, { type: 'inquire' }), about: message.inquire.sequence }
    }
    if (message.to === 'member') {
      const question = send(process, numberOf(message.member.participant), message.message)
      return { ...question, about: message.message.sequence }
    }
    const answer = message.message
    const isToMember = answer.type === 'status-answer' && from !== undefined && from.from !== coordinatorPlace
    if (isToMember) return { ...send(process, from.from, answer), only: from.incarnation, ...aboutOf(from) }
    return { ...send(process, coordinatorPlace, answer), only: process.asker }
  }

  function forced(process: ParticipantProcess): Reaction<ParticipantProcess> {
    const durable = [...process.durable, ...process.tail.flat()].slice(-1)
    const { held } = process
    return withHeader({ process: { ...process, durable, tail: [], mustForce: false, held: [] }, out: held }, true)
  }

  function restarted(process: ParticipantProcess, durable: readonly ParticipantRecord[], storage: number) {
    const endedEpoch = storage === process.storage ? process.endedEpoch : 0
    const fresh = {
      ...empty,
      incarnation: nextIncarnation(process.incarnation, scenario.isCoarse),
      durable,
      storage,
      endedEpoch,
    }
    const [newest] = durable
    const state: State = newest === undefined ? { state: 'none' } : participant.recover(newest)
    const step = participant.resume(state, onTime, surroundings(fresh))
    return taken({ ...fresh, state }, step)
  }

  /** The watermark is stored and forced; then what it covers may go (P6). */
  function passed(process: ParticipantProcess, epoch: number): Reacted {
    if (epoch <= process.endedEpoch) return []
    const { process: durable, out } = forced(process)
    const stored = { ...durable, endedEpoch: epoch }
    return [{ process: epochOf(durable.state) <= epoch ? dropped(stored) : stored, out }]
  }

  function delivered(process: ParticipantProcess, from: Envelope, isLate: boolean): Reacted {
    const { body } = from
    const at = isLate ? late : onTime
    const isFromCoordinator = from.from === coordinatorPlace
    if (isFromCoordinator && duties.fences && from.incarnation < seenEpoch(process)) return []
    const heard = isFromCoordinator ? { ...process, asker: Math.max(process.asker, from.incarnation) } : process
    switch (body.type) {
      case 'prepare':
        return happened(heard, { type: 'prepare', at, message: body }, from)
      case 'commit':
        return happened(heard, { type: 'commit', at, message: body }, from)
      case 'abort':
        return happened(heard, { type: 'abort', at, message: body }, from)
      case 'status':
        return happened(heard, { type: 'status', at, message: body }, from)
      case 'inquiry-answer':
        return happened(heard, { type: 'inquiry-answer', at, answer: body.answer, ...questionOf(from) }, from)
      case 'status-answer':
        return happened(process, { type: 'member-answer', at, knowledge: body.knowledge, ...questionOf(from) }, from)
      case 'watermark':
        return passed(heard, body.epoch)
      default:
        return []
    }
  }

  const questionOf = ({ about }: Envelope): { readonly sequence?: Sequence } =>
    about === undefined || !duties.matchesAnswers ? {} : { sequence: about }

  function onTimer(process: ParticipantProcess, timer: string): Reacted {
    const fired = { ...process, armed: process.armed.filter((name) => name !== timer) }
    const at = timer === 'lock-wait' ? late : onTime
    return happened(fired, { type: 'timer', at, timer: timer as participantSide.TimerName })
  }

  return {
    start: { process: empty, out: [] },
    moves(process) {
      const { state, tail, armed } = process
      const isCommitted = tail.length === 0 && state.state === 'committed'
      return [
        ...armed.map((timer): Move => ({ move: 'timer', timer, isLate: false })),
        ...(tail.length > 0 ? [{ move: 'force' } as const] : []),
        ...tail.map((_, index): Move => ({ move: 'crash', keeps: index + 1 })),
        { move: 'crash', keeps: 0 },
        ...(state.state === 'prepared' && scenario.isCooperative ? [{ move: 'no coordinator' } as const] : []),
        ...(state.state === 'active' && state.waiting ? [{ move: 'lock free' } as const] : []),
        ...(isCommitted && !duties.keepsUntilWatermark ? [{ move: 'drop' } as const] : []),
        { move: 'lose disk' },
      ]
    },
    isSettled: ({ state, endedEpoch }) =>
      endedEpoch > 0 && scenario.submitsAgain === 0 && !['active', 'prepared'].includes(state.state),
    react(process, move) {
      switch (move.move) {
        case 'deliver':
          return delivered(process, move.envelope, move.isLate)
        case 'timer':
          return onTimer(process, move.timer)
        case 'force':
          return [forced(process)]
        case 'crash': {
          const rows = [...process.durable, ...process.tail.slice(0, move.keeps).flat()]
          return [restarted(process, rows.slice(-1), process.storage)]
        }
        case 'lose disk':
          return [restarted(process, [], process.storage + 1)]
        case 'no coordinator':
          return happened(process, { type: 'no-coordinator', at: onTime })
        case 'lock free':
          return happened(process, { type: 'lock-free', at: onTime })
        case 'drop':
          return [{ process: dropped(process), out: [] }]
        default:
          return []
      }
    },
  }
}

const empty: ParticipantProcess = {
  incarnation: 1,
  storage: 0,
  state: { state: 'none' },
  durable: [],
  tail: [],
  mustForce: false,
  held: [],
  armed: [],
  asker: 0,
  endedEpoch: 0,
}

const joined = (first: Turn, second: Turn): Turn => ({
  state: second.state,
  records: [...first.records, ...second.records],
  force: first.force || second.force,
  messages: [...first.messages, ...second.messages],
  timers: [...first.timers, ...second.timers],
})

/** How often a branch has inquired or tried makes no difference to what it does next. */
function plain(state: State): State {
  if (state.state !== 'prepared') return state
  const { applying } = state
  if (applying === undefined) return { ...state, inquiries: 0 }
  return { ...state, inquiries: 0, applying: { ...applying, attempt: Math.min(applying.attempt, 2) } }
}

/** The highest epoch heard of since the start, or stored with a row. */
const seenEpoch = ({ asker, durable: [row] }: ParticipantProcess): number =>
  row === undefined ? asker : Math.max(asker, row.type === 'aborted' ? row.sequence.epoch : row.branch.sequence.epoch)

/** Of the transaction's sequence, as the branch knows it. */
function epochOf(state: State): number {
  switch (state.state) {
    case 'none':
      return 0
    case 'active':
    case 'read-only':
      return state.request.sequence.epoch
    case 'aborted':
      return state.sequence.epoch
    default:
      return state.branch.sequence.epoch
  }
}

const isDroppable: readonly State['state'][] = ['committed', 'aborted', 'read-only']

const dropped = (process: ParticipantProcess): ParticipantProcess =>
  isDroppable.includes(process.state.state) ? { ...process, durable: [], state: { state: 'none' } } : process
