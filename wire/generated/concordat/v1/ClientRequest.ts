// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { HelloRequest as _concordat_v1_HelloRequest, HelloRequest__Output as _concordat_v1_HelloRequest__Output } from '../../concordat/v1/HelloRequest.ts';
import type { SubmitRequest as _concordat_v1_SubmitRequest, SubmitRequest__Output as _concordat_v1_SubmitRequest__Output } from '../../concordat/v1/SubmitRequest.ts';
import type { BeginRequest as _concordat_v1_BeginRequest, BeginRequest__Output as _concordat_v1_BeginRequest__Output } from '../../concordat/v1/BeginRequest.ts';
import type { CallRequest as _concordat_v1_CallRequest, CallRequest__Output as _concordat_v1_CallRequest__Output } from '../../concordat/v1/CallRequest.ts';
import type { CommitTransactionRequest as _concordat_v1_CommitTransactionRequest, CommitTransactionRequest__Output as _concordat_v1_CommitTransactionRequest__Output } from '../../concordat/v1/CommitTransactionRequest.ts';
import type { AbortTransactionRequest as _concordat_v1_AbortTransactionRequest, AbortTransactionRequest__Output as _concordat_v1_AbortTransactionRequest__Output } from '../../concordat/v1/AbortTransactionRequest.ts';
import type { GetRequest as _concordat_v1_GetRequest, GetRequest__Output as _concordat_v1_GetRequest__Output } from '../../concordat/v1/GetRequest.ts';
import type { Long } from '@grpc/proto-loader';

export interface ClientRequest {
  'request'?: (number | string | Long);
  'hello'?: (_concordat_v1_HelloRequest | null);
  'submit'?: (_concordat_v1_SubmitRequest | null);
  'begin'?: (_concordat_v1_BeginRequest | null);
  'call'?: (_concordat_v1_CallRequest | null);
  'commit'?: (_concordat_v1_CommitTransactionRequest | null);
  'abort'?: (_concordat_v1_AbortTransactionRequest | null);
  'get'?: (_concordat_v1_GetRequest | null);
  'asked'?: "hello"|"submit"|"begin"|"call"|"commit"|"abort"|"get";
}

export interface ClientRequest__Output {
  'request': (number);
  'hello'?: (_concordat_v1_HelloRequest__Output | null);
  'submit'?: (_concordat_v1_SubmitRequest__Output | null);
  'begin'?: (_concordat_v1_BeginRequest__Output | null);
  'call'?: (_concordat_v1_CallRequest__Output | null);
  'commit'?: (_concordat_v1_CommitTransactionRequest__Output | null);
  'abort'?: (_concordat_v1_AbortTransactionRequest__Output | null);
  'get'?: (_concordat_v1_GetRequest__Output | null);
  'asked'?: "hello"|"submit"|"begin"|"call"|"commit"|"abort"|"get";
}
