// What is refused, with the code and the field. Requests are plain wire objects, as any client may send them.

import { loadSync, type ServiceDefinition } from '@grpc/proto-loader'
import { describe, expect, test } from '@jest/globals'
import type { BranchNumber, Instant, ParticipantName } from '../../protocol/index.ts'
import * as wire from '../../wire/index.ts'

const now = 1_790_000_000_000 as Instant
const id = Buffer.from('0190a1b2c3d47e5f8a6b7c8d9e0f1a2b', 'hex')
const nil = Buffer.alloc(16)
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const branch = { branch: 1, participant: 'inventory', operation: 'reserve', input: json({ sku: 'a' }) }
const options = { protocol: 1, timeoutMs: 5_000 }
const submit = { epoch: 3, transactionId: id, options, branches: [branch] }

/** Through bytes, so that defaults and Longs are those of protobufjs. */
function sent(type: string, message: object): object {
  const { encode, decode } = wire.messageType(type)
  return decode(encode(message))
}

const decodeSubmit = (message: object) => wire.decodeSubmit(sent('SubmitRequest', message))
const branchesFrom1 = (count: number) => Array.from({ length: count }, (_, index) => ({ ...branch, branch: index + 1 }))
/** JSON of exactly so many bytes. */
const jsonBytes = (bytes: number): Buffer => Buffer.from(`"${'x'.repeat(bytes - 2)}"`)

type Row = readonly [why: string, change: object, code: wire.ErrorCode, path: string]

const refusedSubmits: readonly Row[] = [
  ['no id', { transactionId: undefined }, 'INVALID_ID', 'transactionId'],
  ['a short id', { transactionId: id.subarray(1) }, 'INVALID_ID', 'transactionId'],
  ['a nil id', { transactionId: nil }, 'INVALID_ID', 'transactionId'],
  [
    'the text of an id',
    { transactionId: Buffer.from('0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b') },
    'INVALID_ID',
    'transactionId',
  ],
  ['no options', { options: undefined }, 'PROTOCOL_UNKNOWN', 'options.protocol'],
  ['protocol 0', { options: { ...options, protocol: 0 } }, 'PROTOCOL_UNKNOWN', 'options.protocol'],
  ['protocol 4', { options: { ...options, protocol: 4 } }, 'PROTOCOL_UNKNOWN', 'options.protocol'],
  ['a negative timeout', { options: { ...options, timeoutMs: -1 } }, 'TIMEOUT_INVALID', 'options.timeoutMs'],
  ['a long timeout', { options: { ...options, timeoutMs: 86_400_001 } }, 'TIMEOUT_INVALID', 'options.timeoutMs'],
  ['a timeout of 2^60', { options: { ...options, timeoutMs: 2 ** 60 } }, 'TIMEOUT_INVALID', 'options.timeoutMs'],
  ['a timeout of -2^60', { options: { ...options, timeoutMs: -(2 ** 60) } }, 'TIMEOUT_INVALID', 'options.timeoutMs'],
  [
    'a long key',
    { options: { ...options, idempotencyKey: 'k'.repeat(257) } },
    'IDEMPOTENCY_KEY_INVALID',
    'options.idempotencyKey',
  ],
  [
    'a key long in bytes',
    { options: { ...options, idempotencyKey: 'é'.repeat(129) } },
    'IDEMPOTENCY_KEY_INVALID',
    'options.idempotencyKey',
  ],
  ['an unknown wait', { options: { ...options, waitFor: 3 } }, 'REQUEST_INVALID', 'options.waitFor'],
  [
    'a start of 2^60',
    { options: { ...options, firstStartedAtMs: 2 ** 60 } },
    'REQUEST_INVALID',
    'options.firstStartedAtMs',
  ],
  ['a long trace', { options: { ...options, traceParent: 't'.repeat(257) } }, 'REQUEST_INVALID', 'options.traceParent'],
  ['no branches', { branches: [] }, 'BRANCH_INVALID', 'branches'],
  ['129 branches', { branches: branchesFrom1(129) }, 'TOO_MANY_BRANCHES', 'branches'],
  ['branch 0', { branches: [{ ...branch, branch: 0 }] }, 'BRANCH_INVALID', 'branches.0.branch'],
  ['branch 129', { branches: [branch, { ...branch, branch: 129 }] }, 'BRANCH_INVALID', 'branches.1.branch'],
  [
    'the same branch twice',
    { branches: [branch, { ...branch, branch: 2 }, branch] },
    'BRANCH_INVALID',
    'branches.2.branch',
  ],
  ['no participant', { branches: [{ ...branch, participant: '' }] }, 'PARTICIPANT_INVALID', 'branches.0.participant'],
  [
    'a bad participant',
    { branches: [{ ...branch, participant: 'a b' }] },
    'PARTICIPANT_INVALID',
    'branches.0.participant',
  ],
  ['no operation', { branches: [{ ...branch, operation: '' }] }, 'BRANCH_INVALID', 'branches.0.operation'],
  [
    'a long operation',
    { branches: [{ ...branch, operation: 'o'.repeat(257) }] },
    'REQUEST_INVALID',
    'branches.0.operation',
  ],
  ['no input', { branches: [{ ...branch, input: undefined }] }, 'INPUT_NOT_JSON', 'branches.0.input'],
  ['broken JSON', { branches: [{ ...branch, input: Buffer.from('{"a":') }] }, 'INPUT_NOT_JSON', 'branches.0.input'],
  [
    'text that is not UTF-8',
    { branches: [{ ...branch, input: Buffer.from('"\xe9"', 'latin1') }] },
    'INPUT_NOT_JSON',
    'branches.0.input',
  ],
  [
    'a large input',
    { branches: [{ ...branch, input: jsonBytes(1024 * 1024 + 1) }] },
    'PAYLOAD_TOO_LARGE',
    'branches.0.input',
  ],
  [
    'large inputs in all',
    { branches: branchesFrom1(33).map((one) => ({ ...one, input: jsonBytes(1024 * 1024) })) },
    'PAYLOAD_TOO_LARGE',
    'branches',
  ],
]

