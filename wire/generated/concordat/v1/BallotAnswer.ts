// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { BallotQuestion as _concordat_v1_BallotQuestion, BallotQuestion__Output as _concordat_v1_BallotQuestion__Output } from '../../concordat/v1/BallotQuestion.ts';
import type { Ballot as _concordat_v1_Ballot, Ballot__Output as _concordat_v1_Ballot__Output } from '../../concordat/v1/Ballot.ts';
import type { BallotAnswerKind as _concordat_v1_BallotAnswerKind, BallotAnswerKind__Output as _concordat_v1_BallotAnswerKind__Output } from '../../concordat/v1/BallotAnswerKind.ts';
import type { AdoptedChoice as _concordat_v1_AdoptedChoice, AdoptedChoice__Output as _concordat_v1_AdoptedChoice__Output } from '../../concordat/v1/AdoptedChoice.ts';

export interface BallotAnswer {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'to'?: (_concordat_v1_BallotQuestion);
  'ballot'?: (_concordat_v1_Ballot | null);
  'answer'?: (_concordat_v1_BallotAnswerKind);
  'adopted'?: (_concordat_v1_AdoptedChoice);
  'adoptedBallot'?: (_concordat_v1_Ballot | null);
  'promised'?: (_concordat_v1_Ballot | null);
}

export interface BallotAnswer__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'to': (_concordat_v1_BallotQuestion__Output);
  'ballot': (_concordat_v1_Ballot__Output | null);
  'answer': (_concordat_v1_BallotAnswerKind__Output);
  'adopted': (_concordat_v1_AdoptedChoice__Output);
  'adoptedBallot': (_concordat_v1_Ballot__Output | null);
  'promised': (_concordat_v1_Ballot__Output | null);
}
