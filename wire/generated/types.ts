// Generated from proto/ by `npm run generate`: do not edit.
import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { BranchRequest as _concordat_v1_BranchRequest, BranchRequest__Output as _concordat_v1_BranchRequest__Output } from './concordat/v1/BranchRequest.ts';
import type { BranchResult as _concordat_v1_BranchResult, BranchResult__Output as _concordat_v1_BranchResult__Output } from './concordat/v1/BranchResult.ts';
import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from './concordat/v1/CoordinatorHeader.ts';
import type { Member as _concordat_v1_Member, Member__Output as _concordat_v1_Member__Output } from './concordat/v1/Member.ts';
import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from './concordat/v1/ParticipantHeader.ts';
import type { Reason as _concordat_v1_Reason, Reason__Output as _concordat_v1_Reason__Output } from './concordat/v1/Reason.ts';
import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from './concordat/v1/Sequence.ts';
import type { TransactionOutcome as _concordat_v1_TransactionOutcome, TransactionOutcome__Output as _concordat_v1_TransactionOutcome__Output } from './concordat/v1/TransactionOutcome.ts';
import type { Watermark as _concordat_v1_Watermark, Watermark__Output as _concordat_v1_Watermark__Output } from './concordat/v1/Watermark.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  concordat: {
    v1: {
      BranchRequest: MessageTypeDefinition<_concordat_v1_BranchRequest, _concordat_v1_BranchRequest__Output>
      BranchResult: MessageTypeDefinition<_concordat_v1_BranchResult, _concordat_v1_BranchResult__Output>
      CoordinatorHeader: MessageTypeDefinition<_concordat_v1_CoordinatorHeader, _concordat_v1_CoordinatorHeader__Output>
      Decision: EnumTypeDefinition
      Member: MessageTypeDefinition<_concordat_v1_Member, _concordat_v1_Member__Output>
      OutcomeKind: EnumTypeDefinition
      ParticipantHeader: MessageTypeDefinition<_concordat_v1_ParticipantHeader, _concordat_v1_ParticipantHeader__Output>
      Protocol: EnumTypeDefinition
      Reason: MessageTypeDefinition<_concordat_v1_Reason, _concordat_v1_Reason__Output>
      Sequence: MessageTypeDefinition<_concordat_v1_Sequence, _concordat_v1_Sequence__Output>
      TransactionOutcome: MessageTypeDefinition<_concordat_v1_TransactionOutcome, _concordat_v1_TransactionOutcome__Output>
      Watermark: MessageTypeDefinition<_concordat_v1_Watermark, _concordat_v1_Watermark__Output>
    }
  }
}

