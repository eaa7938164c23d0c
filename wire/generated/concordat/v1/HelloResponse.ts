// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto


export interface HelloResponse {
  'logId'?: (Buffer | Uint8Array | string);
  'epoch'?: (number);
  'participants'?: (string)[];
  'payloadBytesMax'?: (number);
  'branchesMax'?: (number);
}

export interface HelloResponse__Output {
  'logId': (Buffer);
  'epoch': (number);
  'participants': (string)[];
  'payloadBytesMax': (number);
  'branchesMax': (number);
}
