// Sessions over a real connection: batching, the window, and every way to end.

import { describe, expect, test } from '@jest/globals'
import type { Epoch, Instant, Watermark } from '../../protocol/index.ts'
import { defaultLimits, transactionError } from '../../wire/index.ts'
import { breakableLine } from './breakable-line.ts'
import {
  aWhile,
  commit,
  coordinatorHeader,
  messagesOf,
  type Pair,
  pair,
  participantHeader,
  prepare,
  until,
  vote,
} from './session-pair.ts'

async function opened(session: Pair): Promise<void> {
  await until(() => session.atCoordinator.opened.length === 1 && session.atParticipant.opened.length === 1)
}
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('a session', () => {
  test('opens with a header from each side, and a description', async () => {
    const description = { header: participantHeader(), operations: ['reserve'], protocols: ['two-phase' as const] }
    await using session = await pair({ description })
    await opened(session)
    expect(session.atCoordinator.opened[0]).toMatchObject({
      header: { participant: 'inventory', forcedTurn: 5 },
      opening: { operations: ['reserve'], protocols: ['two-phase'] },
    })
    expect(session.atParticipant.opened[0]).toMatchObject({ header: { epoch: 1, address: 'localhost:7400' } })
  })

  test('carries messages both ways, those of one turn in one frame', async () => {
    await using session = await pair()
    await opened(session)
    const before = session.atParticipant.frames.length
    for (const number of numbers(10)) session.coordinator.send(commit(number))
    expect(session.coordinator.queued).toBe(10)
    await until(() => messagesOf(session.atParticipant).length === 10)
    expect(session.atParticipant.frames.length).toBe(before + 1)
    expect(messagesOf(session.atParticipant)).toEqual(numbers(10).map(commit))

    for (const number of numbers(3)) session.participant().send(vote(number))
    await until(() => messagesOf(session.atCoordinator).length === 3)
    expect(messagesOf(session.atCoordinator)).toEqual(numbers(3).map(vote))
    await until(() => session.coordinator.unhandled === 0)
  })

  test('keeps what is sent before the other side has opened', async () => {
    await using session = await pair()
    session.coordinator.send(commit(1))
    session.coordinator.flush()
    expect(session.coordinator.queued).toBe(1)
    await until(() => messagesOf(session.atParticipant).length === 1)
  })

  test('flush does not wait for the end of the turn, and leaves nothing for it', async () => {
    await using session = await pair()
    await opened(session)
    const before = session.atParticipant.frames.length
    session.coordinator.send(commit(1))
    session.coordinator.flush()
    expect(session.coordinator.queued).toBe(0)
    await aWhile()
    expect(session.atParticipant.frames.length).toBe(before + 1)
  })

  test('announces a header that has changed', async () => {
    await using session = await pair()
    await opened(session)
    const before = session.atCoordinator.frames.length
    session.participant().announce()
    session.participant().announce()
    await until(() => session.atCoordinator.frames.length > before)
    await aWhile()
    expect(session.atCoordinator.frames.length).toBe(before + 1)
    expect(session.atCoordinator.frames.at(-1)).toMatchObject({ messages: [], header: { forcedTurn: 5 } })
  })

  test('leaves out a watermark that is as in the frame before', async () => {
    let watermark: Watermark = { below: { epoch: 1 as Epoch, number: 7 }, open: [] }
    await using session = await pair({ coordinatorHeader: () => ({ ...coordinatorHeader(), watermark }) })
    await opened(session)
    const announce = async (): Promise<Watermark | undefined> => {
      const before = session.atParticipant.frames.length
      session.coordinator.announce()
      await until(() => session.atParticipant.frames.length > before)
      return session.atParticipant.frames.at(-1)?.header.watermark
    }
    expect(session.atParticipant.opened[0]?.header.watermark).toEqual(watermark)
    expect(await announce()).toBeUndefined()
    watermark = { below: { epoch: 1 as Epoch, number: 9 }, open: [] }
    expect(await announce()).toEqual(watermark)
    expect(await announce()).toBeUndefined()
  })

  test('bounds its frames', async () => {
    await using session = await pair({ coordinator: { frameMessagesMax: 4, frameBytesMax: 10_000 } })
    await opened(session)
    const text = JSON.stringify('x'.repeat(6_000))
    for (const number of numbers(6)) session.coordinator.send(commit(number))
    for (const number of numbers(3)) session.coordinator.send(prepare(number, text))
    await until(() => messagesOf(session.atParticipant).length === 9)
    const sizes = session.atParticipant.frames.map((frame) => frame.messages.length).filter((size) => size > 0)
    expect(sizes).toEqual([4, 4, 1])
  })

  test('takes the largest messages there may be', async () => {
    await using session = await pair()
    await opened(session)
    const text = JSON.stringify('x'.repeat(defaultLimits.payloadBytesMax - 2))
    for (const number of numbers(20)) session.coordinator.send(prepare(number, text))
    await until(() => messagesOf(session.atParticipant).length === 20)
  })
})

