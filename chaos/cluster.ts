// The processes: a coordinator and three banks, each with its own file, behind links that can be cut, some under the library
// that makes a kill a loss of power.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { callUnary, decodeListAnswer, encodeList, operatorStub } from '../wire/index.ts'
import { bankNames } from './bank/contract.ts'
import { Child } from './child.ts'
import { freePort } from './free-port.ts'
import { Links } from './links.ts'
import { Switches } from './switches.ts'

export const places = ['coordinator', ...bankNames] as const
export type Place = (typeof places)[number]

export interface Libraries {
  readonly powerLoss: string | undefined
  readonly faults: string | undefined
}

interface Start {
  readonly isPowered: boolean
  readonly crashPoint?: string
}

const coordinatorFlags = {
  'vote-timeout-ms': 1_500,
  'resend-first-ms': 200,
  'resend-max-ms': 1_000,
  'round-timeout-ms': 500,
  'saga-retry-first-ms': 50,
  'saga-retry-max-ms': 500,
  'applied-wait-ms': 700,
}

export class Cluster implements AsyncDisposable {
  readonly links: Links
  readonly switches: Readonly<Record<Place, Switches>>
  readonly findings: string[] = []
  clientAddress = ''
  readonly #folder: string
  readonly #libraries: Libraries
  readonly #ports = new Map<Place, number>()
  readonly #children = new Map<Place, Child>()
  readonly #powered = new Set<Place>()

  private constructor(folder: string, libraries: Libraries, links: Links) {
    this.#folder = folder
    this.#libraries = libraries
    this.links = links
    const switches = places.map((place) => [place, new Switches(join(folder, 'faults', place))])
    this.switches = Object.fromEntries(switches) as Record<Place, Switches>
  }

  static async open(folder: string, libraries: Libraries): Promise<Cluster> {
    mkdirSync(folder, { recursive: true })
    const cluster = new Cluster(folder, libraries, await Links.open())
    for (const place of places) {
      const port = await freePort()
      cluster.#ports.set(place, port)
      cluster.links.name(`127.0.0.1:${port}`, place)
    }
    const entrance = await cluster.links.entrance('clients', cluster.address('coordinator'))
    cluster.clientAddress = `127.0.0.1:${entrance}`
    return cluster
  }

  address(place: Place): string {
    return `127.0.0.1:${this.#ports.get(place)}`
  }

  file(place: Place): string {
    return join(this.#folder, place === 'coordinator' ? 'coordinator/coordinator.db' : `${place}.db`)
  }

  child(place: Place): Child {
    const child = this.#children.get(place)
    if (child === undefined) throw new Error(`${place} was never started`)
    return child
  }

  isPowered(place: Place): boolean {
    return this.#powered.has(place)
  }

  async start(place: Place, { isPowered, crashPoint }: Start): Promise<void> {
    if (isPowered) this.#powered.add(place)
    else this.#powered.delete(place)
    const flags = Object.entries(coordinatorFlags).flatMap(([flag, value]) => [`--${flag}`, String(value)])
    const args =
      place === 'coordinator'
        ? ['cli/main.js', 'coordinator', '--listen', this.address(place), '--data', join(this.#folder, place), ...flags]
        : ['chaos/bank/main.js', place, this.file(place), this.address(place), this.address('coordinator')]
    const env = this.#environment(place, isPowered)
    const logFile = join(this.#folder, `${place}.log`)
    const child = new Child(
      { name: place, args, logFile, env: { ...env, ...(crashPoint && { CONCORDAT_CRASH_POINT: crashPoint }) } },
      (text) => this.findings.push(text),
    )
    this.#children.set(place, child)
    if (crashPoint !== undefined) child.isMeant = ({ signal }) => signal === 'SIGKILL'
    await child.listening().catch((error: Error) => {
      if (crashPoint === undefined) throw error
    })
  }

  /** What a process has not ended and what is wrong with it; its own words when it does not answer. */
  async unrest(place: Place): Promise<string[]> {
    const stub = operatorStub(this.address(place))
    try {
      const request = encodeList({ olderThanMs: 0, includeHazards: true, pageSize: 5, pageToken: '' })
      await new Promise<void>((resolve, reject) => {
        stub.waitForReady(Date.now() + 5_000, (error) => (error === undefined ? resolve() : reject(error)))
      })
      const decoded = decodeListAnswer(await callUnary(stub, 'list', request, { timeoutMs: 5_000 }))
      if (!decoded.ok) return [`${place}: ${decoded.error.message}`]
      const { total, conditions, transactions } = decoded.value
      const left = transactions.map(({ transactionId, state, why }) => `${place}: ${transactionId} ${state}: ${why}`)
      if (total > left.length) left.push(`${place}: ${total - left.length} more transactions`)
      return [...left, ...conditions.map((condition) => `${place}: ${condition}`)]
    } catch (error) {
      return [`${place} does not answer: ${(error as Error).message}`]
    } finally {
      stub.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.kill()))
    await this.links[Symbol.asyncDispose]()
  }

  #environment(place: Place, isPowered: boolean): Record<string, string> {
    const { faults, powerLoss } = this.#libraries
    // Faults stand before the loss of power: see faults.c.
    const preloads = [faults, isPowered ? powerLoss : undefined].filter((library) => library !== undefined)
    return {
      ...this.links.environment(place),
      ...this.switches[place].environment(),
      ...(preloads.length === 0 ? {} : { LD_PRELOAD: preloads.join(':') }),
      ...(isPowered ? { POWERLOSS_LEAK: '30' } : {}),
    }
  }
}
