// A lane to a participant that has no sessions: its answers count for the branch that was asked about.

import { expect, test } from '@jest/globals'
import { type Clock, systemClock } from '../../coordinator/clock.ts'
import { Lane, type LaneOwner } from '../../coordinator/lane.ts'
import { type Abort, after, BranchNumber, Epoch, type FromParticipant, LogId } from '../../protocol/index.ts'
import {
  type CoordinatorHeader,
  createServer,
  encodeDescription,
  encodeParticipantResponse,
  listen,
  participantService,
  participantSession,
  type TransactionError,
} from '../../wire/index.ts'
import { until } from '../e2e/support/processes.ts'
import { names, newId, World } from './world.ts'

const sequence = { epoch: Epoch(1), number: 1 }
const asked: Abort = { type: 'abort', transactionId: newId(systemClock.now()), branch: BranchNumber(1), sequence }
const answer = { answer: 'applied', turn: 1 } as const

const header: CoordinatorHeader = {
  logId: LogId('00000000-0000-4000-8000-000000000001'),
  epoch: Epoch(1),
  recordSequence: 1,
  seenRecordSequence: 0,
  watermark: undefined,
  address: '127.0.0.1:1',
  sentAt: systemClock.now(),
}

/** Answers every Abort for this branch number, whichever was asked about. */
async function participantThatAnswersFor(branch: number) {
  const world = new World()
  const header = world.header(names.orders)
  const message: FromParticipant = {
    type: 'decision-answer',
    transactionId: asked.transactionId,
    branch: BranchNumber(branch),
    decision: 'abort',
    answer,
  }
  const server = createServer()
  server.addService(participantService, {
    describe: (_: unknown, answer: (error: null, value: object) => void) =>
      answer(null, encodeDescription({ header, operations: ['place'], protocols: ['two-phase'] })),
    abort: (_: unknown, answer: (error: null, value: object) => void) =>
      answer(null, encodeParticipantResponse(header, message)),
  } as never)
  return { server, port: await listen(server, '127.0.0.1:0') }
}

test.each([
  [1, 'heard'],
  [2, 'asked about'],
])('asked about branch 1, it answers for %i: %s', async (branch, expected) => {
  const { server, port } = await participantThatAnswersFor(branch)
  const said: string[] = []
  const owner: LaneOwner = {
    header: () => header,
    onConnected: () => {
      lane.send(asked)
      return true
    },
    onMessages: (_, messages) => {
      said.push(`heard ${messages.length}`)
      return true
    },
    onDisconnected: (error: TransactionError) => said.push(error.message),
  }
  const backoff = { firstMs: 10_000, maxMs: 10_000 }
  const lane = new Lane(`127.0.0.1:${port}`, owner, systemClock, backoff)
  try {
    const found = await until(
      'it is heard, or refused',
      () => said.filter((text) => /heard|asked about/.test(text)),
      (texts) => texts.length > 0,
    )
    expect(found[0]).toContain(expected)
  } finally {
    lane.close()
    server.forceShutdown()
  }
})

test('what is unhandled for long, in a session that lives, is no reason any more to send nothing again', async () => {
  const server = createServer()
  const participant = new World().header(names.orders)
  server.addService(participantService, {
    session: (stream: Parameters<typeof participantSession>[0]) => {
      const nothing = (): void => {}
      const owner = {
        header: () => participant,
        onOpen: nothing,
        onMessages: nothing,
        onMalformed: nothing,
        onClose: nothing,
      }
      participantSession(stream, owner, { now: () => systemClock.now(), handledBy: 'owner' })
    },
  } as never)
  const port = await listen(server, '127.0.0.1:0')
  const sleep = { ms: 0 }
  const clock: Clock = { ...systemClock, now: () => after(systemClock.now(), sleep.ms) }
  let isConnected = false
  const owner: LaneOwner = {
    header: () => header,
    onConnected: () => {
      isConnected = true
      return true
    },
    onMessages: () => true,
    onDisconnected: () => {},
  }
  const lane = new Lane(`127.0.0.1:${port}`, owner, clock, { firstMs: 10_000, maxMs: 10_000 })
  try {
    await until(
      'it is connected',
      () => isConnected,
      (is) => is,
    )
    expect(lane.unhandledSince).toBeUndefined()
    lane.send(asked)
    lane.flush()
    expect(lane.unhandledSince).toBeDefined()
    sleep.ms = 60_000
    expect(lane.unhandledSince).toBeUndefined()
  } finally {
    lane.close()
    server.forceShutdown()
  }
})