describe('the window', () => {
  test('since when the other side has something to handle: of what it was sent, and of what waits', async () => {
    let clock = 1_000
    await using session = await pair({
      coordinator: { now: () => clock as Instant },
      participant: { windowMessages: 2, handledBy: 'owner' },
    })
    await opened(session)
    expect(session.coordinator.unhandledSince).toBeUndefined()
    for (const number of numbers(3)) {
      clock += 1
      session.coordinator.send(commit(number))
    }
    await until(() => messagesOf(session.atParticipant).length === 2)
    expect([session.coordinator.unhandledSince, session.coordinator.handledAt]).toEqual([1_001, undefined])
    clock = 2_000
    session.participant().handled(1)
    await until(() => messagesOf(session.atParticipant).length === 3)
    expect([session.coordinator.unhandledSince, session.coordinator.handledAt]).toEqual([1_002, 2_000])
    session.participant().handled(2)
    await until(() => session.coordinator.unhandledSince === undefined)
  })

  test('holds back messages while the other side has not handled enough', async () => {
    await using session = await pair({ participant: { windowMessages: 4, handledBy: 'owner' } })
    await opened(session)
    for (const number of numbers(10)) session.coordinator.send(commit(number))
    await until(() => messagesOf(session.atParticipant).length === 4)
    await aWhile()
    expect(messagesOf(session.atParticipant)).toHaveLength(4)
    expect([session.coordinator.queued, session.coordinator.unhandled]).toEqual([6, 4])

    session.participant().handled(1)
    await until(() => messagesOf(session.atParticipant).length === 5)
    session.participant().handled(4)
    await until(() => messagesOf(session.atParticipant).length === 9)
    session.participant().handled(4)
    await until(() => messagesOf(session.atParticipant).length === 10)
    expect(messagesOf(session.atParticipant)).toEqual(numbers(10).map(commit))
    expect(session.coordinator.queued).toBe(0)
  })

  test('holds back bytes', async () => {
    const bytes = { windowBytes: 20_000 }
    await using session = await pair({ coordinator: bytes, participant: { ...bytes, handledBy: 'owner' } })
    await opened(session)
    const text = JSON.stringify('x'.repeat(6_000))
    for (const number of numbers(7)) session.coordinator.send(prepare(number, text))
    await until(() => messagesOf(session.atParticipant).length === 3)
    await aWhile()
    expect(messagesOf(session.atParticipant)).toHaveLength(3)
    expect(session.coordinator.queued).toBe(4)
    for (const expected of [4, 5, 6, 7]) {
      session.participant().handled(1)
      await until(() => messagesOf(session.atParticipant).length === expected)
    }
  })

  test('lets a message through that is larger than the window itself', async () => {
    const bytes = { windowBytes: 1_000 }
    await using session = await pair({ coordinator: bytes, participant: bytes })
    await opened(session)
    const text = JSON.stringify('x'.repeat(6_000))
    session.coordinator.send(commit(1))
    for (const number of numbers(5)) session.coordinator.send(prepare(number, text))
    await until(() => messagesOf(session.atParticipant).length === 6)
  })

  test('moves on by itself in both directions, however small', async () => {
    const small = { windowMessages: 1 }
    await using session = await pair({ coordinator: small, participant: small })
    await opened(session)
    for (const number of numbers(200)) {
      session.coordinator.send(commit(number))
      session.participant().send(vote(number))
    }
    await until(() => messagesOf(session.atParticipant).length === 200)
    await until(() => messagesOf(session.atCoordinator).length === 200)
    expect(session.coordinator.queued).toBe(0)
  })

  test('takes thousands in one turn', async () => {
    await using session = await pair()
    await opened(session)
    for (const number of numbers(10_000)) session.coordinator.send(commit(number))
    await until(() => messagesOf(session.atParticipant).length === 10_000)
    expect(messagesOf(session.atParticipant).at(-1)).toEqual(commit(10_000))
  })
})

