// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DrainRequest as _concordat_v1_DrainRequest, DrainRequest__Output as _concordat_v1_DrainRequest__Output } from '../../concordat/v1/DrainRequest.ts';
import type { DrainResponse as _concordat_v1_DrainResponse, DrainResponse__Output as _concordat_v1_DrainResponse__Output } from '../../concordat/v1/DrainResponse.ts';
import type { ForgetRequest as _concordat_v1_ForgetRequest, ForgetRequest__Output as _concordat_v1_ForgetRequest__Output } from '../../concordat/v1/ForgetRequest.ts';
import type { ForgetResponse as _concordat_v1_ForgetResponse, ForgetResponse__Output as _concordat_v1_ForgetResponse__Output } from '../../concordat/v1/ForgetResponse.ts';
import type { ListRequest as _concordat_v1_ListRequest, ListRequest__Output as _concordat_v1_ListRequest__Output } from '../../concordat/v1/ListRequest.ts';
import type { ListResponse as _concordat_v1_ListResponse, ListResponse__Output as _concordat_v1_ListResponse__Output } from '../../concordat/v1/ListResponse.ts';
import type { OperatorGetRequest as _concordat_v1_OperatorGetRequest, OperatorGetRequest__Output as _concordat_v1_OperatorGetRequest__Output } from '../../concordat/v1/OperatorGetRequest.ts';
import type { ResolveRequest as _concordat_v1_ResolveRequest, ResolveRequest__Output as _concordat_v1_ResolveRequest__Output } from '../../concordat/v1/ResolveRequest.ts';
import type { TransactionReport as _concordat_v1_TransactionReport, TransactionReport__Output as _concordat_v1_TransactionReport__Output } from '../../concordat/v1/TransactionReport.ts';

export interface OperatorClient extends grpc.Client {
  Drain(argument: _concordat_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _concordat_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _concordat_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  Drain(argument: _concordat_v1_DrainRequest, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _concordat_v1_DrainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _concordat_v1_DrainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _concordat_v1_DrainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  drain(argument: _concordat_v1_DrainRequest, callback: grpc.requestCallback<_concordat_v1_DrainResponse__Output>): grpc.ClientUnaryCall;
  
  Forget(argument: _concordat_v1_ForgetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  Forget(argument: _concordat_v1_ForgetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  Forget(argument: _concordat_v1_ForgetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  Forget(argument: _concordat_v1_ForgetRequest, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  forget(argument: _concordat_v1_ForgetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  forget(argument: _concordat_v1_ForgetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  forget(argument: _concordat_v1_ForgetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  forget(argument: _concordat_v1_ForgetRequest, callback: grpc.requestCallback<_concordat_v1_ForgetResponse__Output>): grpc.ClientUnaryCall;
  
  Get(argument: _concordat_v1_OperatorGetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  Get(argument: _concordat_v1_OperatorGetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  Get(argument: _concordat_v1_OperatorGetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  Get(argument: _concordat_v1_OperatorGetRequest, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_OperatorGetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_OperatorGetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_OperatorGetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_OperatorGetRequest, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  
  List(argument: _concordat_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _concordat_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _concordat_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _concordat_v1_ListRequest, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _concordat_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _concordat_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _concordat_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _concordat_v1_ListRequest, callback: grpc.requestCallback<_concordat_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  
  Resolve(argument: _concordat_v1_ResolveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _concordat_v1_ResolveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _concordat_v1_ResolveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _concordat_v1_ResolveRequest, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  resolve(argument: _concordat_v1_ResolveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  resolve(argument: _concordat_v1_ResolveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  resolve(argument: _concordat_v1_ResolveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  resolve(argument: _concordat_v1_ResolveRequest, callback: grpc.requestCallback<_concordat_v1_TransactionReport__Output>): grpc.ClientUnaryCall;
  
}

export interface OperatorHandlers extends grpc.UntypedServiceImplementation {
  Drain: grpc.handleUnaryCall<_concordat_v1_DrainRequest__Output, _concordat_v1_DrainResponse>;
  
  Forget: grpc.handleUnaryCall<_concordat_v1_ForgetRequest__Output, _concordat_v1_ForgetResponse>;
  
  Get: grpc.handleUnaryCall<_concordat_v1_OperatorGetRequest__Output, _concordat_v1_TransactionReport>;
  
  List: grpc.handleUnaryCall<_concordat_v1_ListRequest__Output, _concordat_v1_ListResponse>;
  
  Resolve: grpc.handleUnaryCall<_concordat_v1_ResolveRequest__Output, _concordat_v1_TransactionReport>;
  
}

export interface OperatorDefinition extends grpc.ServiceDefinition {
  Drain: MethodDefinition<_concordat_v1_DrainRequest, _concordat_v1_DrainResponse, _concordat_v1_DrainRequest__Output, _concordat_v1_DrainResponse__Output>
  Forget: MethodDefinition<_concordat_v1_ForgetRequest, _concordat_v1_ForgetResponse, _concordat_v1_ForgetRequest__Output, _concordat_v1_ForgetResponse__Output>
  Get: MethodDefinition<_concordat_v1_OperatorGetRequest, _concordat_v1_TransactionReport, _concordat_v1_OperatorGetRequest__Output, _concordat_v1_TransactionReport__Output>
  List: MethodDefinition<_concordat_v1_ListRequest, _concordat_v1_ListResponse, _concordat_v1_ListRequest__Output, _concordat_v1_ListResponse__Output>
  Resolve: MethodDefinition<_concordat_v1_ResolveRequest, _concordat_v1_TransactionReport, _concordat_v1_ResolveRequest__Output, _concordat_v1_TransactionReport__Output>
}
