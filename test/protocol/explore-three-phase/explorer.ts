// Breadth-first over every world that can be reached. The first violation found has the shortest story.

import { describeMove } from '../explore/describe.ts'
import { endlessness } from './ending.ts'
import { violationIn } from './predicates.ts'
import type { Rules, Scenario } from './scenario.ts'
import { keyOf, type Successor, type World, Worlds } from './world.ts'

export interface Explored {
  readonly worlds: number
  /** How many combinations of process states were healed, or met on the way to an end. */
  readonly healed: number
  readonly violation?: { readonly sentence: string; readonly story: readonly string[] }
  /** Every mark of any world, so that a test can tell that what it fears could have happened. */
  readonly marks: ReadonlySet<string>
}

interface Reached {
  readonly world: World
  readonly from?: Reached
  readonly by?: Successor
}

/** `worldsMax` bounds a scenario that has grown too large: it throws, rather than passing in part. */
export function explore(scenario: Scenario, rules: Rules, worldsMax = 3_000_000): Explored {
  const worlds = new Worlds(scenario, rules)
  const participants = scenario.results.length
  const seen = new Set([keyOf(worlds.start)])
  const queue: Reached[] = [{ world: worlds.start }]
  const histories = new Set<number>()
  const marks = new Set<string>()
  const ending = new Set<string>()
  for (const [index, reached] of queue.entries()) {
    const { world } = reached
    let sentence: string | undefined
    if (!histories.has(world.history)) {
      histories.add(world.history)
      const all = worlds.marksOf(world.history)
      for (const mark of all) marks.add(mark)
      sentence = violationIn(all, participants)
    }
    if (index % scenario.healsEvery === 0) sentence ??= endlessness(worlds, world, ending)
    if (sentence !== undefined) {
      return { worlds: queue.length, healed: ending.size, marks, violation: { sentence, story: storyOf(reached) } }
    }
    for (const by of worlds.successors(world)) {
      const key = keyOf(by.world)
      if (seen.has(key)) continue
      seen.add(key)
      queue.push({ world: by.world, from: reached, by })
    }
    if (queue.length > worldsMax) throw new RangeError(`more than ${worldsMax} worlds`)
  }
  return { worlds: queue.length, healed: ending.size, marks }
}

function storyOf(reached: Reached): readonly string[] {
  const story: string[] = []
  for (let at: Reached | undefined = reached; at?.by !== undefined; at = at.from) {
    story.push(describeMove(at.by.place, at.by.move))
  }
  return story.reverse()
}