describe('a broken session', () => {
  test('closes both ends once when it ends in order', async () => {
    await using session = await pair()
    await opened(session)
    session.coordinator.send(commit(1))
    session.coordinator.flush()
    session.coordinator.close()
    session.coordinator.close()
    await until(() => session.atParticipant.closed.length > 0)
    await aWhile()
    expect(session.atCoordinator.closed).toEqual([undefined])
    expect(session.atParticipant.closed).toEqual([undefined])
    expect(messagesOf(session.atParticipant)).toEqual([commit(1)])
  })

  test('closes both ends once when the participant ends it', async () => {
    await using session = await pair()
    await opened(session)
    session.participant().close()
    await until(() => session.atCoordinator.closed.length > 0)
    await aWhile()
    expect(session.atCoordinator.closed).toEqual([undefined])
    expect(session.atParticipant.closed).toEqual([undefined])
  })

  test('tells the coordinator why the participant refuses to go on', async () => {
    await using session = await pair()
    await opened(session)
    session.participant().fail(transactionError('STALE_EPOCH', 'epoch 1 is behind 2', { epoch: 2 }))
    await until(() => session.atCoordinator.closed.length > 0)
    await aWhile()
    expect(session.atCoordinator.closed).toMatchObject([
      { code: 'STALE_EPOCH', message: 'epoch 1 is behind 2', epoch: 2 },
    ])
    expect(session.atParticipant.closed).toMatchObject([{ code: 'STALE_EPOCH' }])
  })

  test('is noticed when the participant is gone', async () => {
    await using session = await pair()
    await opened(session)
    session.server.forceShutdown()
    await until(() => session.atCoordinator.closed.length > 0 && session.atParticipant.closed.length > 0)
    await aWhile()
    expect(session.atCoordinator.closed).toMatchObject([{ code: 'PARTICIPANT_UNREACHABLE', retryable: true }])
    expect(session.atParticipant.closed).toMatchObject([{ code: 'COORDINATOR_UNREACHABLE' }])
  })

  test('is noticed when the coordinator hangs up', async () => {
    await using session = await pair()
    await opened(session)
    session.coordinator.fail(transactionError('FENCED'))
    await until(() => session.atParticipant.closed.length > 0)
    await aWhile()
    expect(session.atCoordinator.closed).toMatchObject([{ code: 'FENCED' }])
    expect(session.atParticipant.closed).toHaveLength(1)
  })

  test('is noticed at both ends when the connection breaks', async () => {
    await using line = await breakableLine()
    await using session = await pair({ through: line.to })
    await opened(session)
    line.cut()
    await until(() => session.atCoordinator.closed.length > 0 && session.atParticipant.closed.length > 0)
    expect(session.atCoordinator.closed).toMatchObject([{ code: 'PARTICIPANT_UNREACHABLE' }])
  })

  test('is noticed at both ends when the line goes silent', async () => {
    await using line = await breakableLine()
    await using session = await pair({ through: line.to })
    await opened(session)
    line.mute()
    await until(() => session.atCoordinator.closed.length > 0 && session.atParticipant.closed.length > 0)
    expect(session.atCoordinator.closed).toMatchObject([{ code: 'PARTICIPANT_UNREACHABLE' }])
  })

  test('takes whatever is sent into it without a word', async () => {
    await using session = await pair({ participant: { handledBy: 'owner' } })
    await opened(session)
    session.coordinator.send(commit(1))
    session.server.forceShutdown()
    await until(() => session.coordinator.isClosed && session.participant().isClosed)
    for (const end of [session.coordinator, session.participant()]) {
      end.announce()
      end.handled(1)
      end.flush()
      end.fail(transactionError('FENCED'))
      end.close()
    }
    session.coordinator.send(commit(2))
    session.participant().send(vote(2))
    await aWhile()
    expect([session.coordinator.queued, session.participant().queued]).toEqual([0, 0])
    expect([session.atCoordinator.closed.length, session.atParticipant.closed.length]).toEqual([1, 1])
  })

  test('says that a participant has no sessions, or is not there', async () => {
    await using session = await pair({
      onStream: (stream) => void stream.emit('error', { code: 12, details: 'The server does not implement Session' }),
    })
    await until(() => session.atCoordinator.closed.length > 0)
    expect(session.atCoordinator.closed).toMatchObject([{ code: 'UNIMPLEMENTED' }])
    await session[Symbol.asyncDispose]()

    await using alone = await pair()
    await alone[Symbol.asyncDispose]()
    await until(() => alone.atCoordinator.closed.length > 0)
    expect(alone.atCoordinator.closed).toMatchObject([{ code: 'PARTICIPANT_UNREACHABLE' }])
  })
})

