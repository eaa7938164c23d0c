// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { BranchState as _concordat_v1_BranchState, BranchState__Output as _concordat_v1_BranchState__Output } from '../../concordat/v1/BranchState.ts';
import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from '../../concordat/v1/Reason.ts';

export interface StatusAnswer {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'state'?: (_concordat_v1_BranchState);
  'result'?: (Buffer | Uint8Array | string);
  'reason'?: (_concordat_v1_Reason | null);
}

export interface StatusAnswer__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'state': (_concordat_v1_BranchState__Output);
  'result': (Buffer);
  'reason': (_concordat_v1_Reason__Output | null);
}
