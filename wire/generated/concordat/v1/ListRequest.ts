// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface ListRequest {
  'olderThanMs'?: (number | string | Long);
  'includeHazards'?: (boolean);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListRequest__Output {
  'olderThanMs': (number);
  'includeHazards': (boolean);
  'pageSize': (number);
  'pageToken': (string);
}
