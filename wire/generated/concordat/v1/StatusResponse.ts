// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { StatusAnswer as _concordat_v1_StatusAnswer, StatusAnswer__Output as _concordat_v1_StatusAnswer__Output } from '../../concordat/v1/StatusAnswer.ts';

export interface StatusResponse {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'answer'?: (_concordat_v1_StatusAnswer | null);
}

export interface StatusResponse__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'answer': (_concordat_v1_StatusAnswer__Output | null);
}
