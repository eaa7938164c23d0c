// What a client chooses for a transaction: protocol, timeout, idempotency key, and when to be answered.

import type { Instant, Protocol } from '../protocol/index.ts'
import { protocolNumbers, readProtocol, type WireEnum } from './codec-enums.ts'
import { readInstant, readName, toNumber } from './codec-ids.ts'
import { malformed } from './decoded.ts'
import type { TransactionOptions as WireOptions } from './generated/concordat/v1/TransactionOptions.ts'
import { WaitFor as WireWaitFor } from './generated/concordat/v1/WaitFor.ts'
import { idempotencyKeyBytesMax, type Limits } from './limits.ts'

/** When the answer to submit and commit comes. */
export type WaitFor = 'decided' | 'applied'

export interface TransactionOptions {
  readonly protocol: Protocol
  /** 0: the coordinator's default. */
  readonly timeoutMs: number
  readonly idempotencyKey?: string
  readonly waitFor: WaitFor
  /** A retry of an aborted transaction: the start of the first try, which gives it its age for locks. */
  readonly firstStartedAt?: Instant
  /** W3C trace context, or empty. */
  readonly traceParent: string
}

export function writeWaitFor(waitFor: WaitFor): 1 | 2 {
  return waitFor === 'decided' ? WireWaitFor.WAIT_FOR_DECIDED : WireWaitFor.WAIT_FOR_APPLIED
}

export function readWaitFor(value: WireEnum, path: string): WaitFor {
  switch (value ?? 0) {
    case WireWaitFor.WAIT_FOR_DECIDED:
      return 'decided'
    case WireWaitFor.WAIT_FOR_UNSPECIFIED:
    case WireWaitFor.WAIT_FOR_APPLIED:
      return 'applied'
    default:
      return malformed('REQUEST_INVALID', path, `${value} is not a moment to wait for`)
  }
}

export function writeOptions(options: TransactionOptions): WireOptions {
  const wire: WireOptions = {
    protocol: protocolNumbers[options.protocol],
    timeoutMs: options.timeoutMs,
    waitFor: writeWaitFor(options.waitFor),
  }
  if (options.idempotencyKey !== undefined) wire.idempotencyKey = options.idempotencyKey
  if (options.firstStartedAt !== undefined) wire.firstStartedAtMs = options.firstStartedAt
  if (options.traceParent !== '') wire.traceParent = options.traceParent
  return wire
}

function readTimeout(value: WireOptions['timeoutMs'], limits: Limits): number {
  const path = 'options.timeoutMs'
  const number = toNumber(value, path, 'TIMEOUT_INVALID')
  if (number < 0) malformed('TIMEOUT_INVALID', path, `${number} ms is negative`)
  if (number > limits.timeoutMsMax) {
    malformed('TIMEOUT_INVALID', path, `${number} ms is longer than ${limits.timeoutMsMax} ms`)
  }
  return number
}

function readIdempotencyKey(key: string): string {
  // A UTF-16 unit is at least one byte: the exact length is counted only for keys that may pass.
  if (key.length > idempotencyKeyBytesMax || Buffer.byteLength(key) > idempotencyKeyBytesMax) {
    malformed('IDEMPOTENCY_KEY_INVALID', 'options.idempotencyKey', `is longer than ${idempotencyKeyBytesMax} bytes`)
  }
  return key
}

export function readOptions(wire: WireOptions | null | undefined, limits: Limits): TransactionOptions {
  const told = wire ?? {}
  const options: { -readonly [Name in keyof TransactionOptions]: TransactionOptions[Name] } = {
    protocol: readProtocol(told.protocol, 'options.protocol'),
    timeoutMs: readTimeout(told.timeoutMs, limits),
    waitFor: readWaitFor(told.waitFor, 'options.waitFor'),
    traceParent: readName(told.traceParent, 'options.traceParent'),
  }
  if (told.idempotencyKey) options.idempotencyKey = readIdempotencyKey(told.idempotencyKey)
  const firstStartedAt = readInstant(told.firstStartedAtMs, 'options.firstStartedAtMs')
  if (firstStartedAt !== 0) options.firstStartedAt = firstStartedAt
  return options
}
