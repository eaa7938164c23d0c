// The coordinator's side of two-phase commit, under one name: `coordinatorSide.step(...)`.

export { outcomeOf } from './committing.ts'
export { begin, step, submit } from './coordinator.ts'
export {
  type RecordedHazard,
  type RecordedTransaction,
  recover,
  recoveryTable,
  resume,
} from './coordinator-recovery.ts'
export type * from './coordinator-state.ts'
export { hazardOfDelegated as hazardOf } from './delegated.ts'
