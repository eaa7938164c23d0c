// All processes together, and what travels between them. A world is a few numbers; what they stand for is interned.
//
// The network is a set: what was ever sent may be delivered at any time, any number of times, in any order, or never.
// That is loss, duplication, reordering, delay and partition in one.

import { Interned, InternedSets } from '../explore/interned.ts'
import { coordinatorPlace, type Envelope, type Move, type Party, type Place } from '../explore/process.ts'
import { type Effect, ProcessTable } from '../explore/process-table.ts'
import { type CoordinatorProcess, coordinatorParty } from './coordinator-party.ts'
import { isDead } from './dead.ts'
import { type Mark, marksOf, roundMark } from './history.ts'
import { type ParticipantProcess, participantParty } from './participant-party.ts'
import type { Rules, Scenario } from './scenario.ts'

export type AnyProcess = CoordinatorProcess | ParticipantProcess

export interface World {
  /** By place: the number of the process's state. */
  readonly processes: readonly number[]
  readonly network: number
  readonly history: number
  /** Faults and rounds that are left. */
  readonly left: {
    readonly crashes: number
    readonly diskLosses: number
    readonly submitsAgain: number
    readonly rounds: number
  }
}

export interface Successor {
  readonly place: Place
  readonly move: Move
  readonly world: World
}

export const keyOf = ({ processes, network, history, left }: World): string =>
  `${processes.join()},${network},${history},${left.crashes},${left.diskLosses},${left.submitsAgain},${left.rounds}`

/** More than the states of any process. */
const processesMax = 1 << 20

export class Worlds {
  readonly scenario: Scenario
  readonly start: World
  readonly #tables: readonly ProcessTable<AnyProcess>[]
  readonly #envelopes = new Interned<Envelope>()
  readonly #networks = new InternedSets()
  readonly #marks = new Interned<Mark>()
  readonly #histories = new InternedSets()
  readonly #moveNumbers = new Map<Move, number>()
  readonly #deliveries = new Map<number, Move>()
  readonly #sent = new Map<Effect, readonly number[]>()
  readonly #dead = new Map<number, boolean>()
  readonly #pruned = new Map<number, number>()
  readonly #marked = new Map<Effect, readonly number[]>()

