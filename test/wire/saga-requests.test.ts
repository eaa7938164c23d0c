// What a client says of the branches of a saga: it survives the way to bytes and back, is refused with the field and a
// sentence, and belongs to the digest.

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { BranchNumber, SagaRole } from '../../protocol/index.ts'
import * as wire from '../../wire/index.ts'
import * as any from './arbitraries.ts'

const id = Buffer.from('0190a1b2c3d47e5f8a6b7c8d9e0f1a2b', 'hex')
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const numbers = (...values: number[]): BranchNumber[] => values as BranchNumber[]

/** Through bytes, so that defaults and Longs are those of protobufjs. */
function sent(type: string, message: object): object {
  const { encode, decode } = wire.messageType(type)
  return decode(encode(message))
}

/** Different places of one input: `{"0":null,"1":null,...}`. */
const places = ['/0', '/1/a~1b', '/2/1', '/3/m~0n']
const input = JSON.stringify({ 0: null, 1: { 'a/b': null }, 2: [7, null], 3: { 'm~n': { x: 1 } } })
const pointer = fc
  .array(fc.string({ maxLength: 8 }), { maxLength: 3 })
  .map((tokens) => tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''))

const references = fc
  .uniqueArray(fc.constantFrom(...places), { maxLength: 4 })
  .chain((chosen) =>
    fc.tuple(...chosen.map((at) => fc.record({ at: fc.constant(at), branch: any.branch, from: pointer }))),
  )
const retry = fc
  .record(
    {
      tries: fc.integer({ min: 1, max: 1_000 }),
      firstMs: fc.integer({ min: 1, max: 1_000 }),
      maxMs: fc.integer({ min: 1_000, max: 86_400_000 }),
    },
    { requiredKeys: [] },
  )
  .filter((policy) => Object.keys(policy).length > 0)
const role = fc.constantFrom<SagaRole>('compensatable', 'pivot', 'retriable')
const plan: fc.Arbitrary<wire.RequestedPlan> = fc
  .tuple(
    fc.record({ references, role }),
    fc.record({ after: fc.uniqueArray(any.branch, { maxLength: 4 }), retry }, { requiredKeys: [] }),
  )
  .map(([said, more]) => ({ ...said, ...more }))
  .filter(({ references: taken, role: part, after, retry: policy }) => {
    return taken.length > 0 || part !== 'compensatable' || after !== undefined || policy !== undefined
  })
const plannedBranch: fc.Arbitrary<wire.RequestedBranch> = fc
  .tuple(any.requestedBranch, fc.option(plan, { nil: undefined }))
  .map(([branch, saga]) => ({ ...branch, input, ...(saga === undefined ? {} : { saga }) }))

describe('the way there and back', () => {
  test('Submit', () => {
    const submit: fc.Arbitrary<wire.SubmitCommand> = fc.record({
      epoch: any.epoch,
      transactionId: any.transactionId,
      options: any.options.map((options) => ({ ...options, protocol: 'saga' as const })),
      branches: fc.uniqueArray(plannedBranch, { minLength: 1, maxLength: 5, selector: ({ branch }) => branch }),
    })
    fc.assert(
      fc.property(submit, (value) => {
        expect(wire.decodeSubmit(sent('SubmitRequest', wire.encodeSubmit(value)))).toEqual({ ok: true, value })
      }),
    )
  })

  test('Call', () => {
    const call: fc.Arbitrary<wire.CallCommand> = fc.record({
      epoch: any.epoch,
      transactionId: any.transactionId,
      branch: fc.tuple(any.requestedBranch, role, retry).map(([branch, part, policy]) => {
        return { ...branch, saga: { references: [], role: part, retry: policy } }
      }),
    })
    fc.assert(
      fc.property(call, (value) => {
        expect(wire.decodeCall(sent('CallRequest', wire.encodeCall(value)))).toEqual({ ok: true, value })
      }),
    )
  })

  test('what says nothing is not there', () => {
    const branch = { branch: 1, participant: 'inventory', operation: 'reserve', input: json({}), role: 1, retry: {} }
    const asked = { transactionId: id, options: { protocol: 1 }, branches: [branch] }
    const decoded = wire.decodeSubmit(sent('SubmitRequest', asked))
    expect(decoded).toMatchObject({ ok: true })
    if (decoded.ok) expect(decoded.value.branches[0]).not.toHaveProperty('saga')
  })

  test('after nobody is not the same as no order', () => {
    const branch = { branch: 1, participant: 'inventory', operation: 'reserve', input: json({}), after: {} }
    const asked = { transactionId: id, options: { protocol: 3 }, branches: [branch] }
    expect(wire.decodeSubmit(sent('SubmitRequest', asked))).toMatchObject({
      ok: true,
      value: { branches: [{ saga: { references: [], role: 'compensatable', after: [] } }] },
    })
  })
})

