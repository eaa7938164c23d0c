// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AbortRequest as _concordat_v1_AbortRequest, AbortRequest__Output as _concordat_v1_AbortRequest__Output } from '../../concordat/v1/AbortRequest.ts';
import type { BallotResponse as _concordat_v1_BallotResponse, BallotResponse__Output as _concordat_v1_BallotResponse__Output } from '../../concordat/v1/BallotResponse.ts';
import type { CollectRequest as _concordat_v1_CollectRequest, CollectRequest__Output as _concordat_v1_CollectRequest__Output } from '../../concordat/v1/CollectRequest.ts';
import type { CommitRequest as _concordat_v1_CommitRequest, CommitRequest__Output as _concordat_v1_CommitRequest__Output } from '../../concordat/v1/CommitRequest.ts';
import type { CoordinatorFrame as _concordat_v1_CoordinatorFrame, CoordinatorFrame__Output as _concordat_v1_CoordinatorFrame__Output } from '../../concordat/v1/CoordinatorFrame.ts';
import type { DecisionResponse as _concordat_v1_DecisionResponse, DecisionResponse__Output as _concordat_v1_DecisionResponse__Output } from '../../concordat/v1/DecisionResponse.ts';
import type { DescribeRequest as _concordat_v1_DescribeRequest, DescribeRequest__Output as _concordat_v1_DescribeRequest__Output } from '../../concordat/v1/DescribeRequest.ts';
import type { DescribeResponse as _concordat_v1_DescribeResponse, DescribeResponse__Output as _concordat_v1_DescribeResponse__Output } from '../../concordat/v1/DescribeResponse.ts';
import type { ParticipantFrame as _concordat_v1_ParticipantFrame, ParticipantFrame__Output as _concordat_v1_ParticipantFrame__Output } from '../../concordat/v1/ParticipantFrame.ts';
import type { PreAbortRequest as _concordat_v1_PreAbortRequest, PreAbortRequest__Output as _concordat_v1_PreAbortRequest__Output } from '../../concordat/v1/PreAbortRequest.ts';
import type { PreCommitRequest as _concordat_v1_PreCommitRequest, PreCommitRequest__Output as _concordat_v1_PreCommitRequest__Output } from '../../concordat/v1/PreCommitRequest.ts';
import type { PrepareRequest as _concordat_v1_PrepareRequest, PrepareRequest__Output as _concordat_v1_PrepareRequest__Output } from '../../concordat/v1/PrepareRequest.ts';
import type { StatusRequest as _concordat_v1_StatusRequest, StatusRequest__Output as _concordat_v1_StatusRequest__Output } from '../../concordat/v1/StatusRequest.ts';
import type { StatusResponse as _concordat_v1_StatusResponse, StatusResponse__Output as _concordat_v1_StatusResponse__Output } from '../../concordat/v1/StatusResponse.ts';
import type { VoteResponse as _concordat_v1_VoteResponse, VoteResponse__Output as _concordat_v1_VoteResponse__Output } from '../../concordat/v1/VoteResponse.ts';

