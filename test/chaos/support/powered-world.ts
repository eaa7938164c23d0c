// A coordinator and three ledgers that lose power when they are killed, under load. While the library holds back their
// writes nobody else may read the files: until everything runs without it again, all is asked over gRPC.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { powerLossEnvironment, readSyncCounts } from '../../../chaos/powerloss.ts'
import { until } from '../../e2e/support/processes.ts'
import { type LedgerName, type Surroundings, World } from '../../e2e/support/world.ts'

type Protocol = 'two-phase' | 'three-phase'
type Name = LedgerName | 'coordinator'
const names = ['coordinator', 'a', 'b', 'c'] as const
const inFlight = 8

export interface Told {
  readonly committed: readonly string[]
  readonly aborted: readonly string[]
}

export async function poweredWorld(preload: string, protocol: Protocol): Promise<PoweredWorld> {
  const power = new Power(preload)
  const world = await World.start([], {}, 3, power)
  power.hold(world.folder)
  const powered = new PoweredWorld(world, power, protocol)
  await powered.restartAll()
  return powered
}

/** What the processes that are started from now on run under. */
class Power implements Surroundings {
  readonly #preload: string
  #stats: string | undefined
  liar: string | undefined

  constructor(preload: string) {
    this.#preload = preload
  }

  name(): void {}

  environment(name: string): Readonly<Record<string, string>> {
    if (this.#stats === undefined) return {}
    const stats = join(this.#stats, `${name}.syncs`)
    return powerLossEnvironment(this.#preload, {
      leak: this.liar === name ? 0 : 30,
      isLying: this.liar === name,
      stats,
    })
  }

  hold(stats: string): void {
    this.#stats = stats
  }

  letGo(): void {
    this.#stats = undefined
  }
}

class PoweredWorld implements AsyncDisposable {
  readonly #world: World
  readonly #power: Power
  readonly #protocol: Protocol
  readonly #committed: string[] = []
  readonly #aborted: string[] = []
  readonly #load: Promise<void>[] = []
  #isLoaded = true

  constructor(world: World, power: Power, protocol: Protocol) {
    this.#world = world
    this.#power = power
    this.#protocol = protocol
  }

  /** All lose power at once. */
  async restartAll(): Promise<void> {
    await Promise.all(names.map((name) => this.#world.kill(name)))
    await Promise.all([
      this.#world.startCoordinator(),
      ...(['a', 'b', 'c'] as const).map((one) => this.#world.startLedger(one)),
    ])
    await this.#world.quiet()
  }

  /** Each time after something more was committed. */
  async losePower(victim: Name, times: number): Promise<void> {
    this.#beginLoad()
    for (let time = 0; time < times; time++) {
      await this.#moreCommitted()
      await this.restart(victim)
    }
    await this.#moreCommitted()
  }

  /** The disk of one loses power after it has said that everything is durable; ends when that was noticed. */
  async loseSynced(victim: Name): Promise<void> {
    this.#power.liar = victim
    await this.restart(victim)
    this.#beginLoad()
    await this.#moreCommitted()
    this.#power.letGo()
    await this.restart(victim)
    await until(
      `it is noticed that ${victim} has lost what it had synced`,
      () => this.#world.conditions(),
      (conditions) => conditions.some((condition) => /restored/.test(condition)),
    )
  }

  restart(name: Name): Promise<void> {
    return name === 'coordinator' ? this.#world.restartCoordinator() : this.#world.restartLedger(name)
  }

  /** The load ends, everybody loses power once more, everything ends, and the files may be read. */
  async ended(): Promise<Told> {
    this.#isLoaded = false
    await Promise.all(this.#load)
    this.#power.letGo()
    await this.restartAll()
    return { committed: this.#committed, aborted: this.#aborted }
  }

  agreement(): string[] {
    return this.#world.agreement()
  }

  /** How often the process that ran last under the library has synced. */
  syncs(name: Name): number {
    const file = join(this.#world.folder, `${name}.syncs`)
    if (!existsSync(file)) return 0
    const { fsync, fdatasync } = readSyncCounts(file)
    return fsync + fdatasync
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLoaded = false
    await this.#world[Symbol.asyncDispose]()
    await Promise.all(this.#load)
  }

  #beginLoad(): void {
    if (this.#load.length === 0) this.#load.push(...Array.from({ length: inFlight }, (_, lane) => this.#submit(lane)))
  }

  async #moreCommitted(): Promise<void> {
    const before = this.#committed.length
    await until(
      'something more is committed',
      () => this.#committed.length,
      (count) => count > before,
    )
  }

  async #submit(lane: number): Promise<void> {
    const client = this.#world.connect()
    while (this.#isLoaded) {
      try {
        const branches = this.#world.branches(`x${lane}`)
        const { outcome, transactionId } = await client.submit({ protocol: this.#protocol, branches, retries: 0 })
        if (outcome === 'committed') this.#committed.push(transactionId)
        if (outcome === 'aborted') this.#aborted.push(transactionId)
      } catch {
        // Unknown: either is right, if all agree.
      }
    }
  }
}
