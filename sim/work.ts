// One piece of work, as a client wants it done: some money from one account to others, all or nothing.

import { BranchNumber, ParticipantName } from '../protocol/index.ts'
import type { Request } from './coordinator-node.ts'
import type { Move } from './ledger.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

type Submit = Extract<Request, { ask: 'submit' }>['command']
type RequestedBranch = Submit['branches'][number]

export interface Job {
  readonly isInteractive: boolean
  readonly options: Submit['options']
  readonly branches: readonly RequestedBranch[]
  /** An interactive client that does not come to commit. */
  readonly givesUp: boolean
  readonly sentence: string
}

export function drawJob(world: World, random: Random): Job {
  const { settings } = world
  const { mix } = settings
  if (random.chance(mix.withKey)) {
    const [known] = world.keyed.length > 0 ? [random.pick(world.keyed)] : []
    if (known !== undefined && random.chance(0.6)) return known
    const key = `key-${world.keyed.length + 1}`
    const job = draw(world, random, key)
    world.keyed.push(job)
    return job
  }
  return draw(world, random)
}

function draw({ settings }: World, random: Random, idempotencyKey?: string): Job {
  const { mix, protocol } = settings
  const isSingle = random.chance(mix.single)
  const count = isSingle ? 1 : 2 + random.below(2)
  const amounts = isSingle ? [0] : split(1 + random.below(30), count)
  const locks = random.chance(mix.locks)
  const branches = amounts.map((amount, index) => moveOf(settings, random, index + 1, amount, locks))
  if (random.chance(mix.readers)) branches.push(lookOf(settings, random, branches.length + 1))
  const isInteractive = random.chance(mix.interactive)
  if (protocol === 'saga') planSaga(branches, random, isInteractive)
  if (protocol === 'saga' && settings.size === 'small' && !isInteractive) refer(branches, random)
  return {
    isInteractive,
    options: {
      protocol,
      timeoutMs: 0,
      waitFor: random.chance(mix.waitsForApplied) ? 'applied' : 'decided',
      traceParent: '',
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
    branches,
    givesUp: random.chance(mix.givesUp),
    sentence: `${isInteractive ? 'call' : 'submit'} ${branches.map(describeBranch).join(', ')}${idempotencyKey === undefined ? '' : ` as ${idempotencyKey}`}`,
  }
}

/**
 * Some have a pivot, and what comes after it must succeed in the end; the others wait for some of those before them. A
 * client that calls waits by itself.
 */
function planSaga(branches: RequestedBranch[], random: Random, isInteractive: boolean): void {
  const moves = branches.filter(({ operation }) => operation === 'move').length
  // Whoever calls has no way back after the pivot: then everything must have been called.
  const pivot = random.chance(0.5) ? (isInteractive ? moves - 1 : random.below(moves)) : undefined
  for (const [index, branch] of branches.entries()) {
    if (pivot !== undefined && index >= pivot) {
      const role = index === pivot ? 'pivot' : 'retriable'
      const input: Move = JSON.parse(branch.input) as Move
      const willing: Move = index === pivot ? input : { ...input, fate: 'ok' }
      branches[index] = { ...branch, input: JSON.stringify(willing), saga: { references: [], role } }
    } else if (pivot === undefined && !isInteractive && random.chance(0.7)) {
      const after = branches.slice(0, index).flatMap((other) => (random.chance(0.5) ? [other.branch] : []))
      branches[index] = { ...branch, saga: { references: [], role: 'compensatable', after } }
    }
  }
}

/** The last one is told what an earlier one has found, which it then waits for. */
function refer(branches: RequestedBranch[], random: Random): void {
  const index = branches.length - 1
  const last = branches[index]
  if (last === undefined || index === 0 || last.operation !== 'move' || random.chance(0.5)) return
  const input: Move = { ...(JSON.parse(last.input) as Move), note: null }
  const references = [{ at: '/note', branch: BranchNumber(1 + random.below(index)), from: '/balance' }]
  const { role = 'compensatable', after } = last.saga ?? {}
  const saga = { references, role, ...(after === undefined ? {} : { after }) }
  branches[index] = { ...last, input: JSON.stringify(input), saga }
}

/** The first is taken, the others are given; together they are nothing. */
function split(amount: number, count: number): number[] {
  const first = Math.ceil(amount / (count - 1))
  const given = Array.from({ length: count - 1 }, (_, index) => (index === 0 ? amount - first * (count - 2) : first))
  return [-amount, ...given]
}

type Sizes = World['settings']

function moveOf(settings: Sizes, random: Random, branch: number, amount: number, locks: boolean): RequestedBranch {
  const { mix } = settings
  const fate = random.chance(mix.refused)
    ? 'refuse'
    : random.chance(mix.throwing)
      ? 'throw'
      : random.chance(mix.poison)
        ? 'poison'
        : 'ok'
  const input: Move = { account: accountOf(settings, random), amount, locks, fate }
  return {
    branch: BranchNumber(branch),
    participant: someone(settings, random),
    operation: 'move',
    input: JSON.stringify(input),
  }
}

function lookOf(settings: Sizes, random: Random, branch: number): RequestedBranch {
  const input: Move = { account: accountOf(settings, random), amount: 0, locks: false, fate: 'ok' }
  return {
    branch: BranchNumber(branch),
    participant: someone(settings, random),
    operation: 'look',
    input: JSON.stringify(input),
  }
}

const accountOf = ({ accounts, mix }: Sizes, random: Random): number =>
  random.chance(mix.hot) ? 0 : random.below(accounts)

const someone = ({ participants }: Sizes, random: Random): ParticipantName =>
  ParticipantName(`p${1 + random.below(participants)}`)

const describeBranch = ({ branch, participant, operation }: RequestedBranch): string =>
  `${branch} ${operation} at ${participant}`
