// Generated from proto/ by `npm run generate`: do not edit.
import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AbortTransactionRequest as _concordat_v1_AbortTransactionRequest, AbortTransactionRequest__Output as _concordat_v1_AbortTransactionRequest__Output } from './concordat/v1/AbortTransactionRequest.ts';
import type { After as _concordat_v1_After, After__Output as _concordat_v1_After__Output } from './concordat/v1/After.ts';
import type { Ballot as _concordat_v1_Ballot, Ballot__Output as _concordat_v1_Ballot__Output } from './concordat/v1/Ballot.ts';
import type { BallotAnswer as _concordat_v1_BallotAnswer, BallotAnswer__Output as _concordat_v1_BallotAnswer__Output } from './concordat/v1/BallotAnswer.ts';
import type { BeginRequest as _concordat_v1_BeginRequest, BeginRequest__Output as _concordat_v1_BeginRequest__Output } from './concordat/v1/BeginRequest.ts';
import type { BeginResponse as _concordat_v1_BeginResponse, BeginResponse__Output as _concordat_v1_BeginResponse__Output } from './concordat/v1/BeginResponse.ts';
import type { BranchRequest as _concordat_v1_BranchRequest, BranchRequest__Output as _concordat_v1_BranchRequest__Output } from './concordat/v1/BranchRequest.ts';
import type { BranchResult as _concordat_v1_BranchResult, BranchResult__Output as _concordat_v1_BranchResult__Output } from './concordat/v1/BranchResult.ts';
import type { CallRequest as _concordat_v1_CallRequest, CallRequest__Output as _concordat_v1_CallRequest__Output } from './concordat/v1/CallRequest.ts';
import type { CallResponse as _concordat_v1_CallResponse, CallResponse__Output as _concordat_v1_CallResponse__Output } from './concordat/v1/CallResponse.ts';
import type { ClientFrame as _concordat_v1_ClientFrame, ClientFrame__Output as _concordat_v1_ClientFrame__Output } from './concordat/v1/ClientFrame.ts';
import type { ClientRequest as _concordat_v1_ClientRequest, ClientRequest__Output as _concordat_v1_ClientRequest__Output } from './concordat/v1/ClientRequest.ts';
import type { ClientResponse as _concordat_v1_ClientResponse, ClientResponse__Output as _concordat_v1_ClientResponse__Output } from './concordat/v1/ClientResponse.ts';
import type { Collect as _concordat_v1_Collect, Collect__Output as _concordat_v1_Collect__Output } from './concordat/v1/Collect.ts';
import type { CommitTransactionRequest as _concordat_v1_CommitTransactionRequest, CommitTransactionRequest__Output as _concordat_v1_CommitTransactionRequest__Output } from './concordat/v1/CommitTransactionRequest.ts';
import type { CoordinatorClient as _concordat_v1_CoordinatorClient, CoordinatorDefinition as _concordat_v1_CoordinatorDefinition } from './concordat/v1/Coordinator.ts';
import type { CoordinatorClientFrame as _concordat_v1_CoordinatorClientFrame, CoordinatorClientFrame__Output as _concordat_v1_CoordinatorClientFrame__Output } from './concordat/v1/CoordinatorClientFrame.ts';
import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from './concordat/v1/CoordinatorHeader.ts';
import type { GetRequest as _concordat_v1_GetRequest, GetRequest__Output as _concordat_v1_GetRequest__Output } from './concordat/v1/GetRequest.ts';
import type { HelloRequest as _concordat_v1_HelloRequest, HelloRequest__Output as _concordat_v1_HelloRequest__Output } from './concordat/v1/HelloRequest.ts';
import type { HelloResponse as _concordat_v1_HelloResponse, HelloResponse__Output as _concordat_v1_HelloResponse__Output } from './concordat/v1/HelloResponse.ts';
import type { InDoubtBranch as _concordat_v1_InDoubtBranch, InDoubtBranch__Output as _concordat_v1_InDoubtBranch__Output } from './concordat/v1/InDoubtBranch.ts';
import type { InquireRequest as _concordat_v1_InquireRequest, InquireRequest__Output as _concordat_v1_InquireRequest__Output } from './concordat/v1/InquireRequest.ts';
import type { InquireResponse as _concordat_v1_InquireResponse, InquireResponse__Output as _concordat_v1_InquireResponse__Output } from './concordat/v1/InquireResponse.ts';
import type { InquiryAnswer as _concordat_v1_InquiryAnswer, InquiryAnswer__Output as _concordat_v1_InquiryAnswer__Output } from './concordat/v1/InquiryAnswer.ts';
import type { Member as _concordat_v1_Member, Member__Output as _concordat_v1_Member__Output } from './concordat/v1/Member.ts';
import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from './concordat/v1/ParticipantHeader.ts';
import type { Propose as _concordat_v1_Propose, Propose__Output as _concordat_v1_Propose__Output } from './concordat/v1/Propose.ts';
import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from './concordat/v1/Reason.ts';
import type { Reference as _concordat_v1_Reference, Reference__Output as _concordat_v1_Reference__Output } from './concordat/v1/Reference.ts';
import type { RegisterRequest as _concordat_v1_RegisterRequest, RegisterRequest__Output as _concordat_v1_RegisterRequest__Output } from './concordat/v1/RegisterRequest.ts';
import type { RegisterResponse as _concordat_v1_RegisterResponse, RegisterResponse__Output as _concordat_v1_RegisterResponse__Output } from './concordat/v1/RegisterResponse.ts';
import type { RequestError as _concordat_v1_RequestError, RequestError__Output as _concordat_v1_RequestError__Output } from './concordat/v1/RequestError.ts';
import type { RetryPolicy as _concordat_v1_RetryPolicy, RetryPolicy__Output as _concordat_v1_RetryPolicy__Output } from './concordat/v1/RetryPolicy.ts';
import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from './concordat/v1/Sequence.ts';
import type { SubmitRequest as _concordat_v1_SubmitRequest, SubmitRequest__Output as _concordat_v1_SubmitRequest__Output } from './concordat/v1/SubmitRequest.ts';
import type { TransactionOptions as _concordat_v1_TransactionOptions, TransactionOptions__Output as _concordat_v1_TransactionOptions__Output } from './concordat/v1/TransactionOptions.ts';
import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from './concordat/v1/TransactionOutcome.ts';
import type { VotingCollectRequest as _concordat_v1_VotingCollectRequest, VotingCollectRequest__Output as _concordat_v1_VotingCollectRequest__Output } from './concordat/v1/VotingCollectRequest.ts';
import type { VotingPreAbortRequest as _concordat_v1_VotingPreAbortRequest, VotingPreAbortRequest__Output as _concordat_v1_VotingPreAbortRequest__Output } from './concordat/v1/VotingPreAbortRequest.ts';
import type { VotingPreCommitRequest as _concordat_v1_VotingPreCommitRequest, VotingPreCommitRequest__Output as _concordat_v1_VotingPreCommitRequest__Output } from './concordat/v1/VotingPreCommitRequest.ts';
import type { VotingResponse as _concordat_v1_VotingResponse, VotingResponse__Output as _concordat_v1_VotingResponse__Output } from './concordat/v1/VotingResponse.ts';
import type { WatchRequest as _concordat_v1_WatchRequest, WatchRequest__Output as _concordat_v1_WatchRequest__Output } from './concordat/v1/WatchRequest.ts';
import type { WatchResponse as _concordat_v1_WatchResponse, WatchResponse__Output as _concordat_v1_WatchResponse__Output } from './concordat/v1/WatchResponse.ts';
import type { Watermark as _concordat_v1_Watermark, Watermark__Output as _concordat_v1_Watermark__Output } from './concordat/v1/Watermark.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  concordat: {
    v1: {
      AbortTransactionRequest: MessageTypeDefinition<_concordat_v1_AbortTransactionRequest, _concordat_v1_AbortTransactionRequest__Output>
      AdoptedChoice: EnumTypeDefinition
      After: MessageTypeDefinition<_concordat_v1_After, _concordat_v1_After__Output>
      Ballot: MessageTypeDefinition<_concordat_v1_Ballot, _concordat_v1_Ballot__Output>
      BallotAnswer: MessageTypeDefinition<_concordat_v1_BallotAnswer, _concordat_v1_BallotAnswer__Output>
      BallotAnswerKind: EnumTypeDefinition
      BallotQuestion: EnumTypeDefinition
      BeginRequest: MessageTypeDefinition<_concordat_v1_BeginRequest, _concordat_v1_BeginRequest__Output>
      BeginResponse: MessageTypeDefinition<_concordat_v1_BeginResponse, _concordat_v1_BeginResponse__Output>
      BranchRequest: MessageTypeDefinition<_concordat_v1_BranchRequest, _concordat_v1_BranchRequest__Output>
      BranchResult: MessageTypeDefinition<_concordat_v1_BranchResult, _concordat_v1_BranchResult__Output>
      CallRequest: MessageTypeDefinition<_concordat_v1_CallRequest, _concordat_v1_CallRequest__Output>
      CallResponse: MessageTypeDefinition<_concordat_v1_CallResponse, _concordat_v1_CallResponse__Output>
      ClientFrame: MessageTypeDefinition<_concordat_v1_ClientFrame, _concordat_v1_ClientFrame__Output>
      ClientRequest: MessageTypeDefinition<_concordat_v1_ClientRequest, _concordat_v1_ClientRequest__Output>
      ClientResponse: MessageTypeDefinition<_concordat_v1_ClientResponse, _concordat_v1_ClientResponse__Output>
      Collect: MessageTypeDefinition<_concordat_v1_Collect, _concordat_v1_Collect__Output>
      CommitTransactionRequest: MessageTypeDefinition<_concordat_v1_CommitTransactionRequest, _concordat_v1_CommitTransactionRequest__Output>
      Coordinator: SubtypeConstructor<typeof grpc.Client, _concordat_v1_CoordinatorClient> & { service: _concordat_v1_CoordinatorDefinition }
      CoordinatorClientFrame: MessageTypeDefinition<_concordat_v1_CoordinatorClientFrame, _concordat_v1_CoordinatorClientFrame__Output>
      CoordinatorHeader: MessageTypeDefinition<_concordat_v1_CoordinatorHeader, _concordat_v1_CoordinatorHeader__Output>
      Decision: EnumTypeDefinition
      GetRequest: MessageTypeDefinition<_concordat_v1_GetRequest, _concordat_v1_GetRequest__Output>
      HelloRequest: MessageTypeDefinition<_concordat_v1_HelloRequest, _concordat_v1_HelloRequest__Output>
      HelloResponse: MessageTypeDefinition<_concordat_v1_HelloResponse, _concordat_v1_HelloResponse__Output>
      InDoubtBranch: MessageTypeDefinition<_concordat_v1_InDoubtBranch, _concordat_v1_InDoubtBranch__Output>
      InquireRequest: MessageTypeDefinition<_concordat_v1_InquireRequest, _concordat_v1_InquireRequest__Output>
      InquireResponse: MessageTypeDefinition<_concordat_v1_InquireResponse, _concordat_v1_InquireResponse__Output>
      InquiryAnswer: MessageTypeDefinition<_concordat_v1_InquiryAnswer, _concordat_v1_InquiryAnswer__Output>
      InquiryAnswerKind: EnumTypeDefinition
      Member: MessageTypeDefinition<_concordat_v1_Member, _concordat_v1_Member__Output>
      OutcomeKind: EnumTypeDefinition
      ParticipantHeader: MessageTypeDefinition<_concordat_v1_ParticipantHeader, _concordat_v1_ParticipantHeader__Output>
      Propose: MessageTypeDefinition<_concordat_v1_Propose, _concordat_v1_Propose__Output>
      Protocol: EnumTypeDefinition
      Reason: MessageTypeDefinition<_concordat_v1_Reason, _concordat_v1_Reason__Output>
      Reference: MessageTypeDefinition<_concordat_v1_Reference, _concordat_v1_Reference__Output>
      RegisterRequest: MessageTypeDefinition<_concordat_v1_RegisterRequest, _concordat_v1_RegisterRequest__Output>
      RegisterResponse: MessageTypeDefinition<_concordat_v1_RegisterResponse, _concordat_v1_RegisterResponse__Output>
      RequestError: MessageTypeDefinition<_concordat_v1_RequestError, _concordat_v1_RequestError__Output>
      RetryPolicy: MessageTypeDefinition<_concordat_v1_RetryPolicy, _concordat_v1_RetryPolicy__Output>
      SagaRole: EnumTypeDefinition
      Sequence: MessageTypeDefinition<_concordat_v1_Sequence, _concordat_v1_Sequence__Output>
      SubmitRequest: MessageTypeDefinition<_concordat_v1_SubmitRequest, _concordat_v1_SubmitRequest__Output>
      TransactionOptions: MessageTypeDefinition<_concordat_v1_TransactionOptions, _concordat_v1_TransactionOptions__Output>
      TransactionOutcome: MessageTypeDefinition<_concordat_v1_TransactionOutcome, _concordat_v1_TransactionOutcome__Output>
      VotingCollectRequest: MessageTypeDefinition<_concordat_v1_VotingCollectRequest, _concordat_v1_VotingCollectRequest__Output>
      VotingPreAbortRequest: MessageTypeDefinition<_concordat_v1_VotingPreAbortRequest, _concordat_v1_VotingPreAbortRequest__Output>
      VotingPreCommitRequest: MessageTypeDefinition<_concordat_v1_VotingPreCommitRequest, _concordat_v1_VotingPreCommitRequest__Output>
      VotingResponse: MessageTypeDefinition<_concordat_v1_VotingResponse, _concordat_v1_VotingResponse__Output>
      WaitFor: EnumTypeDefinition
      WatchRequest: MessageTypeDefinition<_concordat_v1_WatchRequest, _concordat_v1_WatchRequest__Output>
      WatchResponse: MessageTypeDefinition<_concordat_v1_WatchResponse, _concordat_v1_WatchResponse__Output>
      Watermark: MessageTypeDefinition<_concordat_v1_Watermark, _concordat_v1_Watermark__Output>
    }
  }
}

