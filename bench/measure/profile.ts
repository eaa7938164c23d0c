// Where the CPU time of each process goes while transactions are submitted: V8's sampling profiles, by function.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModeName, modeOf } from '../modes.ts'
import type { Counting } from '../processes/counting.ts'
import { World } from '../processes/world.ts'

export interface ProfilePlan {
  readonly mode: ModeName
  readonly inFlight: number
  readonly warmUpMs: number
  readonly windowMs: number
}

export interface SelfTime {
  readonly name: string
  readonly percent: number
}

export interface Profile {
  readonly process: string
  readonly functions: readonly SelfTime[]
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** The processes write their profiles when they end; the folder keeps them for a viewer. */
export async function profile(plan: ProfilePlan, folder: string, counting: Counting): Promise<readonly Profile[]> {
  const { world: kind, target } = modeOf(plan.mode)
  const nodeFlags = ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`]
  const world = await World.start({ kind, folder: join(folder, 'data'), counting, nodeFlags })
  const load = await world.load(target)
  const pids = new Map([...world.servingNames].map((name) => [String(world.service(name).pid), name]))
  pids.set(String(load.pid), 'load generator')
  const { inFlight } = plan
  const slice = { inFlight, rampMs: plan.warmUpMs, windowMs: plan.windowMs, transactionsMax: Number.MAX_SAFE_INTEGER }
  await load.ask('slice', slice)
  await world.stop()
  const files = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))
  return files.map((file) => {
    // CPU.<date>.<time>.<process id>.<thread id>.<sequence>.cpuprofile
    const [, , , pid = '', thread = ''] = file.split('.')
    const name = pids.get(pid) ?? pid
    const read = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile
    return { process: thread === '0' ? name : `${name}, log thread`, functions: selfTimes(read, plan.windowMs) }
  })
}

/** Of the last part of the profile, when everything was warm; idle time is left out. */
function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, lastMs: number): readonly SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let [total, left] = [0, lastMs * 1_000]
  for (let at = samples.length - 1; at >= 0 && left > 0; at -= 1) {
    const name = names.get(samples[at] ?? 0) ?? ''
    const delta = timeDeltas[at] ?? 0
    left -= delta
    if (name.startsWith('(idle)') || name.startsWith('(program)')) continue
    total += delta
    times.set(name, (times.get(name) ?? 0) + delta)
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a)
  return sorted.map(([name, time]) => ({ name, percent: (100 * time) / Math.max(1, total) }))
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.split('/').slice(-2).join('/')
  return file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
}
