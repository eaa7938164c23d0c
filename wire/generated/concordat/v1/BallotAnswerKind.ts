// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

export const BallotAnswerKind = {
  BALLOT_ANSWER_KIND_UNSPECIFIED: 0,
  BALLOT_ANSWER_KIND_PROMISED: 1,
  BALLOT_ANSWER_KIND_ADOPTED: 2,
  BALLOT_ANSWER_KIND_REFUSED: 3,
  BALLOT_ANSWER_KIND_COMMITTED: 4,
  BALLOT_ANSWER_KIND_ABORTED: 5,
  BALLOT_ANSWER_KIND_NOTHING: 6,
} as const;

export type BallotAnswerKind =
  | 'BALLOT_ANSWER_KIND_UNSPECIFIED'
  | 0
  | 'BALLOT_ANSWER_KIND_PROMISED'
  | 1
  | 'BALLOT_ANSWER_KIND_ADOPTED'
  | 2
  | 'BALLOT_ANSWER_KIND_REFUSED'
  | 3
  | 'BALLOT_ANSWER_KIND_COMMITTED'
  | 4
  | 'BALLOT_ANSWER_KIND_ABORTED'
  | 5
  | 'BALLOT_ANSWER_KIND_NOTHING'
  | 6

export type BallotAnswerKind__Output = typeof BallotAnswerKind[keyof typeof BallotAnswerKind]
