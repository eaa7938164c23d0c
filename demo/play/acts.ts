// The play in four acts: orders, a participant that kills itself, a coordinator that kills itself, and the closing.

import type { Customers } from './customers.ts'
import { untilEnded } from './in-doubt.ts'
import type { Narrator } from './narrator.ts'
import { type Plan, type PlannedOrder, pickNumber, type Random } from './plan.ts'
import type { Processes, ProcessName } from './processes.ts'

export interface Crash {
  readonly process: ProcessName
  readonly crashPoint: string
  /** From its end, which is when it is started again, until it serves. */
  readonly downMs: number
  /** From its start until everything that had begun before has ended everywhere. */
  readonly recoveryMs: number
}

export interface Played {
  readonly crashes: readonly Crash[]
  /** How long the customers were at it, all acts together. */
  readonly orderingMs: number
}

interface Stage {
  readonly processes: Processes
  readonly customers: Customers
  readonly narrator: Narrator
}

interface Doom {
  readonly process: ProcessName
  readonly crashPoint: string
  /** What it has done when it dies, and what not. */
  readonly scene: string
}

const participantDoom: Doom = {
  process: 'payments',
  crashPoint: 'participant.after-vote-sent',
  scene: 'after it has voted yes and before it has heard the decision',
}

const coordinatorDoom: Doom = {
  process: 'coordinator',
  crashPoint: 'coordinator.after-decision-force',
  scene: 'after it has decided to commit and before it has told anybody',
}

export async function playActs(stage: Stage, plan: Plan, atOnce: number, random: Random): Promise<Played> {
  const { narrator, customers } = stage
  const [opening, second, third, closing] = inFourParts(plan.orders)
  // Up to this hit the crash is sure to come, although the votes of all customers at once may be one hit, and some
  // orders are refused.
  const hit = (orders: readonly PlannedOrder[]) => pickNumber(random, 1, Math.floor(orders.length / atOnce / 4) || 1)

  narrator.act(`Act 1, the opening: ${opening.length} orders, ${atOnce} customers at a time`)
  let orderingMs = await ordering(stage, opening)

  narrator.act(`Act 2, ${second.length} orders, and ${participantDoom.process} is going to kill itself`)
  const [secondMs, participantCrash] = await playWithCrash(stage, second, participantDoom, hit(second))

  narrator.act(`Act 3, ${third.length} orders, and the ${coordinatorDoom.process} is going to kill itself`)
  const [thirdMs, coordinatorCrash] = await playWithCrash(stage, third, coordinatorDoom, hit(third))

  narrator.act(`Act 4, the closing: ${closing.length} orders, and an answer for everybody`)
  orderingMs += secondMs + thirdMs + (await ordering(stage, closing))
  const unknown = customers.purchases.filter((purchase) => purchase.told === 'unknown').length
  narrator.say(`Customers who do not know yet whether they have bought something: ${unknown}. They ask again.`)
  await customers.askAboutUnknown()
  await untilEnded(stage.processes)
  return { crashes: [participantCrash, coordinatorCrash], orderingMs }
}

/** Lets the customers order; returns how long it took. */
async function ordering({ customers, narrator }: Stage, orders: readonly PlannedOrder[]): Promise<number> {
  const startedAt = performance.now()
  narrator.expect(orders.length)
  await customers.place(orders, () => narrator.progress())
  narrator.reached()
  return performance.now() - startedAt
}

/** Lets the customers order from a shop one of whose processes is going to kill itself, and starts it again. */
async function playWithCrash(
  stage: Stage,
  orders: readonly PlannedOrder[],
  doom: Doom,
  hit: number,
): Promise<[orderingMs: number, crash: Crash]> {
  const armed = `${doom.crashPoint}@${hit}`
  await stage.processes.stop(doom.process)
  const doomed = await stage.processes.start(doom.process, armed)
  const ordered = ordering(stage, orders)
  const survived = ordered.then(() => {
    throw new Error(`all orders were placed, and ${doom.process} never came to ${armed}`)
  })
  const recovered = Promise.race([doomed.exited, survived]).then(async ({ code, signal }) => {
    if (signal !== 'SIGKILL') throw new Error(`${doom.process} ended with ${signal ?? code}, and not at ${armed}`)
    stage.narrator.say(`${doom.process} killed itself ${doom.scene}. The orders go on; it is started again.`)
    return { process: doom.process, crashPoint: armed, ...(await recover(stage, doom.process)) }
  })
  return Promise.all([ordered, recovered])
}

async function recover(
  { processes, narrator }: Stage,
  name: ProcessName,
): Promise<Pick<Crash, 'downMs' | 'recoveryMs'>> {
  const startedAt = performance.now()
  await processes.start(name)
  const downMs = performance.now() - startedAt
  await untilEnded(processes, Date.now())
  const recoveryMs = performance.now() - startedAt
  const seconds = (recoveryMs / 1000).toFixed(1)
  narrator.say(`${name} is back. ${seconds} s after its start all that it had left undone has ended.`)
  return { downMs, recoveryMs }
}

type FourParts<T> = readonly [T, T, T, T]

function inFourParts(orders: readonly PlannedOrder[]): FourParts<readonly PlannedOrder[]> {
  const cut = (part: number) => orders.slice((orders.length * part) / 4, (orders.length * (part + 1)) / 4)
  return [cut(0), cut(1), cut(2), cut(3)]
}
