// Breadth-first over every world that can be reached; from each the faults stop, and everything must end. The first
// violation found has the shortest story.

import { unrest, violationIn, violationOf } from './predicates.ts'
import type { Move, Place } from './process.ts'
import type { Rules, Scenario } from './scenario.ts'
import { keyOf, type Successor, type World, Worlds } from './world.ts'

export interface Explored {
  readonly worlds: number
  readonly violation?: { readonly sentence: string; readonly story: readonly string[] }
  /** Every mark of any world, so that a test can tell that what it fears could have happened. */
  readonly marks: ReadonlySet<string>
}

interface Reached {
  readonly world: World
  readonly from?: Reached
  readonly by?: Successor
}

/**
 * Of a mutant, only what it is `wanted` for is a violation. `worldsMax` bounds a scenario that has grown too large: it
 * throws, rather than passing in part.
 */
export function explore(scenario: Scenario, rules: Rules, wanted = /./, worldsMax = 100_000): Explored {
  const worlds = new Worlds(scenario, rules)
  const seen = new Set([keyOf(worlds.start)])
  const queue: Reached[] = [{ world: worlds.start }]
  const rested = new Set<string>()
  const checked = new Set<string>()
  const marks = new Set<string>()
  for (const reached of queue) {
    const { world } = reached
    const key = `${world.processes.join()},${world.marks}`
    if (!checked.has(key)) {
      checked.add(key)
      for (const mark of worlds.marksOf(world)) marks.add(mark)
      const sentence = violationIn(worlds, world) ?? restlessness(worlds, world, rested)
      if (sentence !== undefined && wanted.test(sentence))
        return { worlds: queue.length, marks, violation: { sentence, story: storyOf(reached) } }
    }
    for (const by of worlds.successors(world)) {
      const sentence = violationOf(worlds, world, by.world)
      if (sentence !== undefined && wanted.test(sentence)) {
        const story = storyOf({ world: by.world, from: reached, by })
        return { worlds: queue.length, marks, violation: { sentence, story } }
      }
      const next = keyOf(by.world)
      if (seen.has(next)) continue
      seen.add(next)
      queue.push({ world: by.world, from: reached, by })
    }
    if (queue.length > worldsMax) throw new RangeError(`more than ${worldsMax} worlds`)
  }
  return { worlds: queue.length, marks }
}

const roundsMax = 30

/** Everything in flight is lost first, so that only what the processes do by themselves can help. */
function restlessness(worlds: Worlds, world: World, rested: Set<string>): string | undefined {
  const passed: string[] = []
  let healed = worlds.withoutMessages(world)
  for (let round = 0; round < roundsMax; round += 1) {
    const key = `${healed.processes.join()},${healed.marks}`
    if (rested.has(key)) return undefined
    passed.push(key)
    const next = healRound(worlds, healed, round >= roundsMax / 2)
    const sentence = violationIn(worlds, next) ?? violationOf(worlds, healed, next)
    if (sentence !== undefined) return `after the faults: ${sentence}`
    if (keyOf(next) === keyOf(healed) && round > roundsMax / 2) break
    healed = next
  }
  const sentence = unrest(worlds, healed)
  if (sentence === undefined) for (const key of passed) rested.add(key)
  return sentence
}

/** Timers fire, forces finish, and what is sent arrives once. An open saga that nobody commits passes its timeout. */
function healRound(worlds: Worlds, world: World, hasTimedOut: boolean): World {
  let healed = world
  for (const place of world.processes.keys()) {
    for (const wanted of ['force', 'call', 'commit', 'timer', 'told']) {
      for (const move of worlds.movesOf(healed, place)) {
        if (move.move !== wanted || (isTimeout(move) && !hasTimedOut)) continue
        healed = last(worlds.after(healed, place, move)) ?? healed
      }
    }
    healed = deliverAll(worlds, healed)
  }
  return worlds.withoutMessages(healed)
}

const isTimeout = (move: Move): boolean => move.move === 'timer' && move.timer === 'timeout'

function deliverAll(worlds: Worlds, world: World): World {
  let delivered = world
  const seen = new Set<number>()
  for (;;) {
    const fresh = worlds.envelopesOf(delivered).filter((envelope) => !seen.has(envelope))
    if (fresh.length === 0) return delivered
    for (const envelope of fresh) {
      seen.add(envelope)
      delivered = last(worlds.deliver(delivered, envelope)) ?? delivered
    }
  }
}

const last = <T>(found: readonly T[]): T | undefined => found.at(-1)

function storyOf(reached: Reached): readonly string[] {
  const story: string[] = []
  for (let at: Reached | undefined = reached; at?.by !== undefined; at = at.from)
    story.push(worded(at.by.place, at.by.move))
  return story.reverse()
}

function worded(place: Place, move: Move): string {
  const who = place === 0 ? 'coordinator' : `participant ${place}`
  switch (move.move) {
    case 'deliver': {
      const { body } = move.envelope
      const detail =
        body.type === 'vote'
          ? ` ${body.vote.vote}`
          : body.type === 'status-answer'
            ? ` ${body.knowledge.knows}`
            : body.type === 'decision-answer'
              ? ` ${body.answer.answer}`
              : ''
      return `${who} gets ${body.type}${detail} of ${move.envelope.from}`
    }
    case 'timer':
      return `${who}: timer ${move.timer}`
    case 'crash':
      return `${who} crashes; of what was not forced, ${move.keeps} steps survive`
    case 'told':
      return `${who} inquires and is told ${move.answer}`
    default:
      return `${who}: ${move.move}`
  }
}
