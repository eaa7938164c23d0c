// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { Reference as _concordat_v1_Reference, Reference__Output as _concordat_v1_Reference__Output } from '../../concordat/v1/Reference.ts';
import type { After as _concordat_v1_After, After__Output as _concordat_v1_After__Output } from '../../concordat/v1/After.ts';
import type { SagaRole as _concordat_v1_SagaRole, SagaRole__Output as _concordat_v1_SagaRole__Output } from '../../concordat/v1/SagaRole.ts';
import type { RetryPolicy as _concordat_v1_RetryPolicy, RetryPolicy__Output as _concordat_v1_RetryPolicy__Output } from '../../concordat/v1/RetryPolicy.ts';

export interface BranchRequest {
  'branch'?: (number);
  'participant'?: (string);
  'operation'?: (string);
  'input'?: (Buffer | Uint8Array | string);
  'references'?: (_concordat_v1_Reference)[];
  'after'?: (_concordat_v1_After | null);
  'role'?: (_concordat_v1_SagaRole);
  'retry'?: (_concordat_v1_RetryPolicy | null);
}

export interface BranchRequest__Output {
  'branch': (number);
  'participant': (string);
  'operation': (string);
  'input': (Buffer);
  'references': (_concordat_v1_Reference__Output)[];
  'after': (_concordat_v1_After__Output | null);
  'role': (_concordat_v1_SagaRole__Output);
  'retry': (_concordat_v1_RetryPolicy__Output | null);
}
