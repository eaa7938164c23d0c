// Pieces that every part of a branch's automaton uses to say what an event does.

import { compareSequences, type Sequence } from '../ids.ts'
import type { Abort, BranchAddress, Collect, FromParticipant, Prepare, Propose, Status, Vote } from '../messages.ts'
import type { Reason } from '../outcome.ts'
import type { ParticipantRecord, PreparedBranch } from '../records.ts'
import type { Message, ParticipantStep, State } from './state.ts'

const none: readonly never[] = []

/** The same in every step that ends a branch's hold on its locks, or its wait for one. */
export const releaseLocks: ParticipantStep['work'] = [{ work: 'release-locks' }]
export const waitIsOver: ParticipantStep['timers'] = [{ timer: 'lock-wait', at: 'never' }]

/** A step to this state that does only what is named. */
export function stepTo(state: State, does: Partial<Omit<ParticipantStep, 'state' | 'replies'>>): ParticipantStep {
  return {
    state,
    work: does.work ?? none,
    records: does.records ?? none,
    force: does.force ?? false,
    messages: does.messages ?? none,
    replies: none,
    timers: does.timers ?? none,
  }
}

export const unchanged = (state: State): ParticipantStep => stepTo(state, {})

export const answer = (message: FromParticipant): Message => ({ to: 'asker', message })

/** An abort without a prepared branch: it refuses every Prepare that comes later (B5). */
export function tombstone(
  of: BranchAddress & { readonly sequence: Sequence },
  because: Reason,
  isEvidence = true,
): { state: State; record: ParticipantRecord } {
  const { transactionId, branch, sequence } = of
  const facts = { transactionId, branch, sequence, reason: because, isEvidence }
  return { state: { state: 'aborted', ...facts }, record: { type: 'aborted', ...facts } }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

export function preparedBranch(request: Prepare, result: string, locks: readonly string[]): PreparedBranch {
  const { ballot, abandonAt } = request
  const { transactionId, branch, sequence, protocol, operation, input, startedAt, members, onePhase } = request
  const prepared: Writable<PreparedBranch> = {
    transactionId,
    branch,
    sequence,
    protocol,
    operation,
    input,
    result,
    startedAt,
    locks,
    members,
    onePhase,
    traceParent: request.traceParent,
  }
  if (ballot !== undefined) prepared.pledge = { promised: ballot }
  if (abandonAt !== undefined) prepared.abandonAt = abandonAt
  return prepared
}

/** The yes that a recorded branch gives, however often it is asked. */
export const yes = ({ result, pledge }: PreparedBranch): Extract<Vote, { vote: 'yes' }> =>
  pledge === undefined ? { vote: 'yes', result } : { vote: 'yes', result, isSealed: true }

/**
 * The same id under another sequence: the coordinator restarted before it had decided, and the client asked again. What
 * was prepared before is presumed aborted, perhaps that answer is on its way, so it is no yes to this Prepare. Nor is
 * what became of one try evidence for the other.
 */
export const isOfAnother = (
  known: { readonly sequence: Sequence },
  { sequence }: { readonly sequence: Sequence },
): boolean => compareSequences(known.sequence, sequence) !== 0

export const vote = (state: State, request: Prepare, cast: Extract<FromParticipant, { type: 'vote' }>['vote']) =>
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

/** A tombstone, forced before anyone is told: the one who asked, and the Prepare that was still waiting. */
export function giveUp(
  state: State,
  of: Abort | Status | Collect | Propose,
  because: Reason,
  tell: (next: State) => ParticipantStep,
): ParticipantStep {
  const { state: next, record } = tombstone(of, because)
  const told = tell(next)
  const waiting = state.state === 'active' ? [noTo(state.request, because)] : []
  return {
    ...told,
    work: releaseLocks,
    records: [record],
    force: true,
    messages: [...waiting, ...told.messages],
    timers: waitIsOver,
  }
}
