// A grpc duplex stream with one life: frames come in, frames go out, and it closes exactly once, whichever of the many
// events of grpc-js says so first. Writing to a dead one does nothing.

import type * as grpc from '@grpc/grpc-js'
import type { ErrorCode } from './errors.ts'
import { fromServiceError, toServiceError } from './service-error.ts'
import { type TransactionError, transactionError } from './transaction-error.ts'

export type DuplexStream<Out, In> = grpc.ClientDuplexStream<Out, In> | grpc.ServerDuplexStream<In, Out>

export interface DuplexOwner<In> {
  onFrame(frame: In): void
  /** Undefined: ended by one side, with no reason given. Called once, and nothing is called after it. */
  onClose(error: TransactionError | undefined): void
}

/** How long the other side may take to answer the end of a stream before it is cut off. */
const endMs = 1_000

export class Duplex<Out, In> {
  readonly #stream: DuplexStream<Out, In>
  readonly #owner: DuplexOwner<In>
  readonly #unreachable: ErrorCode
  #isOpen = true

  constructor(stream: DuplexStream<Out, In>, owner: DuplexOwner<In>, unreachable: ErrorCode) {
    this.#stream = stream
    this.#owner = owner
    this.#unreachable = unreachable
    stream.on('data', (frame: In) => {
      if (this.#isOpen) owner.onFrame(frame)
    })
    stream.on('error', (error: unknown) => this.#close(this.#errorOf(error)))
    if ('cancel' in stream) this.#watchClientSide(stream)
    else this.#watchServerSide(stream)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  write(frame: Out): void {
    if (this.#isOpen) this.#stream.write(frame)
  }

  /** Ends in order: what was written still arrives. */
  end(): void {
    if (!this.#isOpen) return
    const stream = this.#stream
    stream.end()
    if ('cancel' in stream) {
      const cutOff = setTimeout(() => stream.cancel(), endMs).unref()
      stream.on('status', () => clearTimeout(cutOff))
    }
    this.#close(undefined)
  }

  /** Ends because of the other side's mistake; a client can only hang up, a server says why. */
  fail(error: TransactionError): void {
    if (!this.#isOpen) return
    this.#close(error)
    if ('cancel' in this.#stream) this.#stream.cancel()
    else this.#stream.emit('error', toServiceError(error))
  }

  #watchClientSide(stream: grpc.ClientDuplexStream<Out, In>): void {
    // It comes with every end, and after the 'error' that says the same.
    stream.on('status', ({ code, details, metadata }) => {
      this.#close(code === 0 ? undefined : this.#errorOf({ code, details, metadata }))
    })
  }

  #watchServerSide(stream: grpc.ServerDuplexStream<In, Out>): void {
    stream.on('cancelled', () => this.#close(transactionError(this.#unreachable, 'the other side hung up')))
    // Also when the client hung up: grpc-js tells that later, if at all.
    stream.on('end', () => this.end())
    stream.on('close', () => this.#close(undefined))
  }

  /** This side never cancels before it has closed: CANCELLED means that the other process went away. */
  #errorOf(error: unknown): TransactionError {
    const known = fromServiceError(error, this.#unreachable)
    if (known.code !== 'REQUEST_CANCELLED') return known
    return transactionError(this.#unreachable, known.message, { cause: error })
  }

  #close(error: TransactionError | undefined): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#owner.onClose(error)
  }
}
