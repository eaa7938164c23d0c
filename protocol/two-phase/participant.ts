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

import { after, compareSequences, type Instant, type Sequence } from '../ids.ts'
import type { Abort, BranchKnowledge, Commit, DecisionAnswer, FromParticipant, Prepare, Status } from '../messages.ts'
import { type Decision, type Reason, reason } from '../outcome.ts'
import { unreachable } from '../step.ts'
import { applied, decide, stepPrepared } from './participant-prepared.ts'
import type { Event, ParticipantStep, Prepared, State, Surroundings } from './participant-state.ts'
import { answer, preparedBranch, stepTo, tombstone, unchanged } from './participant-step.ts'

type Active = Extract<State, { state: 'active' }>

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
    case 'timer':
      if (event.timer === 'lock-wait') return lockWaitOver(state, around)
      return state.state === 'prepared' ? stepPrepared(state, event, around) : unchanged(state)
    case 'inquiry-answer':
    case 'no-coordinator':
    case 'member-answer':
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
      return vote(state, message, { vote: 'yes', result: state.branch.result })
    case 'committed':
      return vote(state, message, {
        vote: state.branch.onePhase ? 'committed' : 'yes',
        result: state.branch.result,
      })
    case 'aborted':
      return vote(state, message, { vote: 'no', reason: state.reason })
    case 'read-only':
      // It promised nothing: a later try runs again, and is remembered under a sequence that has not ended.
      if (compareSequences(state.request.sequence, message.sequence) < 0) return firstPrepare(message, at, around)
      return vote(state, message, { vote: 'read-only', result: state.result })
    case 'heuristic':
      return vote(state, message, { vote: 'yes', result: state.branch.result })
    default:
      return unreachable(state)
  }
}

/**
 * The same id under another sequence: the coordinator restarted before it had decided, and the client asked again. What
 * was prepared before is presumed aborted, perhaps that answer is on its way, so it is no yes to this Prepare. Nor is
 * what became of one try evidence for the other.
 */
const isOfAnother = (known: { readonly sequence: Sequence }, { sequence }: Prepare | Status): boolean =>
  compareSequences(known.sequence, sequence) !== 0

/** Only another member, who draws conclusions for its own branch, names the boot that it counts on. */
const isAskedAsMember = ({ expected }: Status): boolean => expected !== undefined

function firstPrepare(message: Prepare, at: Instant, around: Surroundings): ParticipantStep {
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
function run(request: Prepare, at: Instant, around: Surroundings): ParticipantStep {
  if (request.voteBy <= at) {
    return voteNo(request, reason('DEADLINE_PASSED', 'the lock came free after the vote was due'), around)
  }
  return stepTo(
    { state: 'active', request, waiting: false },
    { work: [{ work: 'prepare', request }], timers: [{ timer: 'lock-wait', at: 'never' }] },
  )
}

function prepared(state: Active, result: Prepared, at: Instant, around: Surroundings): ParticipantStep {
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
        return { ...told, work: [{ work: 'release-locks' }], records: [{ type: 'committed', branch }], force: true }
      }
      const next: State = { state: 'read-only', request, result: text }
      const voted = vote(next, request, { vote: 'read-only', result: text })
      return { ...voted, work: [{ work: 'release-locks' }] }
    }
    case 'yes': {
      const counted = isCountedBoot(request, around) ? request : { ...request, members: [] }
      const branch = preparedBranch(counted, result.result, result.locks)
      const next: State = { state: 'prepared', branch, inquiries: 0 }
      // One-phase: the same local transaction goes on to commit; its record is the only one.
      if (request.onePhase) return decide(next, 'commit', 'one-phase', '')
      return stepTo(next, {
        records: [{ type: 'prepared', branch }],
        force: true,
        messages: [
          answer({
            type: 'vote',
            transactionId: branch.transactionId,
            branch: branch.branch,
            vote: { vote: 'yes', result: branch.result },
          }),
        ],
        timers: [{ timer: 'in-doubt', at: after(at, around.policy.inquiryDelayMs) }],
      })
    }
    default:
      return unreachable(result)
  }
}

