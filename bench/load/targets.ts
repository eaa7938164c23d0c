// What one transaction is, for each thing that is measured: a function that runs it to its end.

import { branch, connect, type Protocol, TransactionError } from 'concordat/client'
import { participantNames, services, work } from '../services/contract.ts'
import { bareClient, plainClient } from './bare-client.ts'
import type { Ended } from './closed-loop.ts'
import { forces } from './forces.ts'

/** By name, so that the runner can choose one over the channel. */
export const targetNames = [
  'bare',
  'echo',
  'forced-echo',
  'force',
  'submit',
  'submit-decided',
  'submit-once',
  'interactive',
  'three-phase',
  'saga',
  'plain',
  'hot',
  'refused',
] as const
export type TargetName = (typeof targetNames)[number]

export type Target = () => Promise<Ended>

export function makeTarget(name: TargetName, addresses: readonly string[], folder: string): Target {
  const [address = ''] = addresses
  switch (name) {
    case 'bare':
      return bareClient(address, participantNames.length).submit
    case 'echo':
      return bareClient(address, participantNames.length).echo
    case 'forced-echo':
      return bareClient(address, participantNames.length).forcedEcho
    case 'force':
      return forces(folder)
    case 'plain':
      return plainClient(addresses)
    case 'interactive':
      return interactive(address)
    case 'submit':
      return submit(address, 'two-phase', 'work')
    case 'submit-decided':
      return submit(address, 'two-phase', 'work', { waitFor: 'decided' })
    case 'submit-once':
      return submit(address, 'two-phase', 'work', { retries: 0 })
    case 'three-phase':
      return submit(address, 'three-phase', 'work')
    case 'saga':
      return submit(address, 'saga', 'work')
    case 'hot':
      return submit(address, 'two-phase', 'hot')
    case 'refused':
      return submit(address, 'two-phase', 'refused')
  }
}

/** Three branches in one request; the last one is of the given operation. */
function submit(
  address: string,
  protocol: Protocol,
  last: 'work' | 'hot' | 'refused',
  options: { readonly waitFor?: 'decided'; readonly retries?: number } = {},
): Target {
  const coordinator = connect(address)
  const inParallel = protocol === 'saga' ? { after: [] } : {}
  return async () => {
    const branches = [
      branch(services.first.work, work, inParallel),
      branch(services.second.work, work, inParallel),
      branch(services.third[last], work, inParallel),
    ]
    return ending(coordinator.submit({ protocol, branches, ...options }), last === 'refused' ? 'aborted' : undefined)
  }
}

/** Begin, three calls at once, commit. */
function interactive(address: string): Target {
  const coordinator = connect(address)
  const run = async () => {
    const transaction = await coordinator.begin()
    await Promise.all(participantNames.map((name) => transaction.call(services[name].work, work)))
    return transaction.commit()
  }
  return () => ending(run())
}

async function ending(outcome: Promise<{ readonly outcome: string }>, wanted?: Ended): Promise<Ended> {
  try {
    const ended = await outcome
    if (ended.outcome === 'committed' || ended.outcome === 'aborted') {
      if (wanted !== undefined && ended.outcome !== wanted) throw new Error(`${ended.outcome} instead of ${wanted}`)
      return ended.outcome
    }
    throw new Error(`a transaction ended as ${JSON.stringify(ended)}`)
  } catch (error) {
    if (error instanceof TransactionError && error.code === 'OVERLOADED') return 'overloaded'
    if (error instanceof TransactionError && error.code === 'OUTCOME_UNKNOWN') return 'unknown'
    throw error
  }
}
