// The error that the SDKs throw. Who meets one looks at `code` and never asks `instanceof`: the package may be loaded
// twice in one process.

import type { TransactionId } from '../protocol/index.ts'
import { type ErrorCode, errors, isErrorCode } from './errors.ts'

export interface ErrorExtras {
  readonly transactionId?: TransactionId
  /** The field that is wrong, such as `branches.0.input`. */
  readonly path?: string
  /** `STALE_EPOCH`: the current one. */
  readonly epoch?: number
  readonly cause?: unknown
}

/** An operating error: something outside the rules of the protocols went wrong, or a request was malformed. */
export class TransactionError extends Error {
  override readonly name = 'TransactionError'
  readonly code: ErrorCode
  readonly retryable: boolean
  // Declared only, so that a property that nobody set is not there at all.
  declare readonly transactionId?: TransactionId
  declare readonly path?: string
  declare readonly epoch?: number

  constructor(code: ErrorCode, message: string, extras: ErrorExtras) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.code = code
    this.retryable = errors[code].retryable
    if (extras.transactionId !== undefined) this.transactionId = extras.transactionId
    if (extras.path !== undefined) this.path = extras.path
    if (extras.epoch !== undefined) this.epoch = extras.epoch
  }
}

/** Makes an error by its code; the table's sentence is the message when none is given. */
export function transactionError(code: ErrorCode, message?: string, extras: ErrorExtras = {}): TransactionError {
  return new TransactionError(code, message ?? errors[code].meaning, extras)
}

/** Whether it is a TransactionError, of whichever copy of this module. */
export function isTransactionError(error: unknown): error is TransactionError {
  return error instanceof Error && error.name === 'TransactionError' && isErrorCode((error as { code?: unknown }).code)
}
