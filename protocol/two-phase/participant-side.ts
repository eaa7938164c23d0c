// The participant's side of two-phase commit, under one name: `participantSide.step(...)`.
export { step } from './participant.ts'
export { recover, resume } from './participant-recovery.ts'
export type * from './participant-state.ts'
