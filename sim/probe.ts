// Faults at one chosen place, beside those that chance brings: what passes the network and what reaches a disk is shown to
// a probe first, which may stop, repeat or delay it, or end a process there. Without one it costs a comparison.

import type { Process } from './machine.ts'
import type { Host } from './network.ts'

/** What a process is about to do to its disk, or has just done. */
export type DiskPoint = 'before-append' | 'before-force' | 'after-force'

/** A record that is written, of which transaction; some are of none. */
export interface Written {
  readonly type: string
  readonly about: string
}

/** A frame or call on its way. */
export interface Passing {
  readonly from: Host
  readonly to: Host
  readonly sender: Process
  /** What is in it, by `kindOf` in frames.ts. */
  readonly words: readonly string[]
  /** Which transactions it is about. */
  readonly about: readonly string[]
  /** Arrives at that time; as often as this is called. Absent on a stream, which keeps its order or breaks. */
  readonly deliver?: (at: number) => void
  /** Of a call: its answer comes back to whoever asked. */
  readonly isReply: boolean
}

export interface Probe {
  /** A person must look at it only once this is over. */
  readonly isPending: boolean
  /** `taken`: the probe has delivered it, or will, or not. */
  leaves(passing: Passing): 'passes' | 'taken'
  /** It has left. */
  left(passing: Passing): void
  /** It is there, and nobody has looked at it. */
  arrives(passing: Passing): void
  /** True: the process dies here. `records` come with this append. */
  diesAt(host: Host, point: DiskPoint, records: readonly Written[]): boolean
  /** True: this force fails. */
  failsForce(host: Host): boolean
  /** How many of so many turns that were not forced outlive the process; undefined: chance says. */
  keeps(host: Host, count: number): number | undefined
  /** Before a process starts again over its disk: for how long it stays dead still. */
  starts(host: Host): number
}

/** What a call is called on its way, for a probe. */
export interface Named<Answer> {
  readonly words: readonly string[]
  readonly about: readonly string[]
  readonly answerWords: (answer: Answer) => readonly string[]
}
