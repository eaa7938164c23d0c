// What clients asked for and what they were told, in order and by one clock; kept in a file as well.

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from './job.ts'

export type Answer =
  | {
      readonly outcome: 'committed'
      readonly transactionId: string
      readonly replayed: boolean
      readonly results: unknown[]
    }
  | { readonly outcome: 'aborted'; readonly transactionId: string; readonly reason: string }
  | { readonly outcome: 'mixed' | 'hazard' | 'in-progress'; readonly transactionId: string }
  /** `OUTCOME_UNKNOWN`, and what a client knows that has given up a transaction without a word. */
  | { readonly outcome: 'unknown'; readonly transactionId: string }
  /** Another error: it was not done. */
  | { readonly outcome: 'failed'; readonly code: string; readonly message: string }

export interface Told {
  /** The first request, or asked again by the id or by the key. */
  readonly asked: 'first' | 'by id' | 'by key'
  readonly from: number
  readonly at: number
  readonly answer: Answer
}

export interface Entry {
  readonly job: Job
  readonly told: Told[]
}

export type Verdict =
  | {
      readonly outcome: 'committed'
      readonly transactionId: string
      readonly results: readonly unknown[]
      readonly at: number
    }
  | { readonly outcome: 'aborted'; readonly at: number }
  /** May be any of these. */
  | { readonly outcome: 'unknown'; readonly open: readonly string[] }

export class History {
  readonly entries: Entry[] = []
  /** What the nemesis did, for whoever reads about a violation. */
  readonly events: { readonly at: number; readonly text: string }[] = []
  readonly #folder: string
  readonly #startedAt = performance.now()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Milliseconds since the beginning. */
  now(): number {
    return performance.now() - this.#startedAt
  }

  begin(job: Job): Entry {
    const entry: Entry = { job, told: [] }
    this.entries.push(entry)
    this.#keep('history.jsonl', { at: this.now(), job })
    return entry
  }

  told(entry: Entry, told: Omit<Told, 'at'>): Answer {
    const complete: Told = { ...told, at: this.now() }
    entry.told.push(complete)
    this.#keep('history.jsonl', { job: entry.job.id, ...complete })
    return told.answer
  }

  event(text: string): void {
    this.events.push({ at: this.now(), text })
    this.#keep('nemesis.jsonl', { at: this.now(), text })
  }

  #keep(file: string, line: object): void {
    appendFileSync(join(this.#folder, file), `${JSON.stringify(line)}\n`)
  }
}

/** What a client may believe after all that it was told. */
export function verdictOf({ told }: Entry): Verdict {
  const open = new Set<string>()
  let at = 0
  for (const { asked, answer, at: toldAt } of told) {
    if (answer.outcome === 'committed') return { ...answer, at: toldAt }
    if (answer.outcome === 'unknown') open.add(answer.transactionId)
    if (answer.outcome === 'aborted') {
      // Under the key all that had gone before is answered, too.
      if (asked === 'by id') open.delete(answer.transactionId)
      else open.clear()
      at = toldAt
    }
    if (answer.outcome === 'failed' && asked === 'first') at = toldAt
  }
  if (open.size > 0 || told.length === 0) return { outcome: 'unknown', open: [...open] }
  return { outcome: 'aborted', at }
}
