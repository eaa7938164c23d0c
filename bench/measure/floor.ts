// The least that one transaction can take when nothing else is in flight: the round trips over gRPC streams (client to
// coordinator, coordinator to all participants at once) with one forced write at each participant, measured raw, and one
// forced write more for the decision, measured alone; and what Concordat takes until it says `decided`.

import type { Latencies, Loaded } from '../load/closed-loop.ts'
import type { Child } from '../processes/child.ts'
import type { Worlds } from './matrix.ts'

export interface FloorPlan {
  readonly rounds: number
  readonly windowMs: number
}

/** Medians, in milliseconds. */
export interface Floor {
  readonly roundTripsMs: number
  /** The same with a forced write at each participant. */
  readonly forcedRoundTripsMs: number
  readonly forceMs: number
  readonly floorMs: number
  readonly decidedMs: number
  readonly ratio: number
}

export async function measureFloor(plan: FloorPlan, worlds: Worlds, onStep: (what: string) => void): Promise<Floor> {
  const measured = {
    'round trips': await worlds.load({ world: 'bare', target: 'echo' }),
    'round trips with a forced write': await worlds.load({ world: 'bare', target: 'forced-echo' }),
    'forced writes': await worlds.load({ world: 'bare', target: 'force' }),
    'one transaction': await worlds.load({ world: 'sessions', target: 'submit-decided' }),
  }
  const slices = Object.entries(measured)
  const medians = new Map<string, number>()
  const slice = async (load: Child, windowMs: number): Promise<Loaded & { readonly latencies: Latencies }> =>
    load.ask('slice', { inFlight: 1, rampMs: 100, windowMs, transactionsMax: Number.MAX_SAFE_INTEGER })
  for (let round = 0; round <= plan.rounds; round += 1) {
    for (const [what, load] of slices) {
      onStep(`the floor, round ${round} of ${plan.rounds}: ${what}`)
      const { latencies } = await slice(load, plan.windowMs)
      medians.set(what, latencies.p50Ms)
      // The first one only warms up.
      if (round === 0) await load.ask('forget-latencies')
    }
  }
  const of = (what: keyof typeof measured): number => medians.get(what) ?? Number.NaN
  const floorMs = of('round trips with a forced write') + of('forced writes')
  const decidedMs = of('one transaction')
  return {
    roundTripsMs: of('round trips'),
    forcedRoundTripsMs: of('round trips with a forced write'),
    forceMs: of('forced writes'),
    floorMs,
    decidedMs,
    ratio: decidedMs / floorMs,
  }
}
