// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto


export interface RetryPolicy {
  'tries'?: (number);
  'firstMs'?: (number);
  'maxMs'?: (number);
}

export interface RetryPolicy__Output {
  'tries': (number);
  'firstMs': (number);
  'maxMs': (number);
}
