// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto

import type { Decision as _concordat_v1_Decision, Decision__Output as _concordat_v1_Decision__Output } from '../../concordat/v1/Decision.ts';

export interface ResolveRequest {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'decision'?: (_concordat_v1_Decision);
  'reason'?: (string);
}

export interface ResolveRequest__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'decision': (_concordat_v1_Decision__Output);
  'reason': (string);
}
