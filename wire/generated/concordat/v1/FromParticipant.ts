// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { Vote as _concordat_v1_Vote, Vote__Output as _concordat_v1_Vote__Output } from '../../concordat/v1/Vote.ts';
import type { DecisionAnswer as _concordat_v1_DecisionAnswer, DecisionAnswer__Output as _concordat_v1_DecisionAnswer__Output } from '../../concordat/v1/DecisionAnswer.ts';
import type { StatusAnswer as _concordat_v1_StatusAnswer, StatusAnswer__Output as _concordat_v1_StatusAnswer__Output } from '../../concordat/v1/StatusAnswer.ts';
import type { BallotAnswer as _concordat_v1_BallotAnswer, BallotAnswer__Output as _concordat_v1_BallotAnswer__Output } from '../../concordat/v1/BallotAnswer.ts';

export interface FromParticipant {
  'vote'?: (_concordat_v1_Vote | null);
  'decisionAnswer'?: (_concordat_v1_DecisionAnswer | null);
  'statusAnswer'?: (_concordat_v1_StatusAnswer | null);
  'ballotAnswer'?: (_concordat_v1_BallotAnswer | null);
  'message'?: "vote"|"decisionAnswer"|"statusAnswer"|"ballotAnswer";
}

export interface FromParticipant__Output {
  'vote'?: (_concordat_v1_Vote__Output | null);
  'decisionAnswer'?: (_concordat_v1_DecisionAnswer__Output | null);
  'statusAnswer'?: (_concordat_v1_StatusAnswer__Output | null);
  'ballotAnswer'?: (_concordat_v1_BallotAnswer__Output | null);
  'message'?: "vote"|"decisionAnswer"|"statusAnswer"|"ballotAnswer";
}
