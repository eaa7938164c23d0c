// Reads protobuf as protobufjs's own reader does, except that a 64 bit field below 2^53 comes as a number and not as a Long:
// the codec wants numbers, and each Long is an object. What a number cannot hold still comes as a Long; the codec refuses it.

import protobuf from 'protobufjs'

export class NumberReader extends protobuf.BufferReader {
  override uint64(): never {
    const { buf, pos } = this
    let value = 0
    let factor = 1
    // Seven bytes are 49 bits.
    const end = Math.min(pos + 7, this.len)
    for (let at = pos; at < end; at += 1) {
      const byte = buf[at] as number
      value += (byte & 127) * factor
      if (byte < 128) {
        this.pos = at + 1
        return value as never
      }
      factor *= 128
    }
    return super.uint64() as never
  }

  override int64(): never {
    return this.uint64()
  }
}
