// A session: a channel of frames between a coordinator and a participant. Messages that are sent in one turn of the
// event loop leave in one frame, with one header.
//
// Owns: batching, the window (what the other side has not handled yet, in messages and bytes; the rest waits in the
// queue), and the frames' headers. Does not own: reconnecting, sending again, and what a message means.
//
// 1. The first frame of each side is only a header. Before the other's has come, no message leaves.
// 2. At most the other side's `windowMessages` messages, and about `windowBytes` bytes, are unhandled there.
// 3. A closed session is silent: what was queued or unanswered is the owner's to send again over the next one.

import type { Instant } from '../protocol/index.ts'
import type { Decoded, DecodeError } from './decoded.ts'
import { Duplex, type DuplexStream } from './duplex.ts'
import type { ErrorCode } from './errors.ts'
import { Receipts, SendWindow } from './session-window.ts'
import { type TransactionError, transactionError } from './transaction-error.ts'

/** A frame of either direction: CoordinatorFrame or ParticipantFrame. */
export interface Frame {
  readonly header?: object | null
  readonly messages?: readonly object[]
  readonly handled?: number | string | { readonly low: number; readonly high: number }
  readonly windowMessages?: number
}

/** How one side's frames are written and the other side's are read. */
export interface FrameForm<Out, In, HeaderOut, HeaderIn, OpeningIn> {
  readonly unreachable: ErrorCode
  encodeMessage(message: Out, now: Instant): object
  decodeMessage(wire: object, now: Instant): Decoded<In>
  /** May leave out what is as in the last one. */
  encodeHeader(header: HeaderOut, last: HeaderOut | undefined): object
  decodeHeader(wire: object | null | undefined): Decoded<HeaderIn>
  /** More fields for this side's first frame. */
  openingFields(): object
  decodeOpening(frame: Frame): Decoded<OpeningIn>
  decodeHandled(frame: Frame): Decoded<number>
  /** Roughly, in bytes; both sides must agree about a message. */
  sizeOf(message: Out | In): number
}

export interface FrameOwner<In, HeaderOut, HeaderIn, OpeningIn> {
  /** This side's header as of now; asked for each frame, the first time while the channel is being made. */
  header(): HeaderOut
  onOpen(header: HeaderIn, opening: OpeningIn): void
  /** Of one frame. `messages` is empty when the frame has only a header. */
  onMessages(messages: readonly In[], header: HeaderIn): void
  /** A message that could not be decoded was dropped; the others of its frame are delivered. */
  onMalformed(error: DecodeError): void
  /** Undefined: ended by one side, with no reason given. Called once, and nothing is called after it. */
  onClose(error: TransactionError | undefined): void
}

export interface FrameChannelOptions {
  readonly now: () => Instant
  /** How many messages the other side may have unhandled here. */
  readonly windowMessages?: number
  /** About how many bytes may be unhandled at the other side. */
  readonly windowBytes?: number
  readonly frameMessagesMax?: number
  /** A frame is closed by the message that reaches this. */
  readonly frameBytesMax?: number
  /** How long the other side may take for its first frame; then it counts as unreachable. */
  readonly openMs?: number
  /** `return`: a message is handled when onMessages returns. `owner`: when the owner calls `handled`. */
  readonly handledBy?: 'return' | 'owner'
}

export const sessionDefaults = {
  windowMessages: 8_192,
  windowBytes: 16 * 1024 * 1024,
  frameMessagesMax: 1_000,
  frameBytesMax: 1024 * 1024,
  openMs: 5_000,
} as const

export class FrameChannel<Out, In, HeaderOut, HeaderIn, OpeningIn = undefined> {
  readonly #form: FrameForm<Out, In, HeaderOut, HeaderIn, OpeningIn>
  readonly #owner: FrameOwner<In, HeaderOut, HeaderIn, OpeningIn>
  readonly #options: Required<FrameChannelOptions>
  readonly #duplex: Duplex<object, Frame>
  readonly #window: SendWindow
  readonly #receipts: Receipts
  #queue: Out[] = []
  #isScheduled = false
  #mustAnnounce = false
  #lastHeader: HeaderOut | undefined
  readonly #opening: NodeJS.Timeout

  constructor(
    stream: DuplexStream<object, Frame>,
    form: FrameForm<Out, In, HeaderOut, HeaderIn, OpeningIn>,
    owner: FrameOwner<In, HeaderOut, HeaderIn, OpeningIn>,
    options: FrameChannelOptions,
  ) {
    this.#form = form
    this.#owner = owner
    this.#options = { ...sessionDefaults, handledBy: 'return', ...options }
    const { windowMessages, windowBytes } = this.#options
    this.#window = new SendWindow(windowBytes)
    this.#receipts = new Receipts(windowMessages, windowBytes)
    const life = {
      onFrame: (frame: Frame) => this.#onFrame(frame),
      onClose: (error: TransactionError | undefined) => this.#onClose(error),
    }
    this.#duplex = new Duplex(stream, life, form.unreachable)
    const openMs = this.#options.openMs
    const late = (): void => this.fail(transactionError(form.unreachable, `no first frame within ${openMs} ms`))
    this.#opening = setTimeout(late, openMs).unref()
    this.#write([], { windowMessages, ...form.openingFields() })
  }

