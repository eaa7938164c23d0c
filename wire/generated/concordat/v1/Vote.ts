// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { VoteKind as _concordat_v1_VoteKind, VoteKind__Output as _concordat_v1_VoteKind__Output } from '../../concordat/v1/VoteKind.ts';
import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from '../../concordat/v1/Reason.ts';

export interface Vote {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'vote'?: (_concordat_v1_VoteKind);
  'result'?: (Buffer | Uint8Array | string);
  'reason'?: (_concordat_v1_Reason | null);
  'sealed'?: (boolean);
  'sagaTry'?: (number);
}

export interface Vote__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'vote': (_concordat_v1_VoteKind__Output);
  'result': (Buffer);
  'reason': (_concordat_v1_Reason__Output | null);
  'sealed': (boolean);
  'sagaTry': (number);
}
