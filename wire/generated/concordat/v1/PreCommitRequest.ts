// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from '../../concordat/v1/Sequence.ts';

export interface PreCommitRequest {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'sequence'?: (_concordat_v1_Sequence | null);
}

export interface PreCommitRequest__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'transactionId': (Buffer);
  'branch': (number);
  'sequence': (_concordat_v1_Sequence__Output | null);
}
