// A participant with one branch inside its driver: the real steps over a database that loses what is not forced.

import { type ParticipantRecord, type participantSide, refusal, type Sequence } from '../../../protocol/index.ts'
import { coordinatorPlace, type Envelope, type Party, type Place, type Reaction } from '../explore/process.ts'
import { identityOf, numberOf, participantPolicy } from '../parties.ts'
import { late, loseDiskMove, noCoordinatorMove, onTime, ownMoves, type Process, perform } from './process.ts'
import type { Result, Rules, Scenario } from './scenario.ts'

type State = participantSide.State
type Event = participantSide.Event
type Step = participantSide.ParticipantStep

export interface ParticipantProcess extends Process<State, ParticipantRecord> {
  /** Another number after a lost disk. */
  readonly storage: number
  /** The highest epoch heard of; lower ones are fenced. */
  readonly epoch: number
  /** The watermark: what was begun in this epoch or before has ended. */
  readonly endedEpoch: number
}

type Turn = Pick<Step, 'state' | 'records' | 'force' | 'messages' | 'timers'>
type Reacted = readonly Reaction<ParticipantProcess>[]

const prepared: Readonly<Record<Result, participantSide.Prepared>> = {
  yes: { prepared: 'yes', result: '', locks: [] },
  'read-only': { prepared: 'read-only', result: '' },
  no: { prepared: 'no', reason: refusal('OUT_OF_STOCK', 'none left') },
}

