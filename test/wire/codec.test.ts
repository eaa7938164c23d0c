// Every message survives the way to bytes and back, and nothing that comes in can throw.

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { FromParticipant, InquiryAnswer, Instant, ToParticipant } from '../../protocol/index.ts'
import * as wire from '../../wire/index.ts'
import * as any from './arbitraries.ts'

const { now } = any

/** Encodes, writes, reads and decodes: the value must be the same. */
function survives<T>(
  type: string,
  arbitrary: fc.Arbitrary<T>,
  encode: (value: T) => object,
  decode: (message: object) => wire.Decoded<T>,
): void {
  const { encode: toBytes, decode: fromBytes } = wire.messageType(type)
  fc.assert(
    fc.property(arbitrary, (value) => {
      expect(decode(fromBytes(toBytes(encode(value))))).toEqual({ ok: true, value })
    }),
    { numRuns: 200 },
  )
}

const description: fc.Arbitrary<wire.Description> = fc.record({
  header: any.participantHeader,
  operations: fc.array(any.name, { maxLength: 4 }),
  protocols: fc.uniqueArray(any.protocol, { minLength: 1 }),
})
const command = { epoch: any.epoch, transactionId: any.transactionId }
const report: fc.Arbitrary<wire.TransactionReport> = fc
  .tuple(
    fc.record({
      transactionId: any.transactionId,
      protocol: any.protocol,
      state: any.name,
      startedAt: any.instant,
      why: any.name,
      branches: fc.array(
        fc.record({
          branch: any.branch,
          participant: any.name,
          operation: any.name,
          state: any.name,
          attempts: any.uint32,
          lastError: any.name,
          locks: fc.array(any.name, { maxLength: 2 }),
        }),
        { maxLength: 3 },
      ),
    }),
    fc.record({ outcome: any.outcomeReport }, { requiredKeys: [] }),
  )
  .map(([facts, more]) => ({ ...facts, ...more }))

