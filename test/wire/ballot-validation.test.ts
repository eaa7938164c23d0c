// What is refused of the messages of three-phase members and sagas. A wrong voting set would count a majority that is none.

import { describe, expect, test } from '@jest/globals'
import type { Instant } from '../../protocol/index.ts'
import * as wire from '../../wire/index.ts'

const now = 1_790_000_000_000 as Instant
const idOf = (last: number): Buffer =>
  Buffer.from(`0190a1b2c3d47e5f8a6b7c8d9e0f1a${last.toString(16).padStart(2, '0')}`, 'hex')
const id = idOf(1)
const address = { transactionId: id, branch: 1 }
const sequence = { epoch: 1, number: 5 }
const ballot = { number: 1, by: id }
const member = (number: number, branches: readonly number[] = [number]) => ({
  participant: 'inventory',
  address: 'localhost:1',
  storageId: idOf(number),
  boot: 1,
  branches,
})
const members = [member(1), member(2), member(3)]
const prepare = { ...address, sequence, protocol: 2, operation: 'reserve', members, ballot }
const collect = { ...address, sequence, ballot, members }
const propose = { ...address, sequence, ballot }
const answer = { ...address, to: 1, ballot, answer: 1 }

/** Through bytes, so that defaults and Longs are those of protobufjs. */
function sent(type: string, message: object): object {
  const { encode, decode } = wire.messageType(type)
  return decode(encode(message))
}

type Row = readonly [why: string, message: object, code: wire.ErrorCode, path: string]

const toRows: readonly Row[] = [
  ['a ballot of number 0', { collect: { ...collect, ballot: { by: id } } }, 'REQUEST_INVALID', 'collect.ballot.number'],
  [
    'a ballot of number 2^60',
    { collect: { ...collect, ballot: { number: 2 ** 60, by: id } } },
    'REQUEST_INVALID',
    'collect.ballot.number',
  ],
  ['nobody’s ballot', { preCommit: { ...propose, ballot: { number: 1 } } }, 'INVALID_ID', 'preCommit.ballot.by'],
  [
    'a ballot of 15 bytes',
    { preAbort: { ...propose, ballot: { number: 1, by: id.subarray(1) } } },
    'INVALID_ID',
    'preAbort.ballot.by',
  ],
  [
    'a ballot of branch 129',
    { preAbort: { ...propose, ballot: { ...ballot, branch: 129 } } },
    'BRANCH_INVALID',
    'preAbort.ballot.branch',
  ],
  ['no ballot', { preCommit: { ...address, sequence } }, 'REQUEST_INVALID', 'preCommit.ballot'],
  ['no sequence', { collect: { ...collect, sequence: undefined } }, 'REQUEST_INVALID', 'collect.sequence'],
  ['no branch', { preCommit: { ...propose, branch: 0 } }, 'BRANCH_INVALID', 'preCommit.branch'],
  ['no members', { collect: { ...collect, members: [] } }, 'REQUEST_INVALID', 'collect.members'],
  [
    '129 members',
    { collect: { ...collect, members: Array.from({ length: 129 }, (_, index) => member(index + 1, [1])) } },
    'REQUEST_INVALID',
    'collect.members',
  ],
  [
    'a member that would count twice',
    { collect: { ...collect, members: [member(1), member(2), member(1, [3])] } },
    'REQUEST_INVALID',
    'collect.members.2.storageId',
  ],
  [
    'a member that would count without being asked',
    { collect: { ...collect, members: [member(1), member(2, [])] } },
    'BRANCH_INVALID',
    'collect.members.1.branches',
  ],
  [
    'a branch of two members',
    { prepare: { ...prepare, members: [member(1), member(2, [2, 1])] } },
    'BRANCH_INVALID',
    'prepare.members.1.branches.1',
  ],
  ['a sealed Prepare without members', { prepare: { ...prepare, members: [] } }, 'REQUEST_INVALID', 'prepare.members'],
  ['a ballot in two-phase', { prepare: { ...prepare, protocol: 1 } }, 'REQUEST_INVALID', 'prepare.ballot'],
  ['a wrong ballot', { prepare: { ...prepare, ballot: {} } }, 'REQUEST_INVALID', 'prepare.ballot.number'],
  ['a try in three-phase', { prepare: { ...prepare, sagaTry: 1 } }, 'REQUEST_INVALID', 'prepare.sagaTry'],
  [
    'a saga without a try',
    { prepare: { ...prepare, protocol: 3, ballot: undefined } },
    'REQUEST_INVALID',
    'prepare.sagaTry',
  ],
]

