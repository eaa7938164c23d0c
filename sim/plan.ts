// Faults that are planned ahead for a world: crashes, pauses, partitions, clogs. Each has a name, so that it can be left
// out without moving the others.

import type { FaultKind } from './faults.ts'
import type { Host } from './network.ts'
import { decideAlone } from './operator.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

interface Planned {
  readonly kind: FaultKind
  /** How it is done, with a random number of its own for how long. */
  readonly strike: (world: World, random: Random) => string
}

const planned: readonly Planned[] = [
  {
    kind: 'crash',
    strike: (world, random) => {
      const node = random.pick([world.coordinator, ...world.participants])
      node.crash()
      return node.name
    },
  },
  {
    kind: 'pause',
    strike: (world, random) => {
      const node = random.pick([world.coordinator, ...world.participants])
      const ms = random.exponential(500)
      node.process?.block(ms)
      return `${node.name} for ${Math.round(ms)} ms`
    },
  },
  {
    kind: 'partition',
    strike: (world, random) => {
      const hosts: Host[] = [world.coordinator, ...world.participants]
      const side = new Set(hosts.filter(() => random.chance(0.5)))
      const ms = random.exponential(800)
      const shape = random.below(3)
      for (const from of hosts) {
        for (const to of hosts) {
          const isAcross = side.has(from) && !side.has(to)
          if (isAcross && shape !== 2) world.network.cut(from, to, ms)
          if (isAcross && shape !== 1) world.network.cut(to, from, ms)
        }
      }
      const names = [...side].map(({ name }) => name).join(' ')
      return `{${names}} ${['both ways', 'outwards', 'inwards'][shape]} for ${Math.round(ms)} ms`
    },
  },
  {
    kind: 'clog',
    strike: (world, random) => {
      const hosts: Host[] = [world.coordinator, ...world.participants]
      const [from, to] = [random.pick(hosts), random.pick(hosts)]
      const ms = random.exponential(500)
      world.network.clog(from, to, ms)
      return `${from.name}>${to.name} for ${Math.round(ms)} ms`
    },
  },
  {
    kind: 'heuristic',
    strike: (world, random) => decideAlone(world, random),
  },
]

/** Somebody makes a backup of everything, in case it is put in place of something newer. */
function planBackup({ settings, faults, scheduler, copies }: World): void {
  if (faults.rate('older-store') === 0 && faults.rate('older-log') === 0) return
  const random = new Random(settings.seed, 6)
  scheduler.at(random.between(20, 600), () => copies.take())
}

export function planFaults(world: World): void {
  planBackup(world)
  const { settings, faults, scheduler, history } = world
  for (const { kind, strike } of planned) {
    const random = new Random(settings.seed, 200 + kind.length)
    const perSecond = faults.rate(kind) * 2
    if (perSecond === 0) continue
    let number = 0
    for (
      let at = random.exponential(1_000 / perSecond);
      at < settings.safetyMs;
      at += random.exponential(1_000 / perSecond)
    ) {
      number += 1
      const name = `${kind} #${number}`
      const own = new Random(settings.seed, 1_000 * kind.length + number)
      scheduler.at(at, () => {
        if (faults.planned(kind, name)) history.add('net', `${name}: ${strike(world, own)}`)
      })
    }
  }
}
