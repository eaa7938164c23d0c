// Decodes equal bytes of one type as one object: nearly all Prepares of a time name the same few members, which are more
// than half of their bytes. What comes out is shared and frozen.

import protobuf from 'protobufjs'

interface Known {
  readonly bytes: Uint8Array
  readonly message: object
}

/** Past so many the oldest is forgotten; each is compared with, so there are few. */
const knownMax = 32
/** Longer ones are seldom equal, and would be kept alive. */
const bytesMax = 512

type Decode = (
  reader: protobuf.Reader | Uint8Array,
  length?: number,
  end?: number,
  depth?: number,
) => protobuf.Message<object>

/** Changes how messages of this type are decoded inside others. */
export function internMessages(type: protobuf.Type): void {
  const decode: Decode = type.setup().decode.bind(type)
  const known: Known[] = []
  let oldest = 0
  const decodeInterned: Decode = (reader, length, end, depth) => {
    if (!(reader instanceof protobuf.Reader) || length === undefined || length > bytesMax) {
      return decode(reader, length, end, depth)
    }
    const { buf, pos } = reader
    const found = known.find(({ bytes }) => isAt(bytes, buf, pos, length))
    if (found !== undefined && pos + length <= reader.len) {
      reader.pos = pos + length
      return found.message as protobuf.Message<object>
    }
    const message = decode(reader, length, end, depth)
    // A copy, decoded again: what is kept must not keep the whole frame.
    const bytes = Uint8Array.prototype.slice.call(buf, pos, pos + length)
    const kept = Object.freeze(decode(protobuf.Reader.create(bytes), length))
    known[oldest] = { bytes, message: kept }
    oldest = (oldest + 1) % knownMax
    return message
  }
  type.decode = decodeInterned
}

function isAt(bytes: Uint8Array, buffer: Uint8Array, at: number, length: number): boolean {
  if (bytes.length !== length) return false
  for (let index = 0; index < length; index += 1) if (bytes[index] !== buffer[at + index]) return false
  return true
}
