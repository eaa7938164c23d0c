// Each rule of the checks finds what breaks it, and nothing in a history that is right.

import { expect, test } from '@jest/globals'
import { check, type Violation } from '../../chaos/checks.ts'
import type { Done, Evidence } from '../../chaos/evidence.ts'
import type { Answer, Entry } from '../../chaos/history.ts'
import type { Job, Step } from '../../chaos/job.ts'

const list = 'locked-a-0-1'
const take: Step = { do: 'move', bank: 'a', account: 'locked-1', amount: -5 }
const give: Step = { do: 'move', bank: 'b', account: 'locked-1', amount: 5 }
const append = (element: string): Step => ({ do: 'append', bank: 'a', list, element })

const jobOf = (steps: readonly Step[], more: Partial<Job> = {}): Job => ({
  id: 'job-1',
  protocol: 'two-phase',
  steps,
  style: 'submit',
  hasKey: true,
  retries: 0,
  timeoutMs: 1_000,
  isAtOnce: false,
  ...more,
})

const entryOf = (job: Job, ...answers: readonly Answer[]): Entry => ({
  job,
  told: answers.map((answer, index) => ({
    asked: index === 0 ? 'first' : 'by id',
    from: index * 10,
    at: index * 10 + 5,
    answer,
  })),
})

const committed = (results: unknown[], transactionId = 't1'): Answer => ({
  outcome: 'committed',
  transactionId,
  replayed: false,
  results,
})
const aborted: Answer = { outcome: 'aborted', transactionId: 't1', reason: 'LOCK_CONFLICT' }
const unknown: Answer = { outcome: 'unknown', transactionId: 't1' }

const row = (bank: Done['bank'], more: Partial<Done> = {}): Done => ({
  bank,
  transactionId: 't1',
  branch: bank === 'a' ? 1 : 2,
  protocol: 'two-phase',
  job: 'job-1',
  operation: 'move',
  account: 'locked-1',
  amount: bank === 'a' ? -5 : 5,
  state: 'final',
  prepared: 1,
  committed: 1,
  aborted: 0,
  ...more,
})

const released = { state: 'released', committed: 0, aborted: 1 } as const

/** The two accounts have what they should have by these rows. */
const evidenceOf = (done: readonly Done[], more: Partial<Evidence> = {}): Evidence => ({
  done,
  items: [],
  accounts: (['a', 'b'] as const).map((bank) => ({
    bank,
    account: 'locked-1',
    balance: done
      .filter((one) => one.bank === bank && one.state === 'final')
      .reduce((sum, { amount }) => sum + amount, 1_000),
  })),
  ...more,
})

const rules = (found: readonly Violation[]): string[] => [...new Set(found.map(({ rule }) => rule))].sort()
const transfer = jobOf([take, give])
const both = [row('a'), row('b')]
const told = entryOf(transfer, committed([{}, {}]))

test('nothing is found where all is right', () => {
  expect(check([told], evidenceOf(both))).toEqual([])
  expect(check([entryOf(transfer, unknown, committed([{}, {}]))], evidenceOf(both))).toEqual([])
  expect(check([entryOf(transfer, aborted)], evidenceOf([row('a', released)]))).toEqual([])
})

test('NOLOSS: told committed, and a branch is missing', () => {
  expect(rules(check([told], evidenceOf([])))).toEqual(['NOLOSS'])
})

test('NOGHOST: told aborted or failed, and it is there', () => {
  expect(rules(check([entryOf(transfer, aborted)], evidenceOf(both)))).toEqual(['NOGHOST'])
  const failed: Answer = { outcome: 'failed', code: 'COORDINATOR_UNREACHABLE', message: '' }
  expect(rules(check([entryOf(transfer, failed)], evidenceOf(both)))).toEqual(['NOGHOST'])
})

test('agreement: one bank has committed and the other has not', () => {
  const found = check([told], evidenceOf([row('a'), row('b', released)]))
  expect(rules(found)).toEqual(['NOLOSS', 'agreement', 'bank'])
  expect(found[0]?.text).toContain('branch 1 at a')
})

test('termination: something is pending, or nobody can say', () => {
  const pending = { state: 'pending', committed: 0 } as const
  const found = check([entryOf(transfer, unknown)], evidenceOf([row('a', pending), row('b', pending)]))
  expect(rules(found)).toEqual(['termination'])
})

test.each([
  [{ prepared: 2 }, 'exactly once'],
  [{ committed: 2 }, 'exactly once'],
  [{ committed: 1, aborted: 1 }, 'exactly once'],
])('exactly once: %o', (more, rule) => {
  expect(rules(check([told], evidenceOf([row('a', more), row('b')])))).toEqual([rule])
})

test('exactly once: one job by two transactions', () => {
  const again = both.map((one) => ({ ...one, transactionId: 't2' }))
  expect(rules(check([told], evidenceOf([...both, ...again])))).toEqual(['exactly once'])
})

test('honest answers: committed, and later aborted', () => {
  expect(rules(check([entryOf(transfer, committed([{}, {}]), aborted)], evidenceOf(both)))).toEqual(['honest answers'])
})

test('honest answers: nobody has asked for commit', () => {
  const given = entryOf(jobOf([take, give], { style: 'leave' }), unknown, committed([{}, {}]))
  expect(rules(check([given], evidenceOf(both)))).toEqual(['honest answers'])
})

test('bank: money that no transaction has moved, and an audit that saw it', () => {
  const { accounts } = evidenceOf(both)
  const wrong = accounts.map((one) => (one.bank === 'a' ? { ...one, balance: one.balance + 1 } : one))
  expect(rules(check([told], evidenceOf(both, { accounts: wrong })))).toEqual(['bank'])
  const audit = jobOf([{ do: 'audit', bank: 'a' }], { id: 'job-2' })
  const seen = entryOf(audit, committed([{ total: 1_999, least: 1 }], 't2'))
  const audited = row('a', { job: 'job-2', transactionId: 't2', operation: 'audit', account: null, amount: 0 })
  const found = check([told, seen], evidenceOf([...both, audited]))
  expect(found.map(({ rule, jobs }) => [rule, jobs])).toEqual([['bank', ['job-2']]])
})

test('serializability: a committed element is not there', () => {
  const job = jobOf([append('x')])
  const done = row('a', { operation: 'append', account: null, amount: 0 })
  const item = { bank: 'a', list, element: 'x', transactionId: 't1', branch: 1 } as const
  const entry = entryOf(job, committed([{ elements: ['x'] }]))
  expect(check([entry], evidenceOf([done], { items: [item] }))).toEqual([])
  const other = { ...item, element: 'y' }
  const found = rules(check([entry], evidenceOf([done], { items: [other] })))
  expect(found).toContain('serializability (lost)')
  expect(found).toContain('serializability (unknown-element)')
})
