// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';

export interface PreCommitResponse {
  'header'?: (_concordat_v1_ParticipantHeader | null);
}

export interface PreCommitResponse__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
}
