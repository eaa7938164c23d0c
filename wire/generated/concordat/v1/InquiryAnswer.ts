// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { InquiryAnswerKind as _concordat_v1_InquiryAnswerKind, InquiryAnswerKind__Output as _concordat_v1_InquiryAnswerKind__Output } from '../../concordat/v1/InquiryAnswerKind.ts';

export interface InquiryAnswer {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'answer'?: (_concordat_v1_InquiryAnswerKind);
}

export interface InquiryAnswer__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'answer': (_concordat_v1_InquiryAnswerKind__Output);
}
