// How an operating error travels: as a gRPC status with metadata, or as a RequestError inside a session.

import { Metadata } from '@grpc/grpc-js'
import { type ErrorCode, errors, isErrorCode, status } from './errors.ts'
import type { RequestError } from './generated/concordat/v1/RequestError.ts'
import type { TransactionError } from './transaction-error.ts'
import { type ErrorExtras, isTransactionError, transactionError } from './transaction-error.ts'

const codeKey = 'concordat-code'
const epochKey = 'concordat-epoch'
const retryableKey = 'concordat-retryable'
const pathKey = 'concordat-path'

/** What grpc-js sends when a handler fails. */
export interface ServiceError {
  readonly code: number
  readonly details: string
  readonly metadata: Metadata
}

/** An error without a code of ours is told as INTERNAL and nothing else: its message may hold secrets. */
function asTransactionError(error: unknown): TransactionError {
  return isTransactionError(error) ? error : transactionError('INTERNAL', undefined, { cause: error })
}

export function toServiceError(error: unknown): ServiceError {
  const known = asTransactionError(error)
  const metadata = new Metadata()
  metadata.set(codeKey, known.code)
  metadata.set(retryableKey, String(known.retryable))
  if (known.epoch !== undefined) metadata.set(epochKey, String(known.epoch))
  // Paths are made of our field names and numbers; whatever else came in would break the HTTP/2 header.
  if (known.path !== undefined && /^[\x20-\x7e]+$/.test(known.path)) metadata.set(pathKey, known.path)
  return { code: status[errors[known.code].status], details: known.message, metadata }
}

export function toRequestError(error: unknown): RequestError {
  const known = asTransactionError(error)
  return {
    status: status[errors[known.code].status],
    code: known.code,
    message: known.message,
    ...(known.epoch === undefined ? {} : { epoch: known.epoch }),
    ...(known.path === undefined ? {} : { path: known.path }),
  }
}

/** What a status without a code of ours means; `unreachable` is said of whom we tried to reach. */
function codeOfStatus(number: number, unreachable: ErrorCode): ErrorCode {
  switch (number) {
    case status.UNAVAILABLE:
    case status.DEADLINE_EXCEEDED:
      return unreachable
    case status.CANCELLED:
      return 'REQUEST_CANCELLED'
    case status.UNIMPLEMENTED:
      return 'UNIMPLEMENTED'
    // From grpc-js itself: the message is over the receiver's limit.
    case status.RESOURCE_EXHAUSTED:
      return 'PAYLOAD_TOO_LARGE'
    default:
      return 'INTERNAL'
  }
}

function first(metadata: Metadata | undefined, key: string): string | undefined {
  const value = metadata?.get(key)[0]
  return value === undefined ? undefined : String(value)
}

function extrasOf(epoch: string | undefined, path: string | undefined, cause: unknown): ErrorExtras {
  const number = Number(epoch)
  return {
    ...(epoch !== undefined && Number.isSafeInteger(number) ? { epoch: number } : {}),
    ...(path === undefined ? {} : { path }),
    ...(cause === undefined ? {} : { cause }),
  }
}

/**
 * The error that a failed call stands for. A code that this version does not know is told by its status.
 * Looks only at the shape, because the error may come from another copy of grpc-js.
 */
export function fromServiceError(error: unknown, unreachable: ErrorCode = 'COORDINATOR_UNREACHABLE'): TransactionError {
  if (isTransactionError(error)) return error
  const { code, details, metadata } = (error ?? {}) as { code?: unknown; details?: unknown; metadata?: Metadata }
  const number = typeof code === 'number' ? code : status.UNKNOWN
  const said = first(metadata, codeKey)
  const extras = extrasOf(first(metadata, epochKey), first(metadata, pathKey), error)
  const message = typeof details === 'string' && details !== '' ? shortened(details) : undefined
  return transactionError(isErrorCode(said) ? said : codeOfStatus(number, unreachable), message, extras)
}

/** What grpc-js says of a connection that it could not open, without what it says around it. */
function shortened(details: string): string {
  const [, last] =
    /^No connection established\. Last error: (?:Error: )?(.+?)\. Resolution note: .*$/s.exec(details) ?? []
  return last === undefined || last === 'null' ? details : last
}

export function fromRequestError(error: RequestError): TransactionError {
  const code = isErrorCode(error.code)
    ? error.code
    : codeOfStatus(error.status ?? status.UNKNOWN, 'COORDINATOR_UNREACHABLE')
  const epoch = error.epoch === undefined || error.epoch === 0 ? undefined : String(error.epoch)
  return transactionError(
    code,
    error.message === '' ? undefined : error.message,
    extrasOf(epoch, error.path || undefined, undefined),
  )
}
