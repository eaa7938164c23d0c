// What befalls a participant's database: crashes between its steps, forces that are slow or fail, other writers.

import type { Appended, StoreWorld } from './disk-store.ts'
import type { Process } from './machine.ts'
import type { ParticipantNode } from './participant-node.ts'
import type { DiskPoint, Probe, Written } from './probe.ts'
import type { World } from './world.ts'

/** The process ends here, in the middle of what it does. */
export class Struck extends Error {
  override readonly name = 'Struck'
}

const writtenOf = ({ record }: Appended): Written => ({
  type: record.type,
  about: record.type === 'aborted' ? record.transactionId : record.branch.transactionId,
})

export function storeWorld(world: World, node: ParticipantNode, process: Process): StoreWorld {
  const { faults, judge, settings, random, network } = world
  const strikes = (probe: Probe, point: DiskPoint, appended: readonly Appended[]): void => {
    if (point === 'before-force' && probe.failsForce(node)) throw new Struck('SQLITE_IOERR_FSYNC')
    if (probe.diesAt(node, point, appended.map(writtenOf))) throw new Struck(`power cut ${point}`)
  }
  return {
    at(point, appended) {
      const { probe } = network
      if (probe !== undefined) strikes(probe, point === 'before-commit' ? 'before-append' : point, appended)
      if (point === 'before-force' && faults.strikes('force-failure', node.name, node.number) !== undefined) {
        throw new Struck('SQLITE_IOERR_FSYNC')
      }
      const share = faults.strikes('crash-in-turn', node.name, node.number)
      if (share !== undefined) throw new Struck(`power cut ${point}`)
    },
    isBusy: () => faults.strikes('busy', node.name, node.number) !== undefined,
    forced() {
      const slow = faults.strikes('slow-force', node.name, node.number)
      process.block(slow === undefined ? random.between(0.1, settings.forceMs) : 20 + 1_000 * slow)
    },
    committed: (records, dropped) => judge.participantCommitted(node, records, dropped),
  }
}
