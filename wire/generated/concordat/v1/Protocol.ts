// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

export const Protocol = {
  PROTOCOL_UNSPECIFIED: 0,
  PROTOCOL_TWO_PHASE: 1,
  PROTOCOL_THREE_PHASE: 2,
  PROTOCOL_SAGA: 3,
} as const;

export type Protocol =
  | 'PROTOCOL_UNSPECIFIED'
  | 0
  | 'PROTOCOL_TWO_PHASE'
  | 1
  | 'PROTOCOL_THREE_PHASE'
  | 2
  | 'PROTOCOL_SAGA'
  | 3

export type Protocol__Output = typeof Protocol[keyof typeof Protocol]
