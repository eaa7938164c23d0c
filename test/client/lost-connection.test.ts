// What a client may say when the connection breaks or the coordinator restarts while an answer is owed: the truth, or
// OUTCOME_UNKNOWN with the id.

import { describe, expect, test } from '@jest/globals'
import { branch, connect } from '../../client/index.ts'
import { LogId, reason } from '../../protocol/index.ts'
import { transactionError } from '../../wire/index.ts'
import { abortedWith, committed, FakeCoordinator, inProgress, silence } from './fake-coordinator.ts'
import { orders, payments } from './shop.ts'

const branches = [branch(orders.place, { sku: 'A-1' }), branch(payments.authorize, { cents: 42 })] as const
const quick = { connectWaitMs: 2_000, outcomeWaitMs: 400 }

describe('submit', () => {
  test('nothing was sent: COORDINATOR_UNREACHABLE', async () => {
    await using coordinator = connect('127.0.0.1:1', { connectWaitMs: 300 })
    await expect(coordinator.submit({ branches })).rejects.toMatchObject({ code: 'COORDINATOR_UNREACHABLE' })
  })

  test('waits for a coordinator that is just starting', async () => {
    await using fake = await FakeCoordinator.start()
    fake.stop()
    await using coordinator = connect(fake.address, { connectWaitMs: 5_000 })
    const outcome = coordinator.submit({ branches })
    setTimeout(() => void fake.listen(), 300)
    expect(await outcome).toMatchObject({ outcome: 'committed' })
    expect(fake.of('submit')).toHaveLength(1)
  })

  test('the session breaks: sent again under the same id to the same epoch', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => {
      if (fake.of('submit').length > 1) return committed(transactionId, ['1', '2'])
      fake.breakSessions()
      return silence
    }
    const outcome = await coordinator.submit({ branches })
    expect(outcome).toMatchObject({ outcome: 'committed', results: [1, 2] })
    const sent = fake.of('submit')
    expect(sent).toHaveLength(2)
    expect(sent[1]?.transactionId).toBe(sent[0]?.transactionId)
    expect(fake.hellos).toBe(2)
  })

  test('the coordinator restarts and had decided: it is asked, not told again', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = () => {
      setImmediate(() => void fake.restart())
      return silence
    }
    fake.script.get = ({ transactionId }) => committed(transactionId, ['1', '2'])
    const outcome = await coordinator.submit({ branches })
    expect(outcome).toMatchObject({ outcome: 'committed', replayed: false, results: [1, 2] })
    expect(fake.of('submit')).toHaveLength(1)
  })

  test('the coordinator restarts and knows nothing: tried again under a new id, never under the old one', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = ({ transactionId }) => {
      if (fake.of('submit').length > 1) return committed(transactionId, ['1', '2'])
      setImmediate(() => void fake.restart())
      return silence
    }
    expect(await coordinator.submit({ branches })).toMatchObject({ outcome: 'committed' })
    const [first, second] = fake.of('submit')
    expect(second?.transactionId).not.toBe(first?.transactionId)
    expect([first?.epoch, second?.epoch]).toEqual([1, 2])
  })

  test('without retries a restart is an abort with a reason', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = () => {
      setImmediate(() => void fake.restart())
      return silence
    }
    const outcome = await coordinator.submit({ branches, retries: 0 })
    expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'COORDINATOR_RESTARTED', retryable: true } })
  })

  test('another log answers: nothing follows from what it does not know', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = () => {
      fake.logId = LogId('00000000-0000-4000-8000-00000000ffff')
      fake.breakSessions()
      return silence
    }
    await expect(coordinator.submit({ branches })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(fake.of('submit')).toHaveLength(1)
  })

  test('the coordinator stays away: OUTCOME_UNKNOWN with the id, and outcome(id) finds it later', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.submit = () => {
      setImmediate(() => fake.stop())
      return silence
    }
    const failing = coordinator.submit({ branches })
    await expect(failing).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false })
    const transactionId = fake.of('submit')[0]!.transactionId
    await expect(failing).rejects.toMatchObject({ transactionId })
    await fake.restart()
    fake.script.get = () => committed(transactionId, ['1', '2'])
    expect(await coordinator.outcome(transactionId)).toMatchObject({ outcome: 'committed', transactionId })
  })

  test('a stale epoch is learned anew, and what was refused is sent again under the same id', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    await coordinator.submit({ branches })
    Object.assign(fake, { epoch: 2 })
    expect(await coordinator.submit({ branches })).toMatchObject({ outcome: 'committed' })
    const [, stale, sentAgain] = fake.of('submit')
    expect([stale?.epoch, sentAgain?.epoch]).toEqual([1, 2])
    expect(sentAgain?.transactionId).toBe(stale?.transactionId)
  })

  test('an answer that does not come before the timeout is looked for', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.submit = () => silence
    fake.script.get = ({ transactionId }) => committed(transactionId, ['1', '2'])
    expect(await coordinator.submit({ branches, timeoutMs: 500 })).toMatchObject({ outcome: 'committed' })
    fake.script.get = ({ transactionId }) => inProgress(transactionId)
    await expect(coordinator.submit({ branches, timeoutMs: 500 })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  test('INTERNAL says nothing of the outcome', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.submit = () => {
      throw transactionError('INTERNAL')
    }
    fake.script.get = ({ transactionId }) => committed(transactionId, ['1', '2'])
    expect(await coordinator.submit({ branches })).toMatchObject({ outcome: 'committed' })
    fake.script.get = ({ transactionId }) => abortedWith(transactionId, 'UNKNOWN_TRANSACTION')
    await expect(coordinator.submit({ branches })).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('an answer that is too large to be sent says nothing of the outcome', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    fake.script.submit = () => {
      throw transactionError('PAYLOAD_TOO_LARGE', 'the results are too large')
    }
    fake.script.get = fake.script.submit as never
    await expect(coordinator.submit({ branches })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    fake.script.get = ({ transactionId }) => abortedWith(transactionId, 'UNKNOWN_TRANSACTION')
    await expect(coordinator.submit({ branches })).rejects.toMatchObject({ message: 'the results are too large' })
  })

  test('a recovering coordinator is asked until it answers', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    fake.script.submit = () => {
      setImmediate(() => void fake.restart())
      return silence
    }
    fake.script.get = ({ transactionId }) => {
      if (fake.of('get').length < 3) throw transactionError('NOT_READY')
      return committed(transactionId, ['1', '2'])
    }
    expect(await coordinator.submit({ branches })).toMatchObject({ outcome: 'committed' })
  })
})

