// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { Abort as _concordat_v1_Abort, Abort__Output as _concordat_v1_Abort__Output } from '../../concordat/v1/Abort.ts';

export interface AbortRequest {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'abort'?: (_concordat_v1_Abort | null);
  'logId'?: (Buffer | Uint8Array | string);
}

export interface AbortRequest__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'abort': (_concordat_v1_Abort__Output | null);
  'logId': (Buffer);
}
