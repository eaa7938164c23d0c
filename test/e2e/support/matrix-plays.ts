// Plays the message × crash matrix (matrix.ts) over real processes: whoever dies at whichever place comes back, and all agree.

import { expect, test } from '@jest/globals'
import { branch } from '../../../client/index.ts'
import type { TransactionError } from '../../../wire/index.ts'
import { type Cell, cells } from './matrix.ts'
import { type LedgerName, ledgers, World } from './world.ts'

const isWhole = process.env['MATRIX'] === 'all'

const messagesOf = (its: readonly Cell[]): string[] => [...new Set(its.map(({ message }) => message))]

/** Every cell with MATRIX=all; else of each message another cell, so that each kind of cell comes up somewhere. */
function chosenOf(protocol: Cell['protocol']): readonly Cell[] {
  const all = cells.filter((cell) => cell.protocol === protocol)
  if (isWhole) return all
  return messagesOf(all).flatMap((name, index) => {
    const its = all.filter(({ message }) => message === name)
    return its[index % its.length] ?? []
  })
}

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
  recovery: 'coordinator.on-ballot-answer',
  members: 'coordinator.before-pre-committed-append',
}

/** Where the coordinator is to ask the members again, they must not have helped themselves before; else `a` is the first. */
const patience: Partial<Record<Cell['play'], Partial<Record<LedgerName, number>>>> = {
  recovery: { a: 60_000, b: 60_000 },
  members: { b: 3_000 },
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

async function playAll(its: readonly Cell[]): Promise<void> {
  await using world = await World.start(['--vote-timeout-ms', '20000'])
  Object.assign(world.inquiryDelaysMs, patience[its[0]?.play ?? 'commit'])
  for (const name of ['a', 'b'] as const) await world.restartLedger(name)
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
}

/** One test a message. */
export function testMatrixOf(protocol: Cell['protocol']): void {
  const chosen = chosenOf(protocol)
  const rows = messagesOf(chosen).map((name) => [name, chosen.filter(({ message }) => message === name)] as const)
  test.each(rows)(`${protocol}: %s`, async (_, its) => playAll(its), playsTimeoutMs)

  test(`every message of ${protocol} has cells at its sender and at its receiver`, () => {
    const all = cells.filter((cell) => cell.protocol === protocol)
    for (const name of messagesOf(all)) {
      const kinds = all.filter(({ message }) => message === name).map(({ cell }) => cell.charAt(0))
      expect([name, kinds.includes('S'), kinds.includes('R')]).toEqual([name, true, true])
    }
    const more = isWhole ? '' : '; MATRIX=all plays every one'
    console.info(`${chosen.length} of ${all.length} cells of ${rows.length} messages of ${protocol}${more}`)
  })
}
