// The five processes of the play: which program each runs, on which address, over which files.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Protocol } from 'concordat/protocol'
import { Child } from './child.ts'
import type { Plan } from './plan.ts'

export const serviceNames = ['orders', 'inventory', 'payments'] as const
export type ServiceName = (typeof serviceNames)[number]
export type ProcessName = 'coordinator' | ServiceName | 'storefront'

const concordatProgram = fileURLToPath(new URL('../../cli/main.js', import.meta.url))
const shopProgram = fileURLToPath(new URL('../main.js', import.meta.url))

export class Processes {
  readonly #folder: string
  readonly protocol: Protocol
  readonly #running = new Map<ProcessName, Child>()
  readonly #addresses = new Map<ProcessName, string>()

  constructor(folder: string, protocol: Protocol, plan: Plan) {
    this.#folder = folder
    this.protocol = protocol
    writeFileSync(this.#seedFile('stock'), JSON.stringify(plan.openingStock))
    writeFileSync(this.#seedFile('accounts'), JSON.stringify(plan.openingAccounts))
  }

  /** Starts a process, on the address that it had before if it was running before, so that the others find it. */
  async start(name: ProcessName, crashPoint = ''): Promise<Child> {
    const listen = this.#addresses.get(name) ?? '127.0.0.1:0'
    const child = await Child.start({
      name,
      args: this.#args(name, listen),
      env: { CONCORDAT_CRASH_POINT: crashPoint },
      logFile: join(this.#folder, `${name}.log`),
    })
    this.#running.set(name, child)
    this.#addresses.set(name, await child.address)
    return child
  }

  async startAll(): Promise<void> {
    await this.start('coordinator')
    await Promise.all(serviceNames.map((name) => this.start(name)))
    await this.start('storefront')
  }

  async stop(name: ProcessName): Promise<void> {
    await this.#running.get(name)?.stop()
  }

  /** The customers' door first, the coordinator last: nobody loses the one it depends on. */
  async stopAll(): Promise<void> {
    await this.stop('storefront')
    await Promise.all(serviceNames.map((name) => this.stop(name)))
    await this.stop('coordinator')
  }

  addressOf(name: ProcessName): string {
    const address = this.#addresses.get(name)
    if (address === undefined) throw new Error(`${name} was never started`)
    return address
  }

  dataFolder(name: ProcessName): string {
    return join(this.#folder, name)
  }

  #args(name: ProcessName, listen: string): string[] {
    const common = ['--listen', listen, '--data', this.dataFolder(name)]
    if (name === 'coordinator') return [concordatProgram, 'coordinator', ...common]
    return [shopProgram, name, ...common, '--coordinator', this.addressOf('coordinator'), ...this.#ownArgs(name)]
  }

  #ownArgs(name: ServiceName | 'storefront'): string[] {
    switch (name) {
      case 'inventory':
        return ['--seed-stock', this.#seedFile('stock')]
      case 'payments':
        return ['--seed-accounts', this.#seedFile('accounts')]
      case 'storefront':
        return ['--protocol', this.protocol]
      case 'orders':
        return []
    }
  }

  #seedFile(what: 'stock' | 'accounts'): string {
    return join(this.#folder, `opening-${what}.json`)
  }
}
