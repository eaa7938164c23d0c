// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { Vote as _concordat_v1_Vote, Vote__Output as _concordat_v1_Vote__Output } from '../../concordat/v1/Vote.ts';

export interface VoteResponse {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'vote'?: (_concordat_v1_Vote | null);
}

export interface VoteResponse__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'vote': (_concordat_v1_Vote__Output | null);
}
