// The mutants of protocols.md 1.9 and 8.5 that concern two-phase: each rule is broken on purpose, and the exploration must
// find what it breaks. A mutant that nobody finds fails here. BLANKYES is found by two-phase/participant.rules.test.ts and
// by the end-to-end case of a lost database: with a disk gone, the predicates of agreement do not hold for anybody.

import { describe, expect, test } from '@jest/globals'
import { coordinatorSide, participantSide } from '../../protocol/index.ts'
import { explore } from './explore/explorer.ts'
import { type Duties, productRules, type Rules, type Scenario, scenario } from './explore/scenario.ts'

type CoordinatorStep = coordinatorSide.CoordinatorStep
type ParticipantStep = participantSide.ParticipantStep

const owes = (duties: Partial<Duties>): Rules => ({ ...productRules, duties: { ...productRules.duties, ...duties } })

function coordinatorMutant(
  mutate: (step: CoordinatorStep, before: coordinatorSide.State, event: coordinatorSide.Event) => CoordinatorStep,
): Rules {
  const step: typeof coordinatorSide.step = (state, event, policy) =>
    mutate(coordinatorSide.step(state, event, policy), state, event)
  return { ...productRules, coordinator: { ...coordinatorSide, step } }
}

function participantMutant(
  mutate: (step: ParticipantStep, before: participantSide.State, event: participantSide.Event) => ParticipantStep,
): Rules {
  const step: typeof participantSide.step = (state, event, around) =>
    mutate(participantSide.step(state, event, around), state, event)
  return { ...productRules, participant: { ...participantSide, step } }
}

const yesYes = scenario([['yes'], ['yes']], { isCoarse: true, crashes: 2 })
const refusals = scenario([['yes', 'no'], ['yes']], { isCoarse: true, crashes: 2 })
const readers = scenario([['yes', 'no', 'read-only'], ['yes']], { isCoarse: true, crashes: 1 })
const onePhase = scenario([['yes', 'no', 'read-only']], { isCoarse: true, crashes: 2 })

const isEnded = (state: coordinatorSide.State): boolean => state.phase === 'ended'

const mutants: readonly [name: string, rules: Rules, scenario: Scenario][] = [
  ['SENDB4FORCE: the coordinator tells its decision before the force', owes({ coordinatorHolds: false }), yesYes],
  ['a participant votes before the force', owes({ participantHolds: false }), yesYes],
  ['ACKB4FORCE: an ack is counted before what was applied is durable', owes({ acksWhenForced: false }), yesYes],
  ['GCPART: a participant drops its record without the watermark', owes({ keepsUntilWatermark: false }), yesYes],
  [
    'FORGETEARLY: the transaction ends with the first ack',
    coordinatorMutant((step, before, event) => {
      if (before.phase !== 'committing' || event.type !== 'acked' || isEnded(step.state)) return step
      const { facts } = before
      const outcome = coordinatorSide.outcomeOf(before)
      const record = { type: 'end', transactionId: facts.transactionId, outcome } as const
      return { ...step, state: { phase: 'ended', facts, outcome, committed: [] }, records: [record] }
    }),
    yesYes,
  ],
  [
    'FORGETNO: a no is not remembered',
    participantMutant((step, before, event) => {
      const isNo = event.type === 'prepared' && before.state === 'active' && step.state.state === 'aborted'
      return isNo ? { ...step, state: { state: 'none' }, records: [], force: false } : step
    }),
    refusals,
  ],
  [
    'NOINQ: nobody inquires',
    participantMutant((step) => ({ ...step, messages: step.messages.filter(({ to }) => to !== 'coordinator') })),
    { ...yesYes, isCooperative: false },
  ],
  [
    'an inquiry is answered abort while votes are still missing',
    coordinatorMutant((step) => ({
      ...step,
      replies: step.replies.map((reply) =>
        reply.type === 'inquiry' && reply.answer === 'in-progress' ? { ...reply, answer: 'abort' } : reply,
      ),
    })),
    yesYes,
  ],
  [
    'a member says aborted without a tombstone',
    participantMutant((step, before, event) => {
      const isBare = event.type === 'status' && before.state === 'none' && step.state.state === 'aborted'
      return isBare ? { ...step, state: before, records: [], force: false } : step
    }),
    yesYes,
  ],
  [
    'a delegation is presumed aborted after a restart',
    coordinatorMutant((step, before, event) => {
      if (before.phase !== 'delegated' || before.request !== undefined || event.type !== 'timer') return step
      const reason = { code: 'COORDINATOR_RESTARTED', message: '', refused: false, retryable: true }
      const outcome = { outcome: 'aborted', reason } as const
      const record = { type: 'end', transactionId: before.facts.transactionId, outcome } as const
      return {
        ...step,
        state: { phase: 'ended', facts: before.facts, outcome, committed: [] },
        records: [record],
        messages: [],
        replies: [{ type: 'decided', outcome, applied: true }],
        timers: [],
      }
    }),
    onePhase,
  ],
  [
    'the boot that counts is not compared: what a later boot says is evidence',
    participantMutant((step) => ({
      ...step,
      state: step.state.state === 'aborted' ? { ...step.state, isEvidence: true } : step.state,
      records: step.records.map((record) => (record.type === 'aborted' ? { ...record, isEvidence: true } : record)),
    })),
    readers,
  ],
  [
    'a one-phase end that rests on nothing durable is not forced',
    coordinatorMutant((step, before) =>
      before.phase === 'delegated' && isEnded(step.state) ? { ...step, force: false } : step,
    ),
    { ...scenario([['yes', 'no']], { isCoarse: true, crashes: 1, diskLosses: 1 }) },
  ],
]

describe('found by exploration', () => {
  test.each(mutants)('%s', (_name, rules, explored) => {
    const { violation } = explore(explored, rules)
    expect(violation?.sentence).toBeDefined()
    expect(violation?.story.length).toBeGreaterThan(0)
  })

  test.each([yesYes, refusals, readers, onePhase])('and the product passes where they fail', (explored) => {
    expect(explore(explored, productRules).violation).toBeUndefined()
  })
})
