// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';

export interface RegisterResponse {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
}

export interface RegisterResponse__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
}
