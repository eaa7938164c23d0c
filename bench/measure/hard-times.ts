// Loads that are not the sunny day: one key that everybody locks, transactions that all abort, and more of them than the
// coordinator admits.

import type { Ended, Latencies, Loaded } from '../load/closed-loop.ts'
import type { TargetName } from '../load/targets.ts'
import { usedSince, type World } from '../processes/world.ts'
import { median } from '../report/figures.ts'
import type { Waits } from '../services/participant.ts'
import type { Worlds } from './matrix.ts'

export interface HardPlan {
  readonly rounds: number
  readonly windowMs: number
  readonly hotInFlight: number
  readonly refusedInFlight: number
  /** Transactions that the overloaded coordinator admits, and how many want to be. */
  readonly admitted: number
  readonly wanted: number
}

export interface HardMeasure {
  readonly inFlight: number
  /** Ended in the way that is meant to happen, a second. */
  readonly throughput: number
  readonly latencies: Latencies
  readonly ended: Readonly<Record<Ended, number>>
  readonly syncsEach: number
}

export interface HardTimes {
  readonly hot: HardMeasure
  /** For the lock, of those that got it. */
  readonly hotWait: Waits
  readonly refused: HardMeasure
  readonly peak: HardMeasure
  readonly overloaded: HardMeasure
}

type Sliced = Loaded & { readonly latencies: Latencies }

export async function measureHardTimes(
  plan: HardPlan,
  worlds: Worlds,
  onStep: (what: string) => void,
): Promise<HardTimes> {
  const world = await worlds.of('sessions')
  const { hotInFlight, refusedInFlight, admitted, wanted } = plan
  const hot = await rounds(plan, world, [{ target: 'hot', inFlight: hotInFlight }], onStep)
  const hotWait = await world.service('third').ask<Waits>('lock-waits')
  const refused = await rounds(plan, world, [{ target: 'refused', inFlight: refusedInFlight }], onStep)
  const small = await worlds.special('overload', { flags: ['--in-flight-max', String(admitted)] })
  const both = [
    { target: 'submit-once', inFlight: admitted },
    { target: 'submit-once', inFlight: wanted, admitted },
  ] as const
  const [peak, overloaded] = await rounds(plan, small, both, onStep)
  await small.stop()
  return {
    hot: hot[0] as HardMeasure,
    hotWait,
    refused: refused[0] as HardMeasure,
    peak: peak as HardMeasure,
    overloaded: overloaded as HardMeasure,
  }
}

/** The loads take turns; the first round warms up. */
async function rounds(
  plan: HardPlan,
  world: World,
  loads: readonly { readonly target: TargetName; readonly inFlight: number; readonly admitted?: number }[],
  onStep: (what: string) => void,
): Promise<readonly HardMeasure[]> {
  const measured = loads.map(() => [] as { readonly sliced: Sliced; readonly syncs: number }[])
  for (let round = 0; round <= plan.rounds; round += 1) {
    for (const [index, { target, inFlight, admitted = inFlight }] of loads.entries()) {
      onStep(`${target} with ${inFlight} in flight, round ${round} of ${plan.rounds}`)
      const load = await world.load(target)
      const before = await world.used(load)
      const slice = {
        inFlight,
        admitted,
        rampMs: 200,
        windowMs: plan.windowMs,
        transactionsMax: Number.MAX_SAFE_INTEGER,
      }
      const sliced = await load.ask<Sliced>('slice', slice)
      const { fsyncs, fdatasyncs } = usedSince(before, await world.used(load))
      if (round > 0) measured[index]?.push({ sliced, syncs: fsyncs + fdatasyncs })
      else if (index === loads.length - 1) await load.ask('forget-latencies')
    }
  }
  return loads.map(({ inFlight }, index) => summary(inFlight, measured[index] ?? []))
}

function summary(
  inFlight: number,
  measured: readonly { readonly sliced: Sliced; readonly syncs: number }[],
): HardMeasure {
  const total = (how: Ended): number => measured.reduce((sum, { sliced }) => sum + sliced.ended[how], 0)
  const ended = {
    committed: total('committed'),
    aborted: total('aborted'),
    overloaded: total('overloaded'),
    unknown: total('unknown'),
  }
  const last = measured.at(-1)
  if (last === undefined) throw new Error('nothing was measured')
  return {
    inFlight,
    throughput: median(measured.map(({ sliced }) => (sliced.counted / sliced.windowMs) * 1_000)),
    latencies: last.sliced.latencies,
    ended,
    syncsEach: measured.reduce((sum, { syncs }) => sum + syncs, 0) / (ended.committed + ended.aborted),
  }
}
