// The coordinator between the last yes and the decision: rules E1 to E4 of protocol/three-phase/pre-committing.ts.

import { describe, expect, test } from '@jest/globals'
import { type Ballot, coordinatorSide, type Pledge } from '../../../protocol/index.ts'
import {
  adopted,
  answerBy,
  at,
  ballotOf,
  enlisted,
  first,
  logId,
  members,
  policy,
  preCommitted,
  promised,
  Scenario,
  threePhase,
  voter,
} from './three-phase-scenario.ts'

const own = (number: number): Ballot => ({ number, by: logId, branch: 0 })
const asks = (scenario: Scenario, type: 'collect' | 'pre-commit' | 'pre-abort', ballot: Ballot): Scenario =>
  scenario.on({ type, at: at(scenario.now), ballot })
const ballotsSent = (scenario: Scenario) =>
  scenario.last.messages.flatMap(({ message }) =>
    'ballot' in message ? [`${message.type} ${message.ballot?.number}`] : [],
  )

/** After a restart: what the log says is read again. */
function restarted(
  count: number,
  pledge: Pledge = { promised: first, adopted: { ballot: first, choice: 'pre-commit' } },
) {
  const branches = Array.from({ length: count }, (_, index) => ({
    ...enlisted(index + 1),
    vote: 'yes' as const,
    voter: voter(index + 1),
    result: '',
  }))
  const state = coordinatorSide.recover({
    facts: threePhase,
    first: { record: 'pre-committed', branches, members: members(count), pledge },
    hazards: [],
  })
  return new Scenario(coordinatorSide.resume(state, at(0), policy))
}

describe('E1: from pre-committed on only a majority decides', () => {
  test('it is forced in the step that first sends PreCommit, with branches, members and ballot', () => {
    const scenario = preCommitted(3)
    expect([scenario.records, scenario.last.force]).toEqual([['pre-committed'], true])
    expect(scenario.last.records).toMatchObject([
      { ballot: first, members: members(3), branches: [{ voter: voter(1) }, {}, {}] },
    ])
    expect(ballotsSent(scenario)).toEqual(['pre-commit 1', 'pre-commit 1', 'pre-commit 1'])
    expect([scenario.armed('timeout'), scenario.armed('vote-deadline'), scenario.armed('resend')]).toEqual([
      'never',
      'never',
      100,
    ])
  })

  test('the client, its timeout, a no and an operator come too late; an inquiry is told to wait', () => {
    const abort = {
      type: 'abort',
      at: at(1),
      reason: { code: 'X', message: '', refused: false, retryable: false },
    } as const
    expect(preCommitted(2).on(abort).state.phase).toBe('pre-committing')
    expect(preCommitted(2).timer('timeout', 60_000).state.phase).toBe('pre-committing')
    expect(preCommitted(2).vote(1, 'no').state.phase).toBe('pre-committing')
    expect(preCommitted(2).inquiry(1).replies).toEqual(['in-progress'])
  })
})

