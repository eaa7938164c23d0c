// What has happened for good in a world: marks that stay, whatever is forgotten, dropped or lost afterwards.

import type { CoordinatorProcess } from './coordinator-party.ts'
import type { ParticipantProcess } from './participant-party.ts'
import { coordinatorPlace, type Envelope, type Outgoing, type Place } from './process.ts'

/**
 * `decided yes read-only`: the decision is durable, with the votes it rests on, by branch. `ended committed`: so is the
 * end, with the outcome. `told committed`: the client was told so; `told before applied`: while participant 1 had not
 * applied it. `refused 1`: participant 1 voted no and does not remember it. `applied 1`: its commit is durable there;
 * `applied 1 again`: and has been before. `alarm …`: an answer that no fault of a process or the network explains.
 */
export type Mark = string

type AnyProcess = CoordinatorProcess | ParticipantProcess

export function marksOf(
  place: Place,
  before: AnyProcess,
  after: AnyProcess,
  out: readonly Outgoing[],
): readonly Mark[] {
  const marks = out.flatMap((one) => ('told' in one ? [`told ${one.told}`] : marksOfMessage(place, one, after)))
  if (place === coordinatorPlace) {
    return [...marks, ...newlyDurable(before as CoordinatorProcess, after as CoordinatorProcess)]
  }
  const isApplied = !holdsCommitted(before as ParticipantProcess) && holdsCommitted(after as ParticipantProcess)
  return isApplied ? [`applied ${place}`, ...marks] : marks
}

function marksOfMessage(place: Place, { body }: Envelope, after: AnyProcess): readonly Mark[] {
  if (body.type === 'vote' && body.vote.vote === 'no' && isForgetful(after as ParticipantProcess))
    return [`refused ${place}`]
  if (body.type !== 'decision-answer') return []
  const { answer } = body.answer
  return answer === 'no-record' || answer === 'contradicted' ? [`alarm ${answer} ${place}`] : []
}

function newlyDurable(before: CoordinatorProcess, after: CoordinatorProcess): readonly Mark[] {
  if (before.durable === after.durable) return []
  const known = new Set(before.durable.map(({ type }) => type))
  return after.durable.flatMap((record) => {
    if (known.has(record.type)) return []
    if (record.type === 'decision') return [`decided ${record.branches.map(({ vote }) => vote).join(' ')}`]
    return record.type === 'end' ? [`ended ${record.outcome.outcome}`] : []
  })
}

/** It has forgotten its no, and may vote yes when it is asked the same again. */
const isForgetful = ({ state, endedEpoch, storage }: ParticipantProcess): boolean =>
  state.state === 'none' && endedEpoch === 0 && storage === 0

const holdsCommitted = ({ durable }: ParticipantProcess): boolean => durable.some(({ type }) => type === 'committed')

/** The history with these marks added. */
export function remember(history: readonly Mark[], marks: readonly Mark[]): readonly Mark[] {
  const known = new Set(history)
  for (const mark of marks) {
    if (mark.startsWith('applied') && known.has(mark)) known.add(`${mark} again`)
    if (mark === 'told committed' && !known.has(mark) && !known.has('applied 1')) known.add('told before applied')
    known.add(mark)
  }
  return [...known]
}
