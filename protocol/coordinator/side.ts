// The coordinator's side of the three protocols, under one name: `coordinatorSide.step(...)`.

export { type EnlistedSagaBranch, problemOfPlan } from '../saga/admission.ts'
export { problemOfCall, submit as submitSaga } from '../saga/running.ts'
export { hazardOfDelegated as hazardOf } from '../two-phase/delegated.ts'
export { giveUp, outcomeOf as abortedOutcomeOf } from './aborting.ts'
export { outcomeOf } from './committing.ts'
export {
  type RecordedHazard,
  type RecordedTransaction,
  recover,
  recoveryTable,
  resume,
} from './recovery.ts'
export type * from './state.ts'
export { begin, step, submit } from './transaction.ts'
