// T1 to T7 of protocols.md 3.2, and what sagas need of a participant (S2, S3; design rules 12 and 14): try is prepare,
// confirm is commit, cancel is abort.

import { expect, test } from '@jest/globals'
import {
  BranchNumber,
  type Prepare,
  type PreparedBranch,
  type Protocol,
  participantSide,
  reason,
  refusal,
} from '../../../protocol/index.ts'
import { at, facts, identityOf } from './parties.ts'

type Event = participantSide.Event

const around: participantSide.Surroundings = {
  identity: identityOf(1),
  turn: 42,
  hasEnded: () => false,
  policy: {
    inquiryDelayMs: 2_000,
    inquiryBackoff: { firstMs: 100, maxMs: 10_000 },
    retry: { firstMs: 50, maxMs: 10_000 },
    lockWaitMs: 1_000,
    roundTimeoutMs: 1_000,
  },
}
const address = { transactionId: facts.transactionId, branch: BranchNumber(1), sequence: facts.sequence }
const prepare = (tryNumber: number, more: Partial<Prepare> = {}): Prepare => ({
  type: 'prepare',
  ...address,
  protocol: 'saga',
  operation: 'reserve',
  input: '{}',
  expectedStorageId: identityOf(1).storageId,
  startedAt: at(0),
  voteBy: at(60_000),
  onePhase: false,
  members: [],
  traceParent: '',
  attempt: 1,
  saga: { tryNumber, isRetriable: false },
  ...more,
})

/** An account at a participant: what is available, reserved by the branch, and consumed. Work is run as it is asked for. */
class Account {
  state: participantSide.State = { state: 'none' }
  available = 10
  reserved = 0
  consumed = 0
  /** Of what the operation is asked to do next, in order; when there is nothing left, it succeeds. */
  readonly comesTo: (participantSide.Prepared | 'throws')[] = []
  last: participantSide.ParticipantStep | undefined
  worked: string[] = []

  on(event: Event): this {
    let step = participantSide.step(this.state, event, around)
    this.worked = []
    for (const work of step.work) {
      if (work.work === 'release-locks') continue
      this.worked.push(work.work)
      step = participantSide.step(step.state, this.#run(work), around)
    }
    this.state = step.state
    this.last = step
    return this
  }

  #run(work: Exclude<participantSide.Work, { work: 'release-locks' }>): Event {
    const planned = this.comesTo.shift()
    if (work.work === 'prepare') {
      const result = planned === undefined || planned === 'throws' ? done : planned
      if (result.prepared === 'yes') this.#move(-1, 1, 0)
      return { type: 'prepared', at: at(0), result }
    }
    if (planned === 'throws')
      return { type: 'applied', at: at(0), work, result: { applied: 'threw', error: 'no disk' } }
    if (work.work === 'commit') this.#move(0, -1, 1)
    else this.#move(1, -1, 0)
    return { type: 'applied', at: at(0), work, result: { applied: 'ok' } }
  }

  #move(available: number, reserved: number, consumed: number): void {
    this.available += available
    this.reserved += reserved
    this.consumed += consumed
  }

  prepare(tryNumber = 1, more: Partial<Prepare> = {}): this {
    return this.on({ type: 'prepare', at: at(0), message: prepare(tryNumber, more) })
  }
  commit(): this {
    const { storageId } = around.identity
    return this.on({ type: 'commit', at: at(0), message: { type: 'commit', ...address, expectedStorageId: storageId } })
  }
  abort(): this {
    return this.on({ type: 'abort', at: at(0), message: { type: 'abort', ...address } })
  }
  status(): this {
    const expectedStorageId = around.identity.storageId
    return this.on({
      type: 'status',
      at: at(0),
      message: { type: 'status', ...address, abortIfNone: true, expectedStorageId },
    })
  }

  get said(): string[] {
    return (this.last?.messages ?? []).map((sent) => {
      if (sent.to !== 'asker') return `to ${sent.to}`
      const { message } = sent
      if (message.type === 'vote')
        return message.vote.vote === 'no' ? `no ${message.vote.reason.code}` : message.vote.vote
      if (message.type === 'status-answer') return `knows ${message.knowledge.knows}`
      return message.type === 'decision-answer' ? message.answer.answer : message.type
    })
  }
  get isForced(): boolean {
    return this.last?.force ?? false
  }
  get funds(): readonly number[] {
    return [this.available, this.reserved, this.consumed]
  }
}

