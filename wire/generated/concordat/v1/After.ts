// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto


export interface After {
  'branches'?: (number)[];
}

export interface After__Output {
  'branches': (number)[];
}