describe('E3: a majority decides', () => {
  test('three participants: two have adopted it; the decision is forced, then told and sent', () => {
    const scenario = answerBy(preCommitted(3), 1, 'pre-commit', first, adopted)
    expect([scenario.state.phase, scenario.replies]).toEqual(['pre-committing', []])
    answerBy(scenario, 1, 'pre-commit', first, adopted)
    expect(scenario.state.phase).toBe('pre-committing')
    answerBy(scenario, 2, 'pre-commit', first, adopted)
    expect([scenario.records, scenario.last.force]).toEqual([['decision'], true])
    expect([scenario.replies, scenario.sent]).toEqual([['decided committed'], ['commit a', 'commit b', 'commit c']])
  })

  test('two participants: the coordinator votes, and its own record is its adoption', () => {
    expect(answerBy(preCommitted(2), 2, 'pre-commit', first, adopted).state.phase).toBe('committing')
  })

  test('another database, whatever it says, is not counted', () => {
    const scenario = answerBy(preCommitted(2), 1, 'pre-commit', first, adopted, voter(9))
    expect(scenario.state.phase).toBe('pre-committing')
    answerBy(scenario, 1, 'pre-commit', first, { answer: 'committed' }, voter(9))
    expect(scenario.state.phase).toBe('pre-committing')
    scenario.on({
      type: 'storage-changed',
      at: at(1),
      participant: enlisted(1).participant,
      storageId: voter(9).storageId,
    })
    expect(scenario.state.phase).toBe('pre-committing')
  })

  test('told by a member how it has ended: so it ends', () => {
    expect(answerBy(preCommitted(3), 2, 'pre-commit', first, { answer: 'committed' }).records).toEqual(['decision'])
    const aborted = answerBy(preCommitted(3), 2, 'pre-commit', first, { answer: 'aborted' })
    expect(aborted.state).toMatchObject({ phase: 'aborting', isRecorded: true, reason: { code: 'ENDED_BY_MEMBERS' } })
    expect(aborted.sent).toEqual(['abort a', 'abort b', 'abort c'])
  })
})

describe('E2: its own promise is obeyed', () => {
  test('a promise is forced before it is said, and ends its own round', () => {
    const scenario = asks(preCommitted(2), 'collect', ballotOf(2, 1))
    expect([scenario.records, scenario.last.force, scenario.replies]).toEqual([['pledged'], true, ['promised']])
    expect(scenario.last.replies).toMatchObject([{ answer: { adopted: { ballot: first, choice: 'pre-commit' } } }])
    answerBy(scenario, 1, 'pre-commit', first, adopted)
    answerBy(scenario, 2, 'pre-commit', first, adopted)
    expect(scenario.state.phase).toBe('pre-committing')
  })

  test('having promised, nothing is sent at the first ballot, to whoever connects or when it is due again', () => {
    const scenario = asks(preCommitted(2), 'collect', ballotOf(2, 1))
    scenario.on({ type: 'connected', at: at(1), participant: enlisted(1).participant })
    expect(scenario.sent).toEqual([])
    expect(ballotsSent(scenario.timer('resend', 100))).toEqual(['collect 3', 'collect 3'])
  })

  test('below its promise it adopts nothing; at it, it does, and forces that', () => {
    const scenario = asks(preCommitted(2), 'collect', ballotOf(3, 1))
    expect(asks(scenario, 'pre-abort', ballotOf(2, 2)).replies).toEqual(['refused'])
    expect(scenario.records).toEqual([])
    expect(asks(scenario, 'pre-abort', ballotOf(3, 1)).replies).toEqual(['adopted'])
    expect([scenario.records, scenario.last.force]).toEqual([['pledged'], true])
  })

  test('a majority that promised to a round which it has given up since changes nothing', () => {
    const scenario = restarted(2).timer('resend', 0)
    asks(scenario, 'collect', ballotOf(4, 1))
    answerBy(scenario, 2, 'collect', own(2), promised())
    expect([scenario.sent, scenario.records]).toEqual([[], []])
    expect(ballotsSent(scenario.timer('resend', 200))).toEqual(['collect 5', 'collect 5'])
  })

  test('refused, it gives its round up and goes above what was seen', () => {
    const scenario = answerBy(preCommitted(3), 1, 'pre-commit', first, { answer: 'refused', promised: ballotOf(6, 2) })
    answerBy(scenario, 2, 'pre-commit', first, adopted)
    answerBy(scenario, 3, 'pre-commit', first, adopted)
    expect(scenario.state.phase).toBe('pre-committing')
    expect(ballotsSent(scenario.timer('resend', 100))).toEqual(['collect 7', 'collect 7', 'collect 7'])
  })
})

