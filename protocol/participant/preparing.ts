// From the first Prepare to the vote (protocols.md 1.5, row "none, PREPARE"; design rules 12, 13, 14, 17).
//
// Y1 A yes is recorded and forced, and so is a no: a Prepare sent again must not get another answer.
// Y2 Except in a saga, where only a refusal is remembered: an exception is a no for that try (design rule 14).

import { after, type Instant } from '../ids.ts'
import type { Prepare } from '../messages.ts'
import { type Reason, reason } from '../outcome.ts'
import type { PreparedBranch } from '../records.ts'
import { unreachable } from '../step.ts'
import { answer, preparedBranch, releaseLocks, stepTo, tombstone, unchanged, vote, waitIsOver, yes } from './pieces.ts'
import { decide } from './prepared.ts'
import type { ParticipantStep, Prepared, State, Surroundings } from './state.ts'

type Active = Extract<State, { state: 'active' }>

export function firstPrepare(message: Prepare, at: Instant, around: Surroundings): ParticipantStep {
  // These two say no without a tombstone: another storage, and a passed watermark, stay what they are.
  if (message.expectedStorageId !== undefined && message.expectedStorageId !== around.identity.storageId) {
    const because = reason('STORAGE_CHANGED', 'this is another database than the one the transaction counts on')
    return vote({ state: 'none' }, message, { vote: 'no', reason: because })
  }
  if (around.hasEnded(message.sequence)) {
    const because = reason('BELOW_WATERMARK', 'the transaction ended before this Prepare came')
    return vote({ state: 'none' }, message, { vote: 'no', reason: because })
  }
  if (message.voteBy <= at) {
    return voteNo(message, reason('DEADLINE_PASSED', `the vote was due ${at - message.voteBy} ms ago`), around)
  }
  return run(message, at, around)
}

/** The operation runs in the branch's savepoint; what it came to is the next event of this turn. */
export function run(request: Prepare, at: Instant, around: Surroundings): ParticipantStep {
  if (request.voteBy <= at) {
    return voteNo(request, reason('DEADLINE_PASSED', 'the lock came free after the vote was due'), around)
  }
  return stepTo(
    { state: 'active', request, waiting: false },
    { work: [{ work: 'prepare', request }], timers: waitIsOver },
  )
}

export function prepared(state: Active, result: Prepared, at: Instant, around: Surroundings): ParticipantStep {
  const { request } = state
  switch (result.prepared) {
    case 'must-wait': {
      const longest = Math.min(after(at, around.policy.lockWaitMs), request.voteBy) as Instant
      return stepTo({ ...state, waiting: true }, { timers: [{ timer: 'lock-wait', at: longest }] })
    }
    case 'no':
      return voteNo(request, result.reason, around)
    case 'read-only': {
      const { result: text } = result
      // One-phase it decides the outcome, and an outcome is recorded: asked again, it must not run again.
      if (request.onePhase) {
        const branch = preparedBranch(request, text, [])
        const committed: State = { state: 'committed', branch }
        const told = vote(committed, request, { vote: 'committed', result: text })
        return { ...told, work: releaseLocks, records: [{ type: 'committed', branch }], force: true }
      }
      // The other protocols record it: it stays a voting member, and later branches build on its result (rule 13).
      if (request.protocol !== 'two-phase') {
        const branch: PreparedBranch = { ...preparedBranch(request, text, []), isReadOnly: true }
        const recorded = voteYes(branch, at, around)
        return { ...recorded, work: releaseLocks }
      }
      const next: State = { state: 'read-only', request, result: text }
      const voted = vote(next, request, { vote: 'read-only', result: text })
      return { ...voted, work: releaseLocks }
    }
    case 'yes': {
      const counted = isCountedBoot(request, around) ? request : { ...request, members: [] }
      // What a saga has done is visible at once, and it holds no lock (design rule 12).
      const locks = request.protocol === 'saga' ? [] : result.locks
      const branch = preparedBranch(counted, result.result, locks)
      // One-phase: the same local transaction goes on to commit; its record is the only one.
      if (request.onePhase) return decide({ state: 'prepared', branch, inquiries: 0 }, 'commit', 'one-phase', '')
      const voted = voteYes(branch, at, around)
      return request.protocol === 'saga' ? { ...voted, work: releaseLocks } : voted
    }
    default:
      return unreachable(result)
  }
}

function voteYes(branch: PreparedBranch, at: Instant, around: Surroundings): ParticipantStep {
  const { transactionId, branch: number } = branch
  return stepTo(
    { state: 'prepared', branch, inquiries: 0 },
    {
      records: [{ type: 'prepared', branch }],
      force: true,
      messages: [answer({ type: 'vote', transactionId, branch: number, vote: yes(branch) })],
      timers: [{ timer: 'in-doubt', at: after(at, around.policy.inquiryDelayMs) }],
    },
  )
}

/**
 * Whether this is the boot that the transaction counts on, so that no vote of an earlier one can have been forgotten. A
 * read-only vote leaves no record: after a restart the Prepare that comes again runs again, and the vote that counts may
 * be the first; the same when such a vote has left memory. Then nothing that this boot says is evidence, and it asks no member: only its coordinator knows whether
 * it is part of the transaction. The other protocols record every vote, so any boot will do.
 */
function isCountedBoot(request: Prepare, { identity, hasForgottenVotes }: Surroundings): boolean {
  if (request.protocol !== 'two-phase') return true
  if (hasForgottenVotes === true) return false
  const self = request.members.find(({ storageId }) => storageId === identity.storageId)
  return self?.boot === identity.boot
}

/** A no is an abort, and it is remembered: a Prepare sent again must not get a yes. */
export function voteNo(request: Prepare, because: Reason, around: Surroundings): ParticipantStep {
  const { saga } = request
  if (saga !== undefined && (!because.refused || saga.isRetriable)) return failed(request, saga.tryNumber, because)
  const { state, record } = tombstone(request, because, isCountedBoot(request, around))
  const voted = vote(state, request, { vote: 'no', reason: because })
  return {
    ...voted,
    work: releaseLocks,
    records: [record],
    force: true,
    timers: waitIsOver,
  }
}

/** Nothing was changed, and nothing is remembered: a higher try runs again (Y2). */
function failed(request: Prepare, tryNumber: number, because: Reason): ParticipantStep {
  const told = vote({ state: 'none' }, request, { vote: 'failed', tryNumber, reason: because })
  return { ...told, work: releaseLocks, timers: waitIsOver }
}

export function lockWaitOver(state: State, around: Surroundings): ParticipantStep {
  if (state.state !== 'active' || !state.waiting) return unchanged(state)
  return voteNo(state.request, reason('LOCK_CONFLICT', 'a lock did not come free in time'), around)
}
