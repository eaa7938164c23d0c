// The least that one transaction can take when nothing else is in flight: the round trips over gRPC streams (client to
// coordinator, coordinator to all participants at once) with one forced write at each participant, measured raw, and one
// forced write more for the decision, measured alone; and what Concordat takes until it says `decided`, and `applied`.
//
// Measured twice. Alone: each begins when nothing is left to do of the one before. One after another: while the one before
// is being committed at the participants, after its client was told; that one shares their processors.

import type { Latencies, Loaded } from '../load/closed-loop.ts'
import { median } from '../report/figures.ts'
import type { Worlds } from './matrix.ts'

export interface FloorPlan {
  readonly rounds: number
  readonly windowMs: number
  /** Between two transactions, when each is alone: longer than a participant waits before it forces what is left. */
  readonly pauseMs: number
}

/** Medians, in milliseconds. */
export interface Waits {
  readonly roundTripsMs: number
  /** The same with a forced write at each participant. */
  readonly forcedRoundTripsMs: number
  readonly forceMs: number
  readonly floorMs: number
  readonly decidedMs: number
  readonly appliedMs: number
  /** Of `decided` to the floor: the median of those of each round. */
  readonly ratio: number
}

export interface Floor {
  readonly alone: Waits
  readonly oneAfterAnother: Waits
}

/** So many that all code has been compiled when it counts. */
const warmUpInFlight = 64

export async function measureFloor(plan: FloorPlan, worlds: Worlds, onStep: (what: string) => void): Promise<Floor> {
  const loads = {
    roundTripsMs: await worlds.load({ world: 'bare', target: 'echo' }),
    forcedRoundTripsMs: await worlds.load({ world: 'bare', target: 'forced-echo' }),
    forceMs: await worlds.load({ world: 'bare', target: 'force' }),
    decidedMs: await worlds.load({ world: 'sessions', target: 'submit-decided' }),
    appliedMs: await worlds.load({ world: 'sessions', target: 'submit' }),
  }
  type Measured = Record<keyof typeof loads, number>

  const measure = async (round: number, pauseMs: number, inFlight = 1): Promise<Measured> => {
    const medians: [string, number][] = []
    for (const [what, load] of Object.entries(loads)) {
      onStep(`the floor, round ${round} of ${plan.rounds}: ${what}`)
      await load.ask('forget-latencies')
      const { windowMs } = plan
      const slice = { inFlight, rampMs: 100, windowMs, pauseMs, transactionsMax: Number.MAX_SAFE_INTEGER }
      const { latencies } = await load.ask<Loaded & { readonly latencies: Latencies }>('slice', slice)
      medians.push([what, latencies.p50Ms])
    }
    return Object.fromEntries(medians) as Measured
  }

  await measure(0, 0, warmUpInFlight)
  const [alone, oneAfterAnother]: [Measured[], Measured[]] = [[], []]
  for (let round = 1; round <= plan.rounds; round += 1) {
    alone.push(await measure(round, plan.pauseMs))
    oneAfterAnother.push(await measure(round, 0))
  }
  return { alone: waitsOf(alone), oneAfterAnother: waitsOf(oneAfterAnother) }
}

function waitsOf(rounds: readonly Omit<Waits, 'floorMs' | 'ratio'>[]): Waits {
  const of = (value: (round: (typeof rounds)[number]) => number): number => median(rounds.map(value))
  const floor = (round: (typeof rounds)[number]): number => round.forcedRoundTripsMs + round.forceMs
  return {
    roundTripsMs: of((round) => round.roundTripsMs),
    forcedRoundTripsMs: of((round) => round.forcedRoundTripsMs),
    forceMs: of((round) => round.forceMs),
    floorMs: of(floor),
    decidedMs: of((round) => round.decidedMs),
    appliedMs: of((round) => round.appliedMs),
    ratio: of((round) => round.decidedMs / floor(round)),
  }
}
