// Messages that come twice, late, in the wrong order, or to nobody: what a participant answers, and what its database
// says afterwards.

import { expect, test } from '@jest/globals'
import { uuidv7 } from 'uuidv7'
import { BranchNumber, Epoch, LogId, TransactionId } from '../../protocol/index.ts'
import { until } from './support/processes.ts'
import { prepareOf, RawCoordinator, rawLogId, sequence } from './support/raw.ts'
import { World } from './support/world.ts'

const newId = (): TransactionId => TransactionId(uuidv7())
const branch = BranchNumber(1)

test('case 7: two aborts, then a late Prepare, a second and a third: all refused', async () => {
  await using world = await World.start()
  using raw = new RawCoordinator(world.address('a'))
  const transactionId = newId()
  const abort = { type: 'abort', transactionId, branch, sequence: sequence(1) } as const
  for (let time = 0; time < 2; time += 1) {
    expect(await raw.say(abort)).toMatchObject({ answer: { answer: 'applied' } })
  }
  for (let time = 0; time < 3; time += 1) {
    expect(await raw.say(prepareOf(transactionId, 1))).toMatchObject({
      vote: { vote: 'no', reason: { code: 'TOMBSTONE' } },
    })
  }
  await world.kill('a')
  await world.startLedger('a')
  expect(await raw.say(prepareOf(transactionId, 1))).toMatchObject({ vote: { vote: 'no' } })
  expect(world.lines('a')).toEqual([])
})

test('case 8: prepare, commit and abort that come twice change nothing', async () => {
  await using world = await World.start()
  using raw = new RawCoordinator(world.address('a'))
  const transactionId = newId()
  const prepare = prepareOf(transactionId, 1)
  const yes = { type: 'vote', vote: { vote: 'yes', result: '{"balance":1}' } }
  expect(await raw.say(prepare)).toMatchObject(yes)
  expect(await raw.say(prepare)).toMatchObject(yes)
  const storageId = world.storageId('a')
  const commit = { type: 'commit', transactionId, branch, sequence: sequence(1), expectedStorageId: storageId } as const
  for (let time = 0; time < 3; time += 1) expect(await raw.say(commit)).toMatchObject({ answer: { answer: 'applied' } })
  expect(await raw.say({ type: 'abort', transactionId, branch, sequence: sequence(1) })).toMatchObject({
    answer: { answer: 'contradicted' },
  })
  expect(await raw.say(prepare)).toMatchObject(yes)
  expect(world.lines('a')).toMatchObject([{ state: 'final', applied: 1 }])
})

test('rule P5: a Commit for a branch without a record is never acknowledged, unless it is below the watermark', async () => {
  await using world = await World.start()
  using raw = new RawCoordinator(world.address('a'))
  const commit = (number: number) =>
    ({
      type: 'commit',
      transactionId: newId(),
      branch,
      sequence: sequence(number),
      expectedStorageId: world.storageId('a'),
    }) as const
  expect(await raw.say(commit(7))).toMatchObject({ answer: { answer: 'no-record' } })
  const watermark = { below: sequence(10), open: [sequence(8)] }
  expect(await raw.say(commit(7), { watermark })).toMatchObject({ answer: { answer: 'ended' } })
  expect(await raw.say(commit(8), { watermark })).toMatchObject({ answer: { answer: 'no-record' } })
  expect(await raw.say(prepareOf(newId(), 9), { watermark })).toMatchObject({
    vote: { vote: 'no', reason: { code: 'BELOW_WATERMARK' } },
  })
})

test('rule P7: a lower epoch than the highest seen is refused, also after a restart', async () => {
  await using world = await World.start()
  using raw = new RawCoordinator(world.address('a'))
  await raw.say(prepareOf(newId(), 1), { epoch: Epoch(5) })
  await expect(raw.say(prepareOf(newId(), 2), { epoch: Epoch(4) })).rejects.toMatchObject({ code: 'STALE_EPOCH' })
  await world.kill('a')
  await world.startLedger('a')
  await expect(raw.say(prepareOf(newId(), 3), { epoch: Epoch(4) })).rejects.toMatchObject({ code: 'STALE_EPOCH' })
})

test('case 15: an orphan is aborted at once where its coordinator answers for the log, and waits where none does', async () => {
  await using world = await World.start()
  const coordinator = { address: world.address('coordinator') }
  using ours = new RawCoordinator(world.address('a'), { ...coordinator, logId: world.logId(), epoch: Epoch(1) })
  using foreign = new RawCoordinator(world.address('b'), { ...coordinator, logId: LogId(rawLogId) })
  const orphan = newId()
  const strange = newId()
  expect(await ours.say(prepareOf(orphan, 1_000_000))).toMatchObject({ vote: { vote: 'yes' } })
  expect(await foreign.say(prepareOf(strange, 1))).toMatchObject({ vote: { vote: 'yes' } })
  await until(
    'the orphan is aborted',
    () => world.lines('a'),
    (lines) => lines.length === 0,
  )
  const { transactions } = await until(
    'the foreign branch has inquired',
    () => world.list('b'),
    ({ transactions: [first] }) => /asked|inquir/i.test(first?.why ?? ''),
  )
  expect(transactions).toMatchObject([{ transactionId: strange, state: 'prepared' }])
  expect(world.lines('b')).toMatchObject([{ transaction_id: strange, state: 'pending' }])
})
