import { expect, test } from '@jest/globals'
import { TransactionId } from '../../protocol/index.ts'
import { abortedWith, committed, FakeCoordinator, inProgress } from '../client/fake-coordinator.ts'
import { run } from './fake-operator.ts'

const id = TransactionId('0190a5c8-7d3e-7cc1-8f4e-2b1d9c0a6f35')

test('outcome says what became of a transaction', async () => {
  await using fake = await FakeCoordinator.start()
  const argv = ['outcome', id, '-c', fake.address]
  fake.script.get = () => committed(id, ['{"sku":"A-1"}'])
  expect(await run(argv)).toEqual({ code: 0, out: 'committed', error: '' })
  const json = JSON.parse((await run([...argv, '--json'])).out)
  expect(json).toMatchObject({ outcome: 'committed', transactionId: id, results: [{ branch: 1 }] })
  fake.script.get = () => abortedWith(id, 'VOTE_TIMEOUT')
  expect(await run(argv)).toMatchObject({ code: 0, out: 'aborted: VOTE_TIMEOUT: because the test says so' })
  fake.script.get = () => inProgress(id)
  expect(await run(argv)).toMatchObject({ code: 1, out: 'in progress: not decided yet' })
  const why = { code: 'RESOLVED_BY_OPERATOR', message: 'somebody decided', refused: false, retryable: false }
  fake.script.get = () => ({
    ...committed(id),
    outcome: { outcome: 'mixed', decision: 'commit', reason: why, results: [] },
  })
  expect(await run(argv)).toMatchObject({ code: 1, out: 'mixed: decided to commit; somebody decided' })
})

test('outcome waits as long as it is told, and says when nobody answers', async () => {
  await using fake = await FakeCoordinator.start()
  fake.script.get = () => committed(id)
  await run(['outcome', id, '-c', fake.address, '--wait-ms', '4000'])
  expect(fake.of('get')[0]?.waitMs).toBeGreaterThan(3_000)
  const { code, error } = await run(['outcome', id, '-c', '127.0.0.1:1', '--timeout-ms', '200'])
  expect(code).toBe(1)
  expect(error).toMatch(/^COORDINATOR_UNREACHABLE: no coordinator answers at 127\.0\.0\.1:1\n./)
})
