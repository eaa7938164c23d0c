// What befalls a participant's database: crashes between its steps, forces that are slow or fail, other writers.

import type { StoreWorld } from './disk-store.ts'
import type { Process } from './machine.ts'
import type { ParticipantNode } from './participant-node.ts'
import type { World } from './world.ts'

/** The process ends here, in the middle of what it does. */
export class Struck extends Error {
  override readonly name = 'Struck'
}

export function storeWorld(world: World, node: ParticipantNode, process: Process): StoreWorld {
  const { faults, judge, settings, random } = world
  return {
    at(point) {
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
