// Is a history of lists serializable? Transactions append elements, each of them unique in its list, and read whole
// lists. A list says the order of its versions by itself, so the dependencies between transactions are inferred and not
// guessed (protocols.md section 4, ISOLATION; Adya's names for what may go wrong, as in Elle).
//
// H1 The order of a list's versions is its longest read; every other read has to be a prefix of it. What was appended
//    and is in no read comes after it.
// H2 Only what a committed transaction has read counts. A transaction whose outcome is unknown counts as committed once
//    an element of it was read, and as never begun until then.
// H3 ww: appended before it. wr: read what it appended. rw: did not read what it appended. real time: had ended before
//    it began.

import { type Anomaly, type Edge, findCycles } from './cycles.ts'

export type { Anomaly, AnomalyKind } from './cycles.ts'
export type Element = number | string

export type ListOperation =
  | { readonly do: 'append'; readonly list: string; readonly element: Element }
  | { readonly do: 'read'; readonly list: string; readonly elements: readonly Element[] }

export interface ListTransaction {
  readonly id: string
  readonly outcome: 'committed' | 'aborted' | 'unknown'
  /** In the order in which it did them. Reads of a transaction that is not committed are not looked at. */
  readonly operations: readonly ListOperation[]
  /** By one clock of whoever recorded the history. */
  readonly startedAt: number
  /** When its outcome was known; for `unknown` it means nothing. */
  readonly endedAt: number
}

export interface CheckOptions {
  /** Strict serializability: whoever began after another one had ended comes after it. */
  readonly realTime?: boolean
  /** The lists when all has ended: nothing committed is missing, and an unknown transaction is there whole or not. */
  readonly final?: ReadonlyMap<string, readonly Element[]>
}

interface Append {
  readonly by: ListTransaction
  readonly list: string
  readonly element: Element
  /** Whether the same transaction has appended to the same list later. */
  readonly isIntermediate: boolean
}

interface Read {
  readonly by: ListTransaction | 'the end'
  readonly list: string
  /** What the transaction itself had appended before the read is left out. */
  readonly elements: readonly Element[]
}

interface Lists {
  readonly appends: ReadonlyMap<string, Append>
  readonly reads: readonly Read[]
  /** The longest read of each list (H1). */
  readonly orders: ReadonlyMap<string, readonly Element[]>
}

const keyOf = (list: string, element: Element): string => JSON.stringify([list, element])

/** Everything that is wrong with a history, each with its reason in words; empty: it is serializable. */
export function checkListAppend(history: readonly ListTransaction[], options: CheckOptions = {}): Anomaly[] {
  const anomalies: Anomaly[] = []
  const appends = appendsOf(history)
  const reads = readsOf(history, options.final, anomalies)
  for (const read of reads) anomalies.push(...wrongElements(read, appends))
  const orders = ordersOf(reads, anomalies)
  const lists: Lists = { appends, reads, orders }
  if (options.final !== undefined) anomalies.push(...missingAtTheEnd(history, options.final))
  const seen = new Set([...orders].flatMap(([list, order]) => order.map((one) => appends.get(keyOf(list, one))?.by.id)))
  const counted = history.filter(
    ({ id, outcome }) => outcome === 'committed' || (outcome === 'unknown' && seen.has(id)),
  )
  const edges = dependencies(lists, new Set(counted.map(({ id }) => id)))
  if (options.realTime === true) edges.push(...realTimeEdges(counted))
  return [...anomalies, ...findCycles(edges)]
}

/** Refuses a history that was recorded wrongly: what it says about anything else is worth nothing. */
function appendsOf(history: readonly ListTransaction[]): Map<string, Append> {
  const appends = new Map<string, Append>()
  for (const by of history) {
    const lastOf = new Map<string, Element>()
    for (const one of by.operations) if (one.do === 'append') lastOf.set(one.list, one.element)
    for (const one of by.operations) {
      if (one.do !== 'append') continue
      const { list, element } = one
      const key = keyOf(list, element)
      const other = appends.get(key)
      if (other !== undefined) throw new Error(`${element} is appended to ${list} by ${other.by.id} and by ${by.id}`)
      appends.set(key, { by, list, element, isIntermediate: lastOf.get(list) !== element })
    }
  }
  if (history.length !== new Set(history.map(({ id }) => id)).size) throw new Error('two transactions have one id')
  return appends
}

