// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

export const SagaRole = {
  SAGA_ROLE_UNSPECIFIED: 0,
  SAGA_ROLE_COMPENSATABLE: 1,
  SAGA_ROLE_PIVOT: 2,
  SAGA_ROLE_RETRIABLE: 3,
} as const;

export type SagaRole =
  | 'SAGA_ROLE_UNSPECIFIED'
  | 0
  | 'SAGA_ROLE_COMPENSATABLE'
  | 1
  | 'SAGA_ROLE_PIVOT'
  | 2
  | 'SAGA_ROLE_RETRIABLE'
  | 3

export type SagaRole__Output = typeof SagaRole[keyof typeof SagaRole]
