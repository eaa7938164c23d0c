// A participant inside its driver: the real steps, a database with one branch, an operation that counts what it has done.

import { type ParticipantRecord, type participantSide, reason, refusal } from '../../../../protocol/index.ts'
import { at, identityOf } from '../parties.ts'
import type { Body, Envelope, Mark, Move, Place, Reaction } from './process.ts'
import type { Result, Rules, Scenario } from './scenario.ts'

type State = participantSide.State
type Event = participantSide.Event
type Step = participantSide.ParticipantStep

/** How often, at most 2: what the operation has written, which stands in the same rows as the record. */
export interface Effects {
  readonly work: number
  readonly compensation: number
  readonly confirmation: number
}

interface Written {
  readonly row?: ParticipantRecord
  readonly effects: Effects
}

export interface ParticipantProcess extends Written {
  readonly state: State
  /** Written and not forced, oldest first: what the database would be with each. */
  readonly tail: readonly Written[]
}

/** Several steps of one turn: an operation's result is the next event of the same turn. */
type Turn = Pick<Step, 'state' | 'records' | 'force' | 'messages'> & { readonly effects: Effects }

const nothing: Effects = { work: 0, compensation: 0, confirmation: 0 }
const now = at(0)

const prepared: Readonly<Record<Result, participantSide.Prepared>> = {
  does: { prepared: 'yes', result: '"done"', locks: [] },
  refuses: { prepared: 'no', reason: refusal('OUT_OF_STOCK', 'none left') },
  fails: { prepared: 'no', reason: reason('OPERATION_FAILED', 'disk on fire') },
}

/** What is visible there; durable or not. */
export const visible = ({ tail, effects }: ParticipantProcess): Effects => tail.at(-1)?.effects ?? effects

export class Participant {
  readonly #place: Place
  readonly #scenario: Scenario
  readonly #rules: Rules['participant']

  constructor(place: Place, scenario: Scenario, rules: Rules) {
    this.#place = place
    this.#scenario = scenario
    this.#rules = rules.participant
  }

  readonly start: ParticipantProcess = { state: { state: 'none' }, tail: [], effects: nothing }

  moves({ state, tail }: ParticipantProcess): readonly Move[] {
    return [
      ...(state.state === 'prepared' && state.applying !== undefined
        ? [{ move: 'timer', timer: 'retry' } as const]
        : []),
      ...(tail.length > 0 ? [{ move: 'force' } as const] : []),
      ...[...tail, undefined].map((_, keeps): Move => ({ move: 'crash', keeps })),
    ]
  }

  /** Whether it may inquire for the decision. */
  mayInquire({ state }: ParticipantProcess): boolean {
    if (state.state !== 'prepared') return false
    const step = this.#rules.step(state, { type: 'timer', at: now, timer: 'in-doubt' }, surroundings(this.#place))
    return step.messages.some(({ to }) => to === 'coordinator')
  }

  react(process: ParticipantProcess, move: Move): readonly Reaction<ParticipantProcess>[] {
    switch (move.move) {
      case 'deliver': {
        const { body } = move.envelope
        if (!('type' in body) || !isToParticipant(body)) throw new Error(`a participant gets no ${body.type}`)
        return this.#happened(process, { type: body.type, at: now, message: body } as Event)
      }
      case 'told':
        return this.#happened(process, { type: 'inquiry-answer', at: now, answer: move.answer })
      case 'timer':
        return this.#happened(process, { type: 'timer', at: now, timer: 'retry' })
      case 'force': {
        const written = process.tail.at(-1) ?? process
        return [{ process: { ...process, ...withoutTail(written), tail: [] }, sent: [], marks: [] }]
      }
      case 'crash': {
        const written = move.keeps === 0 ? process : (process.tail[move.keeps - 1] ?? process)
        const { row } = written
        const state: State = row === undefined ? { state: 'none' } : this.#rules.recover(row)
        const fresh = { ...withoutTail(written), tail: [], state }
        const { state: resumed } = this.#rules.resume(state, now, surroundings(this.#place))
        return [{ process: { ...fresh, state: plain(resumed) }, sent: [], marks: [] }]
      }
      case 'call':
      case 'commit':
        throw new Error('a participant is called by its coordinator')
    }
  }

