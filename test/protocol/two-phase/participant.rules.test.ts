// One test a rule of the participant's automaton: protocols.md 1.5, rules P1-P7 of participant.proto, design rules 6, 7,
// 8, 13, 17.

import { describe, expect, test } from '@jest/globals'
import { Epoch, reason } from '../../../protocol/index.ts'
import { at, facts, storage, voter } from './coordinator-scenario.ts'
import { Branch, commit } from './participant-scenario.ts'

const below = { hasEnded: () => true }

describe('Prepare', () => {
  test('P1: a yes leaves with a forced record, and the branch begins to wait for the decision', () => {
    const branch = Branch.prepared()
    expect([branch.said, branch.records, branch.isForced]).toEqual([['yes'], ['prepared'], true])
    expect(branch.armed('in-doubt')).toBe(2_000)
  })

  test('a refusal is a no, remembered by a forced tombstone', () => {
    const branch = new Branch()
    branch.outcome = { prepared: 'no', reason: { ...reason('OPERATION_FAILED', ''), code: 'SOLD_OUT', refused: true } }
    branch.prepare()
    expect([branch.said, branch.records, branch.isForced]).toEqual([['no SOLD_OUT'], ['aborted'], true])
  })

  test('FORGETNO: the Prepare that is sent again gets the same no, and the operation does not run again', () => {
    const branch = new Branch()
    branch.outcome = { prepared: 'no', reason: reason('OPERATION_FAILED', '') }
    branch.prepare()
    branch.outcome = { prepared: 'yes', result: '', locks: [] }
    expect(branch.prepare().said).toEqual(['no OPERATION_FAILED'])
    expect(branch.worked).toEqual(['prepare'])
  })

  test('P3: a duplicate gets the same yes without running anything, before and after the commit', () => {
    const branch = Branch.prepared()
    expect([branch.prepare().said, branch.records]).toEqual([['yes'], []])
    expect(branch.commit().prepare().said).toEqual(['yes'])
    expect(branch.worked).toEqual(['prepare', 'commit'])
  })

  test('rule 13: read-only leaves no record, frees its locks, and is remembered for this boot', () => {
    const branch = new Branch()
    branch.outcome = { prepared: 'read-only', result: '1' }
    branch.prepare()
    expect([branch.said, branch.records, branch.isForced]).toEqual([['read-only'], [], false])
    expect(branch.last?.work).toEqual([{ work: 'release-locks' }])
    expect([branch.prepare().said, branch.worked]).toEqual([['read-only'], ['prepare']])
  })

  test('rule 17: another storage than the one counted on says no; another boot says yes', () => {
    expect(new Branch().prepare({ expectedStorageId: storage(9) }).said).toEqual(['no STORAGE_CHANGED'])
    expect(new Branch({ identity: voter(1, 9) }).prepare().said).toEqual(['yes'])
  })

  test('GCPART: below the watermark it is refused, whatever it was', () => {
    expect(new Branch(below).prepare().said).toEqual(['no BELOW_WATERMARK'])
  })

  test('past its deadline it is refused, and remembered', () => {
    const branch = new Branch()
    branch.now = 5_000
    expect([branch.prepare().said, branch.records]).toEqual([['no DEADLINE_PASSED'], ['aborted']])
    expect(branch.worked).toEqual([])
  })
})

