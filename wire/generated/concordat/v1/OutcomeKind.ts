// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

export const OutcomeKind = {
  OUTCOME_KIND_UNSPECIFIED: 0,
  OUTCOME_KIND_IN_PROGRESS: 1,
  OUTCOME_KIND_COMMITTED: 2,
  OUTCOME_KIND_ABORTED: 3,
  OUTCOME_KIND_MIXED: 4,
  OUTCOME_KIND_HAZARD: 5,
} as const;

export type OutcomeKind =
  | 'OUTCOME_KIND_UNSPECIFIED'
  | 0
  | 'OUTCOME_KIND_IN_PROGRESS'
  | 1
  | 'OUTCOME_KIND_COMMITTED'
  | 2
  | 'OUTCOME_KIND_ABORTED'
  | 3
  | 'OUTCOME_KIND_MIXED'
  | 4
  | 'OUTCOME_KIND_HAZARD'
  | 5

export type OutcomeKind__Output = typeof OutcomeKind[keyof typeof OutcomeKind]
