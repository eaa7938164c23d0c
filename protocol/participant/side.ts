// The participant's side of two-phase commit, under one name: `participantSide.step(...)`.
export { step } from './branch.ts'
export { recover, resume } from './recovery.ts'
export type * from './state.ts'
