// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { Protocol as _concordat_v1_Protocol, Protocol__Output as _concordat_v1_Protocol__Output } from '../../concordat/v1/Protocol.ts';

export interface RegisterRequest {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'address'?: (string);
  'operations'?: (string)[];
  'protocols'?: (_concordat_v1_Protocol)[];
}

export interface RegisterRequest__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'address': (string);
  'operations': (string)[];
  'protocols': (_concordat_v1_Protocol__Output)[];
}
