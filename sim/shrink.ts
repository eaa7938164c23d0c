// Makes the list of faults of a failing seed shorter, as long as the same predicate stays broken (delta debugging).

export interface Shrunk {
  readonly faults: readonly string[]
  readonly runs: number
}

/** `fails`: whether the same is still found when only these faults happen. */
export function shrink(fired: readonly string[], fails: (faults: readonly string[]) => boolean, runsMax = 400): Shrunk {
  let runs = 0
  const tries = (faults: readonly string[]): boolean => {
    runs += 1
    return fails(faults)
  }
  if (tries([])) return { faults: [], runs }
  let faults = fired
  let parts = 2
  while (faults.length > 1 && runs < runsMax) {
    const smaller = withoutAPart(faults, parts, tries, () => runs < runsMax)
    if (smaller !== undefined) {
      faults = smaller
      parts = Math.max(2, parts - 1)
    } else if (parts >= faults.length) break
    else parts = Math.min(faults.length, parts * 2)
  }
  return { faults, runs }
}

/** The first of the lists with one part left out that still fails. */
function withoutAPart(
  faults: readonly string[],
  parts: number,
  fails: (faults: readonly string[]) => boolean,
  mayGoOn: () => boolean,
): readonly string[] | undefined {
  const size = Math.ceil(faults.length / parts)
  for (let from = 0; from < faults.length && mayGoOn(); from += size) {
    const others = [...faults.slice(0, from), ...faults.slice(from + size)]
    if (fails(others)) return others
  }
  return undefined
}
