// ISOLATION (protocols.md section 4), as far as locks promise it: who changes accounts under their locks does so in one
// order, the same at every account that two transactions share (no G0 among those that held a lock for each).

import { Ledger } from './ledger.ts'
import type { World } from './world.ts'

export function judgeOrder({ history, participants, settings }: World): void {
  const next = new Map<string, Set<string>>()
  for (const { disk } of participants) {
    const ledger = new Ledger(
      () => undefined,
      (key) => disk.data.get(key),
    )
    for (let account = 0; account < settings.accounts; account += 1) {
      const list = ledger.list(account)
      for (const [index, later] of list.entries()) {
        const earlier = list[index - 1]
        if (earlier === undefined) continue
        const after = next.get(earlier) ?? new Set<string>()
        next.set(earlier, after.add(later))
      }
    }
  }
  const cycle = findCycle(next)
  if (cycle === undefined) return
  history.violated('G0', `each of these came before the next one at some account: ${cycle.join(' ')}`, cycle[0])
}

/** Depth first; a transaction that is met while it is being followed closes a cycle. */
function findCycle(next: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const follow = (one: string): string[] | undefined => {
    const at = path.indexOf(one)
    if (at !== -1) return path.slice(at)
    if (done.has(one)) return undefined
    path.push(one)
    for (const later of next.get(one) ?? []) {
      const cycle = follow(later)
      if (cycle !== undefined) return cycle
    }
    path.pop()
    done.add(one)
    return undefined
  }
  for (const one of next.keys()) {
    const cycle = follow(one)
    if (cycle !== undefined) return cycle
  }
  return undefined
}
