// A process as this explorer sees it. A force is part of the step that asks for it: nothing of such a step can be seen
// before, so a crash in between is the same as a crash before it and a message that comes again. Records that are not
// forced stay in the tail, and a crash keeps any beginning of it.

import type { Instant, Step } from '../../../protocol/index.ts'
import { armedAfter, type Envelope, type Move, type Reaction } from '../explore/process.ts'
import { startedAt, timeoutMs } from '../parties.ts'

export const onTime = startedAt
/** After every deadline. */
export const late = (startedAt + 2 * timeoutMs) as Instant

export interface Process<State, Row> {
  readonly state: State
  readonly durable: readonly Row[]
  readonly tail: readonly Row[]
  readonly armed: readonly string[]
}

type AnyStep<Row> = Pick<Step<unknown, unknown, Row, unknown, unknown, string>, 'records' | 'force' | 'timers'>

/** `newest` drops the records that later ones make superfluous, so that equal logs are equal. */
export function perform<Row, P extends Process<unknown, Row>>(
  process: P,
  state: P['state'],
  { records, force, timers }: AnyStep<Row>,
  sent: readonly Envelope[],
  newest: (rows: readonly Row[]) => readonly Row[],
): Reaction<P> {
  const rows = [...process.tail, ...records]
  const written = force
    ? { durable: newest([...process.durable, ...rows]), tail: [] }
    : { durable: process.durable, tail: rows }
  return { process: { ...process, state, ...written, armed: armedAfter(process.armed, timers) }, out: sent }
}

const shared = new Map<string, Move>()

/** Equal moves are one, because they are compared by identity. */
function share(move: Move): Move {
  const key = JSON.stringify(move)
  const known = shared.get(key)
  if (known !== undefined) return known
  shared.set(key, move)
  return move
}

/** What may happen to every process by itself. */
export const ownMoves = ({ armed, tail }: Process<unknown, unknown>): readonly Move[] => [
  ...armed.map((timer) => share({ move: 'timer', timer, isLate: false })),
  ...tail.map((_, index) => share({ move: 'crash', keeps: index + 1 })),
  share({ move: 'crash', keeps: 0 }),
]

export const forceMove: Move = { move: 'force' }
export const loseDiskMove: Move = { move: 'lose disk' }
export const noCoordinatorMove: Move = { move: 'no coordinator' }
export const submitAgainMove: Move = { move: 'submit again' }
