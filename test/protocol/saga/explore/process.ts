// What both sides look like to the explorer. A forced step is one move: whoever crashes between the append and the force
// has sent nothing, which is the world where its messages were lost.

import type { FromParticipant, Outcome, ToParticipant } from '../../../../protocol/index.ts'

/** 0 is the coordinator, 1, 2, … are the participants. */
export type Place = number

export type Body = ToParticipant | FromParticipant

export interface Envelope {
  readonly from: Place
  readonly to: Place
  readonly body: Body
  /** Of an answer: all that this participant has applied is durable; its forced turn has reached the answer's. */
  readonly isDurable?: true
}

export type Move =
  | { readonly move: 'deliver'; readonly envelope: Envelope }
  | { readonly move: 'timer'; readonly timer: string }
  /** Of the tail, this many steps survive. */
  | { readonly move: 'crash'; readonly keeps: number }
  | { readonly move: 'force' }
  | { readonly move: 'call'; readonly branch: number }
  | { readonly move: 'commit' }
  /** The coordinator's answer to an inquiry, asked and answered in one move. */
  | { readonly move: 'told'; readonly answer: 'commit' | 'abort' }

/** What stays true whatever is forgotten: `told committed`, `timed out`, `refused 1`, `failed 1 try 2`, `compensates`. */
export type Mark = string

export interface Reaction<P> {
  readonly process: P
  readonly sent: readonly Envelope[]
  readonly marks: readonly Mark[]
}

export const toldMark = (outcome: Outcome): Mark => `told ${outcome.outcome}`
