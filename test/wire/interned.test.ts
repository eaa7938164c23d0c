import { describe, expect, test } from '@jest/globals'
import {
  Boot,
  BranchNumber,
  Epoch,
  type Instant,
  type Member,
  ParticipantName,
  type Prepare,
  StorageId,
  TransactionId,
} from '../../protocol/index.ts'
import { decodeToParticipant, encodeToParticipant } from '../../wire/codec-to-participant.ts'
import { messageType } from '../../wire/proto.ts'
import { now } from './arbitraries.ts'

const frames = messageType('CoordinatorFrame')
const memberOf = (n: number): Member => ({
  participant: ParticipantName(`service-${n}`),
  address: `localhost:740${n}`,
  storageId: StorageId(`0198f0aa-0000-7000-8000-00000000000${n}`),
  boot: Boot(n),
  branches: [BranchNumber(n)],
})
const example: Prepare = {
  type: 'prepare',
  transactionId: TransactionId('0198f0aa-0000-7000-8000-0000000000ff'),
  branch: BranchNumber(1),
  sequence: { epoch: Epoch(1), number: 7 },
  protocol: 'two-phase',
  operation: 'work',
  input: '{}',
  startedAt: now,
  voteBy: (now + 1_000) as Instant,
  onePhase: false,
  members: [memberOf(1), memberOf(2)],
  traceParent: '',
  attempt: 1,
}

/** Each Prepare in a frame of its own, over the wire and back. */
function received(prepare: Prepare): Prepare {
  const bytes = frames.encode({ messages: [encodeToParticipant(prepare, now)] })
  const { messages } = frames.decode(bytes) as { messages: object[] }
  const decoded = decodeToParticipant(messages[0] as object, now)
  if (!decoded.ok || decoded.value.type !== 'prepare') throw new Error('it is no Prepare any more')
  return decoded.value
}

describe('members of a Prepare', () => {
  test('that are equal come out as one list, whatever else is different', () => {
    const lists = [1, 2, 3, 4].map((n) => received({ ...example, branch: BranchNumber(n) }).members)
    for (const list of lists) expect(list).toEqual(example.members)
    expect(lists[3]).toBe(lists[2])
  })

  test('that are not equal do not', () => {
    const [first, second] = example.members
    if (first === undefined || second === undefined) throw new Error('the example has two members')
    const others = [[second, first], [first], [{ ...first, boot: first.boot + 1 }, second], []] as Prepare['members'][]
    for (let round = 0; round < 3; round += 1) {
      for (const members of others) expect(received({ ...example, members }).members).toEqual(members)
    }
  })

  test('are shared, and cannot be changed', () => {
    received(example)
    received(example)
    const list = received(example).members as unknown as object[]
    expect(() => list.push({})).toThrow(TypeError)
  })

  test('cut off in the middle are refused each time', () => {
    for (let round = 0; round < 3; round += 1) {
      const bytes = frames.encode({ messages: [encodeToParticipant(received(example), now)] })
      expect(() => frames.decode(bytes.subarray(0, bytes.length - 40))).toThrow(RangeError)
    }
  })
})
