// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto


export interface WatchRequest {
  'transactionId'?: (Buffer | Uint8Array | string);
}

export interface WatchRequest__Output {
  'transactionId': (Buffer);
}
