// What a client wants done, drawn from the seed by the number of the job: its protocol, its branches and the way it asks.

import type { Protocol } from '../protocol/index.ts'
import { accountsOf, type BankName, bankNames, type Move } from './bank/contract.ts'
import { Chance } from './random.ts'

export type Step = { readonly bank: BankName; readonly role?: 'pivot' | 'retriable'; readonly isAtOnce?: true } & (
  | ({ readonly do: 'move' } & Omit<Move, 'job' | 'isAtOnce'>)
  | { readonly do: 'append'; readonly list: string; readonly element: string }
  | { readonly do: 'read'; readonly list: string }
  | { readonly do: 'audit' }
)

export interface Job {
  readonly id: string
  readonly protocol: Protocol
  readonly steps: readonly Step[]
  /**
   * In one request; by calls in a function that the SDK runs; by calls that are given up, by an abort or by saying nothing
   * more.
   */
  readonly style: 'submit' | 'transact' | 'abort' | 'leave'
  readonly hasKey: boolean
  readonly retries: number
  readonly timeoutMs: number
  /** Calls, or the branches of a saga, do not wait for each other. */
  readonly isAtOnce: boolean
}

/** So many jobs share one generation of lists; then there are new ones, and no list grows without end. */
const jobsPerGeneration = 250

export function drawJob(seed: number, number: number, protocols: readonly Protocol[]): Job {
  const chance = new Chance(seed, 1, number)
  const protocol = chance.one(protocols)
  const id = `job-${number}`
  const steps = drawSteps(chance, id, number, protocol)
  const isPivoted = steps.some(({ role }) => role !== undefined)
  const style = chance.is(0.55)
    ? 'submit'
    : chance.is(0.88) || isPivoted
      ? 'transact'
      : chance.one(['abort', 'leave'] as const)
  return {
    id,
    protocol,
    steps,
    style,
    hasKey: style === 'submit' || style === 'transact' ? chance.is(0.5) : false,
    retries: chance.one([0, 2, 6]),
    timeoutMs: chance.whole(2_500, 9_000),
    isAtOnce: !isPivoted && chance.is(0.4),
  }
}

function drawSteps(chance: Chance, id: string, number: number, protocol: Protocol): Step[] {
  const isSaga = protocol === 'saga'
  if (!isSaga && chance.is(0.06)) return bankNames.map((bank) => ({ do: 'audit', bank }))
  if (chance.is(0.5)) return drawTransfer(chance, id, number, isSaga)
  const count = chance.one([1, 2, 2, 3, 4])
  return Array.from({ length: count }, (_, index) => drawListStep(chance, `${id}.${index}`, number, isSaga))
}

function drawListStep(chance: Chance, element: string, number: number, isSaga: boolean): Step {
  const generation = Math.floor(number / jobsPerGeneration)
  const bank = chance.one(bankNames)
  const list = `${isSaga ? 'saga' : 'locked'}-${bank}-${generation}-${chance.whole(1, 4)}`
  return chance.is(0.6) ? { do: 'append', bank, list, element } : { do: 'read', bank, list }
}

/** From one account to one or two others. In some sagas the step between is the pivot. */
function drawTransfer(chance: Chance, id: string, number: number, isSaga: boolean): Step[] {
  const accounts = accountsOf(isSaga)
  const [from, to, third] = chance.shuffled(bankNames) as [BankName, BankName, BankName]
  // Some are more than any account has.
  const amount = chance.is(0.1) ? 100_000 : 2 * chance.whole(1, 150)
  const isFlaky = chance.is(0.05)
  const take: Step = {
    do: 'move',
    bank: from,
    account: chance.one(accounts),
    amount: -amount,
    ...(isFlaky && { isFlaky }),
  }
  const give = (bank: BankName, share: number): Step => ({
    do: 'move',
    bank,
    account: chance.one(accounts),
    amount: share,
  })
  if (isSaga && chance.is(0.4)) {
    const pivot = { ...drawListStep(chance, `${id}.pivot`, number, true), role: 'pivot' } as const
    return [take, pivot, { ...give(to, amount), role: 'retriable', isAtOnce: true }]
  }
  return chance.is(0.5) ? [take, give(to, amount)] : [take, give(to, amount / 2), give(third, amount / 2)]
}

/** The input of its operation. */
export function inputOf(job: Job, step: Step): Record<string, unknown> {
  const { bank: _, role: __, do: ___, ...rest } = step
  return { job: job.id, ...rest }
}