describe('rule 10: the same id again after the coordinator restarted', () => {
  const again = { sequence: { epoch: Epoch(2), number: 1 } }

  test('what was prepared for the earlier try is no yes to the new one, and waits for its own decision', () => {
    const branch = Branch.prepared().prepare(again)
    expect([branch.said, branch.records, branch.state.state]).toEqual([['no COORDINATOR_RESTARTED'], [], 'prepared'])
    expect(branch.on({ type: 'inquiry-answer', at: at(1), answer: 'abort' }).records).toEqual(['aborted'])
  })

  test('what was committed for the earlier try is not done for the new one', () => {
    expect(Branch.prepared().commit().prepare(again).said).toEqual(['no COORDINATOR_RESTARTED'])
  })

  test('what only waits for a lock has promised nothing: it goes on for the new try', () => {
    const branch = new Branch()
    branch.outcome = { prepared: 'must-wait' }
    branch.prepare().prepare(again)
    branch.outcome = { prepared: 'yes', result: '', locks: [] }
    expect(branch.on({ type: 'lock-free', at: at(1) }).last?.records).toMatchObject([{ branch: again }])
  })

  test('what became of one try is no evidence for the other', () => {
    const other = { ...again, expected: voter(1) }
    expect(Branch.prepared().abort().status(other).said).toEqual(['knows nothing'])
    expect(Branch.prepared().commit().status(other).said).toEqual(['knows nothing'])
    expect(new Branch().abort().status(other).said).toEqual(['knows nothing'])
  })

  test('an answer to a question of the earlier try says nothing about the new one', () => {
    const asked = { sequence: facts.sequence }
    const aborted = {
      type: 'member-answer',
      at: at(1),
      knowledge: { knows: 'aborted', reason: reason('TOMBSTONE', '') },
    } as const
    const told = { type: 'inquiry-answer', at: at(1), answer: 'abort' } as const
    for (const answer of [aborted, told]) {
      expect(Branch.prepared(again).on({ ...answer, ...asked }).state.state).toBe('prepared')
      expect(Branch.prepared(again).on({ ...answer, ...again }).state.state).toBe('aborted')
    }
  })

  test('a read-only vote of the earlier try runs again: its memory may go with the watermark of that try', () => {
    const branch = new Branch()
    branch.outcome = { prepared: 'read-only', result: '1' }
    expect(branch.prepare().prepare(again).state).toMatchObject({ state: 'read-only', request: again })
    expect([branch.said, branch.worked]).toEqual([['read-only'], ['prepare', 'prepare']])
  })
})

describe('P4, B5: tombstones', () => {
  test('an Abort without a record writes one, forced', () => {
    const branch = new Branch().abort()
    expect([branch.said, branch.records, branch.isForced]).toEqual([['applied'], ['aborted'], true])
  })

  test('the late Prepare is refused: the first, the second and the third', () => {
    const branch = new Branch().abort().abort()
    for (let time = 0; time < 3; time += 1) expect(branch.prepare().said).toEqual(['no TOMBSTONE'])
    expect(branch.worked).toEqual([])
  })

  test('below the watermark no tombstone is needed', () => {
    const branch = new Branch(below).abort()
    expect([branch.said, branch.records]).toEqual([['ended'], []])
  })
})

describe('decisions', () => {
  test('rule 8: Commit applies in the local transaction of its record, visible at once, durable with its turn', () => {
    const branch = Branch.prepared().commit()
    expect([branch.said, branch.records, branch.isForced]).toEqual([['applied'], ['committed'], false])
    expect(branch.last?.messages).toMatchObject([{ message: { answer: { turn: 43 } } }])
    expect(branch.last?.work).toEqual([{ work: 'release-locks' }])
  })

  test('a duplicate Commit applies nothing and names a turn whose force covers the first', () => {
    const branch = Branch.prepared().commit().commit()
    expect([branch.said, branch.worked]).toEqual([['applied'], ['prepare', 'commit']])
  })

  test('Abort gives back, and is remembered', () => {
    const branch = Branch.prepared().abort()
    expect([branch.records, branch.worked]).toEqual([['aborted'], ['prepare', 'abort']])
    expect(branch.abort().said).toEqual(['applied'])
    expect(branch.prepare().said).toEqual(['no TOMBSTONE'])
  })

  test('P5, BLANKYES: Commit without a record is never acknowledged, unless it is below the watermark', () => {
    expect(new Branch().commit().said).toEqual(['no-record'])
    expect(new Branch(below).commit().said).toEqual(['ended'])
  })

  test('rule 16: a Commit that counts on another database is never applied by this one', () => {
    const branch = Branch.prepared().on({
      type: 'commit',
      at: at(1),
      message: { ...commit, expectedStorageId: storage(9) },
    })
    expect([branch.said, branch.records, branch.worked]).toEqual([['no-record'], [], ['prepare']])
    expect(branch.commit().said).toEqual(['applied'])
  })

  test('a decision that contradicts the one applied is an alarm and changes nothing', () => {
    const committed = Branch.prepared().commit().abort()
    expect([committed.said, committed.state.state]).toEqual([['contradicted'], 'committed'])
    const aborted = Branch.prepared().abort().commit()
    expect([aborted.said, aborted.state.state]).toEqual([['contradicted'], 'aborted'])
  })

  test('a commit that throws is tried again with backoff until it succeeds, and said meanwhile', () => {
    const branch = Branch.prepared()
    branch.throws = 'no space'
    expect(branch.commit().said).toEqual(['retrying'])
    expect([branch.armed('retry'), branch.armed('in-doubt')]).toEqual([50, 'never'])
    expect(branch.commit().said).toEqual(['retrying'])
    expect(branch.timer('retry', 50).armed('retry')).toBe(150)
    branch.throws = undefined
    expect(branch.timer('retry', 150).records).toEqual(['committed'])
    expect(branch.worked).toEqual(['prepare', 'commit', 'commit', 'commit'])
  })
})

