// The groups of processes that are compared, each as in production: a coordinator or none, three services, and one load
// generator for each thing that is measured against them.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TargetName } from '../load/targets.ts'
import { participantNames } from '../services/contract.ts'
import { Child } from './child.ts'
import { type Counting, type Counts, readCounts } from './counting.ts'

const programs = {
  concordat: fileURLToPath(new URL('../../cli/main.js', import.meta.url)),
  serve: fileURLToPath(new URL('../serve.js', import.meta.url)),
  load: fileURLToPath(new URL('../load/main.js', import.meta.url)),
}

export type WorldKind = 'bare' | 'sessions' | 'unary' | 'plain'

/** What all processes of a world have used since their start. */
export interface Used extends Counts {
  readonly cpuUs: number
  /** The part of the processes by their names. */
  readonly cpuUsOf: Readonly<Record<string, number>>
}

export interface WorldOptions {
  readonly kind: WorldKind
  readonly folder: string
  readonly counting: Counting
  /** More flags of the coordinator. */
  readonly flags?: readonly string[]
  /** Flags of node for all processes, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[]
}

export class World {
  readonly #options: WorldOptions
  readonly #serving = new Map<string, Child>()
  readonly #loads = new Map<string, Child>()

  private constructor(options: WorldOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true })
  }

  static async start(options: WorldOptions): Promise<World> {
    const world = new World(options)
    await Promise.all(participantNames.map((name) => world.startService(name)))
    if (options.kind !== 'plain') await world.startCoordinator()
    return world
  }

  get servingNames(): Iterable<string> {
    return this.#serving.keys()
  }

  get coordinator(): Child {
    return this.service('coordinator')
  }

  /** Of a coordinator of Concordat. */
  get logFile(): string {
    return join(this.#options.folder, 'log', 'coordinator.db')
  }

  databaseFile(name: (typeof participantNames)[number]): string {
    return join(this.#options.folder, `${name}.db`)
  }

  service(name: string): Child {
    const child = this.#serving.get(name)
    if (child === undefined) throw new Error(`there is no ${name} in this world`)
    return child
  }

  /** On the port that it had, if it was there before. */
  async startService(name: (typeof participantNames)[number]): Promise<void> {
    const file = this.databaseFile(name)
    const port = this.#serving.get(name)?.address.split(':')[1] ?? '0'
    const role = {
      bare: ['bare-participant', file],
      plain: ['plain-service', file],
      sessions: ['participant', file, name, port],
      unary: ['unary-participant', file, name, port],
    }[this.#options.kind]
    this.#serving.set(name, await this.#start(name, [programs.serve, ...role]))
  }

  async startCoordinator(): Promise<void> {
    const { folder, kind, flags = [] } = this.#options
    const addresses = participantNames.map((name) => this.service(name).address)
    const listen = this.#serving.get('coordinator')?.address ?? '127.0.0.1:0'
    const args =
      kind === 'bare'
        ? [programs.serve, 'bare-coordinator', join(folder, 'log.db'), ...addresses]
        : [programs.concordat, 'coordinator', '--listen', listen, '--data', join(folder, 'log'), '--log-level', 'info']
    const known =
      kind === 'bare' ? [] : participantNames.flatMap((name, at) => ['--participant', `${name}=${addresses[at]}`])
    this.#serving.set('coordinator', await this.#start('coordinator', [...args, ...known, ...flags]))
  }

  /** The load generator for one target; there is one for each name. */
  async load(target: TargetName | 'held'): Promise<Child> {
    const known = this.#loads.get(target)
    if (known !== undefined) return known
    const { kind, folder } = this.#options
    const asked = kind === 'plain' ? participantNames.map((name) => this.service(name)) : [this.coordinator]
    const addresses = asked.map((child) => child.address)
    const child = await this.#start(`load of ${target}`, [programs.load, target, folder, ...addresses])
    this.#loads.set(target, child)
    return child
  }

  /** Of the serving processes and one load generator. */
  async used(load: Child): Promise<Used> {
    const children = [...this.#serving.values(), load]
    const usages = await Promise.all(children.map((child) => child.usage()))
    const counts = usages.map(({ pid }) => readCounts(this.#options.counting, pid))
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
    return {
      cpuUs: sum(usages.map(({ cpuUs }) => cpuUs)),
      cpuUsOf: Object.fromEntries(children.map((child, at) => [roleOf(child.name), usages[at]?.cpuUs ?? 0])),
      fsyncs: sum(counts.map(({ fsyncs }) => fsyncs)),
      fdatasyncs: sum(counts.map(({ fdatasyncs }) => fdatasyncs)),
      diskBytes: sum(counts.map(({ diskBytes }) => diskBytes)),
      networkBytes: sum(counts.map(({ networkBytes }) => networkBytes)),
    }
  }

  async openBranches(): Promise<number> {
    const counts = await Promise.all(participantNames.map((name) => this.service(name).ask<number>('open-branches')))
    return counts.reduce((total, count) => total + count, 0)
  }

  async hasOpenBranches(): Promise<boolean> {
    const answers = await Promise.all(
      participantNames.map((name) => this.service(name).ask<boolean>('has-open-branches')),
    )
    return answers.includes(true)
  }

  async stop(): Promise<void> {
    for (const child of this.#loads.values()) await child.stop()
    if (this.#options.kind !== 'plain' && this.#options.kind !== 'bare') await this.coordinator.stop()
    const others = [...this.#serving].filter(([name]) => name !== 'coordinator' || this.#options.kind === 'bare')
    await Promise.all(others.map(([, child]) => child.stop()))
  }

  #start(name: string, args: readonly string[]): Promise<Child> {
    const { counting, nodeFlags = [] } = this.#options
    return Child.start({ name, args: [...nodeFlags, ...args], env: counting.isCounting ? counting.env : {} })
  }
}

const roleOf = (name: string): string => (name.startsWith('load') ? 'load' : name)

export const usedSince = (before: Used, after: Used): Used => ({
  cpuUs: after.cpuUs - before.cpuUs,
  cpuUsOf: Object.fromEntries(
    Object.entries(after.cpuUsOf).map(([name, cpuUs]) => [name, cpuUs - (before.cpuUsOf[name] ?? 0)]),
  ),
  fsyncs: after.fsyncs - before.fsyncs,
  fdatasyncs: after.fdatasyncs - before.fdatasyncs,
  diskBytes: after.diskBytes - before.diskBytes,
  networkBytes: after.networkBytes - before.networkBytes,
})
