// What is explored of three-phase commit: who takes part, what the operations come to, which faults happen and how many
// rounds are begun, and the rules in force: the product's own steps, or a mutant of them.

import { coordinatorSide, participantSide } from '../../../protocol/index.ts'

export type Result = 'yes' | 'no' | 'read-only'

export interface Scenario {
  /** For each participant: what running its operation's prepare may come to. */
  readonly results: readonly (readonly Result[])[]
  /** Every participant's database is known from the start, so that the first Prepare seals (design rule 2). */
  readonly isKnown: boolean
  /** Begins when everyone is prepared and the votes are on their way. */
  readonly isPrepared: boolean
  /** How many rounds with a new ballot may begin, of all processes together. */
  readonly rounds: number
  readonly crashes: number
  /** Who may crash; 0 is the coordinator. */
  readonly crashing: readonly number[]
  readonly diskLosses: number
  /** How often the client may send its request again to a coordinator that has restarted and knows nothing of it. */
  readonly submitsAgain: number
  /** Whether a commit or abort function may throw. */
  readonly mayThrow: boolean
  /** A coarser world for more faults: a refusal, which only ends a round, is the same as no answer. */
  readonly isCoarse: boolean
  /** One in so many states of all processes is healed, to see whether it ends. */
  readonly healsEvery: number
}

export const scenario = (results: readonly (readonly Result[])[], more: Partial<Scenario> = {}): Scenario => ({
  results,
  isKnown: true,
  isPrepared: false,
  rounds: 1,
  crashes: 1,
  crashing: results.map((_, index) => index + 1).concat(0),
  diskLosses: 0,
  submitsAgain: 0,
  mayThrow: false,
  isCoarse: true,
  healsEvery: 1,
  ...more,
})

export interface Rules {
  readonly coordinator: Pick<typeof coordinatorSide, 'submit' | 'step' | 'recover' | 'resume'>
  readonly participant: Pick<typeof participantSide, 'step' | 'recover' | 'resume'>
  /** A new database has a new storage id. */
  readonly tellsStorages: boolean
  /** An answer is handed on with the sequence that its question was about, a question with its own. */
  readonly tellsSequences: boolean
}

export const productRules: Rules = {
  coordinator: coordinatorSide,
  participant: participantSide,
  tellsStorages: true,
  tellsSequences: true,
}
