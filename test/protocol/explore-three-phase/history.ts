// What has happened for good in a world: marks that stay, whatever crashes or is lost afterwards.
//
// `commit 1`: in the try of epoch 1 somebody has committed, or was told so; `abort 1` the opposite. `adopted 1 b pre-commit
// at 2`: participant 2 has adopted that at ballot b, durably. A mark that begins with `wrong` is a violation by itself.

import { type Adopted, type Ballot, compareBallots, type Pledge } from '../../../protocol/index.ts'
import { coordinatorPlace, type Outgoing, type Place } from '../explore/process.ts'
import type { CoordinatorProcess } from './coordinator-party.ts'
import { epochOf, type ParticipantProcess } from './participant-party.ts'

export type Mark = string

/** Not kept: a round with a new ballot has begun, and the world has one less to give. */
export const roundMark: Mark = 'round'

type AnyProcess = CoordinatorProcess | ParticipantProcess

export function marksOf(
  place: Place,
  before: AnyProcess,
  after: AnyProcess,
  out: readonly Outgoing[],
): readonly Mark[] {
  return place === coordinatorPlace
    ? coordinatorMarks(before as CoordinatorProcess, after as CoordinatorProcess, out)
    : participantMarks(place, before as ParticipantProcess, after as ParticipantProcess)
}

function coordinatorMarks(before: CoordinatorProcess, after: CoordinatorProcess, out: readonly Outgoing[]): Mark[] {
  const attempt = after.state?.facts.sequence.epoch ?? after.epoch
  const isDecided = after.durable.some(({ type }) => type === 'decision')
  const told = out.flatMap((one) => ('told' in one ? [one.told] : []))
  return [
    ...told.map((outcome): Mark => {
      if (outcome === 'committed')
        return isDecided ? `commit ${attempt}` : 'wrong: told committed, and no decision is durable'
      return outcome === 'aborted' ? `abort ${attempt}` : `told ${outcome}`
    }),
    ...(isDecided ? [`commit ${attempt}`] : []),
    ...adoptions(coordinatorPlace, attempt, adoptedAt(coordinatorPledge(after))),
    ...pledgeMarks(coordinatorPledge(before), coordinatorPledge(after)),
    ...rounds(before.state, after.state),
  ]
}

function participantMarks(place: Place, before: ParticipantProcess, after: ParticipantProcess): Mark[] {
  const { state, storage, durable } = after
  const [row] = durable
  const pledge = row?.type === 'prepared' || row?.type === 'pledged' ? row.branch.pledge : undefined
  const isSame = before.storage === storage && epochOf(before.state) === epochOf(state)
  const ended = [
    ...(state.state === 'committed' ? [`commit ${epochOf(state)}`] : []),
    // A new database has no part in it.
    ...(state.state === 'aborted' && storage === 0 ? [`abort ${epochOf(state)}`] : []),
  ]
  return [
    ...ended,
    ...(storage === 0 ? adoptions(place, epochOf(state), adoptedAt(pledge)) : []),
    ...(isSame ? pledgeMarks(pledgeOf(before.state), pledgeOf(state)) : []),
    ...rounds(before.state, state),
  ]
}

const pledgeOf = (state: ParticipantProcess['state']): Pledge | undefined =>
  state.state === 'prepared' ? state.branch.pledge : undefined

const coordinatorPledge = ({ state }: CoordinatorProcess): Pledge | undefined =>
  state?.phase === 'pre-committing' ? state.pledge : undefined

const adoptedAt = (pledge: Pledge | undefined): Adopted | undefined => pledge?.adopted

const ballotText = ({ number, by, branch }: Ballot): string => `${number}/${by.slice(-3)}/${branch}`

function adoptions(place: Place, attempt: number, adopted: Adopted | undefined): Mark[] {
  if (adopted === undefined) return []
  return [`adopted ${attempt} ${ballotText(adopted.ballot)} ${adopted.choice} at ${place}`]
}

/** LE and LA never decrease (protocols.md 4, EPOCH). */
function pledgeMarks(before: Pledge | undefined, after: Pledge | undefined): Mark[] {
  if (before === undefined || after === undefined) return []
  const isLower = (a: Ballot | undefined, b: Ballot | undefined): boolean =>
    a !== undefined && (b === undefined || compareBallots(b, a) < 0)
  return [
    ...(isLower(before.promised, after.promised) ? ['wrong: a promise is lower than before'] : []),
    ...(isLower(before.adopted?.ballot, after.adopted?.ballot) ? ['wrong: an adoption is lower than before'] : []),
  ]
}

function rounds(before: AnyProcess['state'], after: AnyProcess['state']): Mark[] {
  const [old, now] = [roundOf(before), roundOf(after)]
  return now === undefined || now.number === 1 || (old !== undefined && compareBallots(old, now) === 0)
    ? []
    : [roundMark]
}

const roundOf = (state: AnyProcess['state']): Ballot | undefined =>
  state !== undefined && 'round' in state ? state.round?.ballot : undefined
