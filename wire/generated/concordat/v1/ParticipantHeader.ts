// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { Long } from '@grpc/proto-loader';

export interface ParticipantHeader {
  'storageId'?: (Buffer | Uint8Array | string);
  'boot'?: (number);
  'recordSequence'?: (number | string | Long);
  'seenRecordSequence'?: (number | string | Long);
  'forcedTurn'?: (number | string | Long);
  'participant'?: (string);
  'sentAtMs'?: (number | string | Long);
}

export interface ParticipantHeader__Output {
  'storageId': (Buffer);
  'boot': (number);
  'recordSequence': (number);
  'seenRecordSequence': (number);
  'forcedTurn': (number);
  'participant': (string);
  'sentAtMs': (number);
}
