// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { Propose as _concordat_v1_Propose, Propose__Output as _concordat_v1_Propose__Output } from '../../concordat/v1/Propose.ts';

export interface PreAbortRequest {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'preAbort'?: (_concordat_v1_Propose | null);
  'logId'?: (Buffer | Uint8Array | string);
}

export interface PreAbortRequest__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'preAbort': (_concordat_v1_Propose__Output | null);
  'logId': (Buffer);
}