describe('commit', () => {
  test('the session breaks: sent again to the same epoch, with its real outcome', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    fake.script.commit = ({ transactionId }) => {
      if (fake.of('commit').length > 1) return committed(transactionId, ['{}'])
      fake.breakSessions()
      return silence
    }
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed', transactionId: transaction.id })
    expect(fake.of('commit')).toHaveLength(2)
  })

  test('the coordinator restarts: it is asked what became of it', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    for (const [answer, expected] of [
      [committed, { outcome: 'committed' }],
      [abortedWith, { outcome: 'aborted', reason: { code: 'COORDINATOR_RESTARTED' } }],
    ] as const) {
      const transaction = await coordinator.begin()
      await transaction.call(orders.place, { sku: 'A-1' })
      fake.script.commit = () => {
        setImmediate(() => void fake.restart())
        return silence
      }
      fake.script.get = ({ transactionId }) =>
        answer === committed ? committed(transactionId) : abortedWith(transactionId, 'UNKNOWN_TRANSACTION')
      expect(await transaction.commit()).toMatchObject(expected)
    }
    expect(fake.of('commit')).toHaveLength(2)
  })

  test('the coordinator stays away: OUTCOME_UNKNOWN with the id, and outcome(id) finds it later', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    fake.script.commit = () => {
      setImmediate(() => fake.stop())
      return silence
    }
    const { id } = transaction
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', transactionId: id })
    await fake.restart()
    fake.script.get = () => committed(id)
    expect(await coordinator.outcome(id)).toMatchObject({ outcome: 'committed', transactionId: id })
  })

  test('a coordinator that is busy is asked again for the same transaction', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    const answer = fake.script.call
    fake.script.call = (command) => {
      if (fake.of('call').length < 3) throw transactionError('OVERLOADED')
      return answer(command)
    }
    fake.script.commit = ({ transactionId }) => {
      if (fake.of('commit').length < 3) throw transactionError('OVERLOADED')
      return committed(transactionId, ['{}'])
    }
    await transaction.call(orders.place, { sku: 'A-1' })
    expect(await transaction.commit()).toMatchObject({ outcome: 'committed', transactionId: transaction.id })
  })

  test('in another epoch than its calls it is not sent: the transaction is aborted', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    await transaction.call(orders.place, { sku: 'A-1' })
    await fake.restart()
    const outcome = await transaction.commit()
    expect(outcome).toMatchObject({ outcome: 'aborted', reason: { code: 'COORDINATOR_RESTARTED' } })
    expect(fake.of('commit')).toEqual([])
  })
})