describe('refused', () => {
  const branch = { branch: 2, participant: 'inventory', operation: 'reserve', input: json({ a: [null, { b: 1 }] }) }
  const one = { at: '/a/0', branch: 1, from: '' }
  const manyPlaces = Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${index}`, null]))
  const many = Object.keys(manyPlaces).map((key) => ({ at: `/${key}`, branch: 1, from: '' }))

  const rows: readonly (readonly [why: string, change: object, path: string, says: string])[] = [
    [
      'a pointer without a slash',
      { references: [{ ...one, at: 'a' }] },
      'references.0.at',
      "'a' is not a JSON pointer",
    ],
    ['a lone tilde', { references: [{ ...one, from: '/a~2' }] }, 'references.0.from', "'/a~2' is not a JSON pointer"],
    ['a tilde at the end', { references: [{ ...one, from: '/~' }] }, 'references.0.from', "'/~' is not a JSON pointer"],
    ['a place that is not in the input', { references: [{ ...one, at: '/c' }] }, 'references.0.at', "no '/c'"],
    ['a place past the end of a list', { references: [{ ...one, at: '/a/2' }] }, 'references.0.at', "no '/a/2'"],
    ['a place inside a number', { references: [{ ...one, at: '/a/1/b/c' }] }, 'references.0.at', "no '/a/1/b/c'"],
    ['the length of a list', { references: [{ ...one, at: '/a/length' }] }, 'references.0.at', "no '/a/length'"],
    ['an inherited place', { references: [{ ...one, at: '/toString' }] }, 'references.0.at', "no '/toString'"],
    ['one place twice', { references: [one, { ...one, branch: 3 }] }, 'references', 'two references for one place'],
    ['a place in a place', { references: [one, { ...one, at: '/a' }] }, 'references.0.at', "is inside '/a'"],
    ['a place in the whole', { references: [{ ...one, at: '' }, one] }, 'references.1.at', "is inside ''"],
    ['a reference to nobody', { references: [{ at: '/a', from: '' }] }, 'references.0.branch', '1 to 128'],
    ['257 references', { references: many, input: json(manyPlaces) }, 'references', 'the limit is 256'],
    ['branch 0 before it', { after: { branches: [1, 0] } }, 'after.branches.1', '1 to 128'],
    ['the same branch before it twice', { after: { branches: [1, 1] } }, 'after.branches', 'twice'],
    ['an unknown role', { role: 4 }, 'role', '4 is not a role'],
    ['1,001 tries', { retry: { tries: 1_001 } }, 'retry.tries', 'more than 1000'],
    ['a first wait of more than a day', { retry: { firstMs: 86_400_001 } }, 'retry.firstMs', 'longer than a day'],
    ['a longest wait of more than a day', { retry: { maxMs: 86_400_001 } }, 'retry.maxMs', 'longer than a day'],
    [
      'a first wait longer than the longest',
      { retry: { firstMs: 2, maxMs: 1 } },
      'retry.maxMs',
      'shorter than the first',
    ],
  ]

  const submitted = (protocol: number, change: object) =>
    wire.decodeSubmit(
      sent('SubmitRequest', { transactionId: id, options: { protocol }, branches: [{ ...branch, ...change }] }),
    )

  test.each(rows)('%s', (_why, change, path, says) => {
    const decoded = submitted(3, change)
    expect(decoded).toMatchObject({ ok: false, error: { code: 'BRANCH_INVALID', path: `branches.0.${path}` } })
    if (!decoded.ok) expect(decoded.error.message).toContain(says)
  })

  test('a long pointer', () => {
    const decoded = submitted(3, { references: [{ ...one, from: `/${'x'.repeat(256)}` }] })
    expect(decoded).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID', path: 'branches.0.references.0.from' },
    })
  })

  const said = [{ references: [one] }, { after: {} }, { role: 2 }, { retry: { tries: 1 } }]
  test.each(said)('outside of a saga: %j', (change) => {
    for (const protocol of [1, 2]) {
      const decoded = submitted(protocol, change)
      expect(decoded).toMatchObject({ ok: false, error: { code: 'BRANCH_INVALID', path: 'branches.0' } })
      if (!decoded.ok) expect(decoded.error.message).toContain('only in a saga')
    }
    expect(submitted(3, change)).toMatchObject({ ok: true })
  })

  test('in a call: an order and references', () => {
    const called = (change: object) =>
      wire.decodeCall(sent('CallRequest', { transactionId: id, branch: { ...branch, ...change } }))
    const refused = (path: string) => ({ ok: false, error: { code: 'BRANCH_INVALID', path } })
    expect(called({ references: [one] })).toMatchObject(refused('branch.references'))
    expect(called({ after: {} })).toMatchObject(refused('branch.after'))
    expect(called({ role: 4 })).toMatchObject(refused('branch.role'))
    expect(called({ role: 2, retry: { tries: 3 } })).toMatchObject({ ok: true })
  })
})

describe('the digest of a saga', () => {
  const [branch] = fc.sample(any.requestedBranch, { numRuns: 1, seed: 1 })
  const digest = (saga?: wire.RequestedPlan): string =>
    wire.digestOf([{ ...branch!, input, ...(saga === undefined ? {} : { saga }) }], 'saga')
  const a = { at: '/0', branch: 1 as BranchNumber, from: '/x' }
  const b = { at: '/2/1', branch: 2 as BranchNumber, from: '' }
  const full: wire.RequestedPlan = {
    references: [a, b],
    after: numbers(1, 2),
    role: 'pivot',
    retry: { tries: 3, firstMs: 10, maxMs: 100 },
  }

  test('does not depend on the order of what it lists', () => {
    expect(digest({ ...full, references: [b, a], after: numbers(2, 1) })).toBe(digest(full))
  })

  test('depends on everything else', () => {
    const others: readonly (wire.RequestedPlan | undefined)[] = [
      undefined,
      full,
      { ...full, references: [a] },
      { ...full, references: [{ ...a, at: '/3' }, b] },
      { ...full, references: [{ ...a, branch: 3 as BranchNumber }, b] },
      { ...full, references: [{ ...a, from: '/y' }, b] },
      { ...full, after: numbers(1) },
      { ...full, after: [] },
      { references: full.references, role: full.role, retry: full.retry! },
      { ...full, role: 'retriable' },
      { ...full, retry: { tries: 4, firstMs: 10, maxMs: 100 } },
      { ...full, retry: { tries: 3, firstMs: 11, maxMs: 100 } },
      { ...full, retry: { tries: 3, firstMs: 10, maxMs: 101 } },
      { ...full, retry: { tries: 3 } },
    ]
    expect(new Set(others.map(digest)).size).toBe(others.length)
  })

  test('a branch without a plan has the digest that it had before there were plans', () => {
    const plain = {
      branch: 1 as BranchNumber,
      participant: 'inventory' as never,
      operation: 'reserve',
      input: '{"a":1}',
    }
    expect(wire.digestOf([plain], 'two-phase')).toBe('13fa9ed0e37bb8df2d26d6c0cf2afa1cd7bb6398d4eb48f164444cac63968e8b')
  })
})
