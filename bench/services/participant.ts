// A real participant whose operations do next to nothing.

import { participant, refuse, sqlite } from 'concordat/participant'
import { type ParticipantName, services, type Work } from './contract.ts'
import { refuseSessions } from './unary-only.ts'

export interface Served {
  readonly address: string
  /** Branches that wait for their decision. */
  openBranches(): number
}

export async function startParticipant(name: ParticipantName, file: string, port: number, isUnary: boolean) {
  if (isUnary) refuseSessions()
  const service = participant(services[name], {
    store: sqlite(file),
    operations: {
      work: { prepare: (_context, input: Work) => input },
      hot: {
        prepare({ lock }, input: Work) {
          lock('hot')
          return input
        },
      },
      refused: { prepare: () => refuse('REFUSED', 'this operation always says no') },
    },
  })
  const running = await service.listen({ port })
  const open = running.db.prepare(`SELECT count(*) FROM concordat_branches WHERE state = 'prepared'`).pluck()
  return { address: running.address, openBranches: () => open.get() as number, close: () => running.close() }
}
