// Generated from proto/ by `npm run generate`: do not edit.
import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { After as _concordat_v1_After, After__Output as _concordat_v1_After__Output } from './concordat/v1/After.ts';
import type { Ballot as _concordat_v1_Ballot, Ballot__Output as _concordat_v1_Ballot__Output } from './concordat/v1/Ballot.ts';
import type { BallotAnswer as _concordat_v1_BallotAnswer, BallotAnswer__Output as _concordat_v1_BallotAnswer__Output } from './concordat/v1/BallotAnswer.ts';
import type { BranchReport as _concordat_v1_BranchReport, BranchReport__Output as _concordat_v1_BranchReport__Output } from './concordat/v1/BranchReport.ts';
import type { BranchRequest as _concordat_v1_BranchRequest, BranchRequest__Output as _concordat_v1_BranchRequest__Output } from './concordat/v1/BranchRequest.ts';
import type { BranchResult as _concordat_v1_BranchResult, BranchResult__Output as _concordat_v1_BranchResult__Output } from './concordat/v1/BranchResult.ts';
import type { Collect as _concordat_v1_Collect, Collect__Output as _concordat_v1_Collect__Output } from './concordat/v1/Collect.ts';
import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from './concordat/v1/CoordinatorHeader.ts';
import type { DrainRequest as _concordat_v1_DrainRequest, DrainRequest__Output as _concordat_v1_DrainRequest__Output } from './concordat/v1/DrainRequest.ts';
import type { DrainResponse as _concordat_v1_DrainResponse, DrainResponse__Output as _concordat_v1_DrainResponse__Output } from './concordat/v1/DrainResponse.ts';
import type { ForgetRequest as _concordat_v1_ForgetRequest, ForgetRequest__Output as _concordat_v1_ForgetRequest__Output } from './concordat/v1/ForgetRequest.ts';
import type { ForgetResponse as _concordat_v1_ForgetResponse, ForgetResponse__Output as _concordat_v1_ForgetResponse__Output } from './concordat/v1/ForgetResponse.ts';
import type { ListRequest as _concordat_v1_ListRequest, ListRequest__Output as _concordat_v1_ListRequest__Output } from './concordat/v1/ListRequest.ts';
import type { ListResponse as _concordat_v1_ListResponse, ListResponse__Output as _concordat_v1_ListResponse__Output } from './concordat/v1/ListResponse.ts';
import type { Member as _concordat_v1_Member, Member__Output as _concordat_v1_Member__Output } from './concordat/v1/Member.ts';
import type { OperatorClient as _concordat_v1_OperatorClient, OperatorDefinition as _concordat_v1_OperatorDefinition } from './concordat/v1/Operator.ts';
import type { OperatorGetRequest as _concordat_v1_OperatorGetRequest, OperatorGetRequest__Output as _concordat_v1_OperatorGetRequest__Output } from './concordat/v1/OperatorGetRequest.ts';
import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from './concordat/v1/ParticipantHeader.ts';
import type { Propose as _concordat_v1_Propose, Propose__Output as _concordat_v1_Propose__Output } from './concordat/v1/Propose.ts';
import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from './concordat/v1/Reason.ts';
import type { Reference as _concordat_v1_Reference, Reference__Output as _concordat_v1_Reference__Output } from './concordat/v1/Reference.ts';
import type { ResolveRequest as _concordat_v1_ResolveRequest, ResolveRequest__Output as _concordat_v1_ResolveRequest__Output } from './concordat/v1/ResolveRequest.ts';
import type { RetryPolicy as _concordat_v1_RetryPolicy, RetryPolicy__Output as _concordat_v1_RetryPolicy__Output } from './concordat/v1/RetryPolicy.ts';
import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from './concordat/v1/Sequence.ts';
import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from './concordat/v1/TransactionOutcome.ts';
import type { TransactionReport as _concordat_v1_TransactionReport, TransactionReport__Output as _concordat_v1_TransactionReport__Output } from './concordat/v1/TransactionReport.ts';
import type { Watermark as _concordat_v1_Watermark, Watermark__Output as _concordat_v1_Watermark__Output } from './concordat/v1/Watermark.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  concordat: {
    v1: {
      AdoptedChoice: EnumTypeDefinition
      After: MessageTypeDefinition<_concordat_v1_After, _concordat_v1_After__Output>
      Ballot: MessageTypeDefinition<_concordat_v1_Ballot, _concordat_v1_Ballot__Output>
      BallotAnswer: MessageTypeDefinition<_concordat_v1_BallotAnswer, _concordat_v1_BallotAnswer__Output>
      BallotAnswerKind: EnumTypeDefinition
      BallotQuestion: EnumTypeDefinition
      BranchReport: MessageTypeDefinition<_concordat_v1_BranchReport, _concordat_v1_BranchReport__Output>
      BranchRequest: MessageTypeDefinition<_concordat_v1_BranchRequest, _concordat_v1_BranchRequest__Output>
      BranchResult: MessageTypeDefinition<_concordat_v1_BranchResult, _concordat_v1_BranchResult__Output>
      Collect: MessageTypeDefinition<_concordat_v1_Collect, _concordat_v1_Collect__Output>
      CoordinatorHeader: MessageTypeDefinition<_concordat_v1_CoordinatorHeader, _concordat_v1_CoordinatorHeader__Output>
      Decision: EnumTypeDefinition
      DrainRequest: MessageTypeDefinition<_concordat_v1_DrainRequest, _concordat_v1_DrainRequest__Output>
      DrainResponse: MessageTypeDefinition<_concordat_v1_DrainResponse, _concordat_v1_DrainResponse__Output>
      ForgetRequest: MessageTypeDefinition<_concordat_v1_ForgetRequest, _concordat_v1_ForgetRequest__Output>
      ForgetResponse: MessageTypeDefinition<_concordat_v1_ForgetResponse, _concordat_v1_ForgetResponse__Output>
      ListRequest: MessageTypeDefinition<_concordat_v1_ListRequest, _concordat_v1_ListRequest__Output>
      ListResponse: MessageTypeDefinition<_concordat_v1_ListResponse, _concordat_v1_ListResponse__Output>
      Member: MessageTypeDefinition<_concordat_v1_Member, _concordat_v1_Member__Output>
      Operator: SubtypeConstructor<typeof grpc.Client, _concordat_v1_OperatorClient> & { service: _concordat_v1_OperatorDefinition }
      OperatorGetRequest: MessageTypeDefinition<_concordat_v1_OperatorGetRequest, _concordat_v1_OperatorGetRequest__Output>
      OutcomeKind: EnumTypeDefinition
      ParticipantHeader: MessageTypeDefinition<_concordat_v1_ParticipantHeader, _concordat_v1_ParticipantHeader__Output>
      Propose: MessageTypeDefinition<_concordat_v1_Propose, _concordat_v1_Propose__Output>
      Protocol: EnumTypeDefinition
      Reason: MessageTypeDefinition<_concordat_v1_Reason, _concordat_v1_Reason__Output>
      Reference: MessageTypeDefinition<_concordat_v1_Reference, _concordat_v1_Reference__Output>
      ResolveRequest: MessageTypeDefinition<_concordat_v1_ResolveRequest, _concordat_v1_ResolveRequest__Output>
      RetryPolicy: MessageTypeDefinition<_concordat_v1_RetryPolicy, _concordat_v1_RetryPolicy__Output>
      SagaRole: EnumTypeDefinition
      Sequence: MessageTypeDefinition<_concordat_v1_Sequence, _concordat_v1_Sequence__Output>
      TransactionOutcome: MessageTypeDefinition<_concordat_v1_TransactionOutcome, _concordat_v1_TransactionOutcome__Output>
      TransactionReport: MessageTypeDefinition<_concordat_v1_TransactionReport, _concordat_v1_TransactionReport__Output>
      Watermark: MessageTypeDefinition<_concordat_v1_Watermark, _concordat_v1_Watermark__Output>
    }
  }
}

