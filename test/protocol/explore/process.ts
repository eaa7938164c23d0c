// A process as the explorer sees it: what it has in memory, what it has written, what is forced, what waits for the
// force. The drivers' order (design section 4) is kept here: nothing leaves before the newest force that was asked for.

import type { FromParticipant, InquiryAnswer, Outcome, Sequence, Step, ToParticipant } from '../../../protocol/index.ts'
import { canonical } from './interned.ts'

/** 0 is the coordinator, 1, 2, … are the participants. */
export type Place = number
export const coordinatorPlace: Place = 0

export type Body =
  | ToParticipant
  | FromParticipant
  | { readonly type: 'inquire' }
  | { readonly type: 'inquiry-answer'; readonly answer: InquiryAnswer }
  /** A participant's header: everything it applied in this boot is durable. */
  | { readonly type: 'forced' }
  /** A coordinator's header: what it began in this epoch and in earlier ones has ended. */
  | { readonly type: 'watermark'; readonly epoch: number }

export interface Envelope {
  readonly from: Place
  readonly to: Place
  /** The sender's epoch or boot. */
  readonly incarnation: number
  /** The sender's database: another number after a lost disk. */
  readonly storage: number
  /** An answer reaches only the very process that asked: this epoch or boot of it, and dies with it. */
  readonly only?: number
  /** Of a branch's question and its answer: the sequence that the question was about. */
  readonly about?: Sequence
  readonly body: Body
}

/** For the answer: what the question was about. */
export const aboutOf = ({ about }: Envelope): { readonly about?: Sequence } => (about === undefined ? {} : { about })

/** Epochs and boots as they are told apart. */
export const nextIncarnation = (incarnation: number, isCoarse: boolean): number => (isCoarse ? 2 : incarnation + 1)

/** What leaves a process: messages, and answers to the client. */
export type Outgoing = Envelope | { readonly told: Outcome['outcome'] }

export interface Process<State, Row> {
  /** Epoch or boot. */
  readonly incarnation: number
  readonly storage: number
  readonly state: State
  readonly durable: readonly Row[]
  /** By step: appended and not forced. A crash keeps none of it, all of it, or any beginning. */
  readonly tail: readonly (readonly Row[])[]
  readonly mustForce: boolean
  /** Waits for the force. */
  readonly held: readonly Outgoing[]
  readonly armed: readonly string[]
}

/** What may happen to a process; `deliver` whatever was ever sent to it. */
export type Move =
  | { readonly move: 'deliver'; readonly envelope: Envelope; readonly isLate: boolean }
  | { readonly move: 'timer'; readonly timer: string; readonly isLate: boolean }
  | { readonly move: 'force' }
  /** It stops, and starts again with what was durable and the first `keeps` steps of the tail. */
  | { readonly move: 'crash'; readonly keeps: number }
  /** It starts again with an empty database. */
  | { readonly move: 'lose disk' }
  /** A participant cannot reach any coordinator of the branch's log. */
  | { readonly move: 'no coordinator' }
  /** A lock came free. */
  | { readonly move: 'lock free' }
  /** The client asks about a transaction that is unknown: it is aborted, and its id barred. */
  | { readonly move: 'ask' }
  /** The client, told STALE_EPOCH and no outcome, sends the same request again under the same id. */
  | { readonly move: 'submit again' }
  /** An ended transaction leaves the coordinator's log. */
  | { readonly move: 'trim' }
  /** A participant drops a record as if it were below the watermark; only mutants do. */
  | { readonly move: 'drop' }

export interface Reaction<P> {
  readonly process: P
  readonly out: readonly Outgoing[]
}

/** One side of the protocol inside its driver. */
export interface Party<P> {
  readonly start: Reaction<P>
  /** What can happen to it, besides deliveries. */
  moves(process: P): readonly Move[]
  /** More than one, where an operation may come to this or that. */
  react(process: P, move: Move): readonly Reaction<P>[]
  /** No message but an inquiry makes any difference to it, now or later. */
  isSettled(process: P): boolean
}

/** Of a step: what it asks of its driver besides records, messages and replies. */
export type Asks = Pick<Step<unknown, unknown, unknown, unknown, unknown, string>, 'force' | 'timers'>

/** Appends, then forces, then releases; `isHolding` false is a driver that forgets to wait. */
export function perform<P extends Process<unknown, unknown>>(
  process: P,
  state: P['state'],
  asks: Asks,
  records: P['durable'],
  out: readonly Outgoing[],
  isHolding: boolean,
): Reaction<P> {
  const mustForce = process.mustForce || asks.force
  const isHeld = mustForce && isHolding
  const after: P = {
    ...process,
    state,
    tail: records.length === 0 ? process.tail : [...process.tail, records],
    mustForce,
    held: isHeld ? union(process.held, out) : process.held,
    armed: armedAfter(process.armed, asks.timers),
  }
  return { process: after, out: isHeld ? [] : out }
}

/** The same thing waits only once: whoever gets it may get it any number of times anyway. */
export function union(held: readonly Outgoing[], out: readonly Outgoing[]): readonly Outgoing[] {
  const byText = new Map([...held, ...out.filter(isEffective)].map((one) => [canonical(one), one]))
  return [...byText.keys()].sort().map((text) => byText.get(text)!)
}

/**
 * Messages that change nothing wherever they arrive are not kept. An inquiry is handled as it is sent (world.ts).
 */
export function isEffective(one: Outgoing): boolean {
  if ('told' in one) return true
  const { body, to } = one
  switch (body.type) {
    case 'inquire':
      return false
    case 'inquiry-answer':
      return body.answer === 'commit' || body.answer === 'abort'
    case 'status-answer':
      return to === coordinatorPlace || body.knowledge.knows === 'committed' || body.knowledge.knows === 'aborted'
    case 'decision-answer':
      return body.decision === 'commit' || body.answer.answer === 'contradicted'
    default:
      return true
  }
}

export function armedAfter(armed: readonly string[], timers: Asks['timers']): readonly string[] {
  const names = new Set(armed)
  for (const { timer, at } of timers) {
    if (at === 'never') names.delete(timer)
    else names.add(timer)
  }
  return [...names].sort()
}
