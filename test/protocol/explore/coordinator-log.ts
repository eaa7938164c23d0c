// What the reader of a coordinator's log makes of its records.

import type { CoordinatorRecord, coordinatorSide } from '../../../protocol/index.ts'

/** Of the one transaction that is explored; undefined when it has no first record. */
export function recordedIn(records: readonly CoordinatorRecord[]): coordinatorSide.RecordedTransaction | undefined {
  let recorded: coordinatorSide.RecordedTransaction | undefined
  for (const record of records) {
    switch (record.type) {
      case 'decision':
        recorded = { facts: record.facts, first: { record: 'decision', branches: record.branches }, hazards: [] }
        break
      case 'pre-committed': {
        const { facts, branches, members, ballot } = record
        const pledge = { promised: ballot, adopted: { ballot, choice: 'pre-commit' } } as const
        recorded = { facts, first: { record: 'pre-committed', branches, members, pledge }, hazards: [] }
        break
      }
      case 'pledged':
        if (recorded?.first.record === 'pre-committed')
          recorded = { ...recorded, first: { ...recorded.first, pledge: record.pledge } }
        break
      case 'delegated':
        recorded = { facts: record.facts, first: { record: 'delegated', branch: record.branch }, hazards: [] }
        break
      case 'aborted': {
        const outcome = { outcome: 'aborted', reason: record.reason } as const
        recorded = { facts: record.facts, first: { record: 'aborted' }, hazards: [], outcome }
        break
      }
      case 'hazard': {
        const { branch, hazard, detail } = record
        if (recorded) recorded = { ...recorded, hazards: [...recorded.hazards, { branch, hazard, detail }] }
        break
      }
      case 'end':
        if (recorded) recorded = { ...recorded, outcome: record.outcome }
        break
      case 'saga':
      case 'saga-branch':
      case 'compensating':
      case 'resolved':
      case 'forgotten':
        break
    }
  }
  return recorded
}
