// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

export const BallotQuestion = {
  BALLOT_QUESTION_UNSPECIFIED: 0,
  BALLOT_QUESTION_COLLECT: 1,
  BALLOT_QUESTION_PRE_COMMIT: 2,
  BALLOT_QUESTION_PRE_ABORT: 3,
} as const;

export type BallotQuestion =
  | 'BALLOT_QUESTION_UNSPECIFIED'
  | 0
  | 'BALLOT_QUESTION_COLLECT'
  | 1
  | 'BALLOT_QUESTION_PRE_COMMIT'
  | 2
  | 'BALLOT_QUESTION_PRE_ABORT'
  | 3

export type BallotQuestion__Output = typeof BallotQuestion[keyof typeof BallotQuestion]
