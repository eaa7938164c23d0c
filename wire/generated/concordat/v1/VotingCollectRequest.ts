// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { Collect as _concordat_v1_Collect, Collect__Output as _concordat_v1_Collect__Output } from '../../concordat/v1/Collect.ts';

export interface VotingCollectRequest {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'logId'?: (Buffer | Uint8Array | string);
  'collect'?: (_concordat_v1_Collect | null);
}

export interface VotingCollectRequest__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'logId': (Buffer);
  'collect': (_concordat_v1_Collect__Output | null);
}
