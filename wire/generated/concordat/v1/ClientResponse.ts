// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { HelloResponse as _concordat_v1_HelloResponse, HelloResponse__Output as _concordat_v1_HelloResponse__Output } from '../../concordat/v1/HelloResponse.ts';
import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from '../../concordat/v1/TransactionOutcome.ts';
import type { BeginResponse as _concordat_v1_BeginResponse, BeginResponse__Output as _concordat_v1_BeginResponse__Output } from '../../concordat/v1/BeginResponse.ts';
import type { CallResponse as _concordat_v1_CallResponse, CallResponse__Output as _concordat_v1_CallResponse__Output } from '../../concordat/v1/CallResponse.ts';
import type { RequestError as _concordat_v1_RequestError, RequestError__Output as _concordat_v1_RequestError__Output } from '../../concordat/v1/RequestError.ts';
import type { Long } from '@grpc/proto-loader';

export interface ClientResponse {
  'request'?: (number | string | Long);
  'hello'?: (_concordat_v1_HelloResponse | null);
  'outcome'?: (_concordat_v1_TransactionOutcome | null);
  'begin'?: (_concordat_v1_BeginResponse | null);
  'call'?: (_concordat_v1_CallResponse | null);
  'error'?: (_concordat_v1_RequestError | null);
  'answer'?: "hello"|"outcome"|"begin"|"call"|"error";
}

export interface ClientResponse__Output {
  'request': (number);
  'hello'?: (_concordat_v1_HelloResponse__Output | null);
  'outcome'?: (_concordat_v1_TransactionOutcome__Output | null);
  'begin'?: (_concordat_v1_BeginResponse__Output | null);
  'call'?: (_concordat_v1_CallResponse__Output | null);
  'error'?: (_concordat_v1_RequestError__Output | null);
  'answer'?: "hello"|"outcome"|"begin"|"call"|"error";
}