  get isClosed(): boolean {
    return !this.#duplex.isOpen
  }

  /** Messages that wait for the window or for the end of this turn. The owner's measure of backpressure. */
  get queued(): number {
    return this.#queue.length
  }

  /** Messages that have left and that the other side has not reported as handled. */
  get unhandled(): number {
    return this.#window.unhandled
  }

  /** When the oldest message was given to `send` that the other side has not handled; undefined: it has handled all. */
  get unhandledSince(): Instant | undefined {
    return this.#window.unhandledSince
  }

  /** When the other side last said that it had handled something. */
  get handledAt(): Instant | undefined {
    return this.#window.handledAt
  }

  /** Queues; the message leaves at the end of this turn of the event loop, or with `flush`, when the window allows. */
  send(message: Out): void {
    if (this.isClosed) return
    this.#queue.push(message)
    this.#window.queue(this.#options.now())
    this.#schedule()
  }

  /** Makes sure that a frame leaves this turn, if only with a header: something in it has changed. */
  announce(): void {
    this.#mustAnnounce = true
    this.#schedule()
  }

  /** With `handledBy: 'owner'`: the next `count` messages, in the order in which they came, are handled. */
  handled(count: number): void {
    this.#receipts.handle(count)
    if (this.#receipts.isReportDue) this.announce()
  }

  /** Writes now what the window allows. */
  flush(): void {
    while (!this.isClosed) {
      const batch = this.#takeBatch()
      if (batch.length === 0 && !this.#mustAnnounce) return
      this.#write(batch, {})
    }
  }

  /** Ends in order: what was flushed still arrives. */
  close(): void {
    this.#duplex.end()
  }

  /** Ends because the other side may not go on; a participant's reason reaches the coordinator. */
  fail(error: TransactionError): void {
    this.#duplex.fail(error)
  }

  #schedule(): void {
    if (this.#isScheduled || this.isClosed) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.flush()
    })
  }

  #takeBatch(): Out[] {
    const { frameMessagesMax, frameBytesMax } = this.#options
    let taken = 0
    let bytes = 0
    while (taken < this.#queue.length && taken < frameMessagesMax && bytes < frameBytesMax) {
      const size = this.#form.sizeOf(this.#queue[taken] as Out)
      if (!this.#window.admits(size)) break
      this.#window.add(size)
      bytes += size
      taken += 1
    }
    if (taken < this.#queue.length) return this.#queue.splice(0, taken)
    const all = this.#queue
    this.#queue = []
    return all
  }

  #write(batch: readonly Out[], more: object): void {
    const now = this.#options.now()
    const header = this.#owner.header()
    this.#duplex.write({
      header: this.#form.encodeHeader(header, this.#lastHeader),
      messages: batch.map((message) => this.#form.encodeMessage(message, now)),
      handled: this.#receipts.report(),
      ...more,
    })
    this.#lastHeader = header
    this.#mustAnnounce = false
  }

  #onFrame(frame: Frame): void {
    const header = this.#form.decodeHeader(frame.header)
    if (!header.ok) {
      this.#refuse(header.error)
      return
    }
    if (!this.#window.isOpen) this.#open(frame, header.value)
    if (this.isClosed || !this.#settle(frame)) return
    const messages = this.#decode(frame.messages ?? [])
    // The owner may have closed the session when it heard of a malformed one.
    if (this.isClosed) return
    this.#owner.onMessages(messages, header.value)
    if (this.#options.handledBy === 'return' && messages.length > 0) this.handled(messages.length)
  }

  #open(frame: Frame, header: HeaderIn): void {
    const opening = this.#form.decodeOpening(frame)
    if (!opening.ok) {
      this.#refuse(opening.error)
      return
    }
    clearTimeout(this.#opening)
    this.#window.open(frame.windowMessages || sessionDefaults.windowMessages)
    this.#owner.onOpen(header, opening.value)
    if (this.#queue.length > 0) this.#schedule()
  }

  /** Takes note of what the other side has handled. */
  #settle(frame: Frame): boolean {
    const handled = this.#form.decodeHandled(frame)
    if (!handled.ok) this.#refuse(handled.error)
    else if (!this.#window.settle(handled.value, this.#options.now())) {
      this.#refuse({ code: 'REQUEST_INVALID', message: 'handled: more than was sent', path: 'handled' })
    } else if (this.#queue.length > 0) this.#schedule()
    return !this.isClosed
  }

  #decode(wire: readonly object[]): In[] {
    const now = this.#options.now()
    const messages: In[] = []
    for (const one of wire) {
      const message = this.#form.decodeMessage(one, now)
      if (message.ok) {
        messages.push(message.value)
        this.#receipts.add(this.#form.sizeOf(message.value))
      } else {
        // The owner will not count what it never gets.
        this.#receipts.add(0)
        this.handled(1)
        this.#owner.onMalformed(message.error)
      }
    }
    return messages
  }

  #refuse(error: DecodeError): void {
    this.#duplex.fail(transactionError(error.code, error.message, { path: error.path }))
  }

  #onClose(error: TransactionError | undefined): void {
    clearTimeout(this.#opening)
    this.#queue = []
    this.#owner.onClose(error)
  }
}
