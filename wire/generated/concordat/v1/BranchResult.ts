// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto


export interface BranchResult {
  'branch'?: (number);
  'result'?: (Buffer | Uint8Array | string);
}

export interface BranchResult__Output {
  'branch': (number);
  'result': (Buffer);
}