export function participantParty(place: Place, scenario: Scenario, rules: Rules): Party<ParticipantProcess> {
  const { participant } = rules
  const identity = ({ storage }: ParticipantProcess) => identityOf(place, 1, rules.tellsStorages ? storage : 0)
  const around = (process: ParticipantProcess): participantSide.Surroundings => ({
    identity: identity(process),
    turn: 1,
    hasEnded: ({ epoch }) => epoch <= process.endedEpoch,
    policy: participantPolicy,
  })

  /** All that the event may come to, each operation's result included. */
  function turns(process: ParticipantProcess, state: State, event: Event): readonly Turn[] {
    const step = participant.step(state, event, around(process))
    const [work] = step.work.filter((one) => one.work !== 'release-locks')
    if (work === undefined) return [step]
    const results: Event[] =
      work.work === 'prepare'
        ? (scenario.results[place - 1] ?? []).map((one) => ({ type: 'prepared', at: onTime, result: prepared[one] }))
        : [{ type: 'applied', at: onTime, work, result: { applied: 'ok' } }]
    if (work.work !== 'prepare' && scenario.mayThrow)
      results.push({ type: 'applied', at: onTime, work, result: { applied: 'threw', error: 'disk on fire' } })
    return results.flatMap((result) => turns(process, step.state, result).map((next) => joined(step, next)))
  }

  const happened = (process: ParticipantProcess, event: Event, from?: Envelope): Reacted =>
    turns(process, process.state, event).map((turn) => taken(process, turn, from))

  function taken(process: ParticipantProcess, turn: Turn, from?: Envelope): Reaction<ParticipantProcess> {
    const sent = turn.messages.map((message) => envelope(process, message, from))
    return perform(process, plain(turn.state), turn, sent, (rows) => rows.slice(-1))
  }

  function envelope(process: ParticipantProcess, message: participantSide.Message, from?: Envelope): Envelope {
    const mine = { from: place, incarnation: 1, storage: process.storage }
    switch (message.to) {
      case 'coordinator':
        return { ...mine, to: coordinatorPlace, body: { type: 'inquire' } }
      case 'voting-coordinator':
        return { ...mine, to: coordinatorPlace, body: message.message, about: message.message.sequence }
      case 'member': {
        const to = numberOf(message.member.participant)
        return { ...mine, to, body: message.message, about: message.message.sequence }
      }
      case 'asker': {
        const to = from?.from ?? coordinatorPlace
        const about = from?.about === undefined ? {} : { about: from.about }
        // A vote reaches only the epoch that asked for it, as on a session.
        const only = message.message.type === 'vote' ? { only: process.epoch } : {}
        return { ...mine, to, body: message.message, ...about, ...only }
      }
    }
  }

  function restarted(before: ParticipantProcess, durable: readonly ParticipantRecord[], storage: number) {
    const endedEpoch = storage === before.storage ? before.endedEpoch : 0
    const epoch = storage === before.storage ? before.epoch : 1
    const fresh: ParticipantProcess = { ...empty, durable, storage, endedEpoch, epoch }
    const newest = durable.at(-1)
    const state: State = newest === undefined ? { state: 'none' } : participant.recover(newest)
    return taken({ ...fresh, state }, participant.resume(state, onTime, around(fresh)))
  }

  function passed(process: ParticipantProcess, epoch: number): Reacted {
    if (epoch <= process.endedEpoch) return []
    const durable = [...process.durable, ...process.tail].slice(-1)
    const stored = { ...process, durable, tail: [], endedEpoch: epoch }
    const isDropped = ['committed', 'aborted'].includes(stored.state.state) && epochOf(stored.state) <= epoch
    return [{ process: isDropped ? { ...stored, durable: [], state: { state: 'none' } } : stored, out: [] }]
  }

  function delivered(process: ParticipantProcess, from: Envelope): Reacted {
    const { body } = from
    const isFromCoordinator = from.from === coordinatorPlace && from.about === undefined
    if (isFromCoordinator && from.incarnation < process.epoch) return []
    const heard = isFromCoordinator ? { ...process, epoch: Math.max(process.epoch, from.incarnation) } : process
    const at = onTime
    switch (body.type) {
      case 'prepare':
        return happened(heard, { type: 'prepare', at, message: body }, from)
      case 'commit':
        return happened(heard, { type: 'commit', at, message: body }, from)
      case 'abort':
        return happened(heard, { type: 'abort', at, message: body }, from)
      case 'collect':
        return happened(heard, { type: 'collect', at, message: body }, from)
      case 'pre-commit':
      case 'pre-abort':
        return happened(heard, { type: body.type, at, message: body }, from)
      case 'inquiry-answer':
        return happened(heard, { type: 'inquiry-answer', at, answer: body.answer }, from)
      case 'ballot-answer': {
        const { storageId } = identityOf(from.from, 1, rules.tellsStorages ? from.storage : 0)
        const voter = from.from === coordinatorPlace ? 'coordinator' : { storageId, branch: body.branch }
        const { to, ballot, answer } = body
        return happened(process, { type: 'ballot-answer', at, from: voter, to, ballot, answer, ...aboutOf(from) })
      }
      case 'watermark':
        return passed(heard, body.epoch)
      default:
        return []
    }
  }

  const aboutOf = ({ about }: Envelope): { readonly sequence?: Sequence } =>
    about === undefined || !rules.tellsSequences ? {} : { sequence: about }

  function onTimer(process: ParticipantProcess, timer: string): Reacted {
    const fired = { ...process, armed: process.armed.filter((name) => name !== timer) }
    return happened(fired, { type: 'timer', at: onTime, timer: timer as participantSide.TimerName })
  }

  return {
    start: { process: empty, out: [] },
    moves: (process) => [
      ...ownMoves(process),
      ...(process.state.state === 'prepared' ? [noCoordinatorMove] : []),
      loseDiskMove,
    ],
    isSettled: () => false,
    react(process, move) {
      switch (move.move) {
        case 'deliver':
          return delivered(process, move.envelope)
        case 'timer':
          return onTimer(process, move.timer)
        case 'no coordinator':
          return happened(process, { type: 'no-coordinator', at: late })
        case 'force': {
          const durable = [...process.durable, ...process.tail].slice(-1)
          return [{ process: { ...process, durable, tail: [] }, out: [] }]
        }
        case 'crash': {
          const rows = [...process.durable, ...process.tail.slice(0, move.keeps)]
          return [restarted(process, rows.slice(-1), process.storage)]
        }
        case 'lose disk':
          return [restarted(process, [], process.storage + 1)]
        default:
          return []
      }
    },
  }
}

const empty: ParticipantProcess = {
  state: { state: 'none' },
  durable: [],
  tail: [],
  armed: [],
  storage: 0,
  epoch: 1,
  endedEpoch: 0,
}

const joined = (first: Turn, second: Turn): Turn => ({
  state: second.state,
  records: [...first.records, ...second.records],
  force: first.force || second.force,
  messages: [...first.messages, ...second.messages],
  timers: [...first.timers, ...second.timers],
})

/** Counts of tries and deadlines of rounds make no difference to what can happen next. */
function plain(state: State): State {
  if (state.state !== 'prepared') return state
  const { applying, round } = state
  return {
    ...state,
    inquiries: 0,
    ...(applying === undefined ? {} : { applying: { ...applying, attempt: Math.min(applying.attempt, 2) } }),
    ...(round === undefined ? {} : { round: { ...round, until: onTime } }),
  }
}

/** Which try of the transaction a branch knows: the epoch of its sequence. */
export function epochOf(state: State): number {
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
