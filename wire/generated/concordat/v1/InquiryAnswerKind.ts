// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

export const InquiryAnswerKind = {
  INQUIRY_ANSWER_KIND_UNSPECIFIED: 0,
  INQUIRY_ANSWER_KIND_COMMIT: 1,
  INQUIRY_ANSWER_KIND_ABORT: 2,
  INQUIRY_ANSWER_KIND_IN_PROGRESS: 3,
  INQUIRY_ANSWER_KIND_UNKNOWN_LOG: 4,
} as const;

export type InquiryAnswerKind =
  | 'INQUIRY_ANSWER_KIND_UNSPECIFIED'
  | 0
  | 'INQUIRY_ANSWER_KIND_COMMIT'
  | 1
  | 'INQUIRY_ANSWER_KIND_ABORT'
  | 2
  | 'INQUIRY_ANSWER_KIND_IN_PROGRESS'
  | 3
  | 'INQUIRY_ANSWER_KIND_UNKNOWN_LOG'
  | 4

export type InquiryAnswerKind__Output = typeof InquiryAnswerKind[keyof typeof InquiryAnswerKind]
