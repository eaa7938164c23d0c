// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { BranchRequest as _concordat_v1_BranchRequest, BranchRequest__Output as _concordat_v1_BranchRequest__Output } from '../../concordat/v1/BranchRequest.ts';

export interface CallRequest {
  'epoch'?: (number);
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (_concordat_v1_BranchRequest | null);
}

export interface CallRequest__Output {
  'epoch': (number);
  'transactionId': (Buffer);
  'branch': (_concordat_v1_BranchRequest__Output | null);
}
