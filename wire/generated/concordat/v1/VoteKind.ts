// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

export const VoteKind = {
  VOTE_KIND_UNSPECIFIED: 0,
  VOTE_KIND_YES: 1,
  VOTE_KIND_NO: 2,
  VOTE_KIND_READ_ONLY: 3,
  VOTE_KIND_COMMITTED: 4,
  VOTE_KIND_FAILED: 5,
} as const;

export type VoteKind =
  | 'VOTE_KIND_UNSPECIFIED'
  | 0
  | 'VOTE_KIND_YES'
  | 1
  | 'VOTE_KIND_NO'
  | 2
  | 'VOTE_KIND_READ_ONLY'
  | 3
  | 'VOTE_KIND_COMMITTED'
  | 4
  | 'VOTE_KIND_FAILED'
  | 5

export type VoteKind__Output = typeof VoteKind[keyof typeof VoteKind]
