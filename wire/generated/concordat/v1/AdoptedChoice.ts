// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

export const AdoptedChoice = {
  ADOPTED_CHOICE_UNSPECIFIED: 0,
  ADOPTED_CHOICE_PRE_COMMIT: 1,
  ADOPTED_CHOICE_PRE_ABORT: 2,
} as const;

export type AdoptedChoice =
  | 'ADOPTED_CHOICE_UNSPECIFIED'
  | 0
  | 'ADOPTED_CHOICE_PRE_COMMIT'
  | 1
  | 'ADOPTED_CHOICE_PRE_ABORT'
  | 2

export type AdoptedChoice__Output = typeof AdoptedChoice[keyof typeof AdoptedChoice]
