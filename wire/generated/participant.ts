// Generated from proto/ by `npm run generate`: do not edit.
import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Abort as _concordat_v1_Abort, Abort__Output as _concordat_v1_Abort__Output } from './concordat/v1/Abort.ts';
import type { AbortRequest as _concordat_v1_AbortRequest, AbortRequest__Output as _concordat_v1_AbortRequest__Output } from './concordat/v1/AbortRequest.ts';
import type { After as _concordat_v1_After, After__Output as _concordat_v1_After__Output } from './concordat/v1/After.ts';
import type { Ballot as _concordat_v1_Ballot, Ballot__Output as _concordat_v1_Ballot__Output } from './concordat/v1/Ballot.ts';
import type { BallotAnswer as _concordat_v1_BallotAnswer, BallotAnswer__Output as _concordat_v1_BallotAnswer__Output } from './concordat/v1/BallotAnswer.ts';
import type { BallotResponse as _concordat_v1_BallotResponse, BallotResponse__Output as _concordat_v1_BallotResponse__Output } from './concordat/v1/BallotResponse.ts';
import type { BranchRequest as _concordat_v1_BranchRequest, BranchRequest__Output as _concordat_v1_BranchRequest__Output } from './concordat/v1/BranchRequest.ts';
import type { BranchResult as _concordat_v1_BranchResult, BranchResult__Output as _concordat_v1_BranchResult__Output } from './concordat/v1/BranchResult.ts';
import type { Collect as _concordat_v1_Collect, Collect__Output as _concordat_v1_Collect__Output } from './concordat/v1/Collect.ts';
import type { CollectRequest as _concordat_v1_CollectRequest, CollectRequest__Output as _concordat_v1_CollectRequest__Output } from './concordat/v1/CollectRequest.ts';
import type { Commit as _concordat_v1_Commit, Commit__Output as _concordat_v1_Commit__Output } from './concordat/v1/Commit.ts';
import type { CommitRequest as _concordat_v1_CommitRequest, CommitRequest__Output as _concordat_v1_CommitRequest__Output } from './concordat/v1/CommitRequest.ts';
import type { CoordinatorFrame as _concordat_v1_CoordinatorFrame, CoordinatorFrame__Output as _concordat_v1_CoordinatorFrame__Output } from './concordat/v1/CoordinatorFrame.ts';
import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from './concordat/v1/CoordinatorHeader.ts';
import type { DecisionAnswer as _concordat_v1_DecisionAnswer, DecisionAnswer__Output as _concordat_v1_DecisionAnswer__Output } from './concordat/v1/DecisionAnswer.ts';
import type { DecisionResponse as _concordat_v1_DecisionResponse, DecisionResponse__Output as _concordat_v1_DecisionResponse__Output } from './concordat/v1/DecisionResponse.ts';
import type { DescribeRequest as _concordat_v1_DescribeRequest, DescribeRequest__Output as _concordat_v1_DescribeRequest__Output } from './concordat/v1/DescribeRequest.ts';
import type { DescribeResponse as _concordat_v1_DescribeResponse, DescribeResponse__Output as _concordat_v1_DescribeResponse__Output } from './concordat/v1/DescribeResponse.ts';
import type { FromParticipant as _concordat_v1_FromParticipant, FromParticipant__Output as _concordat_v1_FromParticipant__Output } from './concordat/v1/FromParticipant.ts';
import type { Member as _concordat_v1_Member, Member__Output as _concordat_v1_Member__Output } from './concordat/v1/Member.ts';
import type { ParticipantClient as _concordat_v1_ParticipantClient, ParticipantDefinition as _concordat_v1_ParticipantDefinition } from './concordat/v1/Participant.ts';
import type { ParticipantFrame as _concordat_v1_ParticipantFrame, ParticipantFrame__Output as _concordat_v1_ParticipantFrame__Output } from './concordat/v1/ParticipantFrame.ts';
import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from './concordat/v1/ParticipantHeader.ts';
import type { PreAbortRequest as _concordat_v1_PreAbortRequest, PreAbortRequest__Output as _concordat_v1_PreAbortRequest__Output } from './concordat/v1/PreAbortRequest.ts';
import type { PreCommitRequest as _concordat_v1_PreCommitRequest, PreCommitRequest__Output as _concordat_v1_PreCommitRequest__Output } from './concordat/v1/PreCommitRequest.ts';
import type { Prepare as _concordat_v1_Prepare, Prepare__Output as _concordat_v1_Prepare__Output } from './concordat/v1/Prepare.ts';
import type { PrepareRequest as _concordat_v1_PrepareRequest, PrepareRequest__Output as _concordat_v1_PrepareRequest__Output } from './concordat/v1/PrepareRequest.ts';
import type { Propose as _concordat_v1_Propose, Propose__Output as _concordat_v1_Propose__Output } from './concordat/v1/Propose.ts';
import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from './concordat/v1/Reason.ts';
import type { Reference as _concordat_v1_Reference, Reference__Output as _concordat_v1_Reference__Output } from './concordat/v1/Reference.ts';
import type { RetryPolicy as _concordat_v1_RetryPolicy, RetryPolicy__Output as _concordat_v1_RetryPolicy__Output } from './concordat/v1/RetryPolicy.ts';
import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from './concordat/v1/Sequence.ts';
import type { Status as _concordat_v1_Status, Status__Output as _concordat_v1_Status__Output } from './concordat/v1/Status.ts';
import type { StatusAnswer as _concordat_v1_StatusAnswer, StatusAnswer__Output as _concordat_v1_StatusAnswer__Output } from './concordat/v1/StatusAnswer.ts';
import type { StatusRequest as _concordat_v1_StatusRequest, StatusRequest__Output as _concordat_v1_StatusRequest__Output } from './concordat/v1/StatusRequest.ts';
import type { StatusResponse as _concordat_v1_StatusResponse, StatusResponse__Output as _concordat_v1_StatusResponse__Output } from './concordat/v1/StatusResponse.ts';
import type { ToParticipant as _concordat_v1_ToParticipant, ToParticipant__Output as _concordat_v1_ToParticipant__Output } from './concordat/v1/ToParticipant.ts';
import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from './concordat/v1/TransactionOutcome.ts';
import type { Vote as _concordat_v1_Vote, Vote__Output as _concordat_v1_Vote__Output } from './concordat/v1/Vote.ts';
import type { VoteResponse as _concordat_v1_VoteResponse, VoteResponse__Output as _concordat_v1_VoteResponse__Output } from './concordat/v1/VoteResponse.ts';
import type { Watermark as _concordat_v1_Watermark, Watermark__Output as _concordat_v1_Watermark__Output } from './concordat/v1/Watermark.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  concordat: {
    v1: {
      Abort: MessageTypeDefinition<_concordat_v1_Abort, _concordat_v1_Abort__Output>
      AbortRequest: MessageTypeDefinition<_concordat_v1_AbortRequest, _concordat_v1_AbortRequest__Output>
      AdoptedChoice: EnumTypeDefinition
      After: MessageTypeDefinition<_concordat_v1_After, _concordat_v1_After__Output>
      Ballot: MessageTypeDefinition<_concordat_v1_Ballot, _concordat_v1_Ballot__Output>
      BallotAnswer: MessageTypeDefinition<_concordat_v1_BallotAnswer, _concordat_v1_BallotAnswer__Output>
      BallotAnswerKind: EnumTypeDefinition
      BallotQuestion: EnumTypeDefinition
      BallotResponse: MessageTypeDefinition<_concordat_v1_BallotResponse, _concordat_v1_BallotResponse__Output>
      BranchRequest: MessageTypeDefinition<_concordat_v1_BranchRequest, _concordat_v1_BranchRequest__Output>
      BranchResult: MessageTypeDefinition<_concordat_v1_BranchResult, _concordat_v1_BranchResult__Output>
      BranchState: EnumTypeDefinition
      Collect: MessageTypeDefinition<_concordat_v1_Collect, _concordat_v1_Collect__Output>
      CollectRequest: MessageTypeDefinition<_concordat_v1_CollectRequest, _concordat_v1_CollectRequest__Output>
      Commit: MessageTypeDefinition<_concordat_v1_Commit, _concordat_v1_Commit__Output>
      CommitRequest: MessageTypeDefinition<_concordat_v1_CommitRequest, _concordat_v1_CommitRequest__Output>
      CoordinatorFrame: MessageTypeDefinition<_concordat_v1_CoordinatorFrame, _concordat_v1_CoordinatorFrame__Output>
      CoordinatorHeader: MessageTypeDefinition<_concordat_v1_CoordinatorHeader, _concordat_v1_CoordinatorHeader__Output>
      Decision: EnumTypeDefinition
      DecisionAnswer: MessageTypeDefinition<_concordat_v1_DecisionAnswer, _concordat_v1_DecisionAnswer__Output>
      DecisionAnswerKind: EnumTypeDefinition
      DecisionResponse: MessageTypeDefinition<_concordat_v1_DecisionResponse, _concordat_v1_DecisionResponse__Output>
      DescribeRequest: MessageTypeDefinition<_concordat_v1_DescribeRequest, _concordat_v1_DescribeRequest__Output>
      DescribeResponse: MessageTypeDefinition<_concordat_v1_DescribeResponse, _concordat_v1_DescribeResponse__Output>
      FromParticipant: MessageTypeDefinition<_concordat_v1_FromParticipant, _concordat_v1_FromParticipant__Output>
      Member: MessageTypeDefinition<_concordat_v1_Member, _concordat_v1_Member__Output>
      OutcomeKind: EnumTypeDefinition
      Participant: SubtypeConstructor<typeof grpc.Client, _concordat_v1_ParticipantClient> & { service: _concordat_v1_ParticipantDefinition }
      ParticipantFrame: MessageTypeDefinition<_concordat_v1_ParticipantFrame, _concordat_v1_ParticipantFrame__Output>
      ParticipantHeader: MessageTypeDefinition<_concordat_v1_ParticipantHeader, _concordat_v1_ParticipantHeader__Output>
      PreAbortRequest: MessageTypeDefinition<_concordat_v1_PreAbortRequest, _concordat_v1_PreAbortRequest__Output>
      PreCommitRequest: MessageTypeDefinition<_concordat_v1_PreCommitRequest, _concordat_v1_PreCommitRequest__Output>
      Prepare: MessageTypeDefinition<_concordat_v1_Prepare, _concordat_v1_Prepare__Output>
      PrepareRequest: MessageTypeDefinition<_concordat_v1_PrepareRequest, _concordat_v1_PrepareRequest__Output>
      Propose: MessageTypeDefinition<_concordat_v1_Propose, _concordat_v1_Propose__Output>
      Protocol: EnumTypeDefinition
      Reason: MessageTypeDefinition<_concordat_v1_Reason, _concordat_v1_Reason__Output>
      Reference: MessageTypeDefinition<_concordat_v1_Reference, _concordat_v1_Reference__Output>
      RetryPolicy: MessageTypeDefinition<_concordat_v1_RetryPolicy, _concordat_v1_RetryPolicy__Output>
      SagaRole: EnumTypeDefinition
      Sequence: MessageTypeDefinition<_concordat_v1_Sequence, _concordat_v1_Sequence__Output>
      Status: MessageTypeDefinition<_concordat_v1_Status, _concordat_v1_Status__Output>
      StatusAnswer: MessageTypeDefinition<_concordat_v1_StatusAnswer, _concordat_v1_StatusAnswer__Output>
      StatusRequest: MessageTypeDefinition<_concordat_v1_StatusRequest, _concordat_v1_StatusRequest__Output>
      StatusResponse: MessageTypeDefinition<_concordat_v1_StatusResponse, _concordat_v1_StatusResponse__Output>
      ToParticipant: MessageTypeDefinition<_concordat_v1_ToParticipant, _concordat_v1_ToParticipant__Output>
      TransactionOutcome: MessageTypeDefinition<_concordat_v1_TransactionOutcome, _concordat_v1_TransactionOutcome__Output>
      Vote: MessageTypeDefinition<_concordat_v1_Vote, _concordat_v1_Vote__Output>
      VoteKind: EnumTypeDefinition
      VoteResponse: MessageTypeDefinition<_concordat_v1_VoteResponse, _concordat_v1_VoteResponse__Output>
      Watermark: MessageTypeDefinition<_concordat_v1_Watermark, _concordat_v1_Watermark__Output>
    }
  }
}

