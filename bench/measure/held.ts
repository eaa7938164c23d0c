// Many transactions in flight at once, every branch prepared: how much memory they take, and, when all of them are decided,
// all participants are down and the coordinator is killed, how long a restart takes until every branch has its decision.
// More than the 50,000 that a coordinator admits by default are filled in as copies.

import type { World } from '../processes/world.ts'
import { participantNames } from '../services/contract.ts'
import { fillInDoubt } from './fill-in-doubt.ts'
import type { Worlds } from './matrix.ts'

export interface HeldMeasure {
  readonly transactions: number
  /** Of them, copies that were never run. */
  readonly filledIn: number
  /** Of the coordinator when this many were in flight on the way there; undefined when there are never so many. */
  readonly residentAt: { readonly inFlight: number; readonly bytes: number } | undefined
  /** More than before, for each transaction. */
  readonly coordinatorBytes: number
  readonly participantBytes: number
  readonly coordinatorResidentBytes: number
  /** From the start of the process. */
  readonly servesMs: number
  readonly recoveredMs: number
}

const warmUpCount = 500
/** The limit of transactions in flight that a coordinator has by default. */
export const memoryInFlight = 50_000
const branchesEach = participantNames.length

/** How often the participants are asked whether a branch is open, which costs them next to nothing. */
const askMs = 20

async function ended(world: World, start: number): Promise<number> {
  while (await world.hasOpenBranches()) await new Promise((resolve) => setTimeout(resolve, askMs))
  return performance.now() - start
}

export async function measureHeld(
  transactions: number,
  worlds: Worlds,
  onStep: (what: string) => void,
): Promise<HeldMeasure> {
  const real = Math.min(transactions, memoryInFlight)
  const admitted = String(memoryInFlight + warmUpCount)
  // On a busy machine a vote may be late; here it is only made in order to be held.
  const flags = ['--in-flight-max', admitted, '--vote-timeout-ms', '60000']
  const world = await worlds.special(`held-${transactions}`, { flags })
  const held = await world.load('held')
  const resident = async (name: string): Promise<number> => (await world.service(name).usage()).residentBytes
  onStep(`${transactions} in doubt: warming up`)
  await held.ask('prepare', { count: warmUpCount })
  await held.ask('decide')
  const before = { coordinator: await resident('coordinator'), participant: await resident('first') }
  onStep(`${transactions} in doubt: preparing`)
  await held.ask('prepare', { count: real })
  const full = { coordinator: await resident('coordinator'), participant: await resident('first') }
  onStep(`${transactions} in doubt: every participant is killed, all is decided, the coordinator is killed`)
  await Promise.all(participantNames.map((name) => world.service(name).kill()))
  await held.ask('decide')
  await world.coordinator.kill()
  if (transactions > real) fillInDoubt(world, transactions - real)
  await Promise.all(participantNames.map((name) => world.startService(name)))
  const open = await world.openBranches()
  if (open !== transactions * branchesEach)
    throw new Error(`${open} branches in doubt, of ${transactions} transactions`)
  onStep(`${transactions} in doubt: the coordinator restarts`)
  const start = performance.now()
  await world.startCoordinator()
  const servesMs = performance.now() - start
  const recoveredMs = await ended(world, start)
  await world.stop()
  return {
    transactions,
    filledIn: transactions - real,
    residentAt: real < memoryInFlight ? undefined : { inFlight: memoryInFlight, bytes: full.coordinator },
    coordinatorBytes: (full.coordinator - before.coordinator) / real,
    participantBytes: (full.participant - before.participant) / real,
    coordinatorResidentBytes: full.coordinator,
    servesMs,
    recoveredMs,
  }
}
