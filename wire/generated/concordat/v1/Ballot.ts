// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { Long } from '@grpc/proto-loader';

export interface Ballot {
  'number'?: (number | string | Long);
  'by'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
}

export interface Ballot__Output {
  'number': (number);
  'by': (Buffer);
  'branch': (number);
}
