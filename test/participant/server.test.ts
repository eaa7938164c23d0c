import { describe, expect, test } from '@jest/globals'
import type { RunningParticipant } from '../../participant/index.ts'
import { type Member, ParticipantName } from '../../protocol/index.ts'
import {
  callUnary,
  decodeDescription,
  decodeListAnswer,
  encodeDescribe,
  encodeList,
  operatorStub,
  participantStub,
} from '../../wire/index.ts'
import { eventually, FakeCoordinator, SessionCaller, UnaryCaller } from './fake-coordinator.ts'
import {
  abort,
  available,
  closeAll,
  closing,
  commit,
  prepare,
  reserveBook,
  start,
  startBoth,
  status,
} from './running-shop.ts'
import { branchOf, newFile, otherStorageId } from './world.ts'

closeAll()

describe('unary methods', () => {
  test('describe, with a header and for people without one', async () => {
    const { coordinator, running } = await startBoth()
    const stub = closing(participantStub(running.address))
    for (const request of [encodeDescribe(coordinator.header()), {}]) {
      const decoded = decodeDescription(await callUnary(stub, 'describe', request, { timeoutMs: 2_000 }))
      expect(decoded).toMatchObject({
        ok: true,
        value: {
          header: { ...running.identity, participant: 'shop' },
          operations: ['reserve', 'lock', 'look'],
          protocols: ['two-phase', 'three-phase', 'saga'],
        },
      })
    }
  })

  test('prepare, commit, abort, status; every answer is durable when it comes', async () => {
    const { coordinator, running } = await startBoth()
    const caller = closing(new UnaryCaller(running.address, coordinator))
    expect(await caller.call(reserveBook(1))).toBe('yes')
    expect(caller.lastHeader).toMatchObject({ recordSequence: 1, forcedTurn: 1 })
    expect(await caller.call(commit(1, running))).toBe('applied')
    expect(caller.lastHeader).toMatchObject({ recordSequence: 2, forcedTurn: 2, seenRecordSequence: 5 })
    expect(await caller.call(reserveBook(2))).toBe('yes')
    expect(await caller.call(abort(2))).toBe('applied')
    expect(await caller.call(status(2))).toBe('knows aborted')
    expect(await caller.call(prepare(3, 'look', null))).toBe('read-only')
    expect(await caller.call(reserveBook(4, { onePhase: true }))).toBe('committed')
    expect(await caller.call(reserveBook(5, { expectedStorageId: otherStorageId }))).toBe('no STORAGE_CHANGED')
    expect(available(running)).toBe(8)
  })

  test('two waiting calls of one branch get the same vote', async () => {
    const { coordinator, running } = await startBoth()
    const caller = closing(new UnaryCaller(running.address, coordinator))
    const lockA = (n: number) => caller.call(prepare(n, 'lock', { keys: ['a'] }))
    expect(await lockA(5)).toBe('yes')
    const waiting = [lockA(4), lockA(4)]
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await caller.call(commit(5, running))).toBe('applied')
    expect(await Promise.all(waiting)).toEqual(['yes', 'yes'])
  })

  test('what is malformed, or from an epoch that is over', async () => {
    const { coordinator, running } = await startBoth()
    const stub = closing(participantStub(running.address))
    const caller = closing(new UnaryCaller(running.address, coordinator))
    await expect(callUnary(stub, 'prepare', {}, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
    await expect(callUnary(stub, 'preCommit', {}, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'INVALID_ID',
    })
    coordinator.epoch = 4
    expect(await caller.call(reserveBook(1))).toBe('yes')
    coordinator.epoch = 3
    await expect(caller.call(commit(1, running))).rejects.toMatchObject({ code: 'STALE_EPOCH', epoch: 4 })
  })

  test('a file older than others have seen it answers nothing, and says so to the operator', async () => {
    const { coordinator, running } = await startBoth()
    const caller = closing(new UnaryCaller(running.address, coordinator))
    const ofAnother = { seenRecordSequence: 9, seenStorageId: otherStorageId }
    expect(await caller.call(reserveBook(2), coordinator.header(ofAnother))).toBe('yes')
    const seen = coordinator.header({ seenRecordSequence: 9 })
    await expect(caller.call(reserveBook(1), seen)).rejects.toMatchObject({ code: 'RESTORED_BACKUP' })
    await expect(caller.call(reserveBook(1))).rejects.toMatchObject({ code: 'RESTORED_BACKUP' })
    const operator = closing(operatorStub(running.address))
    const request = encodeList({ olderThanMs: 0, includeHazards: true, pageSize: 10, pageToken: '' })
    const list = decodeListAnswer(await callUnary(operator, 'list', request, { timeoutMs: 2_000 }))
    expect(list.ok && list.value.conditions[0]).toContain('stopped serving: RESTORED_BACKUP')
  })
})

describe('sessions', () => {
  test('votes, decisions, and the header that says what has become durable', async () => {
    const { coordinator, running } = await startBoth()
    const caller = closing(new SessionCaller(running.address, coordinator))
    await caller.until(() => caller.isOpen)
    expect(caller.description?.operations).toEqual(['reserve', 'lock', 'look'])
    for (let n = 1; n <= 5; n += 1) caller.session.send(reserveBook(n))
    await caller.until(() => caller.answers.length === 5)
    expect(caller.words).toEqual(['yes', 'yes', 'yes', 'yes', 'yes'])
    caller.answers.length = 0
    for (let n = 1; n <= 5; n += 1) caller.session.send(commit(n, running))
    await caller.until(() => caller.answers.length === 5)
    const turns = caller.answers.map((message) =>
      message.type === 'decision-answer' && message.answer.answer === 'applied' ? message.answer.turn : -1,
    )
    // Nothing else is sent: the force that makes them durable is announced by itself.
    await caller.until(() => (caller.lastHeader?.forcedTurn ?? 0) >= Math.max(...turns))
    expect(caller.lastHeader).toMatchObject({ recordSequence: 10, seenRecordSequence: 5 })
    expect(available(running)).toBe(5)
  })

  test('a lost session loses no vote: the same question over the next one gets it', async () => {
    const { coordinator, running } = await startBoth()
    const first = new SessionCaller(running.address, coordinator)
    await first.until(() => first.isOpen)
    first.session.send(prepare(5, 'lock', { keys: ['a'] }))
    await first.until(() => first.answers.length === 1)
    first.session.send(prepare(4, 'lock', { keys: ['a'] }))
    first.session.flush()
    first.close()
    const second = closing(new SessionCaller(running.address, coordinator))
    await second.until(() => second.isOpen)
    second.session.send(prepare(4, 'lock', { keys: ['a'] }))
    second.session.send(commit(5, running))
    await second.until(() => second.answers.length === 2)
    expect(second.words).toEqual(['applied', 'yes'])
  })

  test('an epoch that is over is told why its session ends', async () => {
    const { coordinator, running } = await startBoth()
    coordinator.epoch = 2
    const current = closing(new SessionCaller(running.address, coordinator))
    await current.until(() => current.isOpen)
    const stale = closing(new SessionCaller(running.address, coordinator, () => ({ epoch: 1 as never })))
    await stale.until(() => stale.closedBy !== undefined)
    expect(stale.closedBy).toBe('STALE_EPOCH')
    expect(current.closedBy).toBeUndefined()
  })

  test('closing ends sessions in order and keeps what is prepared', async () => {
    const coordinator = closing(await FakeCoordinator.start())
    const file = newFile()
    const running = await start({}, {}, file)
    const caller = closing(new SessionCaller(running.address, coordinator))
    await caller.until(() => caller.isOpen)
    caller.session.send(reserveBook(1))
    await caller.until(() => caller.answers.length === 1)
    await running.close()
    await caller.until(() => caller.closedBy !== undefined)
    const again = await start({}, {}, file)
    expect(again.identity).toEqual({ storageId: running.identity.storageId, boot: 2 })
    const unary = closing(new UnaryCaller(again.address, coordinator))
    expect(await unary.call(commit(1, again))).toBe('applied')
  })
})

describe('in doubt', () => {
  test('the coordinator is asked where its header said, and obeyed', async () => {
    const { coordinator, running } = await startBoth()
    const caller = closing(new UnaryCaller(running.address, coordinator))
    expect(await caller.call(reserveBook(1))).toBe('yes')
    await eventually(() => coordinator.inquired.length > 1)
    coordinator.answer = 'abort'
    await eventually(() => available(running) === 10)
    expect(coordinator.inquired[0]).toMatchObject(branchOf(1))
  })

  test('without a coordinator, the members find the outcome among themselves', async () => {
    const coordinator = closing(await FakeCoordinator.start())
    const [first, second] = [await start(), await start()]
    const member = (running: RunningParticipant, branch: number): Member => ({
      participant: ParticipantName('shop'),
      address: running.address,
      ...running.identity,
      branches: [branchOf(1, branch).branch],
    })
    const members = [member(first, 1), member(second, 2)]
    const one = closing(new UnaryCaller(first.address, coordinator))
    expect(await one.call(reserveBook(1, { members }))).toBe('yes')
    await coordinator.close()
    // The second never voted: asked by the first, it makes itself unable to, and both have aborted.
    await eventually(() => available(first) === 10)
    const two = closing(new UnaryCaller(second.address, coordinator))
    expect(await two.call(reserveBook(1, branchOf(1, 2)))).toBe('no TOMBSTONE')
  })

  test('a coordinator with another log decides nothing', async () => {
    const { coordinator, running } = await startBoth()
    const caller = closing(new UnaryCaller(running.address, coordinator))
    expect(await caller.call(reserveBook(1))).toBe('yes')
    coordinator.ownLogId = otherStorageId as never
    coordinator.answer = 'abort'
    const before = coordinator.inquired.length
    await eventually(() => coordinator.inquired.length > before + 1)
    expect(available(running)).toBe(9)
  })
})
