/** `Map.groupBy`, which Node 20 does not have. */
export function groupBy<Key, One>(items: Iterable<One>, keyOf: (item: One) => Key): Map<Key, One[]> {
  const groups = new Map<Key, One[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
