// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { ToParticipant as _concordat_v1_ToParticipant, ToParticipant__Output as _concordat_v1_ToParticipant__Output } from '../../concordat/v1/ToParticipant.ts';
import type { Long } from '@grpc/proto-loader';

export interface CoordinatorFrame {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'messages'?: (_concordat_v1_ToParticipant)[];
  'handled'?: (number | string | Long);
  'windowMessages'?: (number);
}

export interface CoordinatorFrame__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'messages': (_concordat_v1_ToParticipant__Output)[];
  'handled': (number);
  'windowMessages': (number);
}
