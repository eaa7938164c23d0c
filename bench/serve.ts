#!/usr/bin/env node

// One serving process of a benchmark: `node dist/bench/serve.js ROLE FILE ...`, until SIGTERM.

import { startBareCoordinator } from './bare/coordinator.ts'
import { startBareParticipant } from './bare/participant.ts'
import type { Answer, Ask } from './processes/child.ts'
import type { ParticipantName } from './services/contract.ts'
import { startParticipant } from './services/participant.ts'
import { startPlainService } from './services/plain.ts'

interface Serving {
  readonly address: string
  readonly openBranches?: () => number
  readonly hasOpenBranches?: () => boolean
  readonly keptBranches?: () => number
  readonly lockWaits?: () => object
  readonly close?: () => Promise<void>
}

const [role, file, ...more] = process.argv.slice(2)
if (role === undefined || file === undefined) throw new Error('it needs a role and a file')

async function start(): Promise<Serving> {
  switch (role) {
    case 'bare-coordinator':
      return { address: await startBareCoordinator(file as string, more) }
    case 'bare-participant':
      return { address: await startBareParticipant(file as string) }
    case 'plain-service':
      return { address: await startPlainService(file as string) }
    case 'participant':
    case 'unary-participant': {
      const [name, port] = more
      return startParticipant(name as ParticipantName, file as string, Number(port), role === 'unary-participant')
    }
    default:
      throw new Error(`there is no role '${role}'`)
  }
}

const { address, openBranches, hasOpenBranches, keptBranches, lockWaits, close } = await start()
process.on('message', ({ number, ask }: Ask) => {
  if (ask === 'open-branches') process.send?.({ number, answer: openBranches?.() } satisfies Answer)
  if (ask === 'has-open-branches') process.send?.({ number, answer: hasOpenBranches?.() } satisfies Answer)
  if (ask === 'kept-branches') process.send?.({ number, answer: keptBranches?.() } satisfies Answer)
  if (ask === 'lock-waits') process.send?.({ number, answer: lockWaits?.() } satisfies Answer)
})
process.on('SIGTERM', () => void (close?.() ?? Promise.resolve()).then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ msg: 'listening', address })}\n`)
