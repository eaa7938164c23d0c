// One test a rule of a branch that may be prepared: Status, cooperative termination, heuristics, one-phase (protocols.md 1.5
// and 1.6; design rule 7).

import { describe, expect, test } from '@jest/globals'
import { reason } from '../../../protocol/index.ts'
import { at, voter } from './coordinator-scenario.ts'
import { Branch } from './participant-scenario.ts'

const below = { hasEnded: () => true }

describe('rule 7: Status and cooperative termination', () => {
  test('a member without a record makes itself unable to vote yes before it says aborted', () => {
    const branch = new Branch().status()
    expect([branch.said, branch.records, branch.isForced]).toEqual([['knows aborted'], ['aborted'], true])
    expect(branch.prepare().said).toEqual(['no TOMBSTONE'])
  })

  test.each([
    ['another boot: it may have forgotten a read-only vote', { expected: voter(1, 9) }],
    ['another storage', { expected: voter(9) }],
    ['it was not asked to', { abortIfNone: false }],
  ])('it knows nothing, and writes nothing: %s', (_why, question) => {
    const branch = new Branch().status(question)
    expect([branch.said, branch.records]).toEqual([['knows nothing'], []])
  })

  test('what is known is said: prepared, committed, aborted, read-only, ended', () => {
    expect(Branch.prepared().status().said).toEqual(['knows prepared'])
    expect(Branch.prepared().commit().status().said).toEqual(['knows committed'])
    expect(Branch.prepared().abort().status().said).toEqual(['knows aborted'])
    const reader = new Branch()
    reader.outcome = { prepared: 'read-only', result: '' }
    expect(reader.prepare().status().said).toEqual(['knows read-only'])
    expect(new Branch(below).status().said).toEqual(['knows ended'])
  })

  test('P2: a prepared branch inquires, again and again, and never decides alone', () => {
    const branch = Branch.prepared().timer('in-doubt', 2_000)
    expect([branch.said, branch.armed('in-doubt')]).toEqual([['inquire'], 2_100])
    expect(branch.timer('in-doubt', 2_100).armed('in-doubt')).toBe(2_300)
    expect([branch.state.state, branch.worked]).toEqual(['prepared', ['prepare']])
  })

  test('the coordinator of its log is believed; in progress means later; another log means nothing', () => {
    const told = (answer: 'commit' | 'abort' | 'in-progress' | 'unknown-log') =>
      Branch.prepared().on({ type: 'inquiry-answer', at: at(1), answer })
    expect(told('commit').records).toEqual(['committed'])
    expect(told('abort').records).toEqual(['aborted'])
    expect(told('in-progress').said).toEqual([])
    expect(told('unknown-log')).toMatchObject({ said: ['status to b'], records: [] })
  })

  test('no coordinator: every other member is asked, by the storage and boot that the list names', () => {
    const branch = Branch.prepared().on({ type: 'no-coordinator', at: at(1) })
    expect(branch.said).toEqual(['status to b'])
    expect(branch.last?.messages).toMatchObject([{ message: { branch: 2, abortIfNone: true, expected: voter(2) } }])
  })

  test.each([
    [{ knows: 'committed', result: '' }, ['committed']],
    [{ knows: 'aborted', reason: reason('TOMBSTONE', '') }, ['aborted']],
    [{ knows: 'prepared' }, []],
    [{ knows: 'nothing' }, []],
    [{ knows: 'read-only' }, []],
    [{ knows: 'active' }, []],
    [{ knows: 'ended' }, []],
  ] as const)('a member that $knows', (knowledge, records) => {
    expect(Branch.prepared().on({ type: 'member-answer', at: at(1), knowledge }).records).toEqual(records)
  })

  test('only two-phase branches ask each other', () => {
    expect(Branch.prepared({ protocol: 'saga' }).on({ type: 'no-coordinator', at: at(1) }).said).toEqual([])
  })
})

describe('heuristics', () => {
  const resolve = (decision: 'commit' | 'abort') =>
    ({ type: 'resolve', at: at(1), decision, detail: 'by hand' }) as const

  test('an operator ends a prepared branch; it is forced and remembered', () => {
    const branch = Branch.prepared().on(resolve('abort'))
    expect([branch.records, branch.isForced, branch.worked]).toEqual([['heuristic'], true, ['prepare', 'abort']])
    expect(branch.commit().said).toEqual(['heuristic'])
  })

  test('it is never evidence for others: they are told prepared', () => {
    expect(Branch.prepared().on(resolve('commit')).status().said).toEqual(['knows prepared'])
  })

  test('what the operator said is kept, also when the operation threw at first', () => {
    const branch = Branch.prepared()
    branch.throws = 'busy'
    expect(branch.on(resolve('abort')).records).toEqual([])
    branch.throws = undefined
    expect(branch.timer('retry', 50).last?.records).toMatchObject([{ type: 'heuristic', detail: 'by hand' }])
  })

  test('only a prepared branch can be resolved', () => {
    expect(Branch.prepared().commit().on(resolve('abort')).records).toEqual([])
  })
})

describe('one-phase', () => {
  test('prepare and commit in one local transaction, one forced record, one answer', () => {
    const branch = Branch.prepared({ onePhase: true })
    expect([branch.said, branch.records, branch.isForced]).toEqual([['committed'], ['committed'], true])
    expect(branch.worked).toEqual(['prepare', 'commit'])
    expect(branch.prepare({ onePhase: true }).said).toEqual(['committed'])
  })

  test('a read-only result is recorded as the outcome that it is', () => {
    const branch = new Branch()
    branch.outcome = { prepared: 'read-only', result: '1' }
    branch.prepare({ onePhase: true })
    expect([branch.said, branch.records, branch.isForced, branch.worked]).toEqual([
      ['committed'],
      ['committed'],
      true,
      ['prepare'],
    ])
  })

  test('a commit function that throws keeps the decision: prepared, forced, tried again, and nobody is asked', () => {
    const branch = new Branch()
    branch.throws = 'busy'
    branch.prepare({ onePhase: true })
    expect([branch.said, branch.records, branch.isForced]).toEqual([[], ['prepared'], true])
    expect(branch.timer('in-doubt', 2_000).said).toEqual([])
    branch.throws = undefined
    expect(branch.timer('retry', 2_100)).toMatchObject({ said: ['committed'], records: ['committed'], isForced: true })
  })
})
