// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { Decision as _concordat_v1_Decision, Decision__Output as _concordat_v1_Decision__Output } from '../../concordat/v1/Decision.ts';
import type { DecisionAnswerKind as _concordat_v1_DecisionAnswerKind, DecisionAnswerKind__Output as _concordat_v1_DecisionAnswerKind__Output } from '../../concordat/v1/DecisionAnswerKind.ts';
import type { Long } from '@grpc/proto-loader';

export interface DecisionAnswer {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'decision'?: (_concordat_v1_Decision);
  'answer'?: (_concordat_v1_DecisionAnswerKind);
  'turn'?: (number | string | Long);
  'detail'?: (string);
}

export interface DecisionAnswer__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'decision': (_concordat_v1_Decision__Output);
  'answer': (_concordat_v1_DecisionAnswerKind__Output);
  'turn': (number);
  'detail': (string);
}
