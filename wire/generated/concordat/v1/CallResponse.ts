// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from '../../concordat/v1/Reason.ts';
import type { Long } from '@grpc/proto-loader';

export interface CallResponse {
  'result'?: (Buffer | Uint8Array | string);
  'reason'?: (_concordat_v1_Reason | null);
  'startedAtMs'?: (number | string | Long);
  'answer'?: "result"|"reason";
}

export interface CallResponse__Output {
  'result'?: (Buffer);
  'reason'?: (_concordat_v1_Reason__Output | null);
  'startedAtMs': (number);
  'answer'?: "result"|"reason";
}