describe('Submit', () => {
  test.each(refusedSubmits)('refuses %s', (_why, change, code, path) => {
    const decoded = decodeSubmit({ ...submit, ...change })
    expect(decoded).toMatchObject({ ok: false, error: { code, path } })
    if (!decoded.ok) expect(decoded.error.message.startsWith(`${path}: `)).toBe(true)
  })

  test('takes what is just inside the limits', () => {
    const edge = { protocol: 3, timeoutMs: 86_400_000, idempotencyKey: 'k'.repeat(256), waitFor: 1 }
    const branches = branchesFrom1(128)
    branches[0] = { ...branch, branch: 1, input: jsonBytes(1024 * 1024) }
    const decoded = decodeSubmit({ ...submit, options: edge, branches })
    expect(decoded).toMatchObject({ ok: true, value: { options: { protocol: 'saga', timeoutMs: 86_400_000 } } })
  })

  test('takes absent options for their defaults', () => {
    expect(decodeSubmit({ ...submit, options: { protocol: 1 } })).toMatchObject({
      ok: true,
      value: { options: { protocol: 'two-phase', timeoutMs: 0, waitFor: 'applied', traceParent: '' } },
    })
  })

  test('keeps to the limits it is given', () => {
    const limits: wire.Limits = { ...wire.defaultLimits, payloadBytesMax: 10, branchesMax: 1, timeoutMsMax: 10 }
    const at = (change: object) => wire.decodeSubmit(sent('SubmitRequest', { ...submit, ...change }), limits)
    expect(at({})).toMatchObject({ ok: false, error: { code: 'TIMEOUT_INVALID' } })
    const short = { options: { protocol: 1, timeoutMs: 10 } }
    expect(at(short)).toMatchObject({ ok: false, error: { code: 'PAYLOAD_TOO_LARGE' } })
    expect(at({ ...short, branches: branchesFrom1(2) })).toMatchObject({
      ok: false,
      error: { code: 'TOO_MANY_BRANCHES' },
    })
  })

  test('an unknown name of an enum, which proto-loader sends as 0, is refused', () => {
    const files = ['concordat/v1/coordinator.proto']
    const definitions = loadSync(files, { includeDirs: [wire.protoRoot] })
    const service = definitions['concordat.v1.Coordinator'] as unknown as ServiceDefinition
    const bytes = service['Submit']!.requestSerialize({ ...submit, options: { protocol: 'TWO_PHASE' } })
    expect(wire.decodeSubmit(wire.messageType('SubmitRequest').decode(bytes))).toMatchObject({
      ok: false,
      error: { code: 'PROTOCOL_UNKNOWN', path: 'options.protocol' },
    })
  })
})

