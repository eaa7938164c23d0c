import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { type AnyOperation, readOnly, refuse } from '../../participant/definitions.ts'
import { silentLogger } from '../../participant/environment.ts'
import { type BranchLocks, Operations } from '../../participant/operations.ts'
import type { StandardSchema } from '../../participant/standard-schema.ts'
import { BranchNumber, Epoch, Instant, type Prepare, type PreparedBranch, TransactionId } from '../../protocol/index.ts'

const limits = { payloadBytesMax: 1_000, locksPerBranchMax: 3 }
const db = {} as never
const freeLocks = (): BranchLocks => {
  const held: string[] = []
  const acquire = (key: string) => {
    held.push(key)
    return 'granted' as const
  }
  return { acquire, held: () => held }
}

const request = (input: string): Prepare => ({
  type: 'prepare',
  transactionId: TransactionId('00000000-0000-7000-8000-000000000001'),
  branch: BranchNumber(1),
  sequence: { epoch: Epoch(1), number: 1 },
  protocol: 'two-phase',
  operation: 'run',
  input,
  startedAt: Instant(1),
  voteBy: Instant(2),
  onePhase: false,
  members: [],
  traceParent: '00-1-1-00',
  attempt: 1,
})

function run(operation: AnyOperation, input = '{}', locks = freeLocks()) {
  return new Operations({ run: operation }, limits, silentLogger).prepare(db, request(input), locks)
}
const no = (operation: AnyOperation, input?: string, locks?: BranchLocks) => {
  const result = run(operation, input, locks)
  return result.prepared === 'no' ? result.reason : undefined
}

describe('prepare', () => {
  test('what it returns travels as JSON', () => {
    expect(run({ prepare: () => ({ a: [1] }) })).toMatchObject({ prepared: 'yes', result: '{"a":[1]}' })
    expect(run({ prepare: () => undefined })).toMatchObject({ prepared: 'yes', result: '' })
    expect(run({ prepare: () => readOnly(null) })).toEqual({ prepared: 'read-only', result: 'null' })
  })

  test.each([
    ['a function', () => () => 1],
    ['a bigint', () => 1n],
    [
      'a circle',
      () => {
        const circle: Record<string, unknown> = {}
        circle['self'] = circle
        return circle
      },
    ],
  ])('%s is not JSON', (_name, prepare) => {
    expect(no({ prepare })).toMatchObject({ code: 'OPERATION_FAILED', operation: 'run' })
  })

  test('inputs and results over the limit', () => {
    expect(no({ prepare: () => 'x'.repeat(1_000) })).toMatchObject({ code: 'OPERATION_FAILED' })
    expect(no({ prepare: () => 1 }, JSON.stringify('ü'.repeat(500)))).toMatchObject({ code: 'INPUT_INVALID' })
    expect(no({ prepare: () => 1 }, JSON.stringify('u'.repeat(500)))).toBeUndefined()
  })

  test('a refusal', () => {
    const reason = no({ prepare: () => refuse('OUT_OF_STOCK', 'only 2 are left') })
    expect(reason).toMatchObject({ code: 'OUT_OF_STOCK', message: 'only 2 are left', refused: true, retryable: false })
  })

  test('an exception, of whatever kind', () => {
    const fails = (error: unknown): AnyOperation => ({
      prepare: () => {
        throw error
      },
    })
    expect(no(fails(new Error('oh')))?.message).toBe('operation run threw: oh')
    expect(no(fails('oh'))?.message).toBe('operation run threw: oh')
    expect(no(fails(null))?.message).toBe('operation run threw: null')
    const constraint = Object.assign(new Error('oh'), { code: 'SQLITE_CONSTRAINT_CHECK' })
    expect(no(fails(constraint))?.message).toBe('operation run threw: SQLITE_CONSTRAINT_CHECK: oh')
    const broken = Object.assign(new Error('oh'), { code: 'SQLITE_CORRUPT' })
    expect(() => run(fails(broken))).toThrow(broken)
  })

  test('locks: keys are checked, and their number is limited', () => {
    const take = (keys: unknown[]): AnyOperation => ({
      prepare: ({ lock }) => {
        for (const key of keys) lock(key as string)
      },
    })
    expect(run(take(['a', 'b', 'c']))).toMatchObject({ prepared: 'yes', locks: ['a', 'b', 'c'] })
    expect(no(take(['a', 'b', 'c', 'd']))?.message).toContain('more than 3 locks')
    expect(no(take(['']))?.message).toContain('a lock key is a text')
    expect(no(take([7]))?.message).toContain('a lock key is a text')
  })

  test('lock after prepare has returned is an error of whoever calls it', () => {
    let kept: (key: string) => void = () => undefined
    run({
      prepare: ({ lock }) => {
        kept = lock
      },
    })
    expect(() => kept('a')).toThrow('after prepare had returned')
  })
})

describe('the input schema', () => {
  const input = z.object({ lines: z.array(z.object({ quantity: z.number().default(1) })) })

  test('says where the input is wrong', () => {
    const reason = no({ input, prepare: () => 1 }, '{"lines":[{"quantity":"two"}]}')
    expect(reason).toMatchObject({ code: 'INPUT_INVALID', path: 'lines.0.quantity', operation: 'run' })
    expect(reason?.message).toContain('lines.0.quantity: ')
    expect(no({ input, prepare: () => 1 }, '{')).toMatchObject({ code: 'INPUT_INVALID' })
  })

  test('its output is what the functions get, commit too', () => {
    const seen: unknown[] = []
    const operation: AnyOperation = {
      input,
      prepare: (_context, value) => void seen.push(value),
      commit: (_context, value) => void seen.push(value.input),
    }
    run(operation, '{"lines":[{}]}')
    const branch = { ...request('{"lines":[{}]}'), result: '', locks: [] } as PreparedBranch
    const applied = new Operations({ run: operation }, limits, silentLogger).apply(db, 'commit', branch)
    expect(applied).toEqual({ applied: 'ok' })
    expect(seen).toEqual([{ lines: [{ quantity: 1 }] }, { lines: [{ quantity: 1 }] }])
  })

  test('an asynchronous one is refused', () => {
    const schema: StandardSchema<unknown> = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('nobody waits for me')) },
    }
    expect(no({ input: schema, prepare: () => 1 })?.message).toContain('must be synchronous')
  })
})

describe('commit and abort', () => {
  const branch = { ...request('{}'), result: '7', locks: [] } as PreparedBranch
  const apply = (operation: AnyOperation) =>
    new Operations({ run: operation }, limits, silentLogger).apply(db, 'abort', branch)

  test('get the result, may be left out, and may fail', () => {
    const results: unknown[] = []
    const keep: AnyOperation = { prepare: () => 7, abort: (_context, { result }) => void results.push(result) }
    expect(apply(keep)).toEqual({ applied: 'ok' })
    expect(results).toEqual([7])
    expect(apply({ prepare: () => 7 })).toEqual({ applied: 'ok' })
    const refusing: AnyOperation = { prepare: () => 7, abort: () => refuse('NO', 'never') }
    expect(apply(refusing)).toMatchObject({ applied: 'threw' })
    const missing = new Operations({}, limits, silentLogger).apply(db, 'abort', branch)
    expect(missing).toEqual({ applied: 'threw', error: "this version of the service has no operation 'run'" })
  })

  test('an input that no longer fits is told', () => {
    const stricter: AnyOperation = { input: z.object({ sku: z.string() }), prepare: () => 7, abort: () => undefined }
    expect(apply(stricter)).toMatchObject({ error: expect.stringContaining('no longer fits the schema') })
  })
})
