// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto


export interface AbortTransactionRequest {
  'epoch'?: (number);
  'transactionId'?: (Buffer | Uint8Array | string);
  'message'?: (string);
}

export interface AbortTransactionRequest__Output {
  'epoch': (number);
  'transactionId': (Buffer);
  'message': (string);
}