describe('E4: an operator ends it when a majority is lost for good', () => {
  test.each([
    ['commit', ['decision', 'resolved'], ['commit a', 'commit c']],
    ['abort', ['resolved'], ['abort a', 'abort c']],
  ] as const)('%s: recorded, forced, and told to the others', (decision, records, sent) => {
    const scenario = preCommitted(3)
    scenario.on({ type: 'resolve', at: at(5), branch: enlisted(2).branch, decision, detail: 'b and c are gone' })
    expect([scenario.records, scenario.last.force, scenario.sent]).toEqual([records, true, sent])
    expect(scenario.state).toMatchObject({
      phase: decision === 'commit' ? 'committing' : 'aborting',
      branches: [{}, { progress: 'heuristic', did: decision, lastError: 'b and c are gone' }, {}],
    })
  })

  test('not for a branch that it does not have', () => {
    const scenario = preCommitted(3)
    scenario.on({ type: 'resolve', at: at(5), branch: enlisted(9).branch, decision: 'abort', detail: '' })
    expect(scenario.state.phase).toBe('pre-committing')
  })
})

describe('E4: it goes on', () => {
  test('after a restart at once, with a new ballot that is forced before its first Collect; never the first again', () => {
    const scenario = restarted(3)
    expect([scenario.sent, scenario.armed('resend')]).toEqual([[], 0])
    scenario.on({ type: 'connected', at: at(0), participant: enlisted(1).participant })
    expect(scenario.sent).toEqual([])
    scenario.timer('resend', 0)
    expect([scenario.records, scenario.last.force]).toEqual([['pledged'], true])
    expect(ballotsSent(scenario)).toEqual(['collect 2', 'collect 2', 'collect 2'])
    // The mutant: a restart that goes on where it was sends PreCommit at ballot 1.
    expect(ballotsSent(scenario)).not.toContain('pre-commit 1')
  })

  test('after a restart above whatever it had promised', () => {
    const pledge: Pledge = { promised: ballotOf(7, 1), adopted: { ballot: first, choice: 'pre-commit' } }
    expect(ballotsSent(restarted(2, pledge).timer('resend', 0))).toEqual(['collect 8', 'collect 8'])
  })

  test('two participants: its own adoption is one of the promises; it adopts before it asks, and that is forced', () => {
    const scenario = answerBy(restarted(2).timer('resend', 0), 1, 'collect', own(2), promised())
    expect([ballotsSent(scenario), scenario.records, scenario.last.force]).toEqual([
      ['pre-commit 2', 'pre-commit 2'],
      ['pledged'],
      true,
    ])
    expect(answerBy(scenario, 2, 'pre-commit', own(2), adopted).state.phase).toBe('committing')
  })

  test('its round lasts longer the more rounds there have been', () => {
    const promised = { promised: ballotOf(3, 2) }
    const { state, now } = restarted(3, promised).timer('resend', 0)
    const until = state.phase === 'pre-committing' ? state.round?.until : undefined
    expect(until).toBe(at(now) + 4 * policy.roundTimeoutMs)
  })

  test('three participants, of whom the majority has adopted nothing: abort, told until acknowledged', () => {
    const scenario = restarted(3).timer('resend', 0)
    answerBy(answerBy(scenario, 1, 'collect', own(2), promised()), 2, 'collect', own(2), promised())
    expect(ballotsSent(scenario)).toEqual(['pre-abort 2', 'pre-abort 2', 'pre-abort 2'])
    answerBy(answerBy(scenario, 1, 'pre-abort', own(2), adopted), 2, 'pre-abort', own(2), adopted)
    expect([scenario.state.phase, scenario.replies]).toEqual(['aborting', ['decided aborted']])
  })

  test('at the first ballot it asks the same again, those who have not answered; a later round is replaced', () => {
    const scenario = answerBy(preCommitted(3), 1, 'pre-commit', first, adopted).timer('resend', 5_000)
    expect(ballotsSent(scenario)).toEqual(['pre-commit 1', 'pre-commit 1'])
    const later = restarted(3).timer('resend', 0).timer('resend', 999)
    expect(ballotsSent(later)[0]).toBe('collect 2')
    expect(ballotsSent(later.timer('resend', 1_000))[0]).toBe('collect 3')
    expect(later.armed('resend')).toBeGreaterThan(1_000)
  })
})
