// The message × crash matrix over real processes (support/matrix.ts): whoever dies at whichever place comes back, and all
// agree. One cell of each message by default; MATRIX=all plays every cell.

import { expect, test } from '@jest/globals'
import { branch } from '../../client/index.ts'
import type { TransactionError } from '../../wire/index.ts'
import { type Cell, cells } from './support/matrix.ts'
import { ledgers, World } from './support/world.ts'

const isWhole = process.env['MATRIX'] === 'all'

const steady = cells.filter(({ play: name }) => name !== 'recovery')

/**
 * Of each message another cell, so that each kind of cell comes up somewhere. A recovery of the coordinator races with what its
 * members have decided before: it is played only with all the others.
 */
const chosen = isWhole
  ? cells
  : [...new Set(steady.map(({ protocol, message }) => `${protocol} ${message}`))].flatMap((name, index) => {
      const its = steady.filter(({ protocol, message }) => `${protocol} ${message}` === name)
      return its[index % its.length] ?? []
    })

const told = (asked: Promise<{ outcome: string }>): Promise<string> =>
  asked.then(
    ({ outcome }) => outcome,
    (error: TransactionError) => error.code ?? String(error),
  )

function play(world: World, { protocol, play: name }: Cell, account: string): Promise<string> {
  const client = world.connect()
  const options = { protocol, retries: 0, timeoutMs: 60_000 } as const
  const both = [branch(ledgers.a.add, { account, amount: 1 }), branch(ledgers.b.add, { account, amount: 1 })] as const
  switch (name) {
    case 'refusal': {
      const overdrawn = branch(ledgers.b.add, { account, amount: -1_000_000 })
      return told(client.submit({ ...options, branches: [both[0], overdrawn] }))
    }
    case 'failure': {
      const flaky = branch(ledgers.b.addFlaky, { account, amount: 1 })
      return told(client.submit({ ...options, branches: [both[0], flaky] }))
    }
    case 'interactive':
      return told(
        client.transact(options, async (transaction) => {
          await transaction.call(ledgers.a.add, { account, amount: 1 })
          await transaction.call(ledgers.b.add, { account, amount: 1 })
        }),
      )
    case 'commit':
    case 'recovery':
    case 'members':
      return told(client.submit({ ...options, branches: both }))
  }
}

/** Where the coordinator dies first, so that the play comes to its message at all. */
const before: Partial<Record<Cell['play'], string>> = {
  recovery: 'coordinator.after-every-pre-commit-send',
  members: 'coordinator.before-pre-committed-append',
}

/** Kills happen where they are armed: a fault that never fires would prove nothing. */
async function dies(world: World, place: Cell['place']): Promise<void> {
  expect((await world.child(place).exited).signal).toBe('SIGKILL')
}

async function playCell(world: World, cell: Cell, account: string): Promise<string> {
  const { place, point } = cell
  const prelude = before[cell.play]
  if (place !== 'coordinator') await world.restartLedger(place, point)
  await world.restartCoordinator(prelude ?? (place === 'coordinator' ? point : undefined))
  await world.everybodyIsReached()
  const answer = play(world, cell, account)
  if (prelude !== undefined) await dies(world, 'coordinator')
  if (cell.play === 'recovery') await world.startCoordinator(place === 'coordinator' ? point : undefined)
  await dies(world, place)
  if (place === 'coordinator') await world.startCoordinator()
  else await world.startLedger(place)
  if (cell.play === 'members') {
    await world.settled(['a', 'b'])
    await world.startCoordinator()
  }
  return answer
}

/** A message has up to ten cells, each with two restarts. */
const playsTimeoutMs = 300_000

const rows = [...new Set(chosen.map(({ protocol, message }) => `${protocol}: ${message}`))].map(
  (name) => [name, chosen.filter(({ protocol, message }) => `${protocol}: ${message}` === name)] as const,
)

test.each(rows)(
  '%s',
  async (_, its) => {
    await using world = await World.start(['--vote-timeout-ms', '20000'])
    // Where the coordinator is to ask the members again, they must not have helped themselves before.
    if (its.some(({ play: name }) => name === 'recovery')) {
      world.ledgerEnvironment = { LEDGER_INQUIRY_DELAY_MS: '60000' }
      for (const name of ['a', 'b'] as const) await world.restartLedger(name)
    }
    let committed = 0
    for (const [index, cell] of its.entries()) {
      const where = `${cell.cell} ${cell.play} ${cell.place} ${cell.point}`
      const heard = await playCell(world, cell, `account-${index}`).catch((error: unknown) => {
        throw new Error(`${where}: ${String(error)}`, { cause: error })
      })
      await world.quiet()
      const now = world.agreement(['a', 'b']).length
      if (heard === 'committed') expect([where, now]).toEqual([where, committed + 1])
      else if (heard === 'aborted') expect([where, now]).toEqual([where, committed])
      else expect([where, heard]).toEqual([where, 'OUTCOME_UNKNOWN'])
      committed = now
    }
  },
  playsTimeoutMs,
)

test('every message of three-phase and saga has cells at its sender and at its receiver', () => {
  const messages = new Map<string, Set<string>>()
  for (const { protocol, message, cell } of cells) {
    const its = messages.get(`${protocol} ${message}`) ?? new Set()
    messages.set(`${protocol} ${message}`, its.add(cell.charAt(0)))
  }
  expect([...messages.values()].every((kinds) => kinds.has('S') && kinds.has('R'))).toBe(true)
  console.info(
    `${chosen.length} of ${cells.length} cells of ${messages.size} messages${isWhole ? '' : '; MATRIX=all plays every one'}`,
  )
})
