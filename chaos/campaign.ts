// One run: everybody starts, clients work while the nemesis rages, everything is healed, and then it is checked that nothing was
// lost, made up or left undone.

import { branch, type Coordinator, connect } from '../client/index.ts'
import type { Protocol } from '../protocol/index.ts'
import { bankNames, banks } from './bank/contract.ts'
import { check, type Violation } from './checks.ts'
import { Clients } from './client.ts'
import { Cluster, type Libraries, places } from './cluster.ts'
import { type Evidence, readEvidence } from './evidence.ts'
import { type FaultKind, pause } from './faults.ts'
import { type Entry, History, verdictOf } from './history.ts'
import { Nemesis } from './nemesis.ts'
import { Chance } from './random.ts'

export interface Campaign {
  readonly seed: number
  /** How long the nemesis rages. */
  readonly ms: number
  readonly protocols: readonly Protocol[]
  readonly faults: readonly FaultKind[]
  readonly rate: number
  readonly atOnce: number
  readonly folder: string
  readonly libraries: Libraries
  readonly onProgress: (progress: Progress) => void
}

export interface Progress {
  readonly phase: string
  readonly ms: number
  readonly entries: readonly Entry[]
  readonly faults: ReadonlyMap<FaultKind, number>
  readonly now: string
}

export interface Result {
  readonly history: History
  readonly evidence: Evidence | undefined
  readonly violations: readonly Violation[]
  readonly faults: ReadonlyMap<FaultKind, number>
  /** From the end of the last fault until nothing was left undone. */
  readonly healedMs: number
}

/** After all faults everything has to end within this time. */
const quietWithinMs = 60_000
const progressMs = 1_000
const askedAtOnce = 16

export async function run(campaign: Campaign): Promise<Result> {
  const { seed, ms, folder, libraries, onProgress } = campaign
  const history = new History(folder)
  await using cluster = await Cluster.open(folder, libraries)
  const nemesis = new Nemesis(cluster, history, new Chance(seed, 3), campaign.faults)
  let phase = 'starting'
  const progress = setInterval(
    () => onProgress({ phase, ms: history.now(), entries: history.entries, faults: nemesis.counts, now: nemesis.now }),
    progressMs,
  )
  const coordinators = Array.from({ length: 4 }, () =>
    connect(cluster.clientAddress, { outcomeWaitMs: 600, connectWaitMs: 2_000 }),
  )
  const clients = new Clients(history, coordinators, campaign)
  try {
    await nemesis.startAll()
    await untilUsable(coordinators[0] as Coordinator)
    phase = 'raging'
    clients.start()
    await nemesis.rage(history.now() + ms)
    phase = 'healing'
    cluster.links.heal()
    await clients.stop()
    const healing = performance.now()
    const unrest = await heal(cluster)
    const healedMs = performance.now() - healing
    phase = 'asking again'
    await askAll(history, clients)
    const probe = unrest.length > 0 ? [] : await probeLocks(coordinators[0] as Coordinator, 'probe-last')
    const left = unrest.length > 0 ? unrest : await untilQuiet(cluster, quietWithinMs)
    phase = 'checking'
    const evidence = readEvidence((bank) => cluster.file(bank))
    const violations: Violation[] = [
      ...cluster.findings.map((text) => ({ rule: 'processes', jobs: [], text })),
      ...[...left, ...probe].map((text) => ({ rule: 'termination', jobs: [], text: `after all was healed: ${text}` })),
      ...check(history.entries, evidence),
    ]
    return { history, evidence, violations, faults: nemesis.counts, healedMs }
  } finally {
    clearInterval(progress)
    clients.abandon()
    await Promise.all(coordinators.map((coordinator) => coordinator.close()))
  }
}

/** Everybody dies once more, and comes back without faults. What was not synced is lost where power was to be lost. */
async function heal(cluster: Cluster): Promise<string[]> {
  await Promise.all(places.map((place) => cluster.child(place).kill()))
  for (const place of places) {
    cluster.switches[place].mendDisk()
    cluster.switches[place].setClock(0)
  }
  await Promise.all(places.map((place) => cluster.start(place, { isPowered: false })))
  return untilQuiet(cluster, quietWithinMs)
}

/** What is left undone after that time; nothing, if all went well. */
async function untilQuiet(cluster: Cluster, withinMs: number): Promise<string[]> {
  const until = performance.now() + withinMs
  for (;;) {
    const unrest = (await Promise.all(places.map((place) => cluster.unrest(place)))).flat()
    if (unrest.length === 0 || performance.now() > until) return unrest
    await pause(100)
  }
}

/** All that was told, asked again; and what nobody could say before. */
async function askAll(history: History, clients: Clients): Promise<void> {
  const waiting = history.entries.values()
  const ask = async (): Promise<void> => {
    for (const entry of waiting) await askAgain(entry, clients)
  }
  await Promise.all(Array.from({ length: askedAtOnce }, ask))
}

async function askAgain(entry: Entry, clients: Clients): Promise<void> {
  const before = verdictOf(entry)
  const ids = entry.told.flatMap(({ answer }) => ('transactionId' in answer ? [answer.transactionId] : []))
  for (const id of new Set(ids)) await clients.askById(entry, id, 20_000)
  if (before.outcome === 'committed' && entry.job.hasKey) await clients.askByKey(entry)
}

/** Whoever holds a lock now would hold it for ever. */
async function probeLocks(coordinator: Coordinator, job: string): Promise<string[]> {
  const branches = bankNames.map((bank) => branch(banks[bank].audit, { job }))
  const ended = await coordinator
    .submit({ branches, retries: 8, timeoutMs: 30_000 })
    .catch((error: Error) => error.message)
  return typeof ended !== 'string' && ended.outcome === 'committed'
    ? []
    : [`an audit of all accounts: ${JSON.stringify(ended)}`]
}

/** Every bank has registered. */
async function untilUsable(coordinator: Coordinator): Promise<void> {
  const until = performance.now() + quietWithinMs
  for (let number = 1; ; number += 1) {
    const problems = await probeLocks(coordinator, `probe-${number}`)
    if (problems.length === 0) return
    if (performance.now() > until) throw new Error(`nothing works at the beginning: ${problems.join()}`)
    await pause(100)
  }
}
