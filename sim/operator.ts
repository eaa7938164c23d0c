// The person who is called when a disk is lost: ends the wait for each branch that nobody can answer for any more, by the
// production operator's commands. Nothing else in a simulated world needs a person (G3).

import { Operator } from '../coordinator/operator.ts'
import type { BranchNumber, coordinatorSide, Decision } from '../protocol/index.ts'
import type { Random } from './random.ts'
import { addressKey } from './store-disk.ts'
import type { World } from './world.ts'

/** How long the hazard is left to itself, and how often the person looks. */
const firstLookMs = 5_000
const everyMs = 1_000

export function callOperator(world: World): void {
  const { scheduler, coordinator, history } = world
  const look = (): void => {
    const { running } = coordinator
    if (running !== undefined) {
      const operator = new Operator(running.coordinator, () => undefined)
      for (const { facts, state } of running.coordinator.transactions.all()) {
        const { transactionId } = facts
        for (const { branch, decision } of waits(state)) {
          history.add('c', `an operator resolves ${branch}: ${decision}`, transactionId)
          const command = { transactionId, branch, decision, reason: 'its disk is lost' }
          running.coordinator.turns.arrive(() => operator.resolve(command, () => undefined))
        }
      }
    }
    forgetDecidedAlone(world)
    scheduler.at(scheduler.now + everyMs, look)
  }
  scheduler.at(scheduler.now + firstLookMs, look)
}

/** What somebody has decided alone is dealt with, and forgotten. */
function forgetDecidedAlone({ participants, judge }: World): void {
  for (const { running } of participants) {
    for (const branch of running?.driver.liveBranches ?? []) {
      if (branch.state.state !== 'heuristic') continue
      judge.losses.forgets(branch.transactionId, addressKey(branch))
      running?.driver.tell(branch, { type: 'forget' })
    }
  }
}

/** Somebody loses patience with a branch in doubt, and decides at its participant; perhaps otherwise than it is decided. */
export function decideAlone(world: World, random: Random): string {
  const waiting = world.participants.flatMap(({ name, running }) =>
    (running?.driver.liveBranches ?? [])
      .filter(({ state }) => state.state === 'prepared' && state.applying === undefined)
      .map((branch) => ({ name, branch, driver: running?.driver })),
  )
  if (waiting.length === 0) return 'nobody waits'
  const { name, branch, driver } = random.pick(waiting)
  const decision = random.pick(['commit', 'abort'] as const)
  world.judge.losses.alone.add(branch.transactionId)
  world.history.add(name, `an operator decides for ${branch.branch}: ${decision}`, branch.transactionId)
  driver?.tell(branch, { type: 'resolve', decision, detail: 'it took too long' })
  return `${decision} at ${name}`
}

interface Wait {
  readonly branch: BranchNumber
  readonly decision: Decision
}

/** The branches that only a person can end. */
function waits(state: coordinatorSide.State): readonly Wait[] {
  switch (state.phase) {
    case 'committing':
      return inDanger(state.branches).map((branch) => ({ branch, decision: 'commit' }))
    case 'aborting':
      return inDanger(state.branches).map((branch) => ({ branch, decision: 'abort' }))
    case 'delegated':
      return state.hazard === undefined ? [] : [{ branch: state.branch.branch, decision: 'abort' }]
    case 'running':
      return state.branches.flatMap(({ branch, progress, ended, lastError = '' }): Wait[] => {
        if (ended !== undefined) return []
        if (progress === 'lost') return [{ branch, decision: 'abort' }]
        // After the pivot it is tried for ever, at a database that is not there any more.
        return progress === 'failed' && lastError.includes('database') ? [{ branch, decision: 'commit' }] : []
      })
    default:
      return []
  }
}

const inDanger = (branches: readonly { readonly branch: BranchNumber; readonly progress: string }[]): BranchNumber[] =>
  branches.filter(({ progress }) => progress === 'hazard').map(({ branch }) => branch)
