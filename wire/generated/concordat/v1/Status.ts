// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from '../../concordat/v1/Sequence.ts';

export interface Status {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'sequence'?: (_concordat_v1_Sequence | null);
  'abortIfNone'?: (boolean);
  'expectedStorageId'?: (Buffer | Uint8Array | string);
  'expectedBoot'?: (number);
}

export interface Status__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'sequence': (_concordat_v1_Sequence__Output | null);
  'abortIfNone': (boolean);
  'expectedStorageId': (Buffer);
  'expectedBoot': (number);
}
