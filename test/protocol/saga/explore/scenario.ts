// What is explored: the branches, what their operations may come to, which faults happen, and the rules in force: the
// product's own steps, or a mutant of them.

import { coordinatorSide, participantSide } from '../../../../protocol/index.ts'

/** What running an operation's prepare may come to; `refuses` is business, `fails` an exception. */
export type Result = 'does' | 'refuses' | 'fails'

export interface Branch {
  /** The last one is what it comes to once the faults have stopped. */
  readonly results: readonly Result[]
  readonly role?: coordinatorSide.EnlistedSagaBranch['role']
  /** Absent: after the previous one. */
  readonly after?: readonly number[]
}

export interface Scenario {
  readonly branches: readonly Branch[]
  /** The client calls one branch after the other, and asks for commit. */
  readonly isInteractive: boolean
  readonly crashes: number
  /** Whether the saga's timeout may pass. */
  readonly mayTimeOut: boolean
  /** Whether a commit or compensation may throw. */
  readonly mayThrow: boolean
  /**
   * A coarser world for more faults: an answer arrives at once or never, so that none is older than what it speaks of.
   * What is left out is explored with fewer faults.
   */
  readonly isCoarse: boolean
}

export const scenario = (branches: readonly Branch[], more: Partial<Scenario> = {}): Scenario => ({
  branches,
  isInteractive: false,
  crashes: 2,
  mayTimeOut: true,
  mayThrow: false,
  isCoarse: true,
  ...more,
})

export interface Rules {
  readonly coordinator: Pick<typeof coordinatorSide, 'begin' | 'submitSaga' | 'step' | 'recover' | 'resume'>
  readonly participant: Pick<typeof participantSide, 'step' | 'recover' | 'resume'>
}

export const productRules: Rules = { coordinator: coordinatorSide, participant: participantSide }
