// The mutants of protocols.md 1.9 and 8.5 that concern two-phase, and one for each bug that exploration has found: a rule
// is broken on purpose, and the exploration must find what that breaks. A mutant that nobody finds fails here.

import { describe, expect, test } from '@jest/globals'
import {
  coordinatorSide,
  type Member,
  type PreparedBranch,
  participantSide,
  type Sequence,
} from '../../protocol/index.ts'
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

const lostDisk = scenario([['yes'], ['yes']], { isCoarse: true, crashes: 0, diskLosses: 1 })
const again = scenario([['yes'], ['yes', 'no']], { crashes: 1, submitsAgain: 1 })
const readersAgain = scenario(
  [
    ['yes', 'read-only'],
    ['yes', 'no'],
  ],
  { isCoarse: true, crashes: 1, submitsAgain: 1 },
)

/** Its operation read only, and yet nothing of the vote is recorded. */
const forgetsOnePhaseReader = participantMutant((step, before, event) => {
  if (event.type !== 'prepared' || event.result.prepared !== 'read-only' || before.state !== 'active') return step
  return { ...step, state: { state: 'read-only', request: before.request, result: '' }, records: [], force: false }
})

/** What an earlier try knows is said as if it were of this one: the sequence is looked at nowhere. */
const looksAtNoSequence: Rules = {
  ...productRules,
  participant: {
    ...participantSide,
    step: (state, event, around) => {
      if (event.type !== 'prepare' && event.type !== 'status') return participantSide.step(state, event, around)
      const sequence = sequenceOf(state) ?? event.message.sequence
      const message = { ...event.message, sequence }
      return participantSide.step(state, { ...event, message } as participantSide.Event, around)
    },
  },
}

function sequenceOf(state: participantSide.State): Sequence | undefined {
  if (state.state === 'aborted') return state.sequence
  if (state.state === 'read-only') return state.request.sequence
  return state.state === 'none' || state.state === 'active' ? undefined : state.branch.sequence
}

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
    'BLANKYES: Commit without a record is answered as if it were applied',
    participantMutant((step) => ({
      ...step,
      messages: step.messages.map((sent) =>
        sent.to === 'asker' && sent.message.type === 'decision-answer' && sent.message.answer.answer === 'no-record'
          ? { ...sent, message: { ...sent.message, answer: { answer: 'applied', turn: 1 } } }
          : sent,
      ),
    })),
    lostDisk,
  ],
  [
    'a tombstone is told and not forced',
    participantMutant((step, before, event) =>
      event.type === 'status' && before.state === 'none' ? { ...step, force: false } : step,
    ),
    yesYes,
  ],
  [
    'Status does not compare the boot: a later one says aborted for a vote that it has forgotten',
    {
      ...productRules,
      participant: {
        ...participantSide,
        step: (state, event, around) => {
          if (event.type !== 'status' || event.message.expected === undefined) {
            return participantSide.step(state, event, around)
          }
          const { boot } = around.identity
          const expected = { ...event.message.expected, boot }
          return participantSide.step(state, { ...event, message: { ...event.message, expected } }, around)
        },
      },
    },
    readers,
  ],
  [
    'a branch prepared in another boot than the one that counts asks the members',
    participantMutant((step, before, event) =>
      event.type === 'prepared' && before.state === 'active' && step.state.state === 'prepared'
        ? withMembers(step, step.state.branch, before.request.members)
        : step,
    ),
    readers,
  ],
  ['one-phase: a reader is not recorded, and runs again', forgetsOnePhaseReader, onePhase],
  [
    'the resend timer is not armed again',
    coordinatorMutant((step, before, event) =>
      before.phase === 'committing' && event.type === 'timer' ? { ...step, timers: [] } : step,
    ),
    yesYes,
  ],
  ['the watermark passes a delegation before its end is durable', owes({ watermarkWhenDurable: false }), onePhase],
  ['an older epoch is not fenced', owes({ fences: false }), again],
  ['an answer of an earlier try is believed', owes({ matchesAnswers: false }), again],
  ['what was said and done for an earlier try is taken for this one', looksAtNoSequence, readersAgain],
  [
    'a one-phase end that rests on nothing durable is not forced',
    coordinatorMutant((step, before) =>
      before.phase === 'delegated' && isEnded(step.state) ? { ...step, force: false } : step,
    ),
    { ...scenario([['yes', 'no']], { isCoarse: true, crashes: 1, diskLosses: 1 }) },
  ],
]

/** The step, with the members that its record leaves out. */
function withMembers(step: ParticipantStep, branch: PreparedBranch, members: readonly Member[]): ParticipantStep {
  const whole = { ...branch, members }
  const records = step.records.map((record) => (record.type === 'prepared' ? { ...record, branch: whole } : record))
  return { ...step, state: { state: 'prepared', branch: whole, inquiries: 0 }, records }
}

describe('found by exploration', () => {
  test.each(mutants)('%s', (_name, rules, explored) => {
    const { violation } = explore(explored, rules)
    expect(violation?.sentence).toBeDefined()
    expect(violation?.story.length).toBeGreaterThan(0)
  })

  test.each([yesYes, refusals, readers, onePhase, lostDisk, readersAgain])(
    'and the product passes where they fail',
    (explored) => {
      expect(explore(explored, productRules).violation).toBeUndefined()
    },
  )
})
