// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { TransactionOptions as _concordat_v1_TransactionOptions, TransactionOptions__Output as _concordat_v1_TransactionOptions__Output } from '../../concordat/v1/TransactionOptions.ts';

export interface BeginRequest {
  'epoch'?: (number);
  'transactionId'?: (Buffer | Uint8Array | string);
  'options'?: (_concordat_v1_TransactionOptions | null);
}

export interface BeginRequest__Output {
  'epoch': (number);
  'transactionId': (Buffer);
  'options': (_concordat_v1_TransactionOptions__Output | null);
}
