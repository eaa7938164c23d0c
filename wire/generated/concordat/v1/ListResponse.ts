// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto

import type { TransactionReport as _concordat_v1_TransactionReport, TransactionReport__Output as _concordat_v1_TransactionReport__Output } from '../../concordat/v1/TransactionReport.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListResponse {
  'transactions'?: (_concordat_v1_TransactionReport)[];
  'nextPageToken'?: (string);
  'total'?: (number | string | Long);
  'conditions'?: (string)[];
}

export interface ListResponse__Output {
  'transactions': (_concordat_v1_TransactionReport__Output)[];
  'nextPageToken': (string);
  'total': (number);
  'conditions': (string)[];
}
