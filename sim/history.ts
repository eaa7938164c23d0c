// What has happened in one simulation, in order: the trace that is hashed, printed, and shown with a violation.

export interface Happening {
  readonly at: number
  /** Where: c, p1, k2, net. */
  readonly node: string
  readonly what: string
  /** The transaction that it is about; empty for none. */
  readonly about: string
}

export interface Violation {
  /** Which predicate of protocols.md section 4: AC1, LOCKS, ... */
  readonly predicate: string
  readonly sentence: string
  readonly about: string
}

/** What a disk that has forgotten something may break, as long as somebody is told. */
const damaged = new Set(['AC1', 'AC2', 'AC3', 'DUR', 'LIN', 'NOLOSS', 'NOGHOST', 'BANK', 'AC5', 'G3'])

export class History {
  readonly happenings: Happening[] = []
  readonly violations: Violation[] = []
  /** What came of an older copy of a disk: it must be noticed (judge-loss.ts). */
  readonly damages: Violation[] = []
  /** Somebody has put an older copy in place of a disk. */
  hasOlderCopy = false
  /** Nobody could notice it. */
  isExcused = false
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  add(node: string, what: string, about = ''): void {
    this.happenings.push({ at: this.#now(), node, what, about })
  }

  violated(predicate: string, sentence: string, about = ''): void {
    // A ballot that a member has forgotten with its disk does no harm by itself: AC1 says whether it did.
    if (this.hasOlderCopy && predicate === 'EPOCH') return
    if (this.hasOlderCopy && damaged.has(predicate)) {
      this.damages.push({ predicate, sentence, about })
      return
    }
    if (this.violations.length >= 20) return
    this.violations.push({ predicate, sentence, about })
    this.add('check', `${predicate}: ${sentence}`, about)
  }

  /** FNV-1a over everything. */
  hash(): string {
    let hash = 0x811c9dc5
    for (const { at, node, what, about } of this.happenings) {
      hash = Math.imul(hash ^ Math.floor(at * 1_000), 0x01000193)
      for (const text of [node, what, about]) {
        for (let index = 0; index < text.length; index += 1) {
          hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
        }
      }
    }
    return (hash >>> 0).toString(16).padStart(8, '0')
  }
}
