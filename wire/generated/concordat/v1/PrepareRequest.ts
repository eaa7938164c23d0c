// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { Prepare as _concordat_v1_Prepare, Prepare__Output as _concordat_v1_Prepare__Output } from '../../concordat/v1/Prepare.ts';

export interface PrepareRequest {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'prepare'?: (_concordat_v1_Prepare | null);
}

export interface PrepareRequest__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'prepare': (_concordat_v1_Prepare__Output | null);
}
