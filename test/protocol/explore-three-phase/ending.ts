// Termination (G3): from a world, once faults stop, everything ends, and ends the same way. What was in flight is lost
// first, so that only what the processes do by themselves can help. Once with everybody connected, and once without each one
// of them, the coordinator too, which stays dead then, if the others are a majority of the voting set.

import { coordinatorPlace, type Envelope, type Place } from '../explore/process.ts'
import type { Effect } from '../explore/process-table.ts'
import type { CoordinatorProcess } from './coordinator-party.ts'
import type { ParticipantProcess } from './participant-party.ts'
import { violationIn } from './predicates.ts'
import { forceMove, noCoordinatorMove } from './process.ts'
import type { World, Worlds } from './world.ts'

const passesMax = 20

/** A sentence when it never ends, or ends in two ways; `ending` remembers the combinations that were followed. */
export function endlessness(worlds: Worlds, world: World, ending: Set<string>): string | undefined {
  const participants = worlds.scenario.results.map((_, index) => index + 1)
  const everybody = [coordinatorPlace, ...participants]
  const groups = [
    { name: 'everybody connected', places: everybody },
    { name: 'the coordinator dead', places: participants },
    ...participants.map((dead) => ({
      name: `participant ${dead} dead`,
      places: everybody.filter((place) => place !== dead),
    })),
  ]
  for (const { name, places } of groups) {
    if (!isMajority(worlds, world, places)) continue
    const sentence = new Healing(worlds, world, places).run(ending)
    if (sentence !== undefined) return `with ${name}: ${sentence}`
  }
  return undefined
}

/** Whether these are a majority of the voting set, with the databases that voted. */
function isMajority(worlds: Worlds, world: World, places: readonly Place[]): boolean {
  const participants = world.processes.length - 1
  const isEven = participants % 2 === 0
  const voters = places.filter((place) => {
    if (place === coordinatorPlace) return isEven
    const { storage, endedEpoch } = worlds.processAt(place, world.processes[place] ?? 0) as ParticipantProcess
    // Past the watermark it does not know any more what it voted: a late Prepare's branch waits for the coordinator.
    return storage === 0 && (endedEpoch === 0 || places.includes(coordinatorPlace))
  })
  return voters.length > (participants + (isEven ? 1 : 0)) / 2
}

class Healing {
  readonly #worlds: Worlds
  readonly #places: readonly Place[]
  readonly #processes: number[]
  #history: number
  #queue: Envelope[] = []

  constructor(worlds: Worlds, world: World, places: readonly Place[]) {
    this.#worlds = worlds
    this.#places = places
    this.#processes = [...world.processes]
    this.#history = world.history
  }

  run(ending: Set<string>): string | undefined {
    const path = new Set<string>()
    for (let key = this.#key(); !ending.has(key); key = this.#key()) {
      if (path.has(key) || path.size > passesMax) return this.#unended() ?? 'it does not come to rest'
      path.add(key)
      for (const place of this.#places) this.#fire(place)
      const sentence = violationIn(this.#worlds.marksOf(this.#history), this.#processes.length - 1)
      if (sentence !== undefined) return sentence
      if (this.#unended() === undefined) break
    }
    for (const key of path) ending.add(key)
    return undefined
  }

  #key(): string {
    const marks = this.#worlds.marksOf(this.#history)
    const ends = marks.filter((mark) => mark.startsWith('commit') || mark.startsWith('abort'))
    return `${this.#places.join()} ${this.#processes.join()} ${ends.sort().join()}`
  }

  /** Its timers, one after another, each with all that follows: rounds of different proposers do not meet for ever. */
  #fire(place: Place): void {
    const timers = this.#movesOf(place).flatMap((move) => (move.move === 'timer' ? [move.timer] : []))
    for (const timer of timers) {
      const move = this.#movesOf(place).find((one) => one.move === 'timer' && one.timer === timer)
      if (move === undefined) continue
      this.#take(place, this.#worlds.effectsOf(place, this.#processes[place] ?? 0, move)[0])
      this.#deliverAll()
    }
  }

  #movesOf = (place: Place) => this.#worlds.movesOf(place, this.#processes[place] ?? 0)

  #take(place: Place, effect: Effect | undefined): void {
    if (effect === undefined) return
    this.#processes[place] = effect.process
    this.#history = this.#worlds.remember(this.#history, effect)
    const [forced] = this.#worlds.effectsOf(place, effect.process, forceMove)
    if (forced !== undefined) {
      this.#processes[place] = forced.process
      this.#history = this.#worlds.remember(this.#history, forced)
    }
    this.#queue.push(...effect.sent)
  }

  #deliverAll(): void {
    for (let envelope = this.#queue.shift(); envelope !== undefined; envelope = this.#queue.shift()) {
      const { to, from, body } = envelope
      if (this.#places.includes(to)) {
        this.#take(to, this.#worlds.effectsOf(to, this.#processes[to] ?? 0, this.#worlds.deliveryOf(envelope))[0])
      } else if (body.type === 'inquire') {
        this.#take(from, this.#worlds.effectsOf(from, this.#processes[from] ?? 0, noCoordinatorMove)[0])
      }
    }
  }

  #unended(): string | undefined {
    for (const place of this.#places) {
      const process = this.#worlds.processAt(place, this.#processes[place] ?? 0)
      if (place === coordinatorPlace) {
        const { state } = process as CoordinatorProcess
        // It waits for whoever is dead; and what a lost disk was to commit waits, shown as a hazard, for an operator.
        const isWaiting = this.#places.length < this.#processes.length
        const isHazard = state?.phase === 'committing' && state.branches.some(({ progress }) => progress === 'hazard')
        if (state !== undefined && state.phase !== 'ended' && !isHazard && !isWaiting)
          return `the coordinator stays ${state.phase} for ever`
      } else {
        const { state } = process as ParticipantProcess
        if (['active', 'prepared'].includes(state.state)) return `participant ${place} stays ${state.state} for ever`
      }
    }
    return undefined
  }
}
