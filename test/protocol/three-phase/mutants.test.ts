// The mutants of protocols.md 2.2, 2.4 and 8.5 that concern three-phase commit, and one for each bug that exploration has
// found: a rule is broken on purpose, and the exploration must find what that breaks.

import { describe, expect, test } from '@jest/globals'
import {
  type Adopted,
  type coordinatorSide,
  type Decision,
  type ParticipantRecord,
  type participantSide,
  reason,
} from '../../../protocol/index.ts'
import { explore } from '../explore-three-phase/explorer.ts'
import { productRules, type Rules, type Scenario, scenario } from '../explore-three-phase/scenario.ts'

type CoordinatorStep = coordinatorSide.CoordinatorStep
type ParticipantStep = participantSide.ParticipantStep
type BranchState = participantSide.State
type BranchEvent = participantSide.Event

const coordinator = (
  mutate: (step: CoordinatorStep, before: coordinatorSide.State, event: coordinatorSide.Event) => CoordinatorStep,
): Rules => ({
  ...productRules,
  coordinator: {
    ...productRules.coordinator,
    step: (state, event, policy) => mutate(productRules.coordinator.step(state, event, policy), state, event),
  },
})

const participant = (
  mutate: (step: ParticipantStep, before: BranchState, event: BranchEvent) => ParticipantStep,
): Rules => ({
  ...productRules,
  participant: {
    ...productRules.participant,
    step: (state, event, around) => mutate(productRules.participant.step(state, event, around), state, event),
  },
})

const two = [['yes'], ['yes']] as const
const prepared = scenario(two, { isPrepared: true })
const calm = scenario(two, { isPrepared: true, crashes: 0 })
const unsealed = scenario(two, { isKnown: false })
const met = scenario(two, { isPrepared: true, crashes: 0, rounds: 2 })
const lostDisk = scenario(two, { crashes: 0, diskLosses: 1 })
const again = scenario(two, { submitsAgain: 1, crashing: [0] })

/** A branch decides by itself. */
function decides(step: ParticipantStep, state: Extract<BranchState, { state: 'prepared' }>, decision: Decision) {
  const work = { work: decision, branch: state.branch, source: 'member', attempt: 1, detail: '' } as const
  const { round: _, ...others } = state
  return { ...step, state: others, work: [work], records: [], force: false, messages: [] }
}

const isPreCommit = (adopted: Adopted | undefined): boolean => adopted?.choice === 'pre-commit'

/** The records are written, and what follows from them is told before they are durable. */
const unforced = (step: ParticipantStep, type: ParticipantRecord['type']): ParticipantStep =>
  step.records.some((record) => record.type === type) ? { ...step, force: false } : step

/** Whose ballot it is makes no difference: every round at a number is the same one. */
function sameBallots<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sameBallots) as T
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([name, field]) => [name, sameBallots(field)])
  const copy = Object.fromEntries(entries) as Record<string, unknown>
  const isBallot = typeof copy['number'] === 'number' && 'by' in copy && copy['number'] > 1
  return (isBallot ? { ...copy, by: '00000000-0000-4000-8000-0000000000ff', branch: 0 } : copy) as T
}

/** A Collect that is promised although that very ballot was promised before. */
const promisesTwice = (step: ParticipantStep, event: BranchEvent): ParticipantStep => ({
  ...step,
  messages: step.messages.map((sent) => {
    if (event.type !== 'collect' || sent.to !== 'asker' || sent.message.type !== 'ballot-answer') return sent
    const { answer, ballot } = sent.message
    if (answer.answer !== 'refused' || answer.promised.number !== ballot.number) return sent
    return { ...sent, message: { ...sent.message, answer: { answer: 'promised' } } }
  }),
})

const withVoters = (step: CoordinatorStep): CoordinatorStep => {
  const { state } = step
  if (state.phase !== 'aborting') return step
  const branches = state.branches.map((branch) => ({
    ...branch,
    voter: '00000000-0000-4000-8000-000000000001' as never,
  }))
  return { ...step, state: { ...state, branches } }
}

