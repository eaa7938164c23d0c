// The log's twin in memory: the same promises, over a `Disk` that a test or the simulator keeps while it crashes and
// restarts the coordinator. A crash loses the tail that was not forced (L3).

import { type CoordinatorRecord, Epoch, type Instant, type LogId, type TransactionId } from '../protocol/index.ts'
import type { Log, LogEntry, LogListener, Query, RecordedParticipant, RecordedTransaction, Recovered } from './log.ts'
import { firstPledge } from './record-codec.ts'

/** What survives a crash. */
export interface Disk {
  readonly logId: LogId
  epoch: number
  readonly turns: (readonly LogEntry[])[]
}

export const newDisk = (logId: LogId): Disk => ({ logId, epoch: 0, turns: [] })

/** Forces when `later` runs its argument; tests hand in `queueMicrotask`, the simulator its own storage model; `soon` answers look-ups. */
export function openMemoryLog(
  disk: Disk,
  later: (force: () => void) => void,
  soon: (answer: () => void) => void = later,
): Log & { crash(): void } {
  return new MemoryLog(disk, later, soon)
}

class MemoryLog implements Log {
  readonly logId: LogId
  readonly epoch: Epoch
  readonly recovered: Recovered
  appendedTurn = 0
  forcedTurn = 0
  readonly #disk: Disk
  readonly #later: (force: () => void) => void
  readonly #soon: (answer: () => void) => void
  readonly #unforced: (readonly LogEntry[])[] = []
  #listener: LogListener | undefined
  #isCrashed = false
  #newest: string

  constructor(disk: Disk, later: (force: () => void) => void, soon: (answer: () => void) => void) {
    disk.epoch += 1
    this.#disk = disk
    this.#later = later
    this.#soon = soon
    this.logId = disk.logId
    this.epoch = Epoch(disk.epoch)
    this.#newest = newestOf(disk.turns.flat(), '')
    this.recovered = {
      transactions: transactionsOf(disk.turns).filter(({ outcome }) => outcome === undefined),
      participants: participantsOf(disk.turns),
    }
  }

  forgetRecovered(): void {}

  get recordSequence(): number {
    return this.#disk.turns.reduce((count, turn) => count + turn.length, 0)
  }

  mayHave(transactionId: TransactionId): boolean {
    return transactionId <= this.#newest
  }

  append(entries: readonly LogEntry[], _force: boolean): number {
    this.#unforced.push(entries)
    this.#newest = newestOf(entries, this.#newest)
    this.appendedTurn += 1
    const turn = this.appendedTurn
    this.#later(() => this.#force(turn))
    return turn
  }

  lookUp(query: Query, answer: (found: readonly RecordedTransaction[]) => void): void {
    const all = transactionsOf([...this.#disk.turns, ...this.#unforced])
    const found = all.filter((recorded) => {
      const { facts, first, hazards, outcome } = recorded
      if (query.by === 'transaction') return facts.transactionId === query.transactionId
      if (query.by === 'hazard') return hazards.length > 0 && outcome !== undefined
      return facts.idempotencyKey === query.key && first.record !== 'aborted' && outcome?.outcome !== 'aborted'
    })
    this.#soon(() => {
      if (!this.#isCrashed) answer(found)
    })
  }

  trim(_before: Instant): void {}

  listen(listener: LogListener): void {
    this.#listener = listener
  }

  /** The process is gone: nothing more is written, nobody is told. */
  crash(): void {
    this.#isCrashed = true
  }

  async close(): Promise<void> {
    this.#force(this.appendedTurn)
  }

  #force(turn: number): void {
    if (this.#isCrashed || turn <= this.forcedTurn) return
    this.#disk.turns.push(...this.#unforced.splice(0, turn - this.forcedTurn))
    this.forcedTurn = turn
    this.#listener?.forced()
  }
}

function newestOf(entries: readonly LogEntry[], newest: string): string {
  const ids = entries.flatMap((entry) =>
    entry.type !== 'participant' && 'facts' in entry ? [entry.facts.transactionId] : [],
  )
  return ids.reduce<string>((newer, id) => (id > newer ? id : newer), newest)
}

function participantsOf(turns: readonly (readonly LogEntry[])[]): RecordedParticipant[] {
  const byName = new Map<string, RecordedParticipant>()
  for (const entry of turns.flat()) if (entry.type === 'participant') byName.set(entry.facts.participant, entry.facts)
  return [...byName.values()]
}

function transactionsOf(turns: readonly (readonly LogEntry[])[]): RecordedTransaction[] {
  const byId = new Map<string, RecordedTransaction>()
  for (const entry of turns.flat()) {
    if (entry.type === 'participant') continue
    const id = 'facts' in entry ? entry.facts.transactionId : entry.transactionId
    const next = withEntry(byId.get(id), entry)
    if (next !== undefined) byId.set(id, next)
  }
  return [...byId.values()]
}

/** A transaction as the log knows it after one more entry of it; undefined for one that it does not begin. */
export function withEntry(
  known: RecordedTransaction | undefined,
  entry: Exclude<LogEntry, { type: 'participant' }>,
): RecordedTransaction | undefined {
  switch (entry.type) {
    case 'decision': {
      if (known !== undefined && !awaitsDecision(known)) return known
      const first = { record: 'decision', branches: entry.branches } as const
      return { facts: entry.facts, first, hazards: known?.hazards ?? [] }
    }
    case 'delegated':
      return known ?? { facts: entry.facts, first: { record: 'delegated', branch: entry.branch }, hazards: [] }
    case 'pre-committed': {
      const { facts, branches, members, ballot } = entry
      const first = { record: 'pre-committed', branches, members, pledge: firstPledge(ballot) } as const
      return known ?? { facts, first, hazards: [] }
    }
    case 'saga': {
      const { facts, branches, isOpen } = entry
      return known ?? { facts, first: { record: 'saga', branches, isOpen }, hazards: [] }
    }
    case 'pledged':
    case 'saga-branch':
    case 'compensating':
      return known && { ...known, first: changed(known.first, entry) }
    case 'aborted': {
      const outcome = { outcome: 'aborted', reason: entry.reason } as const
      return known ?? { facts: entry.facts, first: { record: 'aborted' }, hazards: [], outcome }
    }
    case 'end':
      return known && { ...known, outcome: entry.outcome }
    case 'forgotten':
      return known && { ...known, hazards: [] }
    case 'hazard':
    case 'resolved': {
      if (known === undefined) return undefined
      const { branch, detail } = entry
      const others = known.hazards.filter((hazard) => hazard.branch !== branch)
      const hazard =
        entry.type === 'hazard'
          ? { branch, hazard: entry.hazard, detail }
          : { branch, hazard: 'mixed' as const, detail, resolved: entry.decision }
      return { ...known, hazards: [...others, hazard] }
    }
    default:
      return entry satisfies never
  }
}

/** Only these may turn into a decision. */
const awaitsDecision = ({ first, outcome }: RecordedTransaction): boolean =>
  (first.record === 'pre-committed' || first.record === 'saga') && outcome === undefined

type First = RecordedTransaction['first']

function changed(
  first: First,
  entry: Extract<CoordinatorRecord, { type: 'pledged' | 'saga-branch' | 'compensating' }>,
): First {
  if (entry.type === 'pledged') return first.record === 'pre-committed' ? { ...first, pledge: entry.pledge } : first
  if (first.record !== 'saga') return first
  return entry.type === 'saga-branch'
    ? { ...first, branches: [...first.branches, entry.branch] }
    : { ...first, compensating: entry.reason }
}
