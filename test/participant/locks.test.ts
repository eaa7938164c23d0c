import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compareAge, type LockOwner, LockTable } from '../../participant/locks.ts'
import { BranchNumber, Instant, TransactionId } from '../../protocol/index.ts'

const owner = (n: number, branch = 1, startedAt = n): LockOwner => ({
  transactionId: TransactionId(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`),
  branch: BranchNumber(branch),
  startedAt: Instant(startedAt),
})

const release = (locks: LockTable, of: LockOwner) => locks.release(of.transactionId, of.branch)

describe('wait-die', () => {
  test('an older one waits, a younger one is refused', () => {
    const locks = new LockTable(10)
    expect(locks.acquire('a', owner(2))).toBe('granted')
    expect(locks.acquire('a', owner(1))).toBe('wait')
    expect(locks.acquire('a', owner(3))).toBe('refused')
  })

  test('the same start is settled by the id', () => {
    const locks = new LockTable(10)
    locks.acquire('a', owner(2, 1, 5))
    expect(locks.acquire('a', owner(1, 1, 5))).toBe('wait')
    expect(locks.acquire('a', owner(3, 1, 5))).toBe('refused')
  })

  test('the branches of a transaction share a lock, and the last one frees it', () => {
    const locks = new LockTable(10)
    expect(locks.acquire('a', owner(2, 1))).toBe('granted')
    expect(locks.acquire('a', owner(2, 2))).toBe('granted')
    expect(locks.acquire('a', owner(1))).toBe('wait')
    expect(release(locks, owner(2, 1))).toEqual({ granted: [], refused: [] })
    expect(release(locks, owner(2, 2))).toEqual({ granted: [owner(1)], refused: [] })
    expect(locks.heldBy(owner(1).transactionId, BranchNumber(1))).toEqual(['a'])
  })

  test('at hand-over the oldest gets it and the younger waiters are refused', () => {
    const locks = new LockTable(10)
    for (const n of [9, 5, 2, 7]) locks.acquire('a', owner(n))
    expect(release(locks, owner(9))).toEqual({ granted: [owner(2)], refused: [owner(5), owner(7)] })
  })

  test('more waiters than the limit are refused', () => {
    const locks = new LockTable(1)
    for (const n of [9, 5]) locks.acquire('a', owner(n))
    expect(locks.acquire('a', owner(4))).toBe('refused')
  })

  test('undo takes everything back', () => {
    const locks = new LockTable(10)
    locks.acquire('a', owner(9))
    locks.acquire('a', owner(5))
    locks.begin()
    release(locks, owner(9))
    locks.acquire('b', owner(5))
    locks.acquire('c', owner(1))
    locks.undo()
    expect([...locks.keys]).toEqual(['a'])
    expect(locks.lockOf('a')).toEqual({ holder: owner(9), branches: [1], waiters: [owner(5)] })
    expect(release(locks, owner(9))).toEqual({ granted: [owner(5)], refused: [] })
  })
})

type Action = { readonly kind: 'acquire'; n: number; branch: number; key: string } | { kind: 'release'; index: number }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('acquire' as const),
    n: fc.integer({ min: 1, max: 6 }),
    branch: fc.integer({ min: 1, max: 2 }),
    key: fc.constantFrom('a', 'b', 'c'),
  }),
  fc.record({ kind: fc.constant('release' as const), index: fc.nat() }),
)

/** Runs actions as branches do: one that waits does nothing, one that is refused gives up what it has. */
class Play {
  readonly locks = new LockTable(100)
  readonly waiting = new Map<string, { of: LockOwner; key: string }>()
  readonly holding = new Map<string, LockOwner>()

  perform(one: Action): void {
    if (one.kind === 'release') {
      const all = [...this.holding.values()]
      const of = all[one.index % Math.max(all.length, 1)]
      if (of !== undefined && !this.waiting.has(name(of))) this.release(of)
      return
    }
    const of = owner(one.n, one.branch)
    if (this.waiting.has(name(of))) return
    const answer = this.locks.acquire(one.key, of)
    if (answer === 'granted') this.holding.set(name(of), of)
    if (answer === 'wait') this.waiting.set(name(of), { of, key: one.key })
    if (answer === 'refused') this.release(of)
  }

  release(of: LockOwner): void {
    this.holding.delete(name(of))
    this.waiting.delete(name(of))
    const { granted, refused } = release(this.locks, of)
    for (const one of granted) {
      this.waiting.delete(name(one))
      this.holding.set(name(one), one)
    }
    for (const one of refused) this.release(one)
  }

  check(): void {
    for (const key of this.locks.keys) {
      const lock = this.locks.lockOf(key)
      expect(lock).toBeDefined()
      if (lock === undefined) continue
      expect(lock.branches.length).toBeGreaterThan(0)
      for (const waiter of lock.waiters) expect(compareAge(waiter, lock.holder)).toBeLessThan(0)
    }
    // Each edge of waits-for leads from an older to a younger transaction, so no path comes back.
    for (const { of, key } of this.waiting.values()) {
      const holder = this.locks.lockOf(key)?.holder
      expect(holder).toBeDefined()
      if (holder !== undefined) expect(compareAge(of, holder)).toBeLessThan(0)
    }
  }
}

const name = (of: LockOwner): string => `${of.transactionId}/${of.branch}`

describe('whatever branches do', () => {
  test('a key has one holder, nobody waits for an older one, and everybody who waits is answered in the end', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const play = new Play()
        const holders = new Map<string, string>()
        for (const one of actions) {
          play.perform(one)
          play.check()
          for (const key of play.locks.keys) {
            const { holder, branches } = play.locks.lockOf(key)!
            const before = holders.get(key)
            // K3: a holder changes only when all of its branches have let go.
            if (before !== undefined && before !== holder.transactionId) {
              const kept = [...play.holding.values()].filter((of) => of.transactionId === before)
              for (const of of kept) expect(play.locks.heldBy(of.transactionId, of.branch)).not.toContain(key)
            }
            for (const branch of branches) {
              expect(play.locks.heldBy(holder.transactionId, branch)).toContain(key)
            }
            holders.set(key, holder.transactionId)
          }
        }
        // Whoever does not wait lets go, oldest or youngest first: then nobody is left.
        for (let rounds = 0; rounds < 50 && play.holding.size > 0; rounds += 1) {
          for (const of of [...play.holding.values()]) if (!play.waiting.has(name(of))) play.release(of)
        }
        expect(play.waiting.size).toBe(0)
        expect([...play.locks.keys]).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('an undone turn leaves no trace', () => {
    const shape = (play: Play) => [...play.locks.keys].sort().map((key) => [key, play.locks.lockOf(key)])
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), fc.array(action, { maxLength: 30 }), (before, turn) => {
        const play = new Play()
        for (const one of before) play.perform(one)
        const expected = JSON.stringify(shape(play))
        play.locks.begin()
        for (const one of turn) play.perform(one)
        play.locks.undo()
        expect(JSON.stringify(shape(play))).toBe(expected)
      }),
    )
  })
})
