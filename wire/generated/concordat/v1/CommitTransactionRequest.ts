// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { WaitFor as _concordat_v1_WaitFor, WaitFor__Output as _concordat_v1_WaitFor__Output } from '../../concordat/v1/WaitFor.ts';

export interface CommitTransactionRequest {
  'epoch'?: (number);
  'transactionId'?: (Buffer | Uint8Array | string);
  'branches'?: (number)[];
  'waitFor'?: (_concordat_v1_WaitFor);
}

export interface CommitTransactionRequest__Output {
  'epoch': (number);
  'transactionId': (Buffer);
  'branches': (number)[];
  'waitFor': (_concordat_v1_WaitFor__Output);
}
