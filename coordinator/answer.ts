// How callers of the driver are answered: a value, or an operating error. Never thrown, never awaited in the driver.

import { type ErrorCode, type ErrorExtras, type TransactionError, transactionError } from '../wire/index.ts'

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: TransactionError }

export type Answer<T> = (answered: Answered<T>) => void

export const ok = <T>(value: T): Answered<T> => ({ ok: true, value })

export const failed = (code: ErrorCode, message?: string, extras?: ErrorExtras): Answered<never> => ({
  ok: false,
  error: transactionError(code, message, extras),
})
