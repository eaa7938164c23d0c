// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto


export interface RequestError {
  'status'?: (number);
  'code'?: (string);
  'message'?: (string);
  'epoch'?: (number);
  'path'?: (string);
}

export interface RequestError__Output {
  'status': (number);
  'code': (string);
  'message': (string);
  'epoch': (number);
  'path': (string);
}
