// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { Collect as _concordat_v1_Collect, Collect__Output as _concordat_v1_Collect__Output } from '../../concordat/v1/Collect.ts';

export interface CollectRequest {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'collect'?: (_concordat_v1_Collect | null);
  'logId'?: (Buffer | Uint8Array | string);
}

export interface CollectRequest__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'collect': (_concordat_v1_Collect__Output | null);
  'logId': (Buffer);
}
