// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { FromParticipant as _concordat_v1_FromParticipant, FromParticipant__Output as _concordat_v1_FromParticipant__Output } from '../../concordat/v1/FromParticipant.ts';
import type { DescribeResponse as _concordat_v1_DescribeResponse, DescribeResponse__Output as _concordat_v1_DescribeResponse__Output } from '../../concordat/v1/DescribeResponse.ts';
import type { Long } from '@grpc/proto-loader';

export interface ParticipantFrame {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'messages'?: (_concordat_v1_FromParticipant)[];
  'handled'?: (number | string | Long);
  'windowMessages'?: (number);
  'description'?: (_concordat_v1_DescribeResponse | null);
}

export interface ParticipantFrame__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'messages': (_concordat_v1_FromParticipant__Output)[];
  'handled': (number);
  'windowMessages': (number);
  'description': (_concordat_v1_DescribeResponse__Output | null);
}
