// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto


export interface BranchRequest {
  'branch'?: (number);
  'participant'?: (string);
  'operation'?: (string);
  'input'?: (Buffer | Uint8Array | string);
}

export interface BranchRequest__Output {
  'branch': (number);
  'participant': (string);
  'operation': (string);
  'input': (Buffer);
}