describe('between coordinator and participant', () => {
  test('ToParticipant', () => {
    survives(
      'ToParticipant',
      any.toParticipant,
      (message) => wire.encodeToParticipant(message, now),
      (message) => wire.decodeToParticipant(message, now),
    )
  })

  test('FromParticipant', () => {
    survives('FromParticipant', any.fromParticipant, wire.encodeFromParticipant, wire.decodeFromParticipant)
  })

  test('CoordinatorHeader', () => {
    survives('CoordinatorHeader', any.coordinatorHeader, wire.encodeCoordinatorHeader, wire.decodeCoordinatorHeader)
  })

  test('ParticipantHeader', () => {
    survives('ParticipantHeader', any.participantHeader, wire.encodeParticipantHeader, wire.decodeParticipantHeader)
  })

  test('Describe and Register', () => {
    survives('DescribeResponse', description, wire.encodeDescription, wire.decodeDescription)
    survives('DescribeRequest', any.coordinatorHeader, wire.encodeDescribe, wire.decodeDescribe)
    survives('RegisterResponse', any.coordinatorHeader, wire.encodeRegisterAnswer, wire.decodeRegisterAnswer)
    const register = fc.tuple(description, any.name).map(([facts, address]) => ({ ...facts, address }))
    survives('RegisterRequest', register, wire.encodeRegister, wire.decodeRegister)
  })

  test('Inquire', () => {
    const address = { transactionId: any.transactionId, branch: any.branch }
    const inquire = fc.record({
      header: any.participantHeader,
      logId: any.logId,
      branches: fc.array(fc.record({ ...address, sequence: any.sequence }), { maxLength: 4 }),
    })
    survives('InquireRequest', inquire, wire.encodeInquire, wire.decodeInquire)
    const answer = fc.constantFrom<InquiryAnswer>('commit', 'abort', 'in-progress', 'unknown-log')
    const answered = fc.record({
      header: any.coordinatorHeader,
      answers: fc.array(fc.record({ ...address, answer }), { maxLength: 4 }),
    })
    survives('InquireResponse', answered, wire.encodeInquireAnswer, wire.decodeInquireAnswer)
  })

  test('the unary requests and responses', () => {
    const requestTypes = {
      prepare: 'PrepareRequest',
      commit: 'CommitRequest',
      abort: 'AbortRequest',
      status: 'StatusRequest',
      collect: 'CollectRequest',
      'pre-commit': 'PreCommitRequest',
      'pre-abort': 'PreAbortRequest',
    }
    const responses = {
      vote: 'VoteResponse',
      'decision-answer': 'DecisionResponse',
      'status-answer': 'StatusResponse',
      'ballot-answer': 'BallotResponse',
    }
    const askedFor = (message: FromParticipant): ToParticipant['type'] => {
      switch (message.type) {
        case 'vote':
          return 'prepare'
        case 'decision-answer':
          return message.decision
        case 'status-answer':
          return 'status'
        case 'ballot-answer':
          return message.to
      }
    }
    fc.assert(
      fc.property(any.coordinatorHeader, any.toParticipant, (header, message) => {
        const { encode, decode } = wire.messageType(requestTypes[message.type])
        const request = decode(encode(wire.encodeParticipantRequest(header, message, now)))
        expect(wire.decodeParticipantRequest(request, now)).toEqual({ ok: true, value: { header, message } })
      }),
    )
    fc.assert(
      fc.property(any.participantHeader, any.fromParticipant, (header, message) => {
        const { encode, decode } = wire.messageType(responses[message.type])
        const response = decode(encode(wire.encodeParticipantResponse(header, message)))
        const value = { header, message }
        expect(wire.decodeParticipantResponse(askedFor(message), response)).toEqual({ ok: true, value })
      }),
    )
  })

  test('what members send each other', () => {
    const requestTypes = {
      commit: 'CommitRequest',
      abort: 'AbortRequest',
      status: 'StatusRequest',
      collect: 'CollectRequest',
      'pre-commit': 'PreCommitRequest',
      'pre-abort': 'PreAbortRequest',
    }
    fc.assert(
      fc.property(any.logId, any.coordinatorHeader, any.toMember, (logId, header, message) => {
        const { encode, decode } = wire.messageType(requestTypes[message.type])
        const request = decode(encode(wire.encodeMemberRequest(logId, message)))
        expect(wire.isMemberRequest(request)).toBe(true)
        expect(wire.decodeMemberRequest(request)).toEqual({ ok: true, value: { logId, message } })
        const ofCoordinator = decode(encode(wire.encodeParticipantRequest(header, message, now)))
        expect(wire.isMemberRequest(ofCoordinator)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test('what members ask the coordinator as one of them', () => {
    const requestTypes = {
      collect: 'VotingCollectRequest',
      'pre-commit': 'VotingPreCommitRequest',
      'pre-abort': 'VotingPreAbortRequest',
    }
    fc.assert(
      fc.property(any.participantHeader, any.logId, any.ballotQuestion, (header, logId, message) => {
        const { encode, decode } = wire.messageType(requestTypes[message.type])
        const request = decode(encode(wire.encodeVotingRequest(header, logId, message)))
        expect(wire.decodeVotingRequest(request)).toEqual({ ok: true, value: { header, logId, message } })
      }),
    )
    const answer = fc.record({ header: any.coordinatorHeader, message: any.ballotAnswer })
    survives(
      'VotingResponse',
      answer,
      ({ header, message }) => wire.encodeVotingAnswer(header, message),
      wire.decodeVotingAnswer,
    )
  })

  test('every message has a unary method, at participants and, if it asks a voting member, at coordinators', () => {
    const names = Object.values(wire.unaryMethods)
    const methodsOf = (service: object) => Object.values(service).map((method) => method.originalName as string)
    expect(methodsOf(wire.participantService)).toEqual(expect.arrayContaining(names))
    expect(methodsOf(wire.coordinatorService)).toEqual(expect.arrayContaining(['collect', 'preCommit', 'preAbort']))
  })

  test('a branch that may abort alone may still do so when the time has passed before it was told', () => {
    const unsealed = fc.sample(any.toParticipant, { numRuns: 500, seed: 1 }).find((one) => 'abandonAt' in one)
    if (unsealed?.type !== 'prepare') throw new Error('no unsealed Prepare in the sample')
    const sent = { ...unsealed, abandonAt: now }
    const decoded = wire.decodeToParticipant(wire.encodeToParticipant(sent, (now + 5_000) as Instant), now)
    expect(decoded).toMatchObject({ ok: true, value: { abandonAt: now + 1 } })
  })

  test('the time to vote is counted from the moment of sending, whatever the clocks say', () => {
    const prepare = fc.sample(any.toParticipant, { numRuns: 100, seed: 1 }).find((one) => one.type === 'prepare')
    if (prepare?.type !== 'prepare') throw new Error('no prepare in the sample')
    const sent = { ...prepare, voteBy: (now + 5_000) as Instant }
    const late = (now + 3_600_000) as Instant
    const atReceiver = wire.decodeToParticipant(wire.encodeToParticipant(sent, (now + 1_000) as Instant), late)
    expect(atReceiver).toMatchObject({ ok: true, value: { voteBy: late + 4_000 } })
    const passed = wire.decodeToParticipant(wire.encodeToParticipant(sent, late), late)
    expect(passed).toMatchObject({ ok: true, value: { voteBy: late } })
  })
})

describe('between client and coordinator', () => {
  test('Submit', () => {
    const submit = fc.record({ ...command, options: any.options, branches: any.requestedBranches })
    survives('SubmitRequest', submit, wire.encodeSubmit, wire.decodeSubmit)
  })

  test('Begin', () => {
    survives('BeginRequest', fc.record({ ...command, options: any.options }), wire.encodeBegin, wire.decodeBegin)
    const answer = fc
      .tuple(any.instant, fc.record({ existing: any.outcomeReport }, { requiredKeys: [] }))
      .map(([startedAt, more]) => ({ startedAt, ...more }))
    survives('BeginResponse', answer, wire.encodeBeginAnswer, wire.decodeBeginAnswer)
  })

  test('Call', () => {
    survives('CallRequest', fc.record({ ...command, branch: any.requestedBranch }), wire.encodeCall, wire.decodeCall)
    const result = fc.oneof(any.json, fc.constant(''))
    const answer: fc.Arbitrary<wire.CallAnswer> = fc.oneof(
      fc.record({ answer: fc.constant('result' as const), result, startedAt: any.instant }),
      fc.record({ answer: fc.constant('no' as const), reason: any.reason, startedAt: any.instant }),
    )
    survives('CallResponse', answer, wire.encodeCallAnswer, wire.decodeCallAnswer)
  })

  test('Commit and Abort', () => {
    const waitFor = fc.constantFrom<wire.WaitFor>('decided', 'applied')
    const commit = fc.record({ ...command, branches: any.branches, waitFor })
    survives('CommitTransactionRequest', commit, wire.encodeCommitTransaction, wire.decodeCommitTransaction)
    const abort = fc.record({ ...command, message: any.name })
    survives('AbortTransactionRequest', abort, wire.encodeAbortTransaction, wire.decodeAbortTransaction)
  })

  test('Get and Watch', () => {
    const get = fc.record({ transactionId: any.transactionId, waitMs: fc.integer({ min: 0, max: wire.getWaitMsMax }) })
    survives('GetRequest', get, wire.encodeGet, wire.decodeGet)
    survives('WatchRequest', fc.record({ transactionId: any.transactionId }), wire.encodeWatch, wire.decodeWatch)
    const facts = fc.record({ transactionId: any.transactionId, state: any.name, at: any.instant, event: any.name })
    const event = fc
      .tuple(facts, fc.record({ outcome: any.outcomeReport }, { requiredKeys: [] }))
      .map(([told, more]) => ({ ...told, ...more }))
    survives('WatchResponse', event, wire.encodeWatchEvent, wire.decodeWatchEvent)
  })

  test('Hello', () => {
    const hello = fc.record({
      logId: any.logId,
      epoch: any.epoch,
      participants: fc.array(any.participant, { maxLength: 3 }),
      payloadBytesMax: any.uint32,
      branchesMax: any.uint32,
    })
    survives('HelloResponse', hello, wire.encodeHello, wire.decodeHello)
  })

  test('the outcome', () => {
    survives('TransactionOutcome', any.outcomeReport, wire.encodeOutcome, wire.decodeOutcome)
  })
})

describe('for operators', () => {
  test('List', () => {
    const pageSize = fc.integer({ min: 1, max: 1_000 })
    const list = fc.record({ olderThanMs: any.count, includeHazards: fc.boolean(), pageSize, pageToken: any.name })
    survives('ListRequest', list, wire.encodeList, wire.decodeList)
    const answer = fc.record({
      transactions: fc.array(report, { maxLength: 2 }),
      nextPageToken: any.name,
      total: any.count,
      conditions: fc.array(any.name, { maxLength: 2 }),
    })
    survives('ListResponse', answer, wire.encodeListAnswer, wire.decodeListAnswer)
  })

  test('Get, Resolve, Forget and Drain', () => {
    const { transactionId, branch, decision } = any
    const reason = any.name.filter((text) => text.trim() === text && text !== '')
    survives('OperatorGetRequest', fc.record({ transactionId }), wire.encodeOperatorGet, wire.decodeOperatorGet)
    survives('TransactionReport', report, wire.encodeTransactionReport, wire.decodeTransactionReport)
    const resolve = fc.record({ transactionId, branch, decision, reason })
    survives('ResolveRequest', resolve, wire.encodeResolve, wire.decodeResolve)
    survives('ForgetRequest', fc.record({ transactionId, reason }), wire.encodeForget, wire.decodeForget)
    survives('DrainResponse', fc.record({ inFlight: any.count }), wire.encodeDrainAnswer, wire.decodeDrainAnswer)
  })
})

describe('whatever comes in', () => {
  const decoders: Record<string, (message: object) => wire.Decoded<unknown>> = {
    ToParticipant: (message) => wire.decodeToParticipant(message, now),
    FromParticipant: wire.decodeFromParticipant,
    CoordinatorHeader: wire.decodeCoordinatorHeader,
    ParticipantHeader: wire.decodeParticipantHeader,
    DescribeResponse: wire.decodeDescription,
    RegisterRequest: wire.decodeRegister,
    InquireRequest: wire.decodeInquire,
    InquireResponse: wire.decodeInquireAnswer,
    CollectRequest: wire.decodeMemberRequest,
    CommitRequest: wire.decodeMemberRequest,
    VotingCollectRequest: wire.decodeVotingRequest,
    VotingResponse: wire.decodeVotingAnswer,
    SubmitRequest: wire.decodeSubmit,
    BeginRequest: wire.decodeBegin,
    CallRequest: wire.decodeCall,
    CommitTransactionRequest: wire.decodeCommitTransaction,
    AbortTransactionRequest: wire.decodeAbortTransaction,
    GetRequest: wire.decodeGet,
    WatchRequest: wire.decodeWatch,
    TransactionOutcome: wire.decodeOutcome,
    ListRequest: wire.decodeList,
    ListResponse: wire.decodeListAnswer,
    ResolveRequest: wire.decodeResolve,
    ForgetRequest: wire.decodeForget,
  }

  /** Fields with small numbers and any content: most of them are fields of the message, of the right or wrong kind. */
  const tag = fc
    .tuple(fc.integer({ min: 1, max: 24 }), fc.constantFrom(0, 2))
    .map(([field, kind]) => (field << 3) | kind)
  const content = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(Uint8Array.of(16, ...Array(16).fill(7))))
  const bytes = fc.array(fc.tuple(tag, fc.integer({ min: 0, max: 127 }), content), { maxLength: 8 }).map((fields) =>
    Buffer.concat(
      fields.map(([key, small, text]) => {
        const start = key < 128 ? [key] : [(key & 127) | 128, key >> 7]
        return Buffer.from((key & 7) === 0 ? [...start, small] : [...start, text.length, ...text])
      }),
    ),
  )

  test.each(Object.entries(decoders))('%s is decoded or refused, and never throws', (type, decode) => {
    const { decode: fromBytes } = wire.messageType(type)
    fc.assert(
      fc.property(bytes, (frame) => {
        let message: object
        try {
          message = fromBytes(frame)
        } catch {
          // Not protobuf: grpc-js refuses it before it reaches the codec.
          return
        }
        const decoded = decode(message)
        if (!decoded.ok) expect(wire.isErrorCode(decoded.error.code)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('an id is a copy: the frame may be used again', () => {
    const { encode, decode } = wire.messageType('WatchRequest')
    const transactionId = fc.sample(any.transactionId, 1)[0]!
    const frame = encode(wire.encodeWatch({ transactionId }))
    const decoded = wire.decodeWatch(decode(frame))
    frame.fill(0)
    expect(decoded).toEqual({ ok: true, value: { transactionId } })
  })
})
