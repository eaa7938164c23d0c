// All processes together, and what travels between them. The network is a set: what was ever sent may be delivered at any
// time, any number of times, in any order, or never. What each move makes of each state is worked out only once.

import { Interned, InternedSets } from '../../explore/interned.ts'
import { Coordinator, type CoordinatorProcess } from './coordinator.ts'
import { Participant, type ParticipantProcess } from './participant.ts'
import type { Envelope, Mark, Move, Place, Reaction } from './process.ts'
import type { Rules, Scenario } from './scenario.ts'

type AnyProcess = CoordinatorProcess | ParticipantProcess

export interface World {
  /** By place: the number of the process's state. */
  readonly processes: readonly number[]
  readonly network: number
  readonly marks: number
  readonly crashes: number
}

export interface Successor {
  readonly place: Place
  readonly move: Move
  readonly world: World
}

interface Effect {
  readonly process: number
  readonly sent: readonly number[]
  readonly marks: readonly number[]
}

/** More than the different moves of any scenario. */
const movesMax = 1 << 20

export const keyOf = ({ processes, network, marks, crashes }: World): string =>
  `${processes.join()},${network},${marks},${crashes}`

export class Worlds {
  readonly scenario: Scenario
  readonly start: World
  readonly #coordinator: Coordinator
  readonly #participants: readonly Participant[]
  readonly #processes: readonly Interned<AnyProcess>[]
  readonly #envelopes = new Interned<Envelope>()
  readonly #marks = new Interned<Mark>()
  readonly #networks = new InternedSets()
  readonly #histories = new InternedSets()
  readonly #deliveries: Move[] = []
  readonly #moveNumbers = new Map<Move, number>()
  readonly #moves = new Map<string, readonly Move[]>()
  readonly #effects: readonly Map<number, readonly Effect[]>[]

  constructor(scenario: Scenario, rules: Rules) {
    this.scenario = scenario
    this.#coordinator = new Coordinator(scenario, rules)
    this.#participants = scenario.branches.map((_, index) => new Participant(index + 1, scenario, rules))
    this.#processes = [undefined, ...this.#participants].map(() => new Interned<AnyProcess>())
    this.#effects = this.#processes.map(() => new Map())
    const effect = this.#effect(0, this.#coordinator.start)
    const others = this.#participants.map(({ start }, index) => this.#processes[index + 1]!.numberOf(start))
    this.start = {
      processes: [effect.process, ...others],
      network: this.#networks.with(this.#networks.empty, effect.sent),
      marks: this.#histories.with(this.#histories.empty, effect.marks),
      crashes: scenario.crashes,
    }
  }

  coordinatorOf = (world: World): CoordinatorProcess => this.#at(world, 0) as CoordinatorProcess

  participantsOf = (world: World): readonly ParticipantProcess[] =>
    this.#participants.map((_, index) => this.#at(world, index + 1) as ParticipantProcess)

  marksOf = (world: World): readonly Mark[] =>
    this.#histories.membersOf(world.marks).map((mark) => this.#marks.valueOf(mark))

  /** Everything that may happen next, faults as far as there are any left. */
  successors(world: World): readonly Successor[] {
    const found: Successor[] = []
    for (const place of world.processes.keys()) {
      for (const move of this.movesOf(world, place)) this.#add(found, world, place, move)
    }
    for (const envelope of this.envelopesOf(world)) {
      this.#add(found, world, this.#envelopes.valueOf(envelope).to, this.#deliveryOf(envelope))
    }
    return found
  }

