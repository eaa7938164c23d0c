// What the direct writer writes, protobufjs's own would write, byte for byte; and both read it.

import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { DirectWriter } from '../../wire/direct-writer.ts'
import { NumberReader } from '../../wire/number-reader.ts'

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Part { string text = 1; repeated uint32 numbers = 2; repeated Part parts = 3; }
  message Whole {
    uint32 small = 1; int32 signed = 2; uint64 large = 3; bool flag = 4; bytes raw = 5; string text = 300;
    Part part = 7; repeated Part parts = 8; int64 far = 9;
  }
`)
const type = root.lookupType('Whole')
const direct = (message: object): Buffer =>
  type.encode(message, new DirectWriter() as unknown as protobuf.Writer).finish() as Buffer

/** Long enough to need lengths of one, two and three bytes. */
const text = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.nat({ max: 20_000 }).map((length) => 'ü€x'.repeat(length)),
)
const { part } = fc.letrec((tie) => ({
  part: fc.record(
    { text, numbers: fc.array(fc.nat()), parts: fc.array(tie('part'), { maxLength: 2, depthIdentifier: 'part' }) },
    { requiredKeys: [] },
  ),
}))
const whole = fc.record(
  {
    small: fc.integer({ min: 0, max: 0xffff_ffff }),
    signed: fc.integer(),
    large: fc.maxSafeNat(),
    flag: fc.boolean(),
    raw: fc.uint8Array({ maxLength: 300 }),
    text,
    part,
    parts: fc.array(part, { maxLength: 3 }),
    far: fc.maxSafeInteger(),
  },
  { requiredKeys: [] },
)

test('the bytes are those of protobufjs', () => {
  fc.assert(
    fc.property(whole, (message) => {
      expect(direct(message).equals(type.encode(message).finish())).toBe(true)
    }),
  )
})

test('a text in a field of bytes is its UTF-8', () => {
  fc.assert(
    fc.property(text, (content) => {
      expect(direct({ raw: content }).equals(type.encode({ raw: Buffer.from(content) }).finish())).toBe(true)
    }),
  )
})

test('a message that cannot be encoded leaves nothing behind', () => {
  expect(() => direct({ small: 1, part: { parts: [{ text: Symbol('no text') }] } })).toThrow()
  expect(direct({ small: 2 })).toEqual(type.encode({ small: 2 }).finish())
})

test('64 bit fields are read as numbers, and as a Long only when a number cannot hold them', () => {
  const read = (bytes: Uint8Array) => type.decode(new NumberReader(Buffer.from(bytes))) as never as { large: unknown }
  fc.assert(
    fc.property(fc.maxSafeNat(), (large) => {
      const { large: got } = read(direct({ large }))
      const number = typeof got === 'number' ? got : (got as protobuf.Long & { toNumber(): number }).toNumber()
      expect(number).toBe(large)
      if (large < 2 ** 49) expect(typeof got).toBe('number')
    }),
  )
  expect(read(direct({ large: { low: 1, high: 0xffff_ffff } })).large).toMatchObject({ low: 1, high: -1 })
  expect(() => read(Buffer.from([0x18, 0x80, 0x80]))).toThrow(RangeError)
})
