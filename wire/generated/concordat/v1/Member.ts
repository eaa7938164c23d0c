// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto


export interface Member {
  'participant'?: (string);
  'address'?: (string);
  'storageId'?: (Buffer | Uint8Array | string);
  'boot'?: (number);
  'branches'?: (number)[];
}

export interface Member__Output {
  'participant': (string);
  'address': (string);
  'storageId': (Buffer);
  'boot': (number);
  'branches': (number)[];
}
