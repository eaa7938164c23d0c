// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

export const Decision = {
  DECISION_UNSPECIFIED: 0,
  DECISION_COMMIT: 1,
  DECISION_ABORT: 2,
} as const;

export type Decision =
  | 'DECISION_UNSPECIFIED'
  | 0
  | 'DECISION_COMMIT'
  | 1
  | 'DECISION_ABORT'
  | 2

export type Decision__Output = typeof Decision[keyof typeof Decision]
