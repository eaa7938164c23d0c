// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { Protocol as _concordat_v1_Protocol, Protocol__Output as _concordat_v1_Protocol__Output } from '../../concordat/v1/Protocol.ts';
import type { WaitFor as _concordat_v1_WaitFor, WaitFor__Output as _concordat_v1_WaitFor__Output } from '../../concordat/v1/WaitFor.ts';
import type { Long } from '@grpc/proto-loader';

export interface TransactionOptions {
  'protocol'?: (_concordat_v1_Protocol);
  'timeoutMs'?: (number | string | Long);
  'idempotencyKey'?: (string);
  'waitFor'?: (_concordat_v1_WaitFor);
  'firstStartedAtMs'?: (number | string | Long);
  'traceParent'?: (string);
}

export interface TransactionOptions__Output {
  'protocol': (_concordat_v1_Protocol__Output);
  'timeoutMs': (number);
  'idempotencyKey': (string);
  'waitFor': (_concordat_v1_WaitFor__Output);
  'firstStartedAtMs': (number);
  'traceParent': (string);
}
