// How much is measured: the long run, the quick one, and what the command line changes.

import type { FloorPlan } from './measure/floor.ts'
import type { GrowthPlan } from './measure/growth.ts'
import type { HardPlan } from './measure/hard-times.ts'
import type { MatrixPlan } from './measure/matrix.ts'
import { type ModeName, modeNames } from './modes.ts'
import type { PartsPlan } from './parts/part.ts'

export interface Plan {
  readonly name: 'long' | 'quick'
  readonly matrix: MatrixPlan
  readonly floor: FloorPlan | undefined
  readonly hard: HardPlan | undefined
  readonly growth: GrowthPlan | undefined
  readonly parts: PartsPlan | undefined
  /** In-doubt transactions to recover. */
  readonly held: readonly number[]
  /** Nothing takes longer, whatever hangs. */
  readonly limitMs: number
}

const minutes = 60_000
const everything = Number.MAX_SAFE_INTEGER

const long: Plan = {
  name: 'long',
  matrix: {
    modes: modeNames,
    levels: [1, 16, 64, 256, 1_024],
    rounds: 3,
    rampMs: 250,
    windowMs: 1_000,
    warmUpTransactions: 30_000,
    warmUpMs: 8_000,
    transactionsMax: everything,
  },
  floor: { rounds: 5, windowMs: 1_000, pauseMs: 15 },
  hard: { rounds: 3, windowMs: 1_200, hotInFlight: 64, refusedInFlight: 256, admitted: 256, wanted: 1_024 },
  growth: { finished: 10_000_000, inFlight: 256, rounds: 5, windowMs: 1_500, warmUpTransactions: 10_000 },
  parts: { warmUpRounds: 20, rounds: 60 },
  held: [1_000, 100_000],
  limitMs: 30 * minutes,
}

const quick: Plan = {
  name: 'quick',
  matrix: {
    ...long.matrix,
    levels: [1, 64, 256, 1_024],
    rounds: 2,
    rampMs: 150,
    windowMs: 400,
    warmUpTransactions: 4_000,
    warmUpMs: 2_000,
  },
  floor: { rounds: 1, windowMs: 400, pauseMs: 15 },
  hard: { rounds: 1, windowMs: 700, hotInFlight: 64, refusedInFlight: 256, admitted: 256, wanted: 1_024 },
  growth: { finished: 200_000, inFlight: 256, rounds: 1, windowMs: 600, warmUpTransactions: 2_000 },
  parts: { warmUpRounds: 10, rounds: 10 },
  held: [1_000],
  limitMs: 10 * minutes,
}

export interface PlanOptions {
  readonly quick: boolean
  readonly modes?: readonly ModeName[]
  readonly levels?: readonly number[]
  readonly rounds?: number
  /** So many in each slice and no warm-up: for trying things out. */
  readonly transactions?: number
  readonly only?: readonly Part[]
}

export const parts = ['matrix', 'floor', 'hard', 'growth', 'held', 'parts'] as const
export type Part = (typeof parts)[number]

export function makePlan({ quick: isQuick, modes, levels, rounds, transactions, only = parts }: PlanOptions): Plan {
  const plan = isQuick ? quick : long
  const bounded =
    transactions === undefined
      ? {}
      : { transactionsMax: transactions, warmUpTransactions: 1, rampMs: 0, windowMs: 30_000 }
  return {
    ...plan,
    matrix: {
      ...plan.matrix,
      ...bounded,
      modes: only.includes('matrix') ? (modes ?? plan.matrix.modes) : [],
      levels: levels ?? plan.matrix.levels,
      rounds: rounds ?? plan.matrix.rounds,
    },
    floor: only.includes('floor') ? plan.floor : undefined,
    hard: only.includes('hard') ? plan.hard : undefined,
    growth: only.includes('growth') ? plan.growth : undefined,
    parts: only.includes('parts') ? plan.parts : undefined,
    held: only.includes('held') ? plan.held : [],
  }
}
