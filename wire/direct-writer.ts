// Writes protobuf straight into bytes, where protobufjs's own writer keeps a linked list of operations and runs it at the
// end: a third of the cost for a frame of small messages. It stands in for that writer in the encoders that protobufjs
// makes of the .proto files, and has the methods that those call. See docs/decisions/0009.
//
// One buffer serves all messages of the process: encoding never suspends. What is finished is a copy.

/** What was reserved for the length of a part before it is known; most parts are shorter than 128 bytes. */
const lengthBytes = 1
/** A buffer that one large message has made larger than this is given back. */
const keptBytesMax = 1024 * 1024
/** Up to this length it is faster to write character by character. */
const shortTextMax = 40

let buffer = Buffer.allocUnsafeSlow(64 * 1024)

interface LongLike {
  readonly low: number
  readonly high: number
}

export class DirectWriter {
  #at = 0
  readonly #forks: number[] = []

  uint32(value: number): this {
    this.#reserve(5)
    this.#varint(value >>> 0)
    return this
  }

  int32(value: number): this {
    return value < 0 ? this.uint64(value) : this.uint32(value)
  }

  /** Numbers are whole; a negative one is written in two's complement, as protobuf has it. */
  uint64(value: number | LongLike): this {
    this.#reserve(10)
    const isLong = typeof value === 'object'
    let low = (isLong ? value.low : value) >>> 0
    let high = (isLong ? value.high : (value - low) / 2 ** 32) >>> 0
    while (high > 0) {
      buffer[this.#at++] = (low & 127) | 128
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    this.#varint(low)
    return this
  }

  int64(value: number | LongLike): this {
    return this.uint64(value)
  }

  bool(value: boolean): this {
    this.#reserve(1)
    buffer[this.#at++] = value ? 1 : 0
    return this
  }

  /** A text is written as UTF-8: payloads are JSON, and need not become bytes before they are written. */
  bytes(value: Uint8Array | string): this {
    if (typeof value === 'string') return this.string(value)
    const { length } = value
    this.#reserve(length + 5)
    this.#varint(length)
    const at = this.#at
    // A call of the runtime costs more than the bytes of an id.
    if (length <= 16) for (let index = 0; index < length; index += 1) buffer[at + index] = value[index] as number
    else buffer.set(value, at)
    this.#at = at + length
    return this
  }

  string(value: string): this {
    const { length } = value
    this.#reserve(length * 3 + 5)
    if (length <= shortTextMax && this.#ascii(value)) return this
    const bytes = Buffer.byteLength(value)
    this.#varint(bytes)
    buffer.write(value, this.#at, bytes, 'utf8')
    this.#at += bytes
    return this
  }

  /** Begins a part whose length comes before it. */
  fork(): this {
    this.#reserve(lengthBytes)
    this.#at += lengthBytes
    this.#forks.push(this.#at)
    return this
  }

  /** Ends the part. */
  ldelim(): this {
    const start = this.#forks.pop() as number
    const length = this.#at - start
    const bytes = varintBytes(length)
    if (bytes > lengthBytes) {
      this.#reserve(bytes - lengthBytes)
      buffer.copyWithin(start + bytes - lengthBytes, start, this.#at)
    }
    this.#at = start - lengthBytes
    this.#varint(length)
    this.#at += length
    return this
  }

  finish(): Buffer {
    const done = Buffer.allocUnsafe(this.#at)
    buffer.copy(done, 0, 0, this.#at)
    this.#at = 0
    this.#forks.length = 0
    if (buffer.length > keptBytesMax) buffer = Buffer.allocUnsafeSlow(keptBytesMax)
    return done
  }

  /** False, and nothing is written, when the text has other characters. */
  #ascii(value: string): boolean {
    const start = this.#at + 1
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index)
      if (code > 127) return false
      buffer[start + index] = code
    }
    buffer[this.#at] = value.length
    this.#at = start + value.length
    return true
  }

  #varint(value: number): void {
    let rest = value
    while (rest > 127) {
      buffer[this.#at++] = (rest & 127) | 128
      rest >>>= 7
    }
    buffer[this.#at++] = rest
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, this.#at + bytes))
    buffer.copy(larger, 0, 0, this.#at)
    buffer = larger
  }
}

function varintBytes(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}
