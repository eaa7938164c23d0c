// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { BallotAnswer as _concordat_v1_BallotAnswer, BallotAnswer__Output as _concordat_v1_BallotAnswer__Output } from '../../concordat/v1/BallotAnswer.ts';

export interface VotingResponse {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'answer'?: (_concordat_v1_BallotAnswer | null);
}

export interface VotingResponse__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'answer': (_concordat_v1_BallotAnswer__Output | null);
}
