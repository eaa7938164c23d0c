// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto


export interface BranchReport {
  'branch'?: (number);
  'participant'?: (string);
  'operation'?: (string);
  'state'?: (string);
  'attempts'?: (number);
  'lastError'?: (string);
  'locks'?: (string)[];
}

export interface BranchReport__Output {
  'branch': (number);
  'participant': (string);
  'operation': (string);
  'state': (string);
  'attempts': (number);
  'lastError': (string);
  'locks': (string)[];
}
