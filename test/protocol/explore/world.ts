// All processes together, and what travels between them. A world is a few numbers; what they stand for is interned.
//
// The network is a set: what was ever sent may be delivered at any time, any number of times, in any order, or never.
// That is loss, duplication, reordering and delay in one.

import { type CoordinatorProcess, coordinatorParty } from './coordinator-party.ts'
import { type Mark, marksOf, remember } from './history.ts'
import { Interned, InternedSets } from './interned.ts'
import { type ParticipantProcess, participantParty } from './participant-party.ts'
import { coordinatorPlace, type Envelope, isEffective, type Move, type Party, type Place } from './process.ts'
import { type Effect, ProcessTable } from './process-table.ts'
import type { Rules, Scenario } from './scenario.ts'

type AnyProcess = CoordinatorProcess | ParticipantProcess

export interface World {
  /** By place: the number of the process's state. */
  readonly processes: readonly number[]
  readonly network: number
  readonly history: number
  /** Faults that are left. */
  readonly crashes: number
  readonly diskLosses: number
  readonly submitsAgain: number
}

export interface Successor {
  readonly place: Place
  readonly move: Move
  readonly world: World
}

export const keyOf = (world: World): string =>
  `${world.processes.join()},${world.network},${world.history},${world.crashes},${world.diskLosses},${world.submitsAgain}`

export class Worlds {
  readonly scenario: Scenario
  readonly start: World
  readonly #tables: readonly ProcessTable<AnyProcess>[]
  readonly #envelopes = new Interned<Envelope>()
  readonly #networks = new InternedSets()
  readonly #marks = new Interned<Mark>()
  readonly #histories = new InternedSets()
  readonly #moveNumbers = new Map<Move, number>()
  readonly #deliveries = new Map<number, readonly Move[]>()
  readonly #sent = new Map<Effect, readonly number[]>()

