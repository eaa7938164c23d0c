// Identities: made only from well-formed text and numbers, and compared by the coordinator's own order.

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  after,
  Boot,
  BranchNumber,
  compareSequences,
  Epoch,
  Instant,
  LogId,
  ParticipantName,
  StorageId,
  TransactionId,
} from '../../protocol/index.ts'

const sequence = fc.record({ epoch: fc.nat(3).map(Epoch), number: fc.nat(3) })

describe('text', () => {
  test.each([TransactionId, LogId, StorageId])('a UUID is taken in canonical lower case only', (make) => {
    const text = '018f0000-0000-7000-8000-00000000000a'
    expect(make(text)).toBe(text)
    for (const other of ['', text.toUpperCase(), `${text} `, `{${text}}`, text.replaceAll('-', ''), `${text}\n`]) {
      expect(() => make(other)).toThrow(TypeError)
    }
  })

  test('a participant name begins with a letter and has at most 63 characters', () => {
    for (const name of ['a', 'inventory', 'orders-2', 'a'.repeat(63)]) expect(ParticipantName(name)).toBe(name)
    for (const name of ['', '2nd', '-a', 'a b', 'a.b', 'a\n', 'a'.repeat(64)]) {
      expect(() => ParticipantName(name)).toThrow(TypeError)
    }
  })

  test('what is wrong is quoted, and not at any length', () => {
    expect(() => TransactionId('x'.repeat(10_000))).toThrow(/^not a transaction id: "x{64}"$/)
  })
})

describe('numbers', () => {
  test.each([
    [BranchNumber, 1, 128],
    [Epoch, 0, 0xffff_ffff],
    [Boot, 0, 0xffff_ffff],
  ] as const)('%p is a whole number in its bounds', (make, from, to) => {
    expect([make(from), make(to)]).toEqual([from, to])
    for (const other of [from - 1, to + 1, from + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => make(other)).toThrow(TypeError)
    }
  })

  test('an instant is a whole millisecond, not before 1970', () => {
    expect(Instant(1.9)).toBe(1)
    expect(after(Instant(1), 2)).toBe(3)
    for (const other of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => Instant(other)).toThrow(TypeError)
  })
})

describe('rule 15: order of transactions', () => {
  test('a later epoch is later, whatever its number', () => {
    expect(compareSequences({ epoch: Epoch(1), number: 99 }, { epoch: Epoch(2), number: 1 })).toBeLessThan(0)
  })

  test('it is total', () => {
    fc.assert(
      fc.property(sequence, sequence, sequence, (a, b, c) => {
        expect(Math.sign(compareSequences(a, b)) + Math.sign(compareSequences(b, a))).toBe(0)
        expect(compareSequences(a, b) === 0).toBe(a.epoch === b.epoch && a.number === b.number)
        if (compareSequences(a, b) <= 0 && compareSequences(b, c) <= 0) {
          expect(compareSequences(a, c)).toBeLessThanOrEqual(0)
        }
      }),
    )
  })
})
