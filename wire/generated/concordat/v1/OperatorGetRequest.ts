// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto


export interface OperatorGetRequest {
  'transactionId'?: (Buffer | Uint8Array | string);
}

export interface OperatorGetRequest__Output {
  'transactionId': (Buffer);
}