describe('the other requests of clients', () => {
  const rows: readonly (readonly [
    string,
    (message: never) => wire.Decoded<unknown>,
    object,
    wire.ErrorCode,
    string,
  ])[] = [
    [
      'BeginRequest',
      wire.decodeBegin,
      { transactionId: id, options: { protocol: 0 } },
      'PROTOCOL_UNKNOWN',
      'options.protocol',
    ],
    ['BeginRequest', wire.decodeBegin, { transactionId: nil, options }, 'INVALID_ID', 'transactionId'],
    ['CallRequest', wire.decodeCall, { transactionId: id }, 'REQUEST_INVALID', 'branch'],
    [
      'CallRequest',
      wire.decodeCall,
      { transactionId: id, branch: { ...branch, branch: 0 } },
      'BRANCH_INVALID',
      'branch.branch',
    ],
    ['CommitTransactionRequest', wire.decodeCommitTransaction, { transactionId: id }, 'BRANCH_INVALID', 'branches'],
    [
      'CommitTransactionRequest',
      wire.decodeCommitTransaction,
      { transactionId: id, branches: [1, 0] },
      'BRANCH_INVALID',
      'branches.1',
    ],
    [
      'CommitTransactionRequest',
      wire.decodeCommitTransaction,
      { transactionId: id, branches: [2, 2] },
      'BRANCH_INVALID',
      'branches.1',
    ],
    [
      'CommitTransactionRequest',
      wire.decodeCommitTransaction,
      { transactionId: id, branches: [1], waitFor: 9 },
      'REQUEST_INVALID',
      'waitFor',
    ],
    [
      'AbortTransactionRequest',
      wire.decodeAbortTransaction,
      { transactionId: id, message: 'm'.repeat(5_000) },
      'REQUEST_INVALID',
      'message',
    ],
    ['GetRequest', wire.decodeGet, { transactionId: id, waitMs: 60_001 }, 'TIMEOUT_INVALID', 'waitMs'],
    ['GetRequest', wire.decodeGet, {}, 'INVALID_ID', 'transactionId'],
    ['WatchRequest', wire.decodeWatch, {}, 'INVALID_ID', 'transactionId'],
  ]
  test.each(rows)('%s', (type, decode, message, code, path) => {
    expect(decode(sent(type, message) as never)).toMatchObject({ ok: false, error: { code, path } })
  })
})