  constructor(scenario: Scenario, rules: Rules) {
    this.scenario = scenario
    const parties = [
      coordinatorParty(scenario, rules),
      ...scenario.results.map((_, index) => participantParty(index + 1, scenario, rules)),
    ] as readonly Party<AnyProcess>[]
    this.#tables = parties.map(
      (party, place) => new ProcessTable(party, (before, after, out) => marksOf(place, before, after, out)),
    )
    const { crashes, diskLosses, submitsAgain } = scenario
    const starts = this.#tables.map((table) => table.start)
    this.start = {
      processes: starts.map(({ process }) => process),
      network: this.#networks.with(
        this.#networks.empty,
        starts.flatMap((effect) => this.#travelling(effect)),
      ),
      history: this.#histories.empty,
      crashes,
      diskLosses,
      submitsAgain,
    }
  }

  coordinatorOf(world: World): CoordinatorProcess {
    return this.#processAt(world, coordinatorPlace) as CoordinatorProcess
  }

  participantsOf(world: World): readonly ParticipantProcess[] {
    return this.#tables.slice(1).map((_, index) => this.#processAt(world, index + 1) as ParticipantProcess)
  }

  marksOf(world: World): readonly Mark[] {
    return this.#histories.membersOf(world.history).map((mark) => this.#marks.valueOf(mark))
  }

  /** Whether the client has been given an outcome. */
  isTold(world: World): boolean {
    return this.marksOf(world).some((mark) => mark.startsWith('told '))
  }

  movesOf(world: World, place: Place): readonly Move[] {
    return this.#table(place).moves(world.processes[place] ?? 0)
  }

  envelopesOf(world: World): readonly Envelope[] {
    return this.#networks.membersOf(world.network).map((number) => this.#envelopes.valueOf(number))
  }

  /** Everything that may happen next, faults as far as there are any left. */
  successors(world: World): readonly Successor[] {
    const found: Successor[] = []
    for (const place of world.processes.keys()) {
      for (const move of this.movesOf(world, place)) this.#add(found, world, place, move)
    }
    for (const envelope of this.#networks.membersOf(world.network)) {
      const { to } = this.#envelopes.valueOf(envelope)
      for (const move of this.#deliveriesOf(envelope)) this.#add(found, world, to, move)
    }
    return found
  }

  /** What one move comes to: several worlds where an operation may do this or that; none if it is impossible. */
  after(world: World, place: Place, move: Move): readonly World[] {
    const left = paid(world, move)
    if (left === undefined || (move.move === 'submit again' && this.isTold(world))) return []
    const process = world.processes[place] ?? 0
    const effects = this.#table(place).effects(process, move, this.#numberOf(move))
    return effects.map((effect) => this.#apply(left, place, process, effect))
  }

  deliver(world: World, envelope: Envelope): readonly World[] {
    const [move] = this.#deliveriesOf(this.#envelopes.numberOf(envelope))
    return move === undefined ? [] : this.after(world, envelope.to, move)
  }

  /** The same world after everything in flight was lost. */
  withoutMessages(world: World): World {
    return { ...world, network: this.#networks.empty }
  }

  #add(found: Successor[], world: World, place: Place, move: Move): void {
    for (const next of this.after(world, place, move)) {
      if (next !== world) found.push({ place, move, world: next })
    }
  }

  #apply(world: World, place: Place, before: number, effect: Effect): World {
    const { process, marks, sent, isRestart } = effect
    const isQuiet = process === before && sent.length === 0 && marks.length === 0
    if (isQuiet && !isRestart) return world
    const processes = process === before ? world.processes : world.processes.with(place, process)
    const kept = this.#networkAfter(world.network, place, before, effect)
    const arriving = this.#travelling(effect).filter((number) => this.#mayArrive(processes, number))
    const after = {
      ...world,
      processes,
      network: this.#networks.with(kept, arriving),
      history: marks.length === 0 ? world.history : this.#remember(world, marks),
    }
    return sent.reduce((asked, one) => (this.#isQuestion(one) ? this.#ask(asked, one) : asked), after)
  }

  /** Answers die with the process that asked; what makes no difference any more is not kept. */
  #networkAfter(network: number, place: Place, before: number, { process, isRestart }: Effect): number {
    const table = this.#table(place)
    const isSettled = process !== before && table.isSettled(process) && !table.isSettled(before)
    if (!isRestart && !isSettled) return network
    return this.#networks.filter(network, (one) => {
      const { to, only } = this.#envelopes.valueOf(one)
      return to !== place || !(isSettled || only !== undefined)
    })
  }

  /** Asked and answered in one move; in a world that is not coarse the answer travels like any message. */
  #ask(world: World, question: Envelope): World {
    const { from, to } = question
    const asked = world.processes[to] ?? 0
    const [move] = this.#deliveriesOf(this.#envelopes.numberOf(question))
    const [effect] = move === undefined ? [] : this.#table(to).effects(asked, move, this.#numberOf(move))
    if (effect === undefined) return world
    const heard = this.#apply(world, to, asked, effect)
    if (!this.scenario.isCoarse) return heard
    const answers = effect.sent.filter((one) => one.to === from && isReply(one))
    return answers.reduce((then, answer) => this.deliver(then, answer)[0] ?? then, heard)
  }

  /** An inquiry that comes later would be answered as a later one is. */
  #isQuestion({ body, from, to }: Envelope): boolean {
    if (body.type === 'inquire') return true
    return this.scenario.isCoarse && body.type === 'status' && from !== coordinatorPlace && to !== coordinatorPlace
  }

  #mayArrive(processes: readonly number[], number: number): boolean {
    const { to, only } = this.#envelopes.valueOf(number)
    const [table, process] = [this.#table(to), processes[to] ?? 0]
    return !table.isSettled(process) && (only === undefined || table.valueOf(process).incarnation === only)
  }

  #remember(world: World, marks: readonly Mark[]): number {
    const all = remember(this.marksOf(world), marks)
    return this.#histories.with(
      this.#histories.empty,
      all.map((mark) => this.#marks.numberOf(mark)),
    )
  }

  /** What of it is in the network from now on. */
  #travelling(effect: Effect): readonly number[] {
    const known = this.#sent.get(effect)
    if (known !== undefined) return known
    const travels = (one: Envelope) =>
      isEffective(one) && !this.#isQuestion(one) && !(this.scenario.isCoarse && isReply(one))
    const numbers = effect.sent.filter(travels).map((envelope) => this.#envelopes.numberOf(envelope))
    this.#sent.set(effect, numbers)
    return numbers
  }

  #deliveriesOf(number: number): readonly Move[] {
    const known = this.#deliveries.get(number)
    if (known !== undefined) return known
    const envelope = this.#envelopes.valueOf(number)
    const mayBeLate = this.scenario.mayBeLate && envelope.body.type === 'prepare'
    const moves = [false, ...(mayBeLate ? [true] : [])].map((isLate): Move => ({ move: 'deliver', envelope, isLate }))
    this.#deliveries.set(number, moves)
    return moves
  }

  /** Moves are compared by identity; those of a process state and of an envelope are made once. */
  #numberOf(move: Move): number {
    const known = this.#moveNumbers.get(move)
    if (known !== undefined) return known
    this.#moveNumbers.set(move, this.#moveNumbers.size)
    return this.#moveNumbers.size - 1
  }

  #processAt(world: World, place: Place): AnyProcess {
    return this.#table(place).valueOf(world.processes[place] ?? 0)
  }

  #table(place: Place): ProcessTable<AnyProcess> {
    const table = this.#tables[place]
    if (table === undefined) throw new RangeError(`no process at place ${place}`)
    return table
  }
}

/** The answer to a question that is one move in a coarse world. */
const isReply = ({ body, to }: Envelope): boolean =>
  body.type === 'inquiry-answer' || (body.type === 'status-answer' && to !== coordinatorPlace)

/** The world with one fault less; undefined when there is none left. */
function paid(world: World, { move }: Move): World | undefined {
  switch (move) {
    case 'crash':
      return world.crashes > 0 ? { ...world, crashes: world.crashes - 1 } : undefined
    case 'lose disk':
      return world.diskLosses > 0 ? { ...world, diskLosses: world.diskLosses - 1 } : undefined
    case 'submit again':
      return world.submitsAgain > 0 ? { ...world, submitsAgain: world.submitsAgain - 1 } : undefined
    default:
      return world
  }
}
