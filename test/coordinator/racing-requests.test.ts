// Requests that meet others while the log is being read.

import { expect, test } from '@jest/globals'
import { BranchNumber, Epoch } from '../../protocol/index.ts'
import { names, World } from './world.ts'

/** As when an id of the future is recorded: then every id has to be looked for. */
const newerRecorded = (): boolean => true

test('an abort that comes while its begin looks into the log aborts it', () => {
  const world = new World().connect()
  const { options, transactionId } = world.command()
  const epoch = Epoch(world.disk.epoch)
  const told: unknown[] = []
  const { log, turns } = world.coordinator
  log.mayHave = newerRecorded
  // Both look; the begin is answered first.
  turns.arrive(() => world.admission.begin({ epoch, transactionId, options }, () => undefined))
  turns.arrive(() => world.requests.abort({ epoch, transactionId, message: '' }, (answered) => told.push(answered)))
  world.settle().force()
  expect(told).toMatchObject([{ value: { outcome: { outcome: 'aborted' } } }])
  expect(world.coordinator.transactions.size).toBe(0)
})

test('A3: a key whose transaction ends after the log was read, and before the answer came, is not used again', () => {
  const world = new World().connect()
  const first = world.command({ key: 'k' })
  const second = world.command({ key: 'k' })
  const { transactionId } = first
  const { log, turns } = world.coordinator
  log.mayHave = newerRecorded
  const readOnly = { vote: 'read-only', result: '' } as const
  // The second waits for the first one's look; what it then reads itself is answered as late as this test wants.
  const late: (() => void)[] = []
  const lookUp = log.lookUp.bind(log)
  let looks = 0
  log.lookUp = (query, answer) => {
    looks += 1
    if (looks <= 3) return lookUp(query, answer)
    lookUp(query, (found) => void late.push(() => answer(found)))
  }
  turns.arrive(() => world.admission.submit(first, () => undefined))
  const answers: unknown[] = []
  turns.arrive(() => world.admission.submit(second, (answered) => answers.push(answered)))
  world.settle()
  expect(late).toHaveLength(1)
  expect(world.takeSent()).toEqual(['prepare orders', 'prepare stock'])
  for (const [number, participant] of [names.orders, names.stock].entries()) {
    const branch = BranchNumber(number + 1)
    world.receive(participant, { type: 'vote', transactionId, branch, vote: readOnly })
  }
  for (const answer of late) answer()
  world.settle().force()
  expect(world.takeSent()).toEqual([])
  expect(answers).toMatchObject([{ value: { transactionId, outcome: { outcome: 'committed' } } }])
})
