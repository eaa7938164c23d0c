// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto


export interface GetRequest {
  'transactionId'?: (Buffer | Uint8Array | string);
  'waitMs'?: (number);
}

export interface GetRequest__Output {
  'transactionId': (Buffer);
  'waitMs': (number);
}
