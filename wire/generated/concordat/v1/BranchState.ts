// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

export const BranchState = {
  BRANCH_STATE_UNSPECIFIED: 0,
  BRANCH_STATE_NO_INFORMATION: 1,
  BRANCH_STATE_ACTIVE: 2,
  BRANCH_STATE_PREPARED: 3,
  BRANCH_STATE_COMMITTED: 4,
  BRANCH_STATE_ABORTED: 5,
  BRANCH_STATE_READ_ONLY: 6,
  BRANCH_STATE_ENDED: 8,
} as const;

export type BranchState =
  | 'BRANCH_STATE_UNSPECIFIED'
  | 0
  | 'BRANCH_STATE_NO_INFORMATION'
  | 1
  | 'BRANCH_STATE_ACTIVE'
  | 2
  | 'BRANCH_STATE_PREPARED'
  | 3
  | 'BRANCH_STATE_COMMITTED'
  | 4
  | 'BRANCH_STATE_ABORTED'
  | 5
  | 'BRANCH_STATE_READ_ONLY'
  | 6
  | 'BRANCH_STATE_ENDED'
  | 8

export type BranchState__Output = typeof BranchState[keyof typeof BranchState]
