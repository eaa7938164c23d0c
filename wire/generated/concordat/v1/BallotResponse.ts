// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { BallotAnswer as _concordat_v1_BallotAnswer, BallotAnswer__Output as _concordat_v1_BallotAnswer__Output } from '../../concordat/v1/BallotAnswer.ts';

export interface BallotResponse {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'answer'?: (_concordat_v1_BallotAnswer | null);
}

export interface BallotResponse__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'answer': (_concordat_v1_BallotAnswer__Output | null);
}