const done: participantSide.Prepared = { prepared: 'yes', result: '1', locks: ['account'] }
const refuses: participantSide.Prepared = { prepared: 'no', reason: refusal('SOLD_OUT', 'none left') }
const fails: participantSide.Prepared = { prepared: 'no', reason: reason('OPERATION_FAILED', 'no disk') }

const account = (...comesTo: readonly (participantSide.Prepared | 'throws')[]): Account => {
  const made = new Account()
  made.comesTo.push(...comesTo)
  return made
}

test('T1: after a yes a confirm that throws is never a no: it is tried again until it succeeds', () => {
  const tried = account(done, 'throws', 'throws').prepare().commit()
  expect([tried.said, tried.last?.timers.map(({ timer }) => timer)]).toEqual([['retrying'], ['in-doubt', 'retry']])
  tried.on({ type: 'timer', at: at(50), timer: 'retry' })
  expect(tried.state.state).toBe('prepared')
  tried.on({ type: 'timer', at: at(150), timer: 'retry' })
  expect([tried.state.state, tried.funds]).toEqual(['committed', [9, 0, 1]])
})

test('T2: exactly one of confirm and cancel takes effect; the other one is contradicted', () => {
  const confirmed = account().prepare().commit().abort()
  expect([confirmed.said, confirmed.worked, confirmed.funds]).toEqual([['contradicted'], [], [9, 0, 1]])
  const cancelled = account().prepare().abort().commit()
  expect([cancelled.said, cancelled.worked, cancelled.funds]).toEqual([['contradicted'], [], [10, 0, 0]])
})

test('T3: both may come any number of times', () => {
  const confirmed = account().prepare().commit().commit().commit()
  expect([confirmed.said, confirmed.worked, confirmed.funds]).toEqual([['applied'], [], [9, 0, 1]])
  const cancelled = account().prepare().abort().abort().abort()
  expect([cancelled.said, cancelled.worked, cancelled.funds]).toEqual([['applied'], [], [10, 0, 0]])
})

test('T4: a cancel without a try succeeds, runs nothing, and leaves a tombstone, forced', () => {
  const empty = account().abort()
  expect([empty.said, empty.worked, empty.isForced, empty.funds]).toEqual([['applied'], [], true, [10, 0, 0]])
  expect(empty.last?.records.map(({ type }) => type)).toEqual(['aborted'])
  const asked = account().status()
  expect([asked.said, asked.isForced]).toEqual([['knows aborted'], true])
})

test('T4: so does one that comes after a refusal, or a try that failed', () => {
  expect(account(refuses).prepare().abort().worked).toEqual([])
  const failed = account(fails).prepare().abort()
  expect([failed.worked, failed.isForced, failed.said]).toEqual([[], true, ['applied']])
})

test('T5: a try that comes after the cancel is refused, whatever its number, after a restart as well', () => {
  for (const barred of [account().abort(), account().status(), account().prepare().abort()]) {
    barred.prepare(1)
    expect([barred.said, barred.worked]).toEqual([['no TOMBSTONE'], []])
    expect(barred.prepare(2).said).toEqual(['no TOMBSTONE'])
    expect(barred.prepare(3, { saga: { tryNumber: 3, isRetriable: true } }).said).toEqual(['no TOMBSTONE'])
  }
  const { last } = account().abort()
  const again = account()
  again.state = participantSide.recover(last!.records[0]!)
  expect(again.prepare().said).toEqual(['no TOMBSTONE'])
})

test('T6: what is available, reserved and consumed is conserved, in every order of tries and one decision', () => {
  for (const decision of ['commit', 'abort'] as const) {
    const events = ['prepare', 'prepare', decision, decision] as const
    for (const order of permutations(events)) {
      const tried = account()
      for (const event of order) {
        tried[event]()
        expect(tried.available + tried.reserved + tried.consumed).toBe(10)
        expect(Math.min(...tried.funds)).toBeGreaterThanOrEqual(0)
        expect(tried.reserved + tried.consumed).toBeLessThanOrEqual(1)
      }
    }
  }
})