describe('locks', () => {
  const waiting = (): Branch => {
    const branch = new Branch()
    branch.outcome = { prepared: 'must-wait' }
    return branch.prepare()
  }

  test('the wait is bounded by the lock wait and by the vote deadline', () => {
    expect(waiting().armed('lock-wait')).toBe(1_000)
    const branch = new Branch()
    branch.outcome = { prepared: 'must-wait' }
    expect(branch.prepare({ voteBy: at(300) }).armed('lock-wait')).toBe(300)
  })

  test('a duplicate Prepare while it waits runs nothing', () => {
    expect(waiting().prepare()).toMatchObject({ said: [], worked: ['prepare'] })
  })

  test('when the lock is free it runs again from the start', () => {
    const branch = waiting()
    branch.outcome = { prepared: 'yes', result: '', locks: ['k'] }
    expect(branch.on({ type: 'lock-free', at: at(10) })).toMatchObject({
      said: ['yes'],
      worked: ['prepare', 'prepare'],
    })
  })

  test('a refused lock, and a wait that is over, are a no', () => {
    const refused = { type: 'lock-refused', at: at(10), reason: reason('LOCK_CONFLICT', '') } as const
    expect(waiting().on(refused).said).toEqual(['no LOCK_CONFLICT'])
    expect(waiting().timer('lock-wait', 1_000).said).toEqual(['no LOCK_CONFLICT'])
  })

  test('an Abort answers the Prepare that waits, too, also below the watermark', () => {
    expect(waiting().abort().said).toEqual(['no TOMBSTONE', 'applied'])
    const branch = waiting()
    branch.around = { ...branch.around, ...below }
    expect(branch.abort().said).toEqual(['no TOMBSTONE', 'applied'])
  })
})

describe('votes of another boot than the one the transaction counts on', () => {
  const later = { identity: voter(1, 2) }

  test('a no is remembered, and is no evidence for others: the earlier boot may have voted read-only', () => {
    const branch = new Branch(later)
    branch.outcome = { prepared: 'no', reason: reason('OPERATION_FAILED', '') }
    expect(branch.prepare().said).toEqual(['no OPERATION_FAILED'])
    expect(branch.status({ expected: voter(1, 1) }).said).toEqual(['knows nothing'])
    expect(branch.prepare().said).toEqual(['no OPERATION_FAILED'])
  })

  test('a yes asks only its coordinator, and what that makes it abort is no evidence either', () => {
    const branch = new Branch(later).prepare()
    expect(branch.on({ type: 'no-coordinator', at: at(1) }).said).toEqual([])
    branch.on({ type: 'inquiry-answer', at: at(2), answer: 'abort' })
    expect(branch.status({ expected: voter(1, 1) }).said).toEqual(['knows nothing'])
  })

  test('in the boot that is counted, both are evidence', () => {
    const branch = new Branch()
    branch.outcome = { prepared: 'no', reason: reason('OPERATION_FAILED', '') }
    expect(branch.prepare().status().said).toEqual(['knows aborted'])
    expect(Branch.prepared().abort().status().said).toEqual(['knows aborted'])
  })
})
