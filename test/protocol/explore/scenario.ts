// What is explored: how many participants, what their operations may come to, which faults happen, and the rules in
// force: the product's own steps and drivers' duties, or a mutant of them.

import { coordinatorSide, participantSide } from '../../../protocol/index.ts'

/** What running an operation's prepare may come to. */
export type Result = participantSide.Prepared['prepared']

export interface Scenario {
  /** For each participant: what each run of its operation's prepare may come to. */
  readonly results: readonly (readonly Result[])[]
  readonly isOnePhase: boolean
  /** Whether the members of a transaction are told to each other. */
  readonly isCooperative: boolean
  /**
   * A coarser world for more faults: a question between processes and its answer are one move, epochs and boots after
   * the first are not told apart. What is left out is explored with fewer faults.
   */
  readonly isCoarse: boolean
  /** Over a session what was applied is answered at once, and acked by a later header; else the answer waits. */
  readonly isSession: boolean
  /** Whether the watermark passes the transaction, and the coordinator's log is trimmed of it. */
  readonly isForgotten: boolean
  /** How many crashes there are, of all processes together. */
  readonly crashes: number
  readonly diskLosses: number
  /** How often the client may send its request again to a coordinator that has restarted and knows nothing of it. */
  readonly submitsAgain: number
  /** Whether a commit or abort function may throw. */
  readonly mayThrow: boolean
  /** Whether a Prepare may be handled after its deadline. */
  readonly mayBeLate: boolean
}

export const scenario = (results: readonly (readonly Result[])[], more: Partial<Scenario> = {}): Scenario => ({
  results,
  isOnePhase: results.length === 1,
  isCooperative: true,
  isCoarse: false,
  isSession: false,
  isForgotten: true,
  crashes: 2,
  diskLosses: 0,
  submitsAgain: 0,
  mayThrow: false,
  mayBeLate: false,
  ...more,
})

/** What the drivers owe to the core; each false is a mutant. */
export interface Duties {
  /** The coordinator holds messages and replies until the force. */
  readonly coordinatorHolds: boolean
  readonly participantHolds: boolean
  /** An ack is counted only when the participant's forced turn has reached it. */
  readonly acksWhenForced: boolean
  /** A participant keeps its records until the watermark. */
  readonly keepsUntilWatermark: boolean
  /** The watermark passes a transaction only when its end is durable. */
  readonly watermarkWhenDurable: boolean
  /** A lower epoch than the highest seen is refused. */
  readonly fences: boolean
  /** An unknown transaction that was told to be aborted, also to an inquiry, can not be begun in this epoch. */
  readonly barsWhatItAborts: boolean
  /** An answer to a branch's question is handed on with the sequence that the question was about. */
  readonly matchesAnswers: boolean
}

type CoordinatorRules = Pick<typeof coordinatorSide, 'submit' | 'step' | 'recover' | 'resume'>
type ParticipantRules = Pick<typeof participantSide, 'step' | 'recover' | 'resume'>

export interface Rules {
  readonly coordinator: CoordinatorRules
  readonly participant: ParticipantRules
  readonly duties: Duties
}

export const productRules: Rules = {
  coordinator: coordinatorSide,
  participant: participantSide,
  duties: {
    coordinatorHolds: true,
    participantHolds: true,
    acksWhenForced: true,
    keepsUntilWatermark: true,
    watermarkWhenDurable: true,
    fences: true,
    barsWhatItAborts: true,
    matchesAnswers: true,
  },
}
