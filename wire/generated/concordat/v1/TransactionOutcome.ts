// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { OutcomeKind as _concordat_v1_OutcomeKind, OutcomeKind__Output as _concordat_v1_OutcomeKind__Output } from '../../concordat/v1/OutcomeKind.ts';
import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from '../../concordat/v1/Reason.ts';
import type { BranchResult as _concordat_v1_BranchResult, BranchResult__Output as _concordat_v1_BranchResult__Output } from '../../concordat/v1/BranchResult.ts';
import type { Decision as _concordat_v1_Decision, Decision__Output as _concordat_v1_Decision__Output } from '../../concordat/v1/Decision.ts';
import type { Long } from '@grpc/proto-loader';

export interface TransactionOutcome {
  'transactionId'?: (Buffer | Uint8Array | string);
  'outcome'?: (_concordat_v1_OutcomeKind);
  'applied'?: (boolean);
  'reason'?: (_concordat_v1_Reason | null);
  'results'?: (_concordat_v1_BranchResult)[];
  'startedAtMs'?: (number | string | Long);
  'decision'?: (_concordat_v1_Decision);
}

export interface TransactionOutcome__Output {
  'transactionId': (Buffer);
  'outcome': (_concordat_v1_OutcomeKind__Output);
  'applied': (boolean);
  'reason': (_concordat_v1_Reason__Output | null);
  'results': (_concordat_v1_BranchResult__Output)[];
  'startedAtMs': (number);
  'decision': (_concordat_v1_Decision__Output);
}
