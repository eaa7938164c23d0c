// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from '../../concordat/v1/TransactionOutcome.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchResponse {
  'transactionId'?: (Buffer | Uint8Array | string);
  'state'?: (string);
  'atMs'?: (number | string | Long);
  'event'?: (string);
  'outcome'?: (_concordat_v1_TransactionOutcome | null);
}

export interface WatchResponse__Output {
  'transactionId': (Buffer);
  'state': (string);
  'atMs': (number);
  'event': (string);
  'outcome': (_concordat_v1_TransactionOutcome__Output | null);
}
