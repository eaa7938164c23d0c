// How decoding fails. Inside the codec a reader throws `Malformed`; a gateway turns it into a value, so that whoever
// decodes has to look. Nothing else is caught: a bug in the codec must not look like a bad request.

import type { ErrorCode } from './errors.ts'

export interface DecodeError {
  readonly code: ErrorCode
  readonly message: string
  /** The field that is wrong, such as `branches.0.input`. */
  readonly path: string
}

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DecodeError }

class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly code: ErrorCode
  readonly path: string

  constructor(code: ErrorCode, path: string, message: string) {
    super(`${path}: ${message}`)
    this.code = code
    this.path = path
  }
}

/** Stops decoding. The path is that of the field in the .proto file, in camelCase. */
export function malformed(code: ErrorCode, path: string, message: string): never {
  throw new Malformed(code, path, message)
}

/** Makes a decoder of a reader that may throw `Malformed`. */
export function gateway<Args extends readonly unknown[], T>(read: (...args: Args) => T): (...args: Args) => Decoded<T> {
  return (...args) => {
    try {
      return { ok: true, value: read(...args) }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      return { ok: false, error: { code: error.code, message: error.message, path: error.path } }
    }
  }
}