test('T7: nothing but its coordinator ends a prepared branch: no timer, no deadline, no member', () => {
  const held = account().prepare()
  held.on({ type: 'timer', at: at(10_000_000), timer: 'in-doubt' })
  expect([held.said, held.state.state]).toEqual([['to coordinator'], 'prepared'])
  held.on({ type: 'no-coordinator', at: at(10_000_000) })
  expect([held.said, held.state.state]).toEqual([[], 'prepared'])
  held.on({ type: 'inquiry-answer', at: at(10_000_000), answer: 'in-progress' })
  held.on({ type: 'inquiry-answer', at: at(10_000_000), answer: 'unknown-log' })
  held.on({
    type: 'member-answer',
    at: at(10_000_000),
    knowledge: { knows: 'aborted', reason: reason('TOMBSTONE', '') },
  })
  expect([held.state.state, held.funds]).toEqual(['prepared', [9, 1, 0]])
})

test('S2: only a refusal is remembered; after an exception a higher try runs again', () => {
  const refused = account(refuses).prepare(1).prepare(2)
  expect([refused.said, refused.worked]).toEqual([['no SOLD_OUT'], []])
  const failed = account(fails).prepare(1)
  expect([failed.said, failed.isForced, failed.state.state]).toEqual([['failed'], false, 'none'])
  expect([failed.prepare(2).said, failed.worked]).toEqual([['yes'], ['prepare']])
  expect([failed.prepare(3).said, failed.worked]).toEqual([['yes'], []])
})

test('S2: of a retriable branch not even a refusal is remembered', () => {
  const saga = { tryNumber: 1, isRetriable: true }
  const tried = account(refuses).prepare(1, { saga })
  expect(tried.said).toEqual(['failed'])
  expect(tried.prepare(2, { saga: { ...saga, tryNumber: 2 } }).said).toEqual(['yes'])
})

test('S2: a yes is recorded, also of what only read, so that a restart does not run it again', () => {
  const read = account({ prepared: 'read-only', result: '1' }).prepare()
  expect([read.said, read.isForced, read.state.state]).toEqual([['yes'], true, 'prepared'])
})

test('S3: a try that waits for a lock is answered by the tombstone that overtakes it', () => {
  const waiting = account({ prepared: 'must-wait' }).prepare()
  expect(waiting.state.state).toBe('active')
  expect(waiting.status().said).toEqual(['no TOMBSTONE', 'knows aborted'])
  expect(waiting.on({ type: 'lock-free', at: at(1) }).worked).toEqual([])
})

test('rule 12: a saga holds no lock after its prepare', () => {
  const { state, last } = account().prepare()
  expect(last?.work).toEqual([{ work: 'release-locks' }])
  expect(state.state === 'prepared' && state.branch.locks).toEqual([])
})

test('a compensation that throws is tried again, and shown', () => {
  const tried = account(done, 'throws').prepare().abort()
  expect([tried.said, tried.state.state]).toEqual([['retrying'], 'prepared'])
  expect(tried.on({ type: 'timer', at: at(50), timer: 'retry' }).worked).toEqual(['abort'])
  expect(tried.funds).toEqual([10, 0, 0])
})

test('after a restart a prepared branch is still one, and answers Prepare with the same result', () => {
  const { state } = account().prepare()
  const branch: PreparedBranch | undefined = state.state === 'prepared' ? state.branch : undefined
  const again = account()
  again.state = participantSide.recover({ type: 'prepared', branch: branch! })
  expect([again.prepare().said, again.worked]).toEqual([['yes'], []])
  const protocol: Protocol | undefined = branch?.protocol
  expect(protocol).toBe('saga')
})

function permutations<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length <= 1) return [all]
  return all.flatMap((first, index) => permutations(all.toSpliced(index, 1)).map((others) => [first, ...others]))
}
