// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { Propose as _concordat_v1_Propose, Propose__Output as _concordat_v1_Propose__Output } from '../../concordat/v1/Propose.ts';

export interface VotingPreCommitRequest {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'logId'?: (Buffer | Uint8Array | string);
  'preCommit'?: (_concordat_v1_Propose | null);
}

export interface VotingPreCommitRequest__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'logId': (Buffer);
  'preCommit': (_concordat_v1_Propose__Output | null);
}
