// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { Long } from '@grpc/proto-loader';

export interface Sequence {
  'epoch'?: (number);
  'number'?: (number | string | Long);
}

export interface Sequence__Output {
  'epoch': (number);
  'number': (number);
}
