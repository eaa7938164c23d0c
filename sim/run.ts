// Runs one seed: faults, then healing, then rest, then the judge's last word.

import type { Protocol } from '../protocol/index.ts'
import type { Happening, Violation } from './history.ts'
import { judgeEnd } from './judge-end.ts'
import { drawSettings, type Settings, type Size } from './swarm.ts'
import { World, type WorldOptions } from './world.ts'

/** After the last fault everything must end within this. */
const restWithinMs = 120_000
/** In a world that is not left to chance all waits are short. */
const scriptedRestWithinMs = 15_000
/** A small world needs a few thousand. */
const eventsMax = 100_000
const checkEveryEvents = 8

export interface Result {
  readonly settings: Settings
  readonly violations: readonly Violation[]
  readonly happenings: readonly Happening[]
  /** Of everything that has happened. */
  readonly hash: string
  readonly fired: readonly string[]
  readonly faults: Readonly<Record<string, number>>
  readonly told: Readonly<Record<string, number>>
  readonly reasons: ReadonlyMap<string, number>
  readonly events: number
  readonly virtualMs: number
}

export function runSeed(
  seed: number,
  protocol: Protocol,
  options: WorldOptions & { readonly size?: Size; readonly settings?: Partial<Settings> } = {},
): Result {
  const settings = drawSettings(seed, protocol, options.size ?? 'small', options.settings)
  const world = new World(settings, options)
  const { scheduler, history, faults, clientJudge } = world
  try {
    play(world)
    if (history.violations.length === 0) judgeEnd(world)
  } catch (error) {
    history.violated('INVARIANT', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return {
    settings,
    violations: history.violations,
    happenings: history.happenings,
    get hash() {
      return history.hash()
    },
    fired: faults.fired,
    faults: faults.counts,
    told: clientJudge.counts,
    reasons: clientJudge.reasons,
    events: scheduler.happened,
    virtualMs: scheduler.now,
  }
}

function play(world: World): void {
  const { scheduler, history, settings } = world
  let healAt = settings.safetyMs
  let restUntil = Number.POSITIVE_INFINITY
  let endAt = Number.POSITIVE_INFINITY
  let sinceCheck = 0
  while (scheduler.step()) {
    if (history.violations.length > 0) return
    const { now } = scheduler
    if (now >= endAt) {
      // What a busy process had not taken up yet may have begun something.
      if (world.isAtRest) return
      endAt = Number.POSITIVE_INFINITY
    }
    if (scheduler.happened > eventsMax) {
      history.violated('LIVELOCK', `${eventsMax} events, and time has come to ${Math.round(now)} ms`)
      return
    }
    sinceCheck += 1
    if (sinceCheck < checkEveryEvents) continue
    sinceCheck = 0
    if (!world.isHealed && (now >= healAt || world.clients.every(({ isDone }) => isDone))) {
      // What nobody asked for any more may still go wrong for a while.
      if (now < healAt && healAt === settings.safetyMs) healAt = Math.min(healAt, now + settings.afterMs)
      if (now >= healAt) {
        world.heal()
        if (settings.aloneMs > 0) world.leaveAlone(settings.aloneMs)
        restUntil = now + (world.script === undefined ? restWithinMs : scriptedRestWithinMs)
      }
    }
    if (world.isHealed && endAt === Number.POSITIVE_INFINITY && world.isAtRest) endAt = now + settings.afterMs
    if (now >= restUntil) return
  }
}
