// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { Watermark as _concordat_v1_Watermark, Watermark__Output as _concordat_v1_Watermark__Output } from '../../concordat/v1/Watermark.ts';
import type { Long } from '@grpc/proto-loader';

export interface CoordinatorHeader {
  'logId'?: (Buffer | Uint8Array | string);
  'epoch'?: (number);
  'recordSequence'?: (number | string | Long);
  'seenRecordSequence'?: (number | string | Long);
  'watermark'?: (_concordat_v1_Watermark | null);
  'address'?: (string);
  'sentAtMs'?: (number | string | Long);
  'seenStorageId'?: (Buffer | Uint8Array | string);
}

export interface CoordinatorHeader__Output {
  'logId': (Buffer);
  'epoch': (number);
  'recordSequence': (number);
  'seenRecordSequence': (number);
  'watermark': (_concordat_v1_Watermark__Output | null);
  'address': (string);
  'sentAtMs': (number);
  'seenStorageId': (Buffer);
}
