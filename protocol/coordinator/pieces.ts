// Pieces that every part of the two-phase coordinator uses to say what an event does.

import type { BranchNumber } from '../ids.ts'
import type { Member } from '../messages.ts'
import type { Reason } from '../outcome.ts'
import type { CoordinatorStep, EnlistedBranch, State } from './state.ts'

const none: readonly never[] = []

/** A step to this state that does only what is named. */
export function stepTo(state: State, does: Partial<Omit<CoordinatorStep, 'state' | 'work'>>): CoordinatorStep {
  return {
    state,
    work: none,
    records: does.records ?? none,
    force: does.force ?? false,
    messages: does.messages ?? none,
    replies: does.replies ?? none,
    timers: does.timers ?? none,
  }
}

export const unchanged = (state: State): CoordinatorStep => stepTo(state, {})

/** Where a no came from. */
export const where = (from: Pick<EnlistedBranch, 'branch' | 'participant' | 'operation'>): Partial<Reason> => ({
  branch: from.branch,
  participant: from.participant,
  operation: from.operation,
})

/** Participants whose storage is not known yet are left out: nobody could trust their answer. */
export function members(branches: readonly EnlistedBranch[]): Member[] {
  const byName = new Map<string, { first: EnlistedBranch; numbers: BranchNumber[] }>()
  for (const branch of branches) {
    const known = byName.get(branch.participant)
    if (known === undefined) byName.set(branch.participant, { first: branch, numbers: [branch.branch] })
    else known.numbers.push(branch.branch)
  }
  const found: Member[] = []
  for (const { first, numbers } of byName.values()) {
    const { identity, participant, address } = first
    if (identity === undefined) continue
    found.push({ storageId: identity.storageId, boot: identity.boot, participant, address, branches: numbers })
  }
  return found
}