export interface ParticipantClient extends grpc.Client {
  Abort(argument: _concordat_v1_AbortRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  Abort(argument: _concordat_v1_AbortRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  Abort(argument: _concordat_v1_AbortRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  Abort(argument: _concordat_v1_AbortRequest, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  abort(argument: _concordat_v1_AbortRequest, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  
  Collect(argument: _concordat_v1_CollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _concordat_v1_CollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _concordat_v1_CollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _concordat_v1_CollectRequest, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_CollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_CollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_CollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _concordat_v1_CollectRequest, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  
  Commit(argument: _concordat_v1_CommitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  Commit(argument: _concordat_v1_CommitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  Commit(argument: _concordat_v1_CommitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  Commit(argument: _concordat_v1_CommitRequest, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  commit(argument: _concordat_v1_CommitRequest, callback: grpc.requestCallback<_concordat_v1_DecisionResponse__Output>): grpc.ClientUnaryCall;
  
  Describe(argument: _concordat_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _concordat_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _concordat_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _concordat_v1_DescribeRequest, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _concordat_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _concordat_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _concordat_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _concordat_v1_DescribeRequest, callback: grpc.requestCallback<_concordat_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  
  PreAbort(argument: _concordat_v1_PreAbortRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  PreAbort(argument: _concordat_v1_PreAbortRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  PreAbort(argument: _concordat_v1_PreAbortRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  PreAbort(argument: _concordat_v1_PreAbortRequest, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_PreAbortRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_PreAbortRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_PreAbortRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preAbort(argument: _concordat_v1_PreAbortRequest, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  
  PreCommit(argument: _concordat_v1_PreCommitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  PreCommit(argument: _concordat_v1_PreCommitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  PreCommit(argument: _concordat_v1_PreCommitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  PreCommit(argument: _concordat_v1_PreCommitRequest, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_PreCommitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_PreCommitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_PreCommitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  preCommit(argument: _concordat_v1_PreCommitRequest, callback: grpc.requestCallback<_concordat_v1_BallotResponse__Output>): grpc.ClientUnaryCall;
  
  Prepare(argument: _concordat_v1_PrepareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  Prepare(argument: _concordat_v1_PrepareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  Prepare(argument: _concordat_v1_PrepareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  Prepare(argument: _concordat_v1_PrepareRequest, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  prepare(argument: _concordat_v1_PrepareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  prepare(argument: _concordat_v1_PrepareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  prepare(argument: _concordat_v1_PrepareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  prepare(argument: _concordat_v1_PrepareRequest, callback: grpc.requestCallback<_concordat_v1_VoteResponse__Output>): grpc.ClientUnaryCall;
  
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_CoordinatorFrame, _concordat_v1_ParticipantFrame__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_CoordinatorFrame, _concordat_v1_ParticipantFrame__Output>;
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_CoordinatorFrame, _concordat_v1_ParticipantFrame__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_concordat_v1_CoordinatorFrame, _concordat_v1_ParticipantFrame__Output>;
  
  Status(argument: _concordat_v1_StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _concordat_v1_StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _concordat_v1_StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  Status(argument: _concordat_v1_StatusRequest, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _concordat_v1_StatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _concordat_v1_StatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _concordat_v1_StatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  status(argument: _concordat_v1_StatusRequest, callback: grpc.requestCallback<_concordat_v1_StatusResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ParticipantHandlers extends grpc.UntypedServiceImplementation {
  Abort: grpc.handleUnaryCall<_concordat_v1_AbortRequest__Output, _concordat_v1_DecisionResponse>;
  
  Collect: grpc.handleUnaryCall<_concordat_v1_CollectRequest__Output, _concordat_v1_BallotResponse>;
  
  Commit: grpc.handleUnaryCall<_concordat_v1_CommitRequest__Output, _concordat_v1_DecisionResponse>;
  
  Describe: grpc.handleUnaryCall<_concordat_v1_DescribeRequest__Output, _concordat_v1_DescribeResponse>;
  
  PreAbort: grpc.handleUnaryCall<_concordat_v1_PreAbortRequest__Output, _concordat_v1_BallotResponse>;
  
  PreCommit: grpc.handleUnaryCall<_concordat_v1_PreCommitRequest__Output, _concordat_v1_BallotResponse>;
  
  Prepare: grpc.handleUnaryCall<_concordat_v1_PrepareRequest__Output, _concordat_v1_VoteResponse>;
  
  Session: grpc.handleBidiStreamingCall<_concordat_v1_CoordinatorFrame__Output, _concordat_v1_ParticipantFrame>;
  
  Status: grpc.handleUnaryCall<_concordat_v1_StatusRequest__Output, _concordat_v1_StatusResponse>;
  
}

export interface ParticipantDefinition extends grpc.ServiceDefinition {
  Abort: MethodDefinition<_concordat_v1_AbortRequest, _concordat_v1_DecisionResponse, _concordat_v1_AbortRequest__Output, _concordat_v1_DecisionResponse__Output>
  Collect: MethodDefinition<_concordat_v1_CollectRequest, _concordat_v1_BallotResponse, _concordat_v1_CollectRequest__Output, _concordat_v1_BallotResponse__Output>
  Commit: MethodDefinition<_concordat_v1_CommitRequest, _concordat_v1_DecisionResponse, _concordat_v1_CommitRequest__Output, _concordat_v1_DecisionResponse__Output>
  Describe: MethodDefinition<_concordat_v1_DescribeRequest, _concordat_v1_DescribeResponse, _concordat_v1_DescribeRequest__Output, _concordat_v1_DescribeResponse__Output>
  PreAbort: MethodDefinition<_concordat_v1_PreAbortRequest, _concordat_v1_BallotResponse, _concordat_v1_PreAbortRequest__Output, _concordat_v1_BallotResponse__Output>
  PreCommit: MethodDefinition<_concordat_v1_PreCommitRequest, _concordat_v1_BallotResponse, _concordat_v1_PreCommitRequest__Output, _concordat_v1_BallotResponse__Output>
  Prepare: MethodDefinition<_concordat_v1_PrepareRequest, _concordat_v1_VoteResponse, _concordat_v1_PrepareRequest__Output, _concordat_v1_VoteResponse__Output>
  Session: MethodDefinition<_concordat_v1_CoordinatorFrame, _concordat_v1_ParticipantFrame, _concordat_v1_CoordinatorFrame__Output, _concordat_v1_ParticipantFrame__Output>
  Status: MethodDefinition<_concordat_v1_StatusRequest, _concordat_v1_StatusResponse, _concordat_v1_StatusRequest__Output, _concordat_v1_StatusResponse__Output>
}
