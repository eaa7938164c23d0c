// Each kind of fault: what it does to whom, for how long, and how it is taken back. Every one of them says whether it has really
// happened; what was armed and never came about does not count.

import { type CrashPoint, crashPoints } from '../log/index.ts'
import type { Cluster, Place } from './cluster.ts'
import type { Chance } from './random.ts'

export const faultKinds = ['kill', 'power', 'crash-point', 'pause', 'partition', 'disk', 'clock'] as const
export type FaultKind = (typeof faultKinds)[number]

/** What it takes for itself while it lasts: nobody is killed twice at once. */
export type Target = Place | 'network'

export interface Fault {
  readonly kind: FaultKind
  readonly targets: readonly Target[]
}

export interface Ground {
  readonly cluster: Cluster
  readonly chance: Chance
  /** Starts it again, with or without a loss of power to come. */
  readonly restart: (place: Place, crashPoint?: string) => Promise<void>
  readonly say: (text: string) => void
}

type Happened = boolean

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const perform: Readonly<Record<FaultKind, (ground: Ground, places: readonly Place[]) => Promise<Happened>>> = {
  kill,
  power: kill,
  'crash-point': crash,
  pause: stop,
  partition: cut,
  disk: breakDisk,
  clock: setClock,
}

async function kill({ cluster, chance, restart, say }: Ground, places: readonly Place[]): Promise<Happened> {
  say(`${places.join(', ')}: kill -9${places.every((place) => cluster.isPowered(place)) ? ' and loss of power' : ''}`)
  await Promise.all(places.map((place) => cluster.child(place).kill()))
  const lengths = places.map(() => (chance.is(0.3) ? 0 : chance.whole(100, 3_000)))
  await Promise.all(
    places.map(async (place, index) => {
      await pause(lengths[index] ?? 0)
      await restart(place)
      say(`${place} is up again`)
    }),
  )
  return true
}

/** Those that load passes all the time: a point that nobody comes to proves nothing. */
const usual: Readonly<Record<'coordinator' | 'participant', readonly CrashPoint[]>> = {
  coordinator: [
    'coordinator.after-decision-append',
    'coordinator.after-decision-force',
    'coordinator.after-first-commit-send',
    'coordinator.after-first-prepare-send',
    'coordinator.after-pre-committed-force',
    'coordinator.after-first-pre-commit-send',
    'coordinator.after-saga-force',
    'coordinator.after-delegated-force',
    'coordinator.on-vote',
    'coordinator.after-all-acks',
  ],
  participant: [
    'participant.on-prepare',
    'participant.before-vote-force',
    'participant.after-vote-force',
    'participant.after-vote-sent',
    'participant.after-adoption-force',
    'participant.before-commit-force',
    'participant.after-commit-force',
    'participant.after-abort-force',
  ],
}
const hitWithinMs = 6_000

async function crash({ cluster, chance, restart, say }: Ground, [place]: readonly Place[]): Promise<Happened> {
  if (place === undefined) return false
  const side = place === 'coordinator' ? 'coordinator' : 'participant'
  const all = (Object.keys(crashPoints) as CrashPoint[]).filter((point) => point.startsWith(side))
  const point = chance.one(chance.is(0.6) ? usual[side] : all)
  const isStop = chance.is(0.25)
  const armed = `${point}@${Math.ceil(chance.next() ** 2 * 20)}${isStop ? ':stop' : ''}`
  await cluster.child(place).kill()
  await restart(place, armed)
  const child = cluster.child(place)
  const until = performance.now() + hitWithinMs
  while (!child.hasEnded && !child.isStopped && performance.now() < until) await pause(30)
  const hasHit = child.hasEnded || child.isStopped
  if (!hasHit) {
    await child.kill()
    await restart(place)
    return false
  }
  say(`${place} ${child.isStopped ? 'stands still' : 'killed itself'} at ${armed}`)
  await pause(chance.whole(0, 3_000) + (child.isStopped ? 1_500 : 0))
  if (child.isStopped) child.signal('SIGCONT')
  else await restart(place)
  say(`${place} goes on`)
  return true
}

/** Longer than the timeouts of its partners. */
async function stop({ cluster, chance, say }: Ground, places: readonly Place[]): Promise<Happened> {
  const ms = chance.whole(2_000, 5_000)
  say(`${places.join(', ')}: SIGSTOP for ${ms} ms`)
  for (const place of places) cluster.child(place).signal('SIGSTOP')
  await pause(ms)
  for (const place of places) cluster.child(place).signal('SIGCONT')
  return true
}

async function cut({ cluster, chance, say }: Ground): Promise<Happened> {
  const everybody = chance.shuffled(['coordinator', 'a', 'b', 'c', 'clients'])
  const size = chance.one([1, 1, 2])
  const side = everybody.slice(0, size)
  const other = chance.is(0.3) ? everybody.slice(size, size + 1) : everybody.slice(size)
  const isOneWay = chance.is(0.4)
  const ms = chance.whole(800, 4_500)
  say(`${side.join(', ')} cut off from ${other.join(', ')}${isOneWay ? ', one way' : ''} for ${ms} ms`)
  cluster.links.cut(side, other, isOneWay)
  await pause(ms)
  cluster.links.heal()
  return true
}

const diskHitWithinMs = 6_000
const diskEndsWithinMs = 10_000
/** How a process ends whose disk fails. */
const diskExitCode = 70

async function breakDisk({ cluster, chance, restart, say }: Ground, [place]: readonly Place[]): Promise<Happened> {
  if (place === undefined) return false
  const how = chance.is(0.7) ? 'full' : 'sync-fails'
  const switches = cluster.switches[place]
  const child = cluster.child(place)
  child.isMeant = ({ code }) => code === diskExitCode && switches.isHit
  switches.breakDisk(how)
  let until = performance.now() + diskHitWithinMs
  while (!switches.isHit && performance.now() < until) await pause(30)
  const isHit = switches.isHit
  if (isHit) {
    say(`${place}: ${how === 'full' ? 'the disk is full' : 'sync fails'}`)
    until = performance.now() + diskEndsWithinMs
    while (!child.hasEnded && performance.now() < until) await pause(30)
    if (!child.hasEnded) cluster.findings.push(`${place} goes on although its disk has failed (${how})`)
  }
  switches.mendDisk()
  if (!child.hasEnded) await child.kill()
  await restart(place)
  if (isHit) say(`${place} has a disk again`)
  return isHit
}

/** A running process has read the wall clock already, so half of the time it is started under the wrong one. */
async function setClock({ cluster, chance, restart, say }: Ground, [place]: readonly Place[]): Promise<Happened> {
  if (place === undefined) return false
  const seconds = chance.one([-1, 1]) * chance.one([5, 60, 3_600, 86_400])
  const isRestarted = chance.is(0.6)
  say(`${place}: the clock is ${seconds} s off${isRestarted ? ', and it is killed' : ''}`)
  cluster.switches[place].setClock(seconds)
  if (isRestarted) {
    await cluster.child(place).kill()
    await restart(place)
  }
  await pause(chance.whole(500, 3_000))
  cluster.switches[place].setClock(0)
  if (isRestarted && chance.is(0.5)) {
    await cluster.child(place).kill()
    await restart(place)
  }
  return true
}
