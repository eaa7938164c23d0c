// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface DrainResponse {
  'inFlight'?: (number | string | Long);
}

export interface DrainResponse__Output {
  'inFlight': (number);
}
