// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from '../../concordat/v1/TransactionOutcome.ts';
import type { Long } from '@grpc/proto-loader';

export interface BeginResponse {
  'existing'?: (_concordat_v1_TransactionOutcome | null);
  'startedAtMs'?: (number | string | Long);
}

export interface BeginResponse__Output {
  'existing': (_concordat_v1_TransactionOutcome__Output | null);
  'startedAtMs': (number);
}