  #add(found: Successor[], world: World, place: Place, move: Move): void {
    if (move.move === 'crash' && world.crashes === 0) return
    for (const next of this.after(world, place, move)) found.push({ place, move, world: next })
  }

  envelopesOf = (world: World): readonly number[] => this.#networks.membersOf(world.network)

  /** Besides deliveries; an inquiry is asked and answered in one move. */
  movesOf(world: World, place: Place): readonly Move[] {
    const answer = place === 0 ? undefined : this.#answerTo(world, place)
    const key = `${place},${world.processes[place]},${answer}`
    const known = this.#moves.get(key)
    if (known !== undefined) return known
    const own =
      place === 0
        ? this.#coordinator.moves(this.coordinatorOf(world))
        : this.#participants[place - 1]!.moves(this.#at(world, place) as ParticipantProcess)
    const moves: readonly Move[] = answer === undefined ? own : [...own, { move: 'told', answer }]
    this.#moves.set(key, moves)
    return moves
  }

  deliver(world: World, envelope: number): readonly World[] {
    return this.after(world, this.#envelopes.valueOf(envelope).to, this.#deliveryOf(envelope))
  }

  /**
   * Several worlds where an operation may do this or that, and where its answer may be lost: the last one is where it is
   * not. None where nothing changes.
   */
  after(world: World, place: Place, move: Move): readonly World[] {
    const left = move.move === 'crash' ? { ...world, crashes: world.crashes - 1 } : world
    return this.#effectsOf(world, place, move).flatMap((effect) => {
      const next = this.#with(left, place, effect)
      const isAnswered = place !== 0 && this.scenario.isCoarse && effect.sent.length > 0
      const worlds = isAnswered ? [next, this.#answered(next, effect)] : [next]
      return worlds.filter((one) => !isSame(one, world))
    })
  }

  withoutMessages = (world: World): World => ({ ...world, network: this.#networks.empty })

  #with(world: World, place: Place, { process, sent, marks }: Effect): World {
    const isAnswer = place !== 0 && this.scenario.isCoarse
    return {
      ...world,
      processes: process === world.processes[place] ? world.processes : world.processes.with(place, process),
      network: isAnswer ? world.network : this.#networks.with(world.network, sent),
      marks: this.#histories.with(world.marks, marks),
    }
  }

  /** The coordinator hears what the participant has just said. */
  #answered(world: World, { sent }: Effect): World {
    let heard = world
    for (const answer of sent) {
      for (const effect of this.#effectsOf(heard, 0, this.#deliveryOf(answer))) heard = this.#with(heard, 0, effect)
    }
    return heard
  }

  #effectsOf(world: World, place: Place, move: Move): readonly Effect[] {
    const key = world.processes[place]! * movesMax + this.#numberOf(move)
    const known = this.#effects[place]!.get(key)
    if (known !== undefined) return known
    const process = this.#at(world, place)
    const reactions: readonly Reaction<AnyProcess>[] =
      place === 0
        ? [this.#coordinator.react(process as CoordinatorProcess, move)]
        : this.#participants[place - 1]!.react(process as ParticipantProcess, move)
    const effects = reactions.map((reaction) => this.#effect(place, reaction))
    this.#effects[place]!.set(key, effects)
    return effects
  }

  #answerTo(world: World, place: Place): 'commit' | 'abort' | undefined {
    if (!this.#participants[place - 1]!.mayInquire(this.#at(world, place) as ParticipantProcess)) return undefined
    const answer = this.#coordinator.answer(this.coordinatorOf(world), place)
    return answer === 'commit' || answer === 'abort' ? answer : undefined
  }

  #effect(place: Place, { process, sent, marks }: Reaction<AnyProcess>): Effect {
    return {
      process: this.#processes[place]!.numberOf(process),
      sent: sent.map((one) => this.#envelopes.numberOf(one)),
      marks: marks.map((mark) => this.#marks.numberOf(mark)),
    }
  }

  #deliveryOf(envelope: number): Move {
    this.#deliveries[envelope] ??= { move: 'deliver', envelope: this.#envelopes.valueOf(envelope) }
    return this.#deliveries[envelope]
  }

  /** Moves are compared by identity: those of a process state and of an envelope are made once. */
  #numberOf(move: Move): number {
    const known = this.#moveNumbers.get(move)
    if (known !== undefined) return known
    this.#moveNumbers.set(move, this.#moveNumbers.size)
    return this.#moveNumbers.size - 1
  }

  #at = (world: World, place: Place): AnyProcess => this.#processes[place]!.valueOf(world.processes[place]!)
}

const isSame = (a: World, b: World): boolean =>
  a.network === b.network && a.marks === b.marks && a.crashes === b.crashes && a.processes.join() === b.processes.join()
