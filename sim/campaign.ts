// Many seeds: how fast, what came of them, which faults have struck, and where something is broken.

import type { Protocol } from '../protocol/index.ts'
import type { Violation } from './history.ts'
import type { Mutant } from './mutants.ts'
import { type Result, runSeed } from './run.ts'
import type { Size } from './swarm.ts'

export interface Campaign {
  readonly protocol: Protocol
  readonly seeds: number
  readonly told: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  readonly failed: readonly { readonly seed: number; readonly violation: Violation }[]
  /** Seeds that gave another trace when they were run again. */
  readonly unstable: readonly number[]
}

export interface CampaignOptions {
  readonly protocol: Protocol
  readonly from: number
  readonly seeds: number
  readonly size?: Size
  readonly mutant?: Mutant
  /** Stops at so many failures. */
  readonly failuresMax?: number
  /** One seed of so many is run twice. */
  readonly twiceEvery?: number
  readonly onResult?: (result: Result) => void
}

export function runCampaign(options: CampaignOptions): Campaign {
  const { protocol, from, seeds, size = 'small', mutant, failuresMax = 10, twiceEvery = 100, onResult } = options
  const told: Record<string, number> = {}
  const faults: Record<string, number> = {}
  const failed: { seed: number; violation: Violation }[] = []
  const unstable: number[] = []
  const settings = { size, ...(mutant === undefined ? {} : { mutant }) }
  let count = 0
  // Refusals are errors that nobody reads the stack of; it costs more than the rest of them.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  for (let seed = from; seed < from + seeds && failed.length < failuresMax; seed += 1) {
    const result = runSeed(seed, protocol, settings)
    count += 1
    add(told, result.told)
    add(faults, result.faults)
    const [violation] = result.violations
    if (violation !== undefined) failed.push({ seed, violation })
    if (seed % twiceEvery === 0 && runSeed(seed, protocol, settings).hash !== result.hash) unstable.push(seed)
    onResult?.(result)
  }
  Error.stackTraceLimit = stackTraceLimit
  return { protocol, seeds: count, told, faults, failed, unstable }
}

function add(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count
}
