// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AbortTransactionRequest as _concordat_v1_AbortTransactionRequest, AbortTransactionRequest__Output as _concordat_v1_AbortTransactionRequest__Output } from '../../concordat/v1/AbortTransactionRequest.ts';
import type { BeginRequest as _concordat_v1_BeginRequest, BeginRequest__Output as _concordat_v1_BeginRequest__Output } from '../../concordat/v1/BeginRequest.ts';
import type { BeginResponse as _concordat_v1_BeginResponse, BeginResponse__Output as _concordat_v1_BeginResponse__Output } from '../../concordat/v1/BeginResponse.ts';
import type { CallRequest as _concordat_v1_CallRequest, CallRequest__Output as _concordat_v1_CallRequest__Output } from '../../concordat/v1/CallRequest.ts';
import type { CallResponse as _concordat_v1_CallResponse, CallResponse__Output as _concordat_v1_CallResponse__Output } from '../../concordat/v1/CallResponse.ts';
import type { ClientFrame as _concordat_v1_ClientFrame, ClientFrame__Output as _concordat_v1_ClientFrame__Output } from '../../concordat/v1/ClientFrame.ts';
import type { CommitTransactionRequest as _concordat_v1_CommitTransactionRequest, CommitTransactionRequest__Output as _concordat_v1_CommitTransactionRequest__Output } from '../../concordat/v1/CommitTransactionRequest.ts';
import type { CoordinatorClientFrame as _concordat_v1_CoordinatorClientFrame, CoordinatorClientFrame__Output as _concordat_v1_CoordinatorClientFrame__Output } from '../../concordat/v1/CoordinatorClientFrame.ts';
import type { GetRequest as _concordat_v1_GetRequest, GetRequest__Output as _concordat_v1_GetRequest__Output } from '../../concordat/v1/GetRequest.ts';
import type { HelloRequest as _concordat_v1_HelloRequest, HelloRequest__Output as _concordat_v1_HelloRequest__Output } from '../../concordat/v1/HelloRequest.ts';
import type { HelloResponse as _concordat_v1_HelloResponse, HelloResponse__Output as _concordat_v1_HelloResponse__Output } from '../../concordat/v1/HelloResponse.ts';
import type { InquireRequest as _concordat_v1_InquireRequest, InquireRequest__Output as _concordat_v1_InquireRequest__Output } from '../../concordat/v1/InquireRequest.ts';
import type { InquireResponse as _concordat_v1_InquireResponse, InquireResponse__Output as _concordat_v1_InquireResponse__Output } from '../../concordat/v1/InquireResponse.ts';
import type { RegisterRequest as _concordat_v1_RegisterRequest, RegisterRequest__Output as _concordat_v1_RegisterRequest__Output } from '../../concordat/v1/RegisterRequest.ts';
import type { RegisterResponse as _concordat_v1_RegisterResponse, RegisterResponse__Output as _concordat_v1_RegisterResponse__Output } from '../../concordat/v1/RegisterResponse.ts';
import type { SubmitRequest as _concordat_v1_SubmitRequest, SubmitRequest__Output as _concordat_v1_SubmitRequest__Output } from '../../concordat/v1/SubmitRequest.ts';
import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from '../../concordat/v1/TransactionOutcome.ts';
import type { VotingCollectRequest as _concordat_v1_VotingCollectRequest, VotingCollectRequest__Output as _concordat_v1_VotingCollectRequest__Output } from '../../concordat/v1/VotingCollectRequest.ts';
import type { VotingPreAbortRequest as _concordat_v1_VotingPreAbortRequest, VotingPreAbortRequest__Output as _concordat_v1_VotingPreAbortRequest__Output } from '../../concordat/v1/VotingPreAbortRequest.ts';
import type { VotingPreCommitRequest as _concordat_v1_VotingPreCommitRequest, VotingPreCommitRequest__Output as _concordat_v1_VotingPreCommitRequest__Output } from '../../concordat/v1/VotingPreCommitRequest.ts';
import type { VotingResponse as _concordat_v1_VotingResponse, VotingResponse__Output as _concordat_v1_VotingResponse__Output } from '../../concordat/v1/VotingResponse.ts';
import type { WatchRequest as _concordat_v1_WatchRequest, WatchRequest__Output as _concordat_v1_WatchRequest__Output } from '../../concordat/v1/WatchRequest.ts';
import type { WatchResponse as _concordat_v1_WatchResponse, WatchResponse__Output as _concordat_v1_WatchResponse__Output } from '../../concordat/v1/WatchResponse.ts';