describe('call', () => {
  test('the session breaks: the same branch is asked for again', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    const answer = fake.script.call
    fake.script.call = (command) => {
      if (fake.of('call').length > 1) return answer(command)
      fake.breakSessions()
      return silence
    }
    expect(await transaction.call(orders.place, { sku: 'A-1' })).toEqual({ sku: 'A-1' })
    expect(fake.of('call').map(({ branch: { branch } }) => branch)).toEqual([1, 1])
  })

  test('the coordinator restarts: the transaction is aborted', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address)
    const transaction = await coordinator.begin()
    fake.script.call = () => {
      setImmediate(() => void fake.restart())
      return silence
    }
    const why = { code: 'COORDINATOR_RESTARTED', retryable: true }
    const call = transaction.call(orders.place, { sku: 'A-1' })
    await expect(call).rejects.toMatchObject({ name: 'Aborted', transactionId: transaction.id, reason: why })
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: why })
  })

  test('the coordinator stays away: COORDINATOR_UNREACHABLE, and the transaction can only abort', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    const transaction = await coordinator.begin()
    fake.stop()
    const call = transaction.call(orders.place, { sku: 'A-1' })
    await expect(call).rejects.toMatchObject({ code: 'COORDINATOR_UNREACHABLE', transactionId: transaction.id })
    await fake.listen()
    expect(await transaction.commit()).toMatchObject({ outcome: 'aborted', reason: { code: 'ABORTED_BY_CLIENT' } })
    expect(fake.of('commit')).toEqual([])
  })

  test('the transaction has ended meanwhile: the call says why', async () => {
    await using fake = await FakeCoordinator.start()
    await using coordinator = connect(fake.address, quick)
    const transaction = await coordinator.begin()
    fake.script.call = () => {
      throw transactionError('TRANSACTION_CLOSED')
    }
    fake.script.get = ({ transactionId }) => ({
      ...abortedWith(transactionId, 'TRANSACTION_TIMEOUT'),
      outcome: { outcome: 'aborted', reason: reason('TRANSACTION_TIMEOUT', 'after 5 s') },
    })
    const call = transaction.call(orders.place, { sku: 'A-1' })
    await expect(call).rejects.toMatchObject({ reason: { code: 'TRANSACTION_TIMEOUT', message: 'after 5 s' } })
  })
})

test('close ends what waits', async () => {
  await using fake = await FakeCoordinator.start()
  const coordinator = connect(fake.address)
  fake.script.submit = () => {
    void coordinator.close()
    return silence
  }
  await expect(coordinator.submit({ branches })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  await expect(coordinator.submit({ branches })).rejects.toMatchObject({ code: 'COORDINATOR_UNREACHABLE' })
})
