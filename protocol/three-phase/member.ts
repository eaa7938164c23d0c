// A member's side of the ballots: the same for a branch at its participant and for the coordinator (design rule 4).
// protocols.md 2.4, COLLECT, PRECOMMIT and PREABORT.
//
// M1 To promise and to say what was adopted are one step: whoever was answered is the highest that will be.
// M2 Nothing below the promise is adopted, nothing at or below it is promised again.
// M3 What changes is forced before the answer leaves. The caller sees to it: `pledge` in the answer is what to record.

import type { BallotAnswer } from '../messages.ts'
import { type Ballot, type Choice, compareBallots, isSameBallot, type Pledge } from './ballot.ts'

export interface Answered {
  readonly answer: BallotAnswer
  /** What the member is bound to from now on, to be recorded and forced; absent: nothing changes. */
  readonly pledge?: Pledge
}

/** COLLECT(e): if e <= LE then NACK(LE), else force LE = e and say st and LA. */
export function collect(pledge: Pledge, ballot: Ballot): Answered {
  if (compareBallots(ballot, pledge.promised) <= 0) return refused(pledge)
  return {
    answer: { answer: 'promised', ...(pledge.adopted === undefined ? {} : { adopted: pledge.adopted }) },
    pledge: { ...pledge, promised: ballot },
  }
}

/** PRECOMMIT(e) and PREABORT(e): if e >= LE then force st = PC or PA, LE = LA = e, and ack; else NACK(LE). */
export function adopt(pledge: Pledge, ballot: Ballot, choice: Choice): Answered {
  if (compareBallots(ballot, pledge.promised) < 0) return refused(pledge)
  const { adopted } = pledge
  // Asked twice: it is recorded already.
  if (adopted !== undefined && isSameBallot(adopted.ballot, ballot)) return { answer: { answer: 'adopted' } }
  return { answer: { answer: 'adopted' }, pledge: { promised: ballot, adopted: { ballot, choice } } }
}

const refused = ({ promised }: Pledge): Answered => ({ answer: { answer: 'refused', promised } })