const fromRows: readonly Row[] = [
  ['an answer to nothing', { ballotAnswer: { ...answer, to: 0 } }, 'REQUEST_INVALID', 'ballotAnswer.to'],
  ['an answer to 4', { ballotAnswer: { ...answer, to: 4 } }, 'REQUEST_INVALID', 'ballotAnswer.to'],
  ['answer 0', { ballotAnswer: { ...answer, answer: 0 } }, 'REQUEST_INVALID', 'ballotAnswer.answer'],
  ['answer 7', { ballotAnswer: { ...answer, answer: 7 } }, 'REQUEST_INVALID', 'ballotAnswer.answer'],
  [
    'an answer without a ballot',
    { ballotAnswer: { ...answer, ballot: undefined } },
    'REQUEST_INVALID',
    'ballotAnswer.ballot',
  ],
  [
    'a refusal without what is promised',
    { ballotAnswer: { ...answer, answer: 3 } },
    'REQUEST_INVALID',
    'ballotAnswer.promised',
  ],
  [
    'an adopted choice without its ballot',
    { ballotAnswer: { ...answer, adopted: 1 } },
    'REQUEST_INVALID',
    'ballotAnswer.adoptedBallot',
  ],
  [
    'an adopted ballot without its choice',
    { ballotAnswer: { ...answer, adoptedBallot: ballot } },
    'REQUEST_INVALID',
    'ballotAnswer.adopted',
  ],
  [
    'an adopted choice of 3',
    { ballotAnswer: { ...answer, adopted: 3, adoptedBallot: ballot } },
    'REQUEST_INVALID',
    'ballotAnswer.adopted',
  ],
  ['a failed try without its number', { vote: { ...address, vote: 5 } }, 'REQUEST_INVALID', 'vote.sagaTry'],
]

describe('three-phase and sagas', () => {
  test('what the rows change is well formed', () => {
    for (const message of [{ prepare }, { collect }, { preCommit: propose }, { preAbort: propose }]) {
      expect(wire.decodeToParticipant(sent('ToParticipant', message), now)).toMatchObject({ ok: true })
    }
    expect(wire.decodeFromParticipant(sent('FromParticipant', { ballotAnswer: answer }))).toMatchObject({ ok: true })
  })

  test.each(toRows)('a participant refuses %s', (_why, message, code, path) => {
    const decoded = wire.decodeToParticipant(sent('ToParticipant', message), now)
    expect(decoded).toMatchObject({ ok: false, error: { code, path } })
  })

  test.each(fromRows)('a proposer refuses %s', (_why, message, code, path) => {
    const decoded = wire.decodeFromParticipant(sent('FromParticipant', message))
    expect(decoded).toMatchObject({ ok: false, error: { code, path } })
  })

  test('a two-phase list of members may be incomplete', () => {
    const message = { prepare: { ...prepare, protocol: 1, ballot: undefined, members: [member(1, []), member(1, [])] } }
    expect(wire.decodeToParticipant(sent('ToParticipant', message), now)).toMatchObject({ ok: true })
  })

  test('one-phase is tried once, in a saga too', () => {
    const message = { prepare: { ...prepare, protocol: 3, ballot: undefined, onePhase: true } }
    expect(wire.decodeToParticipant(sent('ToParticipant', message), now)).toMatchObject({ ok: true })
  })
})

describe('members among themselves', () => {
  test('a member names the log, and sends no Prepare', () => {
    expect(wire.decodeMemberRequest(sent('CollectRequest', { collect }))).toMatchObject({
      ok: false,
      error: { code: 'INVALID_ID', path: 'logId' },
    })
    expect(wire.decodeMemberRequest({ ...sent('PrepareRequest', { prepare }), logId: id })).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID', path: 'message' },
    })
  })

  test('a coordinator is asked as a voting member by somebody with a name, and only that', () => {
    const header = { storageId: id, boot: 1, participant: 'inventory' }
    expect(wire.decodeVotingRequest(sent('VotingCollectRequest', { logId: id, collect }))).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID', path: 'header' },
    })
    expect(wire.decodeVotingRequest(sent('VotingPreCommitRequest', { header, preCommit: propose }))).toMatchObject({
      ok: false,
      error: { code: 'INVALID_ID', path: 'logId' },
    })
    const commit = { ...address, sequence, expectedStorageId: id }
    expect(wire.decodeVotingRequest({ header, logId: id, commit })).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID', path: 'commit' },
    })
  })

  test('an answer of a voting coordinator says whose log it is', () => {
    expect(wire.decodeVotingAnswer(sent('VotingResponse', { answer }))).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID', path: 'header' },
    })
    expect(wire.decodeVotingAnswer(sent('VotingResponse', { header: { logId: id } }))).toMatchObject({
      ok: false,
      error: { code: 'REQUEST_INVALID', path: 'answer' },
    })
  })
})
