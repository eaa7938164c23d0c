// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from '../../concordat/v1/Sequence.ts';

export interface InDoubtBranch {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'sequence'?: (_concordat_v1_Sequence | null);
}

export interface InDoubtBranch__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'sequence': (_concordat_v1_Sequence__Output | null);
}