  #happened(process: ParticipantProcess, event: Event): readonly Reaction<ParticipantProcess>[] {
    return this.#turns(process, process.state, event, visible(process)).map((turn) => {
      const row = turn.records.at(-1)
      const written: Written = { row: row ?? rowOf(process), effects: turn.effects }
      const isWritten = row !== undefined || turn.effects !== visible(process)
      const tail = isWritten ? [...process.tail, written] : process.tail
      const next: ParticipantProcess = { ...process, state: plain(turn.state), tail }
      const after = turn.force && tail.length > 0 ? { ...next, ...withoutTail(written), tail: [] } : next
      const sent = turn.messages.flatMap((message) => (message.to === 'asker' ? [message.message] : []))
      const isDurable = after.tail.length === 0 ? ({ isDurable: true } as const) : {}
      const envelopes = sent.map((body): Envelope => ({ from: this.#place, to: 0, body, ...isDurable }))
      return { process: after, sent: envelopes, marks: this.#marks(sent, turn.effects, process) }
    })
  }

  /** All that the event may come to, each operation's result included. */
  #turns(process: ParticipantProcess, state: State, event: Event, effects: Effects): readonly Turn[] {
    const step = this.#rules.step(state, event, surroundings(this.#place))
    const [work] = step.work.filter((one) => one.work !== 'release-locks')
    if (work === undefined) return [{ ...step, effects }]
    const done = (kind: keyof Effects): Effects => ({ ...effects, [kind]: Math.min(effects[kind] + 1, 2) })
    const results: readonly (readonly [Event, Effects])[] =
      work.work === 'prepare'
        ? (this.#scenario.branches[this.#place - 1]?.results ?? []).map((result) => [
            { type: 'prepared', at: now, result: prepared[result] },
            result === 'does' ? done('work') : effects,
          ])
        : [
            [{ type: 'applied', at: now, work, result: { applied: 'ok' } }, done(appliedOf[work.work])],
            ...(this.#scenario.mayThrow
              ? [[{ type: 'applied', at: now, work, result: { applied: 'threw', error: '' } }, effects] as const]
              : []),
          ]
    return results.flatMap(([result, then]) => {
      const next = this.#turns(process, step.state, result, then)
      return next.map((turn) => ({
        ...turn,
        records: [...step.records, ...turn.records],
        force: step.force || turn.force,
        messages: [...step.messages, ...turn.messages],
      }))
    })
  }

  #marks(sent: readonly Body[], effects: Effects, process: ParticipantProcess): readonly Mark[] {
    const marks = sent.flatMap((body): Mark[] => {
      if (body.type !== 'vote' || this.#scenario.mayTimeOut) return []
      if (body.vote.vote === 'no' && body.vote.reason.refused) return [`refused ${this.#place}`]
      return body.vote.vote === 'failed' ? [`failed ${this.#place} try ${body.vote.tryNumber}`] : []
    })
    return effects.compensation > visible(process).compensation ? [...marks, 'compensates'] : marks
  }
}

const appliedOf = { commit: 'confirmation', abort: 'compensation' } as const

const withoutTail = ({ row, effects }: Written): Written => (row === undefined ? { effects } : { row, effects })

const rowOf = ({ tail, row }: ParticipantProcess): ParticipantRecord => (tail.at(-1)?.row ?? row) as ParticipantRecord

const surroundings = (place: Place): participantSide.Surroundings => ({
  identity: identityOf(place),
  turn: 1,
  hasEnded: () => false,
  policy: {
    inquiryDelayMs: 1,
    inquiryBackoff: { firstMs: 1, maxMs: 1 },
    retry: { firstMs: 1, maxMs: 1 },
    lockWaitMs: 1,
    roundTimeoutMs: 1,
  },
})

const isToParticipant = (body: Body): boolean => ['prepare', 'commit', 'abort', 'status'].includes(body.type)

/** Whether the operation was read, how often it inquired: nobody decides by that. */
function plain(state: State): State {
  if (state.state !== 'prepared') return state
  const { applying } = state
  return { ...state, inquiries: 0, ...(applying === undefined ? {} : { applying: { ...applying, attempt: 1 } }) }
}
