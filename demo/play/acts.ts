// The play in four acts: orders, a participant that kills itself, a coordinator that kills itself, and the closing.

import type { Customers } from './customers.ts'
import { type Alone, leaveAlone, untilEnded } from './in-doubt.ts'
import type { Narrator } from './narrator.ts'
import { type Plan, type PlannedOrder, pickNumber, type Random } from './plan.ts'
import type { Processes, ProcessName } from './processes.ts'
import type { Reader } from './reader.ts'
import { coordinatorDoom, type Doom, participantDoom, type WithoutIt } from './scenes.ts'

export interface Crash {
  readonly process: ProcessName
  readonly crashPoint: string
  /** Of the coordinator: what became of the orders that were under way, as long as it was left dead. */
  readonly alone?: Alone & { readonly halfDone: number }
  /** From its start, which is at once unless it is left dead, until it serves. */
  readonly downMs: number
  /** From its start until everything that had begun before has ended everywhere. */
  readonly recoveryMs: number
}

export interface Played {
  readonly crashes: readonly Crash[]
  /** How long the customers were at it, all acts together. */
  readonly orderingMs: number
  /** Of the first act, in which nothing dies. */
  readonly opening: { readonly orders: number; readonly orderingMs: number }
}

interface Stage {
  readonly processes: Processes
  readonly customers: Customers
  readonly reader: Reader
  readonly narrator: Narrator
}

export async function playActs(stage: Stage, plan: Plan, atOnce: number, random: Random): Promise<Played> {
  const { narrator, customers, processes } = stage
  const [opening, second, third, closing] = inFourParts(plan.orders)
  const { protocol } = processes
  const last = coordinatorDoom[protocol]
  // Up to this hit the crash is sure to come, although the votes of all customers at once may be one hit, and some
  // orders are refused.
  const hit = (orders: readonly PlannedOrder[]) => pickNumber(random, 1, Math.floor(orders.length / atOnce / 4) || 1)

  narrator.act(`Act 1, the opening: ${opening.length} orders, ${atOnce} customers at a time`)
  const openingMs = await ordering(stage, opening)

  narrator.act(`Act 2, ${second.length} orders, and ${participantDoom.process} is going to kill itself`)
  const [secondMs, participantCrash] = await playWithCrash(stage, second, participantDoom, hit(second))

  narrator.act(`Act 3, ${third.length} orders, and the ${last.process} is going to kill itself`)
  const [thirdMs, coordinatorCrash] = await playWithCrash(stage, last.cast(third), last, last.isRare ? 1 : hit(third))

  narrator.act(`Act 4, the closing: ${closing.length} orders, and an answer for everybody`)
  const closingMs = await ordering(stage, closing)
  const unknown = customers.purchases.filter((purchase) => purchase.told === 'unknown').length
  narrator.say(`Customers who do not know yet whether they have bought something: ${unknown}. They ask again.`)
  await customers.askAboutUnknown()
  await untilEnded(processes)
  return {
    crashes: [participantCrash, coordinatorCrash],
    orderingMs: openingMs + secondMs + thirdMs + closingMs,
    opening: { orders: opening.length, orderingMs: openingMs },
  }
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
    stage.narrator.say(`${doom.process} killed itself ${doom.scene}.`)
    const alone = doom.without === undefined ? {} : { alone: await goOnWithout(stage, doom.without) }
    const back = await recover(stage, doom.process)
    return { process: doom.process, crashPoint: armed, ...alone, ...back }
  })
  return Promise.all([ordered, recovered])
}

/** Nobody starts the coordinator for a while: what do the services do about it? */
async function goOnWithout({ processes, reader, narrator }: Stage, { tell, ...how }: WithoutIt) {
  narrator.say('It is left dead for a while.')
  const alone = { ...(await leaveAlone(processes, how)), halfDone: reader.look() }
  narrator.say(tell(alone))
  return alone
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
  narrator.say(`${name} was started again. ${seconds} s later all that it had left undone has ended.`)
  return { downMs, recoveryMs }
}

type FourParts<T> = readonly [T, T, T, T]

/** Half of them for the opening, which is measured. */
function inFourParts(orders: readonly PlannedOrder[]): FourParts<readonly PlannedOrder[]> {
  const cut = (from: number, to: number) => orders.slice((orders.length * from) / 6, (orders.length * to) / 6)
  return [cut(0, 3), cut(3, 4), cut(4, 5), cut(5, 6)]
}
