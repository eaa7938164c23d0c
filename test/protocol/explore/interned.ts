// Hash-consing: equal values get one number, so that whole worlds are compared and stored as a few numbers.

/** Words for people, which no step looks at: worlds that differ only in these are one. */
const ignored = new Set(['reason', 'detail', 'lastError'])

/** JSON with sorted keys and without absent fields: equal values have equal texts. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const entries = Object.entries(value).filter(([name, field]) => field !== undefined && !ignored.has(name))
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`
}

export class Interned<T> {
  readonly #numbers = new Map<string, number>()
  readonly #values: T[] = []

  numberOf(value: T): number {
    const key = canonical(value)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#values.length)
    return this.#values.push(value) - 1
  }

  valueOf(number: number): T {
    const value = this.#values[number]
    if (value === undefined) throw new RangeError(`nothing has the number ${number}`)
    return value
  }

  get size(): number {
    return this.#values.length
  }
}

/** Sets of interned things, themselves interned: adding is a table look-up once it was done. */
export class InternedSets {
  readonly #numbers = new Map<string, number>()
  readonly #sets: (readonly number[])[] = []
  readonly #added = new Map<string, number>()
  readonly empty = this.#numberOf([])

  membersOf(set: number): readonly number[] {
    return this.#sets[set] ?? []
  }

  with(set: number, members: readonly number[]): number {
    if (members.length === 0) return set
    const key = `${set}+${members.join()}`
    const known = this.#added.get(key)
    if (known !== undefined) return known
    const all = [...new Set([...this.membersOf(set), ...members])]
    const added = this.#numberOf(all.sort((a, b) => a - b))
    this.#added.set(key, added)
    return added
  }

  filter(set: number, keeps: (member: number) => boolean): number {
    const members = this.membersOf(set)
    const kept = members.filter(keeps)
    return kept.length === members.length ? set : this.#numberOf(kept)
  }

  #numberOf(sorted: readonly number[]): number {
    const key = sorted.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#sets.length)
    return this.#sets.push(sorted) - 1
  }
}