/**
 * Whether this is the boot that the transaction counts on, so that no vote of an earlier one can have been forgotten. A
 * read-only vote leaves no record: after a restart the Prepare that comes again runs again, and the vote that counts may
 * be the first. Then nothing that this boot says is evidence, and it asks no member: only its coordinator knows whether
 * it is part of the transaction.
 */
function isCountedBoot(request: Prepare, { identity }: Surroundings): boolean {
  const self = request.members.find(({ storageId }) => storageId === identity.storageId)
  return self?.boot === identity.boot
}

/** A no is an abort, and it is remembered: a Prepare sent again must not get a yes. */
function voteNo(request: Prepare, because: Reason, around: Surroundings): ParticipantStep {
  const { state, record } = tombstone(request, because, isCountedBoot(request, around))
  const voted = vote(state, request, { vote: 'no', reason: because })
  return {
    ...voted,
    work: [{ work: 'release-locks' }],
    records: [record],
    force: true,
    timers: [{ timer: 'lock-wait', at: 'never' }],
  }
}

function lockWaitOver(state: State, around: Surroundings): ParticipantStep {
  if (state.state !== 'active' || !state.waiting) return unchanged(state)
  return voteNo(state.request, reason('LOCK_CONFLICT', 'a lock did not come free in time'), around)
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

/**
 * Whoever asks on behalf of the whole transaction may need an answer that stays true: a branch without a record makes
 * itself unable to vote yes before it answers `aborted` (design rule 7).
 */
function status(state: State, message: Status, around: Surroundings): ParticipantStep {
  switch (state.state) {
    case 'none':
    case 'active': {
      if (around.hasEnded(message.sequence)) return know(state, message, { knows: 'ended' })
      const { identity } = around
      const isExpected =
        message.expected === undefined
          ? message.expectedStorageId === identity.storageId
          : message.expected.storageId === identity.storageId && message.expected.boot === identity.boot
      if (!message.abortIfNone || !isExpected) {
        return know(state, message, { knows: state.state === 'active' ? 'active' : 'nothing' })
      }
      const because = reason('TOMBSTONE', 'the transaction was given up before this branch was prepared')
      return giveUp(state, message, because, (next) => know(next, message, { knows: 'aborted', reason: because }))
    }
    case 'prepared':
      return know(state, message, { knows: 'prepared' })
    case 'committed':
      if (isAskedAsMember(message) && isOfAnother(state.branch, message))
        return know(state, message, { knows: 'nothing' })
      return know(state, message, { knows: 'committed', result: state.branch.result })
    case 'aborted': {
      const isEvidence = state.isEvidence && !isOfAnother(state, message)
      if (isAskedAsMember(message) && !isEvidence) return know(state, message, { knows: 'nothing' })
      return know(state, message, { knows: 'aborted', reason: state.reason })
    }
    case 'read-only':
      return know(state, message, { knows: 'read-only' })
    case 'heuristic':
      // What an operator did is never evidence: the protocol state was prepared.
      return know(state, message, { knows: 'prepared' })
    default:
      return unreachable(state)
  }
}

/** A tombstone, forced before anyone is told: the one who asked, and the Prepare that was still waiting. */
function giveUp(
  state: State,
  of: Abort | Status,
  because: Reason,
  tell: (next: State) => ParticipantStep,
): ParticipantStep {
  const { state: next, record } = tombstone(of, because)
  const told = tell(next)
  const waiting = state.state === 'active' ? [noTo(state.request, because)] : []
  return {
    ...told,
    work: [{ work: 'release-locks' }],
    records: [record],
    force: true,
    messages: [...waiting, ...told.messages],
    timers: [{ timer: 'lock-wait', at: 'never' }],
  }
}

const vote = (state: State, request: Prepare, cast: Extract<FromParticipant, { type: 'vote' }>['vote']) =>
  stepTo(state, {
    messages: [answer({ type: 'vote', transactionId: request.transactionId, branch: request.branch, vote: cast })],
  })

const noTo = (request: Prepare, because: Reason) =>
  answer({
    type: 'vote',
    transactionId: request.transactionId,
    branch: request.branch,
    vote: { vote: 'no', reason: because },
  })

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

const know = (state: State, message: Status, knowledge: BranchKnowledge) =>
  stepTo(state, {
    messages: [
      answer({ type: 'status-answer', transactionId: message.transactionId, branch: message.branch, knowledge }),
    ],
  })
