// The comparison: every mode at every number in flight, in short slices that take turns, so that whatever else the machine
// does meets all of them alike.

import { join } from 'node:path'
import type { Latencies, Loaded, Slice } from '../load/closed-loop.ts'
import { type Mode, type ModeName, modes } from '../modes.ts'
import type { Counting } from '../processes/counting.ts'
import { type Used, usedSince, World, type WorldKind, type WorldOptions } from '../processes/world.ts'

export interface MatrixPlan {
  readonly modes: readonly ModeName[]
  readonly levels: readonly number[]
  readonly rounds: number
  readonly rampMs: number
  readonly windowMs: number
  /** Of each mode, until this many or this long: V8 compiles what is hot only after a while. */
  readonly warmUpTransactions: number
  readonly warmUpMs: number
  readonly transactionsMax: number
}

/** One mode at one number in flight, over all rounds. */
export interface Cell {
  readonly mode: ModeName
  readonly inFlight: number
  /** Of each round; the table has the median. */
  readonly throughputs: readonly number[]
  /** However they ended. */
  readonly transactions: number
  /** Not as they should: a busy machine misses deadlines and loses connections. */
  readonly aborted: number
  readonly unknown: number
  readonly latencies: Latencies
  readonly used: Used
}

interface Measured extends Loaded {
  readonly latencies: Latencies
  readonly used: Used
}

/** A server that has just had its work may still write what it deferred. */
const settleMs = 120
const warmUpInFlight = 64

export async function measureMatrix(
  plan: MatrixPlan,
  worlds: Worlds,
  onSlice: (what: string) => void,
): Promise<readonly Cell[]> {
  const measured = new Map<string, Measured[]>()
  const chosen = modes.filter((mode) => plan.modes.includes(mode.name))
  for (const mode of chosen) {
    onSlice(`warming up: ${mode.title}`)
    const warmUp = { rampMs: 0, windowMs: plan.warmUpMs, inFlight: warmUpInFlight }
    await measureSlice(mode, worlds, { ...warmUp, transactionsMax: plan.warmUpTransactions })
    await (await worlds.load(mode)).ask('forget-latencies')
  }
  for (const inFlight of plan.levels) {
    for (let round = 0; round < plan.rounds; round += 1) {
      // Every other round the other way round: no mode always follows the same one.
      for (const mode of round % 2 === 0 ? chosen : chosen.toReversed()) {
        onSlice(`${inFlight} in flight, round ${round + 1} of ${plan.rounds}: ${mode.title}`)
        const key = `${mode.name} ${inFlight}`
        const one = await measureSlice(mode, worlds, { ...plan, inFlight })
        measured.set(key, [...(measured.get(key) ?? []), one])
      }
    }
  }
  return chosen.flatMap((mode) =>
    plan.levels.map((inFlight) => cellOf(mode, inFlight, measured.get(`${mode.name} ${inFlight}`) ?? [])),
  )
}

async function measureSlice(mode: Mode, worlds: Worlds, slice: Slice): Promise<Measured> {
  const world = await worlds.of(mode.world)
  const load = await worlds.load(mode)
  const before = await world.used(load)
  const { inFlight, rampMs, windowMs, transactionsMax } = slice
  const loaded = await load.ask<Measured>('slice', { inFlight, rampMs, windowMs, transactionsMax })
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  return { ...loaded, used: usedSince(before, await world.used(load)) }
}

function cellOf(mode: Mode, inFlight: number, measured: readonly Measured[]): Cell {
  const last = measured.at(-1)
  if (last === undefined) throw new Error(`${mode.title} was not measured at ${inFlight}`)
  const total = (pick: (one: Measured) => number): number => measured.reduce((sum, one) => sum + pick(one), 0)
  const roles = Object.keys(last.used.cpuUsOf)
  return {
    mode: mode.name,
    inFlight,
    throughputs: measured.map(({ counted, windowMs }) => (counted / windowMs) * 1_000),
    transactions: total(({ ended }) => ended.committed + ended.aborted + ended.unknown),
    aborted: total(({ ended }) => ended.aborted),
    unknown: total(({ ended }) => ended.unknown),
    // The load generator keeps them over all rounds.
    latencies: last.latencies,
    used: {
      cpuUs: total(({ used }) => used.cpuUs),
      cpuUsOf: Object.fromEntries(roles.map((role) => [role, total(({ used }) => used.cpuUsOf[role] ?? 0)])),
      fsyncs: total(({ used }) => used.fsyncs),
      fdatasyncs: total(({ used }) => used.fdatasyncs),
      diskBytes: total(({ used }) => used.diskBytes),
      networkBytes: total(({ used }) => used.networkBytes),
    },
  }
}

/** The worlds of one run, started when they are first needed. */
export class Worlds {
  readonly #folder: string
  readonly #counting: Counting
  readonly #started = new Map<WorldKind, Promise<World>>()

  constructor(folder: string, counting: Counting) {
    this.#folder = folder
    this.#counting = counting
  }

  of(kind: WorldKind): Promise<World> {
    const started = this.#started.get(kind) ?? World.start({ ...this.#options(kind), kind })
    this.#started.set(kind, started)
    return started
  }

  async load({ world, target }: Pick<Mode, 'world' | 'target'>) {
    return (await this.of(world)).load(target)
  }

  /** One for a single measurement; whoever asks for it stops it. */
  special(name: string, more: Pick<WorldOptions, 'flags'> = {}): Promise<World> {
    return World.start({ ...this.#options(name), kind: 'sessions', ...more })
  }

  async stop(): Promise<void> {
    for (const world of this.#started.values()) await (await world).stop()
    this.#started.clear()
  }

  #options(name: string) {
    return { folder: join(this.#folder, name), counting: this.#counting }
  }
}
