// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { Status as _concordat_v1_Status, Status__Output as _concordat_v1_Status__Output } from '../../concordat/v1/Status.ts';

export interface StatusRequest {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'status'?: (_concordat_v1_Status | null);
  'logId'?: (Buffer | Uint8Array | string);
}

export interface StatusRequest__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'status': (_concordat_v1_Status__Output | null);
  'logId': (Buffer);
}
