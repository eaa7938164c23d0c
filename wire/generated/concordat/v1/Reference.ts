// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto


export interface Reference {
  'at'?: (string);
  'branch'?: (number);
  'from'?: (string);
}

export interface Reference__Output {
  'at': (string);
  'branch': (number);
  'from': (string);
}
