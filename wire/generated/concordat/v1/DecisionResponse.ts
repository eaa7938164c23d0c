// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { DecisionAnswer as _concordat_v1_DecisionAnswer, DecisionAnswer__Output as _concordat_v1_DecisionAnswer__Output } from '../../concordat/v1/DecisionAnswer.ts';

export interface DecisionResponse {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'answer'?: (_concordat_v1_DecisionAnswer | null);
}

export interface DecisionResponse__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'answer': (_concordat_v1_DecisionAnswer__Output | null);
}
