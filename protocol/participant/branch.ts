// One branch at its participant, as one pure function (protocols.md 1.5; design rules 6, 7, 8, 13, 17).
//
// Owns: what each event does to one branch. Does not own: the local transaction that the work runs in, which locks are
// free, who can be reached.
//
// B1 A yes, a no, and every answer that needed a tombstone leave only after their record is forced.
// B2 A prepared branch never decides alone.
// B3 The same question gets the same answer: every answer that was given is remembered until the watermark.
// B4 Commit without a record is never acknowledged, unless the transaction is below the watermark.
// B5 A tombstone refuses every later Prepare: the first, the second and the third.

import { compareSequences, type Instant } from '../ids.ts'
import type { Abort, Commit, DecisionAnswer, Prepare } from '../messages.ts'
import { type Decision, reason } from '../outcome.ts'
import type { PreparedBranch } from '../records.ts'
import { unreachable } from '../step.ts'
import { ballot, status } from './asked.ts'
import { answer, giveUp, isOfAnother, stepTo, unchanged, vote, yes } from './pieces.ts'
import { applied, decide, stepPrepared } from './prepared.ts'
import { firstPrepare, lockWaitOver, prepared, run, voteNo } from './preparing.ts'
import type { Event, ParticipantStep, State, Surroundings } from './state.ts'

export function step(state: State, event: Event, around: Surroundings): ParticipantStep {
  switch (event.type) {
    case 'prepare':
      return prepare(state, event.message, event.at, around)
    case 'prepared':
      return state.state === 'active' ? prepared(state, event.result, event.at, around) : unchanged(state)
    case 'lock-free':
      if (state.state !== 'active' || !state.waiting) return unchanged(state)
      return run(state.request, event.at, around)
    case 'lock-refused':
      if (state.state !== 'active' || !state.waiting) return unchanged(state)
      return voteNo(state.request, event.reason, around)
    case 'commit':
      return commit(state, event.message, around)
    case 'abort':
      return abort(state, event.message, around)
    case 'applied':
      return applied(state, event, around)
    case 'status':
      return status(state, event.message, around)
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return ballot(state, event.message, around)
    case 'timer':
      if (event.timer === 'lock-wait') return lockWaitOver(state, around)
      return state.state === 'prepared' ? stepPrepared(state, event, around) : unchanged(state)
    case 'inquiry-answer':
    case 'no-coordinator':
    case 'member-answer':
    case 'ballot-answer':
    case 'resolve':
      return state.state === 'prepared' ? stepPrepared(state, event, around) : unchanged(state)
    default:
      return unreachable(event)
  }
}

function prepare(state: State, message: Prepare, at: Instant, around: Surroundings): ParticipantStep {
  if ('branch' in state && state.state !== 'aborted' && isOfAnother(state.branch, message)) {
    const because = reason('COORDINATOR_RESTARTED', 'this branch was prepared for an earlier try of the transaction')
    return vote(state, message, { vote: 'no', reason: because })
  }
  switch (state.state) {
    case 'none':
      return firstPrepare(message, at, around)
    case 'active':
      // It is running or waits for a lock; its vote will answer both.
      return unchanged({ ...state, request: message })
    case 'prepared':
      return preparedAgain(state, message)
    case 'committed':
      return vote(
        state,
        message,
        state.branch.onePhase ? { ...yes(state.branch), vote: 'committed' } : yes(state.branch),
      )
    case 'aborted':
      return vote(state, message, { vote: 'no', reason: state.reason })
    case 'read-only':
      // It promised nothing: a later try runs again, and is remembered under a sequence that has not ended.
      if (compareSequences(state.request.sequence, message.sequence) < 0) return firstPrepare(message, at, around)
      return vote(state, message, { vote: 'read-only', result: state.result })
    case 'heuristic':
      return vote(state, message, yes(state.branch))
    default:
      return unreachable(state)
  }
}