/** Reads of committed transactions, without their own elements; a transaction has to see these, last and in order. */
function readsOf(
  history: readonly ListTransaction[],
  final: ReadonlyMap<string, readonly Element[]> | undefined,
  anomalies: Anomaly[],
): Read[] {
  const reads: Read[] = []
  for (const by of history) {
    if (by.outcome !== 'committed') continue
    const own = new Map<string, Element[]>()
    for (const one of by.operations) {
      const appended = own.get(one.list) ?? []
      if (one.do === 'append') {
        own.set(one.list, [...appended, one.element])
        continue
      }
      const from = one.elements.length - appended.length
      if (appended.some((element, index) => one.elements[from + index] !== element)) {
        const told = `${by.id} had appended ${show(appended)} to ${one.list} itself and then read ${show(one.elements)}`
        anomalies.push({ kind: 'internal', transactions: [by.id], words: [told] })
      }
      const elements = one.elements.filter((element) => !appended.includes(element))
      reads.push({ by, list: one.list, elements })
    }
  }
  for (const [list, elements] of final ?? []) reads.push({ by: 'the end', list, elements })
  return reads
}

const show = (elements: readonly Element[]): string => `[${elements.join(', ')}]`
const nameOf = (by: Read['by']): string => (by === 'the end' ? by : by.id)

function wrongElements({ by, list, elements }: Read, appends: ReadonlyMap<string, Append>): Anomaly[] {
  const found: Anomaly[] = []
  const reader = nameOf(by)
  const say = (kind: Anomaly['kind'], other: string | undefined, words: string): void => {
    found.push({ kind, transactions: other === undefined ? [reader] : [other, reader], words: [words] })
  }
  const seen = new Set<Element>()
  for (const element of elements) {
    const append = appends.get(keyOf(list, element))
    if (seen.has(element)) {
      say('duplicate', append?.by.id, `${reader} read ${element} of ${list} more than once: ${show(elements)}`)
    } else if (append === undefined) {
      say('unknown-element', undefined, `${reader} read ${element} of ${list}, which nobody has appended`)
    } else if (append.by.outcome === 'aborted') {
      say(
        'G1a',
        append.by.id,
        `${reader} read ${element} of ${list}, which ${append.by.id} had appended, and that was aborted`,
      )
    }
    seen.add(element)
  }
  const last = elements.at(-1)
  const append = last === undefined ? undefined : appends.get(keyOf(list, last))
  if (append?.isIntermediate === true && append.by !== by) {
    say(
      'G1b',
      append.by.id,
      `${reader} read ${list} up to ${last}, but ${append.by.id} appended to it again after that`,
    )
  }
  return found
}

function ordersOf(reads: readonly Read[], anomalies: Anomaly[]): Map<string, readonly Element[]> {
  const longest = new Map<string, Read>()
  for (const read of reads) {
    const known = longest.get(read.list)
    if (known === undefined || read.elements.length > known.elements.length) longest.set(read.list, read)
  }
  for (const { by, list, elements } of reads) {
    const order = longest.get(list)
    if (order === undefined || elements.every((element, index) => element === order.elements[index])) continue
    const words = `${nameOf(by)} read ${show(elements)} of ${list}, and ${nameOf(order.by)} ${show(order.elements)}`
    anomalies.push({ kind: 'incompatible-order', transactions: [nameOf(by), nameOf(order.by)], words: [words] })
  }
  return new Map([...longest].map(([list, { elements }]) => [list, elements]))
}

