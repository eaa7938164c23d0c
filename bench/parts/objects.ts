// One field more on an object that every transaction makes several times: written out, and by a spread.

import type { Part } from './part.ts'

interface Voted {
  readonly branch: number
  readonly participant: string
  readonly operation: string
  readonly vote: string
  readonly voter: { readonly storageId: string; readonly boot: number }
  readonly result: string
}

const votes: readonly Voted[] = Array.from({ length: 1_000 }, (_, branch) => ({
  branch,
  participant: 'inventory',
  operation: 'reserve',
  vote: 'yes',
  voter: { storageId: 'a', boot: 1 },
  result: '{}',
}))

type Progress = 'sent' | 'applied' | 'acked'

const writtenOut = ({ branch, participant, operation, vote, voter, result }: Voted, progress: Progress) => ({
  branch,
  participant,
  operation,
  vote,
  voter,
  result,
  progress,
})

const bySpread = (voted: Voted, progress: Progress) => ({ ...voted, progress })

/** Sent, applied, acked: all three are kept for a while, as they are by what is in flight. */
function movedOn(count: number, next: (voted: Voted, progress: Progress) => Voted): unknown {
  const kept: Voted[] = []
  for (let done = 0; done < count; done += 1) {
    const voted = votes[done % votes.length] as Voted
    kept.push(next(next(next(voted, 'sent'), 'applied'), 'acked'))
  }
  return kept
}

export const objectParts = (): readonly Part[] => [
  {
    title: 'a branch’s states written out; plain: by spread',
    unit: 'branch from sent to acked',
    count: 20_000,
    special: (count) => movedOn(count, writtenOut),
    plain: (count) => movedOn(count, bySpread),
  },
]
