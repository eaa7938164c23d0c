// Cycles between transactions: where there is one, no order of them explains what they have seen. Of each kind the
// shortest one of each strongly connected part is told, in words.

export type AnomalyKind =
  /** Only appends: two transactions each appended before the other. */
  | 'G0'
  /** Read of an aborted transaction. */
  | 'G1a'
  /** Read of a version in the middle of a transaction. */
  | 'G1b'
  /** Appends and reads of appends, no anti-dependency. */
  | 'G1c'
  /** Exactly one anti-dependency (rw). */
  | 'G-single'
  /** Several anti-dependencies. */
  | 'G2'
  | 'lost'
  | 'duplicate'
  /** Two reads of a list of which neither is a prefix of the other. */
  | 'incompatible-order'
  | 'unknown-element'
  /** A transaction did not see what it had done itself. */
  | 'internal'

export interface Anomaly {
  readonly kind: AnomalyKind
  readonly transactions: readonly string[]
  /** One sentence for each step of the cycle, or the one reason. */
  readonly words: readonly string[]
  /** Without the order of real time there would be no cycle. */
  readonly needsRealTime?: true
}

export interface Edge {
  readonly from: string
  readonly to: string
  readonly kind: 'ww' | 'wr' | 'rw' | 'real time'
  readonly words: string
}

type Graph = ReadonlyMap<string, readonly Edge[]>

/** Each kind of cycle: an edge that it has to contain, and what the way back may use. */
const kinds: readonly {
  readonly kind: AnomalyKind
  readonly through: Edge['kind']
  readonly back: readonly Edge['kind'][]
}[] = [
  { kind: 'G0', through: 'ww', back: ['ww'] },
  { kind: 'G1c', through: 'wr', back: ['ww', 'wr'] },
  { kind: 'G-single', through: 'rw', back: ['ww', 'wr'] },
  { kind: 'G2', through: 'rw', back: ['ww', 'wr', 'rw'] },
]

export function findCycles(edges: readonly Edge[]): Anomaly[] {
  const parts = stronglyConnected(graphOf(edges))
  const partOf = new Map(parts.flatMap((part, index) => part.map((id) => [id, index] as const)))
  const inside = parts.map((): Edge[] => [])
  for (const edge of edges) {
    const part = partOf.get(edge.from)
    if (part !== undefined && part === partOf.get(edge.to)) inside[part]?.push(edge)
  }
  return inside.flatMap(cyclesOf)
}

/** A cycle of each kind, the order of real time only where there is none without it. */
function cyclesOf(edges: readonly Edge[]): Anomaly[] {
  const found: Anomaly[] = []
  for (const { kind, through, back } of kinds) {
    // Every G-single makes longer cycles with several rw. A G2 is told where there is nothing simpler.
    if (kind === 'G2' && found.some((one) => one.kind === 'G-single')) continue
    const cycle = shortestCycle(edges, through, back) ?? shortestCycle(edges, through, [...back, 'real time'])
    if (cycle !== undefined) found.push(anomaly(kind, cycle))
  }
  return found
}

function shortestCycle(
  edges: readonly Edge[],
  through: Edge['kind'],
  back: readonly Edge['kind'][],
): readonly Edge[] | undefined {
  const ways = graphOf(edges.filter((edge) => back.includes(edge.kind)))
  let shortest: readonly Edge[] | undefined
  for (const edge of edges) {
    if (edge.kind !== through) continue
    const way = shortestWay(ways, edge.to, edge.from)
    if (way !== undefined && (shortest === undefined || way.length + 1 < shortest.length)) shortest = [edge, ...way]
    if (shortest?.length === 2) break
  }
  return shortest
}

function anomaly(kind: AnomalyKind, cycle: readonly Edge[]): Anomaly {
  const isRealTime = cycle.some((edge) => edge.kind === 'real time')
  return {
    kind,
    transactions: cycle.map(({ from }) => from),
    words: cycle.map(({ words, kind: edge }) => `${words} (${edge})`),
    ...(isRealTime ? { needsRealTime: true as const } : {}),
  }
}

function graphOf(edges: readonly Edge[]): Graph {
  const graph = new Map<string, Edge[]>()
  for (const edge of edges) {
    const known = graph.get(edge.from)
    if (known === undefined) graph.set(edge.from, [edge])
    else known.push(edge)
  }
  return graph
}

/** Breadth first. */
function shortestWay(graph: Graph, from: string, to: string): Edge[] | undefined {
  const cameBy = new Map<string, Edge | undefined>([[from, undefined]])
  const queue = [from]
  for (const at of queue) {
    if (at === to) break
    for (const edge of graph.get(at) ?? []) {
      if (cameBy.has(edge.to)) continue
      cameBy.set(edge.to, edge)
      queue.push(edge.to)
    }
  }
  if (!cameBy.has(to)) return undefined
  const way: Edge[] = []
  for (let edge = cameBy.get(to); edge !== undefined; edge = cameBy.get(edge.from)) way.unshift(edge)
  return way
}

interface Visit {
  readonly id: string
  readonly edges: readonly Edge[]
  next: number
}

/** Tarjan's algorithm, without recursion: a history may be one long chain. Parts of one transaction are left out. */
export function stronglyConnected(graph: Graph): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const parts: string[][] = []
  const lower = (id: string, to: number): void => {
    low.set(id, Math.min(low.get(id) ?? to, to))
  }
  const enter = (id: string): Visit => {
    index.set(id, index.size)
    lower(id, index.size - 1)
    stack.push(id)
    onStack.add(id)
    return { id, edges: graph.get(id) ?? [], next: 0 }
  }
  const leave = (id: string): void => {
    if (low.get(id) !== index.get(id)) return
    const part = stack.splice(stack.lastIndexOf(id))
    for (const one of part) onStack.delete(one)
    if (part.length > 1) parts.push(part)
  }
  for (const root of graph.keys()) {
    if (index.has(root)) continue
    const path = [enter(root)]
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const edge = visit.edges[visit.next++]
      if (edge === undefined) {
        path.pop()
        leave(visit.id)
        const parent = path.at(-1)
        if (parent !== undefined) lower(parent.id, low.get(visit.id) ?? 0)
      } else if (!index.has(edge.to)) {
        path.push(enter(edge.to))
      } else if (onStack.has(edge.to)) {
        lower(visit.id, index.get(edge.to) ?? 0)
      }
    }
  }
  return parts
}
