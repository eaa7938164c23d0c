// What one request may ask of a coordinator. Over a limit the answer is an error, and nothing has happened.

export interface Limits {
  /** Of one input or result, in bytes of JSON. */
  readonly payloadBytesMax: number
  /** Of all the inputs of a transaction together; keeps a request far below the largest message. */
  readonly transactionBytesMax: number
  /** At most 128, because branch numbers end there. */
  readonly branchesMax: number
  readonly timeoutMsMax: number
}

export const defaultLimits: Limits = {
  payloadBytesMax: 1024 * 1024,
  transactionBytesMax: 32 * 1024 * 1024,
  branchesMax: 128,
  timeoutMsMax: 24 * 60 * 60 * 1000,
}

export const idempotencyKeyBytesMax = 256
/** Of a name, an address or a trace context. */
export const nameCharactersMax = 256
/** Of a sentence for people, such as the reason of a resolve. */
export const sentenceCharactersMax = 4_096