describe('a participant of another make', () => {
  const header = { storageId: Buffer.alloc(16, 7), boot: 1, participant: 'inventory' }

  test('that never opens is unreachable', async () => {
    await using session = await pair({ coordinator: { openMs: 30 }, onStream: () => {} })
    await until(() => session.atCoordinator.closed.length > 0)
    expect(session.atCoordinator.closed).toMatchObject([{ code: 'PARTICIPANT_UNREACHABLE' }])
    expect(session.atCoordinator.opened).toEqual([])
  })

  test('may send a message with its first frame, and no window', async () => {
    await using session = await pair({
      onStream: (stream) => {
        const wireVote = { transactionId: Buffer.alloc(16, 1), branch: 1, vote: 1 as const, result: Buffer.from('{}') }
        stream.write({ header, messages: [{ vote: wireVote }] })
      },
    })
    await until(() => messagesOf(session.atCoordinator).length === 1)
    expect(session.atCoordinator.opened[0]).toMatchObject({ header: { participant: 'inventory' }, opening: undefined })
    session.coordinator.send(commit(1))
    session.coordinator.flush()
    expect(session.coordinator.queued).toBe(0)
  })

  test('a malformed message is dropped and counted, its neighbours are not', async () => {
    const handled: number[] = []
    await using session = await pair({
      coordinator: { windowMessages: 4 },
      onStream: (stream) => {
        const wireVote = { transactionId: Buffer.alloc(16, 1), branch: 1, vote: 1 as const }
        stream.on('data', (frame: { handled: unknown }) => handled.push(Number(frame.handled)))
        stream.write({
          header,
          messages: [{ vote: wireVote }, {}, { vote: { ...wireVote, vote: 77 as 1 } }, { vote: wireVote }],
        })
      },
    })
    await until(() => handled.includes(4))
    expect(session.atCoordinator.malformed).toMatchObject([{ path: 'message' }, { path: 'vote.vote' }])
    expect(messagesOf(session.atCoordinator)).toHaveLength(2)
    expect(session.coordinator.isClosed).toBe(false)
  })

  test.each([
    ['no header', {}],
    ['a bad header', { header: { ...header, storageId: Buffer.alloc(3) } }],
    ['more handled than was sent', { header, handled: 1 }],
    ['a bad description', { header, description: { operations: ['o'.repeat(1_000)] } }],
  ])('is hung up on for %s', async (_why, frame) => {
    await using session = await pair({ onStream: (stream) => void stream.write(frame) })
    await until(() => session.atCoordinator.closed.length > 0)
    expect(session.atCoordinator.closed[0]?.code).toMatch(/^(REQUEST_INVALID|INVALID_ID)$/)
  })
})
