// Unary calls as promises, on both sides, with our errors instead of statuses.

import type * as grpc from '@grpc/grpc-js'
import type { ErrorCode } from './errors.ts'
import { fromServiceError, toServiceError } from './service-error.ts'
import { isTransactionError, transactionError } from './transaction-error.ts'

export type UnaryHandler<Request, Response> = (
  request: Request,
  call: grpc.ServerUnaryCall<Request, Response>,
) => Promise<Response> | Response

/**
 * Makes a handler that always answers: a throw, now or later, becomes a status. An error that is not one of ours is
 * told as INTERNAL and handed to `onUnexpected`, because nobody else will see it.
 */
export function unary<Request, Response>(
  handler: UnaryHandler<Request, Response>,
  onUnexpected: (error: unknown) => void = () => {},
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const fail = (error: unknown): void => {
      if (!isTransactionError(error)) onUnexpected(error)
      callback(toServiceError(error))
    }
    let answer: Promise<Response> | Response
    try {
      answer = handler(call.request, call)
    } catch (error) {
      fail(error)
      return
    }
    Promise.resolve(answer).then((response) => callback(null, response), fail)
  }
}

// The last overload of a generated method: request and callback.
type UnaryMethod<Request, Response> = (
  request: Request,
  callback: (error: grpc.ServiceError | null, response?: Response) => void,
) => grpc.ClientUnaryCall

type RequestOf<Method> = Method extends UnaryMethod<infer Request, infer _> ? Request : never
type ResponseOf<Method> = Method extends UnaryMethod<infer _, infer Response> ? Response : never

export interface CallUnaryOptions {
  /** There is no default deadline in gRPC: a call without one may hang for ever. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** What UNAVAILABLE means here. */
  readonly unreachable?: ErrorCode
}

type AnyUnary = (
  request: unknown,
  options: { deadline: number },
  callback: (error: grpc.ServiceError | null, response: unknown) => void,
) => grpc.ClientUnaryCall

/** A call that we did not cancel ourselves was cut off by the other process going away. */
function errorOfCall(error: grpc.ServiceError, signal: AbortSignal | undefined, unreachable: ErrorCode | undefined) {
  const known = fromServiceError(error, unreachable)
  if (known.code !== 'REQUEST_CANCELLED' || signal?.aborted) return known
  return transactionError(unreachable ?? 'COORDINATOR_UNREACHABLE', known.message, { cause: error })
}

/** Calls a method of a stub. Rejects with a TransactionError. */
export function callUnary<Stub extends grpc.Client, Name extends keyof Stub & string>(
  stub: Stub,
  name: Name,
  request: RequestOf<Stub[Name]>,
  options: CallUnaryOptions,
): Promise<ResponseOf<Stub[Name]>> {
  const { timeoutMs, signal, unreachable } = options
  return new Promise((resolve, reject) => {
    const method = stub[name] as unknown as AnyUnary
    const cancel = (): void => call.cancel()
    const call = method.call(stub, request, { deadline: Date.now() + timeoutMs }, (error, response) => {
      signal?.removeEventListener('abort', cancel)
      if (error === null) resolve(response as ResponseOf<Stub[Name]>)
      else reject(errorOfCall(error, signal, unreachable))
    })
    signal?.addEventListener('abort', cancel, { once: true })
    if (signal?.aborted) cancel()
  })
}
