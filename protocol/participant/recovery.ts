// What a participant's database says after a crash, as a table (protocols.md 1.5, row "restart").
//
// row in the database    | state      | what follows
// -----------------------+------------+------------------------------------------------------------------------
// none                   | none       | nothing was promised: the work went with its local transaction
// prepared               | prepared   | locks taken again before anything is served; then inquire (rule P2)
// pledged               | prepared   | three-phase: bound to what it has promised and adopted, and inquires
// prepared, one-phase    | prepared   | it decided to commit and its commit function threw: run it again
// committed              | committed  | remembered until the watermark
// aborted                | aborted    | the same: a tombstone refuses a late Prepare
// heuristic              | heuristic  | remembered until forgotten, told to the coordinator when it asks

import { after, type Instant } from '../ids.ts'
import type { ParticipantRecord } from '../records.ts'
import { unreachable } from '../step.ts'
import { stepTo } from './pieces.ts'
import type { ParticipantStep, State, Surroundings } from './state.ts'

/** The state of a branch whose newest record is this one. */
export function recover(newest: ParticipantRecord): State {
  switch (newest.type) {
    case 'prepared':
    case 'pledged': {
      const { branch } = newest
      const state: State = { state: 'prepared', branch, inquiries: 0 }
      if (!branch.onePhase) return state
      return {
        ...state,
        applying: { decision: 'commit', source: 'one-phase', attempt: 1, lastError: 'restarted', detail: '' },
      }
    }
    case 'committed':
      return { state: 'committed', branch: newest.branch }
    case 'aborted': {
      const { transactionId, branch, sequence, reason, isEvidence } = newest
      return { state: 'aborted', transactionId, branch, sequence, reason, isEvidence }
    }
    case 'heuristic':
      return { state: 'heuristic', branch: newest.branch, did: newest.did, detail: newest.detail }
    default:
      return unreachable(newest)
  }
}

/** The first step of a recovered branch: it asks at once; it has waited long enough. */
export function resume(state: State, at: Instant, around: Surroundings): ParticipantStep {
  if (state.state !== 'prepared') return stepTo(state, {})
  if (state.applying !== undefined) {
    return stepTo(state, { timers: [{ timer: 'retry', at: after(at, around.policy.retry.firstMs) }] })
  }
  return stepTo(state, { timers: [{ timer: 'in-doubt', at }] })
}
