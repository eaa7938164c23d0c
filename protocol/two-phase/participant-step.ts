// Pieces that every part of a branch's automaton uses to say what an event does.

import type { Sequence } from '../ids.ts'
import type { BranchAddress, FromParticipant, Prepare } from '../messages.ts'
import type { Reason } from '../outcome.ts'
import type { ParticipantRecord, PreparedBranch } from '../records.ts'
import type { Message, ParticipantStep, State } from './participant-state.ts'

const none: readonly never[] = []

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

export function preparedBranch(request: Prepare, result: string, locks: readonly string[]): PreparedBranch {
  const { transactionId, branch, sequence, protocol, operation, input, startedAt, members, onePhase } = request
  return {
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
}