/** The same yes; with the final members, if they are new (design rule 2), it is recorded once more. */
function preparedAgain(state: Extract<State, { state: 'prepared' }>, message: Prepare): ParticipantStep {
  const { branch } = state
  if (branch.protocol !== 'three-phase' || branch.pledge !== undefined || message.ballot === undefined) {
    return vote(state, message, yes(branch))
  }
  const { abandonAt: _, ...others } = branch
  const sealed: PreparedBranch = { ...others, members: message.members, pledge: { promised: message.ballot } }
  const step = vote({ ...state, branch: sealed }, message, yes(sealed))
  return { ...step, records: [{ type: 'pledged', branch: sealed }], force: true }
}

function commit(state: State, message: Commit, around: Surroundings): ParticipantStep {
  // The yes that was counted is another database's; what this one was asked to prepare is no part of it (rule 16).
  if (message.expectedStorageId !== around.identity.storageId) {
    return decided(
      state,
      message,
      'commit',
      around.hasEnded(message.sequence) ? { answer: 'ended' } : { answer: 'no-record' },
    )
  }
  switch (state.state) {
    case 'none':
    // Nothing was promised: whoever counted a yes counted one of another database or an older file (B4).
    case 'active':
    case 'read-only':
      return decided(
        state,
        message,
        'commit',
        around.hasEnded(message.sequence) ? { answer: 'ended' } : { answer: 'no-record' },
      )
    case 'prepared':
      if (isOfAnother(state.branch, message)) return decided(state, message, 'commit', { answer: 'no-record' })
      if (state.applying?.decision === 'abort') return decided(state, message, 'commit', { answer: 'contradicted' })
      if (state.applying !== undefined) {
        return decided(state, message, 'commit', { answer: 'retrying', detail: state.applying.lastError })
      }
      return decide(state, 'commit', 'coordinator', '')
    case 'committed':
      // It may not be durable yet, so the answer names this turn, whose force covers it.
      return decided(state, message, 'commit', { answer: 'applied', turn: around.turn })
    case 'aborted':
      return decided(state, message, 'commit', { answer: 'contradicted' })
    case 'heuristic':
      return decided(state, message, 'commit', { answer: 'heuristic', did: state.did })
    default:
      return unreachable(state)
  }
}

function abort(state: State, message: Abort, around: Surroundings): ParticipantStep {
  switch (state.state) {
    case 'none':
    case 'active':
    case 'read-only': {
      // A Prepare that waits for a lock is still to be answered, even below the watermark.
      if (state.state !== 'active' && around.hasEnded(message.sequence)) {
        return decided(state, message, 'abort', { answer: 'ended' })
      }
      const because = reason('TOMBSTONE', 'the transaction was aborted before this Prepare came')
      return giveUp(state, message, because, (next) =>
        decided(next, message, 'abort', { answer: 'applied', turn: around.turn }),
      )
    }
    case 'prepared':
      // A member's Abort of an earlier try that came late: what is prepared now is another try's.
      if (compareSequences(message.sequence, state.branch.sequence) < 0) {
        return decided(state, message, 'abort', { answer: 'ended' })
      }
      if (state.applying?.decision === 'commit') return decided(state, message, 'abort', { answer: 'contradicted' })
      if (state.applying !== undefined) {
        return decided(state, message, 'abort', { answer: 'retrying', detail: state.applying.lastError })
      }
      return decide(state, 'abort', 'coordinator', '')
    case 'aborted':
      return decided(state, message, 'abort', { answer: 'applied', turn: around.turn })
    case 'committed':
      // Keep it (PostgreSQL panics here): one of the two processes is wrong, and a person must look.
      return decided(state, message, 'abort', { answer: 'contradicted' })
    case 'heuristic':
      return decided(state, message, 'abort', { answer: 'heuristic', did: state.did })
    default:
      return unreachable(state)
  }
}

const decided = (state: State, message: Commit | Abort, decision: Decision, told: DecisionAnswer) =>
  stepTo(state, {
    messages: [
      answer({
        type: 'decision-answer',
        transactionId: message.transactionId,
        branch: message.branch,
        decision,
        answer: told,
      }),
    ],
  })
