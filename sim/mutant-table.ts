// Every mutant, and how many seeds it takes to find one.

import { runCampaign } from './campaign.ts'
import type { MutantRow } from './mutants.ts'
import { sagaMutants } from './mutants-saga.ts'
import { threePhaseMutants } from './mutants-three-phase.ts'
import { twoPhaseMutants } from './mutants-two-phase.ts'

export const mutants: readonly MutantRow[] = [...twoPhaseMutants, ...threePhaseMutants, ...sagaMutants]

export interface Detection {
  readonly name: string
  /** How many seeds until the first that showed it; undefined: none did. */
  readonly seeds: number | undefined
  readonly predicate: string
}

export function detect({ name, protocol, mutant }: MutantRow, seedsMax: number, from = 1): Detection {
  const campaign = { protocol, from, seeds: seedsMax, mutant, failuresMax: 1, twiceEvery: Number.POSITIVE_INFINITY }
  const [first] = runCampaign(campaign).failed
  if (first === undefined) return { name, seeds: undefined, predicate: '' }
  return { name, seeds: first.seed - from + 1, predicate: first.violation.predicate }
}