  constructor(scenario: Scenario, rules: Rules) {
    this.scenario = scenario
    const parties = [
      coordinatorParty(scenario, rules),
      ...scenario.results.map((_, index) => participantParty(index + 1, scenario, rules)),
    ] as readonly Party<AnyProcess>[]
    this.#tables = parties.map(
      (party, place) => new ProcessTable(party, (before, after, out) => marksOf(place, before, after, out)),
    )
    const { crashes, diskLosses, submitsAgain, rounds } = scenario
    const starts = this.#tables.map((table) => table.start)
    const start: World = {
      processes: starts.map(({ process }) => process),
      network: starts.reduce(
        (network, effect) => this.#networks.with(network, this.#travelling(effect)),
        this.#networks.empty,
      ),
      history: this.#histories.empty,
      left: { crashes, diskLosses, submitsAgain, rounds },
    }
    this.start = scenario.isPrepared ? this.#prepared(start) : start
  }

  /** Every Prepare has arrived, and no vote. */
  #prepared(start: World): World {
    return this.scenario.results.reduce((world, _, index) => {
      const arrival = this.successors(world).find(
        ({ place, move }) => place === index + 1 && move.move === 'deliver' && move.envelope.body.type === 'prepare',
      )
      return arrival?.world ?? world
    }, start)
  }

  processAt(place: Place, process: number): AnyProcess {
    return this.#table(place).valueOf(process)
  }

  marksOf(history: number): readonly Mark[] {
    return this.#histories.membersOf(history).map((mark) => this.#marks.valueOf(mark))
  }

  /** The history with the marks of a process alone; without rounds. */
  remember(history: number, effect: Effect): number {
    return this.#histories.with(history, this.#kept(effect))
  }

  movesOf(place: Place, process: number): readonly Move[] {
    return this.#table(place).moves(process)
  }

  effectsOf(place: Place, process: number, move: Move): readonly Effect[] {
    return this.#table(place).effects(process, move, this.#numberOf(move))
  }

  deliveryOf(envelope: Envelope): Move {
    return this.#deliveryOf(this.#envelopes.numberOf(envelope))
  }

  /** Everything that may happen next, faults and rounds as far as there are any left. */
  successors(world: World): readonly Successor[] {
    const found: Successor[] = []
    for (const [place, process] of world.processes.entries()) {
      for (const move of this.movesOf(place, process)) this.#add(found, world, place, move)
    }
    for (const envelope of this.#networks.membersOf(world.network)) {
      this.#add(found, world, this.#envelopes.valueOf(envelope).to, this.#deliveryOf(envelope))
    }
    return found
  }

  #add(found: Successor[], world: World, place: Place, move: Move): void {
    if (move.move === 'crash' && !this.scenario.crashing.includes(place)) return
    const left = paid(world, move)
    if (left === undefined) return
    const before = world.processes[place] ?? 0
    for (const effect of this.effectsOf(place, before, move)) {
      const next = this.#apply({ ...world, left }, place, before, effect, world)
      if (next !== undefined && next !== world) found.push({ place, move, world: next })
    }
  }

  /** Undefined if there is no round left for it; `world` itself if nothing has changed. */
  #apply(paidWorld: World, place: Place, before: number, effect: Effect, world: World): World | undefined {
    const { process, marks, sent } = effect
    const isRound = marks.includes(roundMark)
    if (isRound && paidWorld.left.rounds === 0) return undefined
    const processes = process === before ? world.processes : world.processes.with(place, process)
    const arriving = this.#travelling(effect).filter((one) => !this.#isDead(one, processes))
    const kept = process === before ? world.network : this.#withoutDead(world.network, place, process)
    const network = this.#networks.with(kept, arriving)
    const history = this.remember(paidWorld.history, effect)
    const isQuiet = process === before && network === world.network && history === world.history
    const question = sent.find(({ body }) => body.type === 'inquire')
    // A fault that changes nothing only wastes it.
    if (isQuiet && question === undefined) return world
    const left = isRound ? { ...paidWorld.left, rounds: paidWorld.left.rounds - 1 } : paidWorld.left
    const after: World = { processes, network, history, left }
    return question === undefined ? after : this.#ask(after, question)
  }

  /** An inquiry and its answer are one move: an answer that comes later says no more than this one. */
  #ask(world: World, question: Envelope): World {
    const { from } = question
    let asked = world
    for (const effect of this.effectsOf(
      coordinatorPlace,
      world.processes[coordinatorPlace] ?? 0,
      this.deliveryOf(question),
    )) {
      asked = this.#apply(world, coordinatorPlace, world.processes[coordinatorPlace] ?? 0, effect, world) ?? world
      for (const answer of effect.sent.filter(({ body }) => body.type === 'inquiry-answer')) {
        const before = asked.processes[from] ?? 0
        const [heard] = this.effectsOf(from, before, this.deliveryOf(answer))
        if (heard !== undefined) asked = this.#apply(asked, from, before, heard, asked) ?? asked
      }
    }
    return asked
  }

  /** What of it is in the network from now on. Acks are explored with two-phase; here only healed worlds hear them. */
  #travelling(effect: Effect): readonly number[] {
    const known = this.#sent.get(effect)
    if (known !== undefined) return known
    const travels = ({ body }: Envelope) => !['inquire', 'inquiry-answer', 'decision-answer'].includes(body.type)
    const numbers = effect.sent.filter(travels).map((envelope) => this.#envelopes.numberOf(envelope))
    this.#sent.set(effect, numbers)
    return numbers
  }

  #isDead(envelope: number, processes: readonly number[]): boolean {
    const { to } = this.#envelopes.valueOf(envelope)
    return this.#isDeadAt(envelope, to, processes[to] ?? 0)
  }

  #isDeadAt(envelope: number, to: Place, process: number): boolean {
    const key = (envelope * this.#tables.length + to) * processesMax + process
    const known = this.#dead.get(key)
    if (known !== undefined) return known
    const answer = isDead(this.#envelopes.valueOf(envelope), this.#table(to).valueOf(process), this.scenario)
    this.#dead.set(key, answer)
    return answer
  }

  #withoutDead(network: number, place: Place, process: number): number {
    const key = (network * this.#tables.length + place) * processesMax + process
    const known = this.#pruned.get(key)
    if (known !== undefined) return known
    const kept = this.#networks.filter(
      network,
      (one) => this.#envelopes.valueOf(one).to !== place || !this.#isDeadAt(one, place, process),
    )
    this.#pruned.set(key, kept)
    return kept
  }

  #kept(effect: Effect): readonly number[] {
    const known = this.#marked.get(effect)
    if (known !== undefined) return known
    const numbers = effect.marks.filter((mark) => mark !== roundMark).map((mark) => this.#marks.numberOf(mark))
    this.#marked.set(effect, numbers)
    return numbers
  }

  #deliveryOf(number: number): Move {
    const known = this.#deliveries.get(number)
    if (known !== undefined) return known
    const move: Move = { move: 'deliver', envelope: this.#envelopes.valueOf(number), isLate: false }
    this.#deliveries.set(number, move)
    return move
  }

  /** Moves are compared by identity; those of a process state and of an envelope are made once. */
  #numberOf(move: Move): number {
    const known = this.#moveNumbers.get(move)
    if (known !== undefined) return known
    this.#moveNumbers.set(move, this.#moveNumbers.size)
    return this.#moveNumbers.size - 1
  }

  #table(place: Place): ProcessTable<AnyProcess> {
    const table = this.#tables[place]
    if (table === undefined) throw new RangeError(`no process at place ${place}`)
    return table
  }
}

/** What is left after the move; undefined when there is none left of what it takes. */
function paid({ left }: World, { move }: Move): World['left'] | undefined {
  switch (move) {
    case 'crash':
      return left.crashes > 0 ? { ...left, crashes: left.crashes - 1 } : undefined
    case 'lose disk':
      return left.diskLosses > 0 ? { ...left, diskLosses: left.diskLosses - 1 } : undefined
    case 'submit again':
      return left.submitsAgain > 0 ? { ...left, submitsAgain: left.submitsAgain - 1 } : undefined
    default:
      return left
  }
}
