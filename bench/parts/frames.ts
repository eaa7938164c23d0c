// A frame of Prepares, as it goes from the coordinator to a participant: written and read by protobufjs's own writer and
// reader, and by those that stand in for them (docs/decisions/0009).

import { join } from 'node:path'
import protobuf from 'protobufjs'
import { messageType, protoRoot } from '../../wire/index.ts'
import type { Part } from './part.ts'

const id = (last: number): Buffer =>
  Buffer.from([1, 144, 20, 30, 40, 50, 112, 70, 128, 90, 100, 110, 120, 130, 140, last])

const member = (number: number) => ({
  storageId: id(number),
  boot: 3,
  participant: `participant-${number}`,
  address: `10.0.0.${number}:7411`,
  branches: [number],
})

const prepare = (number: number) => ({
  prepare: {
    branch: { transactionId: id(number), branch: 1 },
    sequence: { epoch: 7, number: 1_000_000 + number },
    protocol: 1,
    operation: 'reserve',
    input: Buffer.from(JSON.stringify({ sku: 'x'.repeat(80), quantity: number })),
    members: [member(1), member(2), member(3)],
  },
})

const frame = {
  header: { logId: id(0), epoch: 7, recordSequence: 5_000_000, sentAtMs: 1_700_000_000_000 },
  messages: Array.from({ length: 30 }, (_, number) => prepare(number)),
  handled: 123_456,
}

export function frameParts(): readonly Part[] {
  const ours = messageType('CoordinatorFrame')
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => (target.startsWith(protoRoot) ? target : join(protoRoot, target))
  root.loadSync(join(protoRoot, 'concordat/v1/participant.proto'))
  const theirs = root.lookupType('concordat.v1.CoordinatorFrame')
  const bytes = ours.encode(frame)
  const times =
    (run: () => unknown) =>
    (count: number): unknown => {
      let last: unknown
      for (let done = 0; done < count; done += 1) last = run()
      return last
    }
  return [
    {
      title: 'protobuf written straight into bytes; plain: protobufjs’s writer',
      unit: 'frame of 30 Prepares',
      count: 30,
      special: times(() => ours.encode(frame)),
      plain: times(() => theirs.encode(frame).finish()),
    },
    {
      title: '64 bit fields read as numbers, members kept; plain: protobufjs’s reader',
      unit: 'frame of 30 Prepares',
      count: 30,
      special: times(() => ours.decode(bytes)),
      plain: times(() => theirs.decode(bytes)),
    },
  ]
}