export interface CoordinatorClient extends grpc.Client {
  Abort(argument: _concordat_v1_AbortTransactionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Abort(argument: _concordat_v1_AbortTransactionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Abort(argument: _concordat_v1_AbortTransactionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Abort(argument: _concordat_v1_AbortTransactionRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortTransactionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortTransactionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortTransactionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortTransactionRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  
  Begin(argument: _concordat_v1_BeginRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  Begin(argument: _concordat_v1_BeginRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  Begin(argument: _concordat_v1_BeginRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  Begin(argument: _concordat_v1_BeginRequest, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  begin(argument: _concordat_v1_BeginRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  begin(argument: _concordat_v1_BeginRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  begin(argument: _concordat_v1_BeginRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  begin(argument: _concordat_v1_BeginRequest, callback: grpc.requestCallback<_concordat_v1_BeginResponse__Output>): grpc.ClientUnaryCall;
  
  Call(argument: _concordat_v1_CallRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  Call(argument: _concordat_v1_CallRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  Call(argument: _concordat_v1_CallRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  Call(argument: _concordat_v1_CallRequest, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _concordat_v1_CallRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _concordat_v1_CallRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _concordat_v1_CallRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  call(argument: _concordat_v1_CallRequest, callback: grpc.requestCallback<_concordat_v1_CallResponse__Output>): grpc.ClientUnaryCall;
  
  Collect(argument: _concordat_v1_VotingCollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _concordat_v1_VotingCollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _concordat_v1_VotingCollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _concordat_v1_VotingCollectRequest, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_VotingCollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_VotingCollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_VotingCollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_VotingCollectRequest, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  
  Commit(argument: _concordat_v1_CommitTransactionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Commit(argument: _concordat_v1_CommitTransactionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Commit(argument: _concordat_v1_CommitTransactionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Commit(argument: _concordat_v1_CommitTransactionRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitTransactionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitTransactionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitTransactionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitTransactionRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  
  Get(argument: _concordat_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Get(argument: _concordat_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Get(argument: _concordat_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Get(argument: _concordat_v1_GetRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  get(argument: _concordat_v1_GetRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  
  Hello(argument: _concordat_v1_HelloRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  Hello(argument: _concordat_v1_HelloRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  Hello(argument: _concordat_v1_HelloRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  Hello(argument: _concordat_v1_HelloRequest, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _concordat_v1_HelloRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _concordat_v1_HelloRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _concordat_v1_HelloRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  hello(argument: _concordat_v1_HelloRequest, callback: grpc.requestCallback<_concordat_v1_HelloResponse__Output>): grpc.ClientUnaryCall;
  
  Inquire(argument: _concordat_v1_InquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  Inquire(argument: _concordat_v1_InquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  Inquire(argument: _concordat_v1_InquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  Inquire(argument: _concordat_v1_InquireRequest, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  inquire(argument: _concordat_v1_InquireRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  inquire(argument: _concordat_v1_InquireRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  inquire(argument: _concordat_v1_InquireRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  inquire(argument: _concordat_v1_InquireRequest, callback: grpc.requestCallback<_concordat_v1_InquireResponse__Output>): grpc.ClientUnaryCall;
  
  PreAbort(argument: _concordat_v1_VotingPreAbortRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  PreAbort(argument: _concordat_v1_VotingPreAbortRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  PreAbort(argument: _concordat_v1_VotingPreAbortRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  PreAbort(argument: _concordat_v1_VotingPreAbortRequest, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_VotingPreAbortRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_VotingPreAbortRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_VotingPreAbortRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_VotingPreAbortRequest, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  
  PreCommit(argument: _concordat_v1_VotingPreCommitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  PreCommit(argument: _concordat_v1_VotingPreCommitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  PreCommit(argument: _concordat_v1_VotingPreCommitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  PreCommit(argument: _concordat_v1_VotingPreCommitRequest, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_VotingPreCommitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_VotingPreCommitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_VotingPreCommitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_VotingPreCommitRequest, callback: grpc.requestCallback<_concordat_v1_VotingResponse__Output>): grpc.ClientUnaryCall;
  
  Register(argument: _concordat_v1_RegisterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  Register(argument: _concordat_v1_RegisterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  Register(argument: _concordat_v1_RegisterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  Register(argument: _concordat_v1_RegisterRequest, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  register(argument: _concordat_v1_RegisterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  register(argument: _concordat_v1_RegisterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  register(argument: _concordat_v1_RegisterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  register(argument: _concordat_v1_RegisterRequest, callback: grpc.requestCallback<_concordat_v1_RegisterResponse__Output>): grpc.ClientUnaryCall;
  
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_ClientFrame, _concordat_v1_CoordinatorClientFrame__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_ClientFrame, _concordat_v1_CoordinatorClientFrame__Output>;
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_ClientFrame, _concordat_v1_CoordinatorClientFrame__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_ClientFrame, _concordat_v1_CoordinatorClientFrame__Output>;
  
  Submit(argument: _concordat_v1_SubmitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Submit(argument: _concordat_v1_SubmitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Submit(argument: _concordat_v1_SubmitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  Submit(argument: _concordat_v1_SubmitRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  submit(argument: _concordat_v1_SubmitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  submit(argument: _concordat_v1_SubmitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  submit(argument: _concordat_v1_SubmitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  submit(argument: _concordat_v1_SubmitRequest, callback: grpc.requestCallback<_concordat_v1_TransactionOutcome__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _concordat_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_concordat_v1_WatchResponse__Output>;
  Watch(argument: _concordat_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_concordat_v1_WatchResponse__Output>;
  watch(argument: _concordat_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_concordat_v1_WatchResponse__Output>;
  watch(argument: _concordat_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_concordat_v1_WatchResponse__Output>;
  
}

export interface CoordinatorHandlers extends grpc.UntypedServiceImplementation {
  Abort: grpc.handleUnaryCall<_concordat_v1_AbortTransactionRequest__Output, _concordat_v1_TransactionOutcome>;
  
  Begin: grpc.handleUnaryCall<_concordat_v1_BeginRequest__Output, _concordat_v1_BeginResponse>;
  
  Call: grpc.handleUnaryCall<_concordat_v1_CallRequest__Output, _concordat_v1_CallResponse>;
  
  Collect: grpc.handleUnaryCall<_concordat_v1_VotingCollectRequest__Output, _concordat_v1_VotingResponse>;
  
  Commit: grpc.handleUnaryCall<_concordat_v1_CommitTransactionRequest__Output, _concordat_v1_TransactionOutcome>;
  
  Get: grpc.handleUnaryCall<_concordat_v1_GetRequest__Output, _concordat_v1_TransactionOutcome>;
  
  Hello: grpc.handleUnaryCall<_concordat_v1_HelloRequest__Output, _concordat_v1_HelloResponse>;
  
  Inquire: grpc.handleUnaryCall<_concordat_v1_InquireRequest__Output, _concordat_v1_InquireResponse>;
  
  PreAbort: grpc.handleUnaryCall<_concordat_v1_VotingPreAbortRequest__Output, _concordat_v1_VotingResponse>;
  
  PreCommit: grpc.handleUnaryCall<_concordat_v1_VotingPreCommitRequest__Output, _concordat_v1_VotingResponse>;
  
  Register: grpc.handleUnaryCall<_concordat_v1_RegisterRequest__Output, _concordat_v1_RegisterResponse>;
  
  Session: grpc.handleBidiStreamingCall<_concordat_v1_ClientFrame__Output, _concordat_v1_CoordinatorClientFrame>;
  
  Submit: grpc.handleUnaryCall<_concordat_v1_SubmitRequest__Output, _concordat_v1_TransactionOutcome>;
  
  Watch: grpc.handleServerStreamingCall<_concordat_v1_WatchRequest__Output, _concordat_v1_WatchResponse>;
  
}

export interface CoordinatorDefinition extends grpc.ServiceDefinition {
  Abort: MethodDefinition<_concordat_v1_AbortTransactionRequest, _concordat_v1_TransactionOutcome, _concordat_v1_AbortTransactionRequest__Output, _concordat_v1_TransactionOutcome__Output>
  Begin: MethodDefinition<_concordat_v1_BeginRequest, _concordat_v1_BeginResponse, _concordat_v1_BeginRequest__Output, _concordat_v1_BeginResponse__Output>
  Call: MethodDefinition<_concordat_v1_CallRequest, _concordat_v1_CallResponse, _concordat_v1_CallRequest__Output, _concordat_v1_CallResponse__Output>
  Collect: MethodDefinition<_concordat_v1_VotingCollectRequest, _concordat_v1_VotingResponse, _concordat_v1_VotingCollectRequest__Output, _concordat_v1_VotingResponse__Output>
  Commit: MethodDefinition<_concordat_v1_CommitTransactionRequest, _concordat_v1_TransactionOutcome, _concordat_v1_CommitTransactionRequest__Output, _concordat_v1_TransactionOutcome__Output>
  Get: MethodDefinition<_concordat_v1_GetRequest, _concordat_v1_TransactionOutcome, _concordat_v1_GetRequest__Output, _concordat_v1_TransactionOutcome__Output>
  Hello: MethodDefinition<_concordat_v1_HelloRequest, _concordat_v1_HelloResponse, _concordat_v1_HelloRequest__Output, _concordat_v1_HelloResponse__Output>
  Inquire: MethodDefinition<_concordat_v1_InquireRequest, _concordat_v1_InquireResponse, _concordat_v1_InquireRequest__Output, _concordat_v1_InquireResponse__Output>
  PreAbort: MethodDefinition<_concordat_v1_VotingPreAbortRequest, _concordat_v1_VotingResponse, _concordat_v1_VotingPreAbortRequest__Output, _concordat_v1_VotingResponse__Output>
  PreCommit: MethodDefinition<_concordat_v1_VotingPreCommitRequest, _concordat_v1_VotingResponse, _concordat_v1_VotingPreCommitRequest__Output, _concordat_v1_VotingResponse__Output>
  Register: MethodDefinition<_concordat_v1_RegisterRequest, _concordat_v1_RegisterResponse, _concordat_v1_RegisterRequest__Output, _concordat_v1_RegisterResponse__Output>
  Session: MethodDefinition<_concordat_v1_ClientFrame, _concordat_v1_CoordinatorClientFrame, _concordat_v1_ClientFrame__Output, _concordat_v1_CoordinatorClientFrame__Output>
  Submit: MethodDefinition<_concordat_v1_SubmitRequest, _concordat_v1_TransactionOutcome, _concordat_v1_SubmitRequest__Output, _concordat_v1_TransactionOutcome__Output>
  Watch: MethodDefinition<_concordat_v1_WatchRequest, _concordat_v1_WatchResponse, _concordat_v1_WatchRequest__Output, _concordat_v1_WatchResponse__Output>
}