const mutants: readonly [name: string, rules: Rules, scenario: Scenario][] = [
  [
    'timeouts only: a prepared branch aborts alone, a pre-committed one commits alone',
    participant((step, before, event) => {
      if (event.type !== 'no-coordinator' || before.state !== 'prepared') return step
      return decides(step, before, isPreCommit(before.branch.pledge?.adopted) ? 'commit' : 'abort')
    }),
    { ...calm, rounds: 0 },
  ],
  [
    'termination without a majority: whoever answers first is enough',
    participant((step, before, event) => {
      if (before.state !== 'prepared' || before.round === undefined) return step
      if (event.type !== 'ballot-answer' || event.answer.answer !== 'promised') return step
      const isAny = isPreCommit(event.answer.adopted) || isPreCommit(before.branch.pledge?.adopted)
      return decides(step, before, isAny ? 'commit' : 'abort')
    }),
    { ...scenario([...two, ['yes']], { isPrepared: true, crashes: 0 }) },
  ],
  [
    'two proposers at the same ballot, which is promised to both',
    {
      ...productRules,
      coordinator: {
        ...productRules.coordinator,
        step: (state, event, policy) => sameBallots(productRules.coordinator.step(state, event, policy)),
      },
      participant: {
        ...productRules.participant,
        step: (state, event, around) =>
          sameBallots(promisesTwice(productRules.participant.step(state, event, around), event)),
      },
    },
    met,
  ],
  [
    'no promise with the answer to Collect',
    participant((step, before, event) =>
      event.type === 'collect' && before.state === 'prepared' ? { ...step, state: before, records: [] } : step,
    ),
    calm,
  ],
  ['what is promised or adopted is not forced', participant((step) => unforced(step, 'pledged')), prepared],
  [
    'PreCommit leaves before pre-committed is forced',
    coordinator((step) =>
      step.records.some(({ type }) => type === 'pre-committed') ? { ...step, force: false } : step,
    ),
    prepared,
  ],
  [
    'committed is told before a majority has adopted it',
    coordinator((step, before) => {
      if (before.phase !== 'preparing' || step.state.phase !== 'pre-committing') return step
      return { ...step, replies: [{ type: 'decided', outcome: { outcome: 'committed', results: [] }, applied: false }] }
    }),
    calm,
  ],
  [
    'a yes that is not sealed counts as if it were',
    {
      ...productRules,
      coordinator: {
        ...productRules.coordinator,
        step: (state, event, policy) => {
          const isLate = state.phase === 'preparing' && state.seal !== undefined && event.type === 'vote'
          if (!isLate || event.vote.vote !== 'yes') return productRules.coordinator.step(state, event, policy)
          return productRules.coordinator.step(state, { ...event, vote: { ...event.vote, isSealed: true } }, policy)
        },
      },
    },
    { ...unsealed, crashes: 0 },
  ],
  ['a new database is counted as the old one', { ...productRules, tellsStorages: false }, lostDisk],
  [
    'a branch that was never prepared says aborted without a tombstone',
    participant((step, before, event) =>
      event.type === 'collect' && before.state === 'none'
        ? { ...step, state: before, records: [], force: false }
        : step,
    ),
    scenario(two, { crashes: 0 }),
  ],
  [
    'abort is presumed after a restart, although it was pre-committed',
    {
      ...productRules,
      coordinator: {
        ...productRules.coordinator,
        recover: (recorded) => {
          if (recorded.first.record !== 'pre-committed') return productRules.coordinator.recover(recorded)
          const outcome = { outcome: 'aborted', reason: reason('COORDINATOR_RESTARTED', '') } as const
          return { phase: 'ended', facts: recorded.facts, outcome, committed: [] }
        },
      },
    },
    prepared,
  ],
  [
    'nobody begins a round',
    participant((step, before, event) =>
      event.type === 'no-coordinator' && before.state === 'prepared'
        ? { ...step, state: before, records: [], messages: [] }
        : step,
    ),
    { ...calm, rounds: 0 },
  ],
  [
    'the coordinator goes on with no round after a restart',
    {
      ...productRules,
      coordinator: {
        ...productRules.coordinator,
        resume: (state, ...others) => ({ ...productRules.coordinator.resume(state, ...others), timers: [] }),
      },
    },
    { ...prepared, rounds: 0 },
  ],
  [
    'a branch that gives itself up tells so before that is durable',
    participant((step, before) =>
      before.state === 'prepared' && before.branch.pledge === undefined ? unforced(step, 'aborted') : step,
    ),
    unsealed,
  ],
  [
    'a branch that could not give itself up is sealed, and still will',
    participant((step, before, event) => {
      if (event.type !== 'applied' || event.work.source !== 'alone' || event.result.applied === 'ok') return step
      if (before.state !== 'prepared') return step
      const applying = { decision: 'abort', source: 'member', attempt: 1, lastError: '', detail: '' } as const
      return { ...step, state: { ...before, applying }, timers: [{ timer: 'retry', at: event.at }] }
    }),
    { ...unsealed, crashes: 0, mayThrow: true },
  ],
  [
    "a member's Abort of an earlier try aborts this one",
    {
      ...productRules,
      participant: {
        ...productRules.participant,
        step: (state, event, around) => {
          if (event.type !== 'abort' || state.state !== 'prepared')
            return productRules.participant.step(state, event, around)
          const message = { ...event.message, sequence: state.branch.sequence }
          return productRules.participant.step(state, { ...event, message }, around)
        },
      },
    },
    again,
  ],
  ['an aborted transaction waits for a database that was lost', coordinator(withVoters), { ...lostDisk, rounds: 0 }],
]

describe('found by exploration', () => {
  test.each(mutants)('%s', (_name, rules, explored) => {
    const { violation } = explore(explored, rules)
    expect(violation?.sentence).toBeDefined()
    console.info(`${violation?.sentence}: ${violation?.story.length} moves`)
  })
})
