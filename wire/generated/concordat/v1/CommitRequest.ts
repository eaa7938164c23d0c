// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { Commit as _concordat_v1_Commit, Commit__Output as _concordat_v1_Commit__Output } from '../../concordat/v1/Commit.ts';

export interface CommitRequest {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'commit'?: (_concordat_v1_Commit | null);
  'logId'?: (Buffer | Uint8Array | string);
}

export interface CommitRequest__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'commit': (_concordat_v1_Commit__Output | null);
  'logId': (Buffer);
}
