// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from '../../concordat/v1/Sequence.ts';

export interface Watermark {
  'below'?: (_concordat_v1_Sequence | null);
  'open'?: (_concordat_v1_Sequence)[];
}

export interface Watermark__Output {
  'below': (_concordat_v1_Sequence__Output | null);
  'open': (_concordat_v1_Sequence__Output)[];
}
