// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto

import type { Protocol as _concordat_v1_Protocol, Protocol__Output as _concordat_v1_Protocol__Output } from '../../concordat/v1/Protocol.ts';
import type { BranchReport as _concordat_v1_BranchReport, BranchReport__Output as _concordat_v1_BranchReport__Output } from '../../concordat/v1/BranchReport.ts';
import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from '../../concordat/v1/TransactionOutcome.ts';
import type { Long } from '@grpc/proto-loader';

export interface TransactionReport {
  'transactionId'?: (Buffer | Uint8Array | string);
  'protocol'?: (_concordat_v1_Protocol);
  'state'?: (string);
  'startedAtMs'?: (number | string | Long);
  'why'?: (string);
  'branches'?: (_concordat_v1_BranchReport)[];
  'outcome'?: (_concordat_v1_TransactionOutcome | null);
}

export interface TransactionReport__Output {
  'transactionId': (Buffer);
  'protocol': (_concordat_v1_Protocol__Output);
  'state': (string);
  'startedAtMs': (number);
  'why': (string);
  'branches': (_concordat_v1_BranchReport__Output)[];
  'outcome': (_concordat_v1_TransactionOutcome__Output | null);
}
