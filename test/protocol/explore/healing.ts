// Termination (AC5): from any world, once faults stop, everything ends. Everything in flight is lost first, so that
// only what the processes do by themselves can help: their timers, and the answers to what they send.

import { violationIn } from './predicates.ts'
import { coordinatorPlace, type Envelope, type Place } from './process.ts'
import type { World, Worlds } from './world.ts'

const roundsMax = 20

/** A sentence when this world never ends; `ending` remembers the combinations that were followed. */
export function endlessness(worlds: Worlds, world: World, ending: Set<string>, safe: Set<string>): string | undefined {
  const isTold = worlds.isTold(world)
  const key = `${world.processes.join()},${isTold}`
  if (ending.has(key)) return undefined
  ending.add(key)
  let healed = worlds.withoutMessages(world)
  for (let round = 0; round < roundsMax; round += 1) {
    const next = healRound(worlds, healed)
    if (next.processes === healed.processes) break
    healed = next
    const sentence = violationIn(worlds, healed, safe)
    if (sentence !== undefined) return `after the faults: ${sentence}`
  }
  return unended(worlds, healed)
}

/** Forces finish, timers fire, and what is sent arrives once. */
function healRound(worlds: Worlds, world: World): World {
  let healed = world
  for (const isDeadline of [false, true]) {
    for (const place of world.processes.keys()) healed = fireTimers(worlds, healed, place, isDeadline)
    healed = deliverAll(worlds, healed)
  }
  const isSame = healed.processes.every((process, place) => process === world.processes[place])
  return isSame ? world : worlds.withoutMessages(healed)
}

function fireTimers(worlds: Worlds, world: World, place: Place, isDeadline: boolean): World {
  let fired = forceAll(worlds, world)
  for (const move of worlds.movesOf(fired, place)) {
    if (move.move !== 'timer' || isDeadline !== ['vote-deadline', 'lock-wait'].includes(move.timer)) continue
    fired = forceAll(worlds, worlds.after(fired, place, move)[0] ?? fired)
  }
  return fired
}

function deliverAll(worlds: Worlds, world: World): World {
  let delivered = world
  const seen = new Set<Envelope>()
  for (;;) {
    const fresh = worlds.envelopesOf(delivered).filter((envelope) => !seen.has(envelope))
    if (fresh.length === 0) return delivered
    for (const envelope of fresh) {
      seen.add(envelope)
      const [next] = worlds.deliver(delivered, envelope)
      delivered = forceAll(worlds, next ?? delivered)
    }
  }
}

function forceAll(worlds: Worlds, world: World): World {
  let forced = world
  for (const place of world.processes.keys()) {
    const force = worlds.movesOf(forced, place).find(({ move }) => move === 'force')
    if (force !== undefined) forced = worlds.after(forced, place, force)[0] ?? forced
  }
  return forced
}

function unended(worlds: Worlds, world: World): string | undefined {
  const coordinator = worlds.coordinatorOf(world)
  const { state } = coordinator
  for (const [index, participant] of worlds.participantsOf(world).entries()) {
    if (['active', 'prepared'].includes(participant.state.state))
      return `participant ${index + 1} stays prepared for ever`
  }
  // With a disk went the only one who could end it: it waits, shown as a hazard, for an operator.
  const isHazard = world.diskLosses < worlds.scenario.diskLosses
  if (state !== undefined && state.phase !== 'ended' && !isHazard)
    return `the coordinator stays ${state.phase} for ever`
  if (isHazard) return undefined
  const hasRestarted = world.processes[coordinatorPlace] !== undefined && coordinator.incarnation > 1
  return worlds.isTold(world) || hasRestarted ? undefined : 'the client never gets an answer'
}
