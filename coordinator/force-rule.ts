// The driver's own check of design rule 1, written apart from the core so that both must be wrong together: power to
// commit is given away only by a step that forces its record, or after one that did.

import type { coordinatorSide } from '../protocol/index.ts'

const forcedRecords = new Set([
  'decision',
  'delegated',
  'pre-committed',
  'pledged',
  'saga',
  'saga-branch',
  'compensating',
  'hazard',
  'resolved',
  'forgotten',
])

export function isForcedWhereNeeded(before: coordinatorSide.State, step: coordinatorSide.CoordinatorStep): boolean {
  if (step.force) return true
  if (step.records.some(({ type }) => forcedRecords.has(type))) return false
  return step.messages.every(({ message }) => {
    if (message.type === 'commit') return before.phase === 'committing'
    // Every PreCommit, PreAbort and Collect belongs to a round whose ballot was forced (design rule 5).
    if (message.type === 'pre-commit' || message.type === 'pre-abort' || message.type === 'collect') {
      return before.phase === 'pre-committing'
    }
    if (message.type === 'prepare' && message.onePhase) return before.phase === 'delegated'
    if (message.type === 'prepare' && message.protocol === 'saga') return before.phase === 'running'
    return true
  })
}
