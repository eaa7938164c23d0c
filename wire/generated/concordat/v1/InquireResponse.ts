// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { CoordinatorHeader as _concordat_v1_CoordinatorHeader, CoordinatorHeader__Output as _concordat_v1_CoordinatorHeader__Output } from '../../concordat/v1/CoordinatorHeader.ts';
import type { InquiryAnswer as _concordat_v1_InquiryAnswer, InquiryAnswer__Output as _concordat_v1_InquiryAnswer__Output } from '../../concordat/v1/InquiryAnswer.ts';

export interface InquireResponse {
  'header'?: (_concordat_v1_CoordinatorHeader | null);
  'answers'?: (_concordat_v1_InquiryAnswer)[];
}

export interface InquireResponse__Output {
  'header': (_concordat_v1_CoordinatorHeader__Output | null);
  'answers': (_concordat_v1_InquiryAnswer__Output)[];
}
