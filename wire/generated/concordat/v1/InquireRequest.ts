// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { ParticipantHeader as _concordat_v1_ParticipantHeader, ParticipantHeader__Output as _concordat_v1_ParticipantHeader__Output } from '../../concordat/v1/ParticipantHeader.ts';
import type { InDoubtBranch as _concordat_v1_InDoubtBranch, InDoubtBranch__Output as _concordat_v1_InDoubtBranch__Output } from '../../concordat/v1/InDoubtBranch.ts';

export interface InquireRequest {
  'header'?: (_concordat_v1_ParticipantHeader | null);
  'logId'?: (Buffer | Uint8Array | string);
  'branches'?: (_concordat_v1_InDoubtBranch)[];
}

export interface InquireRequest__Output {
  'header': (_concordat_v1_ParticipantHeader__Output | null);
  'logId': (Buffer);
  'branches': (_concordat_v1_InDoubtBranch__Output)[];
}
