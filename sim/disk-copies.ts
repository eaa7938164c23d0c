// Disks that are lost, or come back as they were before: what a backup does when it is put in place of a newer file.

import { LogId } from '../protocol/index.ts'
import { type LogDisk, newLogDisk } from './disk-log.ts'
import type { Host } from './network.ts'
import { copyOf, type StoreDisk } from './store-disk.ts'
import type { World } from './world.ts'

const newLog = LogId('00000000-0000-4000-8000-00000000000d')

export class DiskCopies {
  readonly #world: World
  #log: LogDisk | undefined
  readonly #stores = new Map<string, StoreDisk>()

  constructor(world: World) {
    this.#world = world
  }

  /** A backup of everything, as it is now. */
  take(): void {
    const { coordinator, participants } = this.#world
    this.#log = copyOfLog(coordinator.disk)
    for (const { name, disk } of participants) this.#stores.set(name, copyOf(disk))
  }

  get areTaken(): boolean {
    return this.#log !== undefined
  }

  lose(host: Host): void {
    const { coordinator, participants, judge } = this.#world
    if (host === coordinator) {
      judge.losses.loseLog('lost')
      coordinator.disk = newLogDisk(newLog)
    } else participants.find((node) => node === host)?.loseDisk()
  }

  restore(host: Host): void {
    const { coordinator, participants, judge } = this.#world
    if (host === coordinator) {
      judge.losses.loseLog('older', this.#log)
      if (this.#log !== undefined) coordinator.disk = copyOfLog(this.#log)
      return
    }
    const store = this.#stores.get(host.name)
    if (store !== undefined) participants.find((node) => node === host)?.restoreDisk(copyOf(store))
  }
}

const copyOfLog = (disk: LogDisk): LogDisk => ({
  ...disk,
  transactions: new Map(disk.transactions),
  participants: new Map(disk.participants),
})
