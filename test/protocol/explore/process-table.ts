// One process of all worlds: every state it was ever found in, and what each move made of each, worked out only once.

import { Interned } from './interned.ts'
import type { Envelope, Move, Outgoing, Party, Reaction } from './process.ts'

export interface Effect {
  readonly process: number
  readonly sent: readonly Envelope[]
  readonly marks: readonly string[]
  readonly isRestart: boolean
}

/** More than the different moves of any scenario. */
const movesMax = 1 << 20

export class ProcessTable<P> {
  readonly #party: Party<P>
  readonly #marksOf: (before: P, after: P, out: readonly Outgoing[]) => readonly string[]
  readonly #processes = new Interned<P>()
  readonly #effects = new Map<number, readonly Effect[]>()
  readonly #moves = new Map<number, readonly Move[]>()
  readonly #settled = new Map<number, boolean>()
  readonly start: Effect

  constructor(party: Party<P>, marksOf: (before: P, after: P, out: readonly Outgoing[]) => readonly string[]) {
    this.#party = party
    this.#marksOf = marksOf
    this.start = this.#effect(party.start.process, party.start, false)
  }

  valueOf(process: number): P {
    return this.#processes.valueOf(process)
  }

  isSettled(process: number): boolean {
    const known = this.#settled.get(process)
    if (known !== undefined) return known
    const isSettled = this.#party.isSettled(this.valueOf(process))
    this.#settled.set(process, isSettled)
    return isSettled
  }

  /** What may happen to it next, besides deliveries. */
  moves(process: number): readonly Move[] {
    const known = this.#moves.get(process)
    if (known !== undefined) return known
    const moves = this.#party.moves(this.valueOf(process))
    this.#moves.set(process, moves)
    return moves
  }

  effects(process: number, move: Move, moveNumber: number): readonly Effect[] {
    const key = process * movesMax + moveNumber
    const known = this.#effects.get(key)
    if (known !== undefined) return known
    const before = this.valueOf(process)
    const reactions = this.#party.react(before, move)
    const isRestart = move.move === 'crash' || move.move === 'lose disk'
    const effects = reactions.map((reaction) => this.#effect(before, reaction, isRestart))
    this.#effects.set(key, effects)
    return effects
  }

  #effect(before: P, { process: after, out }: Reaction<P>, isRestart: boolean): Effect {
    return {
      process: this.#processes.numberOf(after),
      sent: out.flatMap((one) => ('told' in one ? [] : [one])),
      marks: this.#marksOf(before, after, out),
      isRestart,
    }
  }
}