/** What is committed is there; of every other transaction either all is or nothing. */
function missingAtTheEnd(
  history: readonly ListTransaction[],
  final: ReadonlyMap<string, readonly Element[]>,
): Anomaly[] {
  return history.flatMap(({ id, outcome, operations }) => {
    const appended = operations.flatMap((one) => (one.do === 'append' && final.has(one.list) ? [one] : []))
    const missing = appended.filter(({ list, element }) => final.get(list)?.includes(element) !== true)
    const isWanted = outcome === 'committed' || (outcome === 'unknown' && missing.length < appended.length)
    if (!isWanted) return []
    const why = outcome === 'committed' ? `${id} was committed` : `other elements of ${id} are there`
    return missing.map(({ list, element }): Anomaly => {
      const words = [`${element}, which ${id} appended to ${list}, is not there at the end, although ${why}`]
      return { kind: 'lost', transactions: [id], words }
    })
  })
}

function dependencies({ appends, reads, orders }: Lists, counted: ReadonlySet<string>): Edge[] {
  const edges: Edge[] = []
  const add = (from: string, to: string, kind: Edge['kind'], words: string): void => {
    if (from !== to && counted.has(from) && counted.has(to)) edges.push({ from, to, kind, words })
  }
  const writerOf = (list: string, element: Element): string => appends.get(keyOf(list, element))?.by.id ?? ''
  const unread = new Map<string, Append[]>()
  const read = new Set([...orders].flatMap(([list, order]) => order.map((element) => keyOf(list, element))))
  for (const [key, append] of appends) {
    if (!counted.has(append.by.id) || read.has(key)) continue
    unread.set(append.list, [...(unread.get(append.list) ?? []), append])
  }
  /** What comes next: one element, or, after the longest read, everything that nobody has read (H1). */
  const after = (list: string, order: readonly Element[], index: number): { element: Element; by: string }[] => {
    for (const element of order.slice(index)) {
      const by = writerOf(list, element)
      // An element that should not be there hides nothing that follows it.
      if (counted.has(by)) return [{ element, by }]
    }
    return (unread.get(list) ?? []).map(({ element, by }) => ({ element, by: by.id }))
  }
  for (const [list, order] of orders) {
    for (const [index, element] of order.entries()) {
      const by = writerOf(list, element)
      for (const next of after(list, order, index + 1)) {
        add(by, next.by, 'ww', `${by} appended ${element} to ${list} before ${next.by} appended ${next.element}`)
      }
    }
  }
  for (const { by, list, elements } of reads) {
    if (by === 'the end') continue
    const last = elements.at(-1)
    if (last !== undefined) {
      const writer = writerOf(list, last)
      add(writer, by.id, 'wr', `${by.id} read ${last} of ${list}, which ${writer} had appended`)
    }
    for (const next of after(list, orders.get(list) ?? [], elements.length)) {
      add(
        by.id,
        next.by,
        'rw',
        `${by.id} read ${show(elements)} of ${list}, to which ${next.by} then appended ${next.element}`,
      )
    }
  }
  return edges
}

/** Only from those that nobody else stands in between: the others follow. */
function realTimeEdges(counted: readonly ListTransaction[]): Edge[] {
  const edges: Edge[] = []
  const starts = counted.toSorted((a, b) => a.startedAt - b.startedAt)
  const ends = counted.filter(({ outcome }) => outcome === 'committed').toSorted((a, b) => a.endedAt - b.endedAt)
  let before: ListTransaction[] = []
  let ended = 0
  for (const one of starts) {
    for (let next = ends[ended]; next !== undefined && next.endedAt < one.startedAt; next = ends[++ended]) {
      const { startedAt } = next
      before = [...before.filter(({ endedAt }) => endedAt >= startedAt), next]
    }
    for (const { id } of before) {
      edges.push({ from: id, to: one.id, kind: 'real time', words: `${id} had ended before ${one.id} began` })
    }
  }
  return edges
}
