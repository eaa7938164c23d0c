// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto


export interface ForgetRequest {
  'transactionId'?: (Buffer | Uint8Array | string);
  'reason'?: (string);
}

export interface ForgetRequest__Output {
  'transactionId': (Buffer);
  'reason': (string);
}
