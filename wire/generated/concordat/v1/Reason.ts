// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto


export interface Reason {
  'code'?: (string);
  'message'?: (string);
  'refused'?: (boolean);
  'retryable'?: (boolean);
  'branch'?: (number);
  'participant'?: (string);
  'operation'?: (string);
  'path'?: (string);
}

export interface Reason__Output {
  'code': (string);
  'message': (string);
  'refused': (boolean);
  'retryable': (boolean);
  'branch': (number);
  'participant': (string);
  'operation': (string);
  'path': (string);
}