describe('participants and operators', () => {
  const sequence = { epoch: 1, number: 5 }
  const address = { transactionId: id, branch: 1 }
  const header = { storageId: id, boot: 1, participant: 'inventory' }
  const decodeTo = (message: never) => wire.decodeToParticipant(message, now)

  const rows: readonly (readonly [
    string,
    (message: never) => wire.Decoded<unknown>,
    object,
    wire.ErrorCode,
    string,
  ])[] = [
    ['ToParticipant', decodeTo, {}, 'REQUEST_INVALID', 'message'],
    [
      'ToParticipant',
      decodeTo,
      { prepare: { ...address, sequence, protocol: 0 } },
      'PROTOCOL_UNKNOWN',
      'prepare.protocol',
    ],
    ['ToParticipant', decodeTo, { prepare: { ...address, protocol: 1 } }, 'REQUEST_INVALID', 'prepare.sequence'],
    ['ToParticipant', decodeTo, { commit: { ...address, sequence } }, 'INVALID_ID', 'commit.expectedStorageId'],
    ['ToParticipant', decodeTo, { abort: { transactionId: id, sequence } }, 'BRANCH_INVALID', 'abort.branch'],
    [
      'ToParticipant',
      decodeTo,
      { abort: { ...address, sequence: { number: 2 ** 60 } } },
      'REQUEST_INVALID',
      'abort.sequence.number',
    ],
    ['ToParticipant', decodeTo, { status: { branch: 1, sequence } }, 'INVALID_ID', 'status.transactionId'],
    ['FromParticipant', wire.decodeFromParticipant, {}, 'REQUEST_INVALID', 'message'],
    ['FromParticipant', wire.decodeFromParticipant, { vote: { ...address, vote: 0 } }, 'REQUEST_INVALID', 'vote.vote'],
    ['FromParticipant', wire.decodeFromParticipant, { vote: { ...address, vote: 6 } }, 'REQUEST_INVALID', 'vote.vote'],
    [
      'FromParticipant',
      wire.decodeFromParticipant,
      { decisionAnswer: { ...address, answer: 1 } },
      'REQUEST_INVALID',
      'decisionAnswer.decision',
    ],
    [
      'FromParticipant',
      wire.decodeFromParticipant,
      { decisionAnswer: { ...address, decision: 1, answer: 0 } },
      'REQUEST_INVALID',
      'decisionAnswer.answer',
    ],
    [
      'FromParticipant',
      wire.decodeFromParticipant,
      { statusAnswer: { ...address, state: 0 } },
      'REQUEST_INVALID',
      'statusAnswer.state',
    ],
    [
      'FromParticipant',
      wire.decodeFromParticipant,
      { statusAnswer: { ...address, state: 7 } },
      'REQUEST_INVALID',
      'statusAnswer.state',
    ],
    ['RegisterRequest', wire.decodeRegister, { header }, 'PARTICIPANT_INVALID', 'address'],
    ['RegisterRequest', wire.decodeRegister, { address: 'localhost:1' }, 'REQUEST_INVALID', 'header'],
    [
      'RegisterRequest',
      wire.decodeRegister,
      { header: { ...header, participant: '1st' }, address: 'a:1' },
      'PARTICIPANT_INVALID',
      'header.participant',
    ],
    [
      'RegisterRequest',
      wire.decodeRegister,
      { header: { ...header, storageId: nil }, address: 'a:1' },
      'INVALID_ID',
      'header.storageId',
    ],
    ['InquireRequest', wire.decodeInquire, { header, branches: [] }, 'INVALID_ID', 'logId'],
    [
      'InquireRequest',
      wire.decodeInquire,
      { header, logId: id, branches: [{ ...address }] },
      'REQUEST_INVALID',
      'branches.0.sequence',
    ],
    ['ListRequest', wire.decodeList, { pageSize: 1_001 }, 'REQUEST_INVALID', 'pageSize'],
    ['ResolveRequest', wire.decodeResolve, { ...address, decision: 0, reason: 'why' }, 'REQUEST_INVALID', 'decision'],
    ['ResolveRequest', wire.decodeResolve, { ...address, decision: 1, reason: ' ' }, 'REQUEST_INVALID', 'reason'],
    ['ForgetRequest', wire.decodeForget, { transactionId: id }, 'REQUEST_INVALID', 'reason'],
    ['TransactionOutcome', wire.decodeOutcome, { transactionId: id }, 'REQUEST_INVALID', 'outcome'],
    ['TransactionOutcome', wire.decodeOutcome, { transactionId: id, outcome: 4 }, 'REQUEST_INVALID', 'decision'],
  ]
  test.each(rows)('%#: %s', (type, decode, message, code, path) => {
    expect(decode(sent(type, message) as never)).toMatchObject({ ok: false, error: { code, path } })
  })

  test('a no without a reason is still a no', () => {
    const decoded = wire.decodeFromParticipant(sent('FromParticipant', { vote: { ...address, vote: 2 } }))
    expect(decoded).toMatchObject({
      ok: true,
      value: { vote: { vote: 'no', reason: { code: 'OPERATION_FAILED', retryable: false } } },
    })
  })

  test('a long reason is cut', () => {
    const reason = { code: 'C'.repeat(1_000), message: 'm'.repeat(10_000), path: 'p'.repeat(1_000) }
    const decoded = wire.decodeFromParticipant(sent('FromParticipant', { vote: { ...address, vote: 2, reason } }))
    if (!decoded.ok || decoded.value.type !== 'vote' || decoded.value.vote.vote !== 'no') throw new Error('not a no')
    const { code, message, path } = decoded.value.vote.reason
    expect([code.length, message.length, path?.length]).toEqual([256, 4_096, 256])
  })

  test('a watermark with too many open transactions is refused', () => {
    const open = Array.from({ length: 1_001 }, (_, number) => ({ epoch: 1, number }))
    const message = { logId: id, watermark: { below: { epoch: 2 }, open } }
    expect(wire.decodeCoordinatorHeader(sent('CoordinatorHeader', message))).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID', path: 'header.watermark.open' },
    })
  })

  test('a protocol that this version does not know is left out of a description', () => {
    const facts = { header, protocols: [1, 9] }
    expect(wire.decodeDescription(sent('DescribeResponse', facts))).toMatchObject({
      ok: true,
      value: { protocols: ['two-phase'] },
    })
    expect(wire.decodeDescription(sent('DescribeResponse', { header }))).toMatchObject({
      ok: true,
      value: { protocols: ['two-phase'] },
    })
  })
})

describe('the digest of a submit', () => {
  const one: wire.RequestedBranch = {
    branch: 1 as BranchNumber,
    participant: 'inventory' as ParticipantName,
    operation: 'reserve',
    input: '{"a":1}',
  }
  const two = { ...one, branch: 2 as BranchNumber }

  test('does not depend on the order of the branches', () => {
    expect(wire.digestOf([one, two], 'two-phase')).toBe(wire.digestOf([two, one], 'two-phase'))
    expect(wire.digestOf([one], 'two-phase')).toMatch(/^[0-9a-f]{64}$/)
  })

  test('depends on everything else', () => {
    const digests = [
      wire.digestOf([one], 'two-phase'),
      wire.digestOf([one], 'saga'),
      wire.digestOf([two], 'two-phase'),
      wire.digestOf([one, two], 'two-phase'),
      wire.digestOf([{ ...one, participant: 'orders' as ParticipantName }], 'two-phase'),
      wire.digestOf([{ ...one, operation: 'place' }], 'two-phase'),
      wire.digestOf([{ ...one, input: '{"a":2}' }], 'two-phase'),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })
})
