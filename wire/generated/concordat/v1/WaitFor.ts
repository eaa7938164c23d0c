// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

export const WaitFor = {
  WAIT_FOR_UNSPECIFIED: 0,
  WAIT_FOR_DECIDED: 1,
  WAIT_FOR_APPLIED: 2,
} as const;

export type WaitFor =
  | 'WAIT_FOR_UNSPECIFIED'
  | 0
  | 'WAIT_FOR_DECIDED'
  | 1
  | 'WAIT_FOR_APPLIED'
  | 2

export type WaitFor__Output = typeof WaitFor[keyof typeof WaitFor]
