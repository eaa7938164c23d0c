// The mutants of protocols.md 8.5 that concern sagas: a rule is broken on purpose, and the exploration must find what that
// breaks. A mutant that nobody finds fails here.

import { expect, test } from '@jest/globals'
import { BranchNumber, coordinatorSide, type PreparedBranch, participantSide } from '../../../protocol/index.ts'
import { explore } from './explore/explorer.ts'
import { productRules, type Rules, type Scenario, scenario } from './explore/scenario.ts'
import { at, identityOf, policy } from './parties.ts'

type CoordinatorStep = coordinatorSide.CoordinatorStep
type CoordinatorState = coordinatorSide.State
type ParticipantStep = participantSide.ParticipantStep
type Aborting = Extract<CoordinatorState, { phase: 'aborting' }>

function coordinatorMutant(
  mutate: (step: CoordinatorStep, before: CoordinatorState, event: coordinatorSide.Event) => CoordinatorStep,
): Rules {
  const step: typeof coordinatorSide.step = (state, event, around) =>
    mutate(coordinatorSide.step(state, event, around), state, event)
  return { ...productRules, coordinator: { ...coordinatorSide, step } }
}

function participantMutant(
  mutate: (step: ParticipantStep, before: participantSide.State, event: participantSide.Event) => ParticipantStep,
): Rules {
  const step: typeof participantSide.step = (state, event, around) =>
    mutate(participantSide.step(state, event, around), state, event)
  return { ...productRules, participant: { ...participantSide, step } }
}

const does = { results: ['does'] } as const
const refuses = { results: ['does', 'refuses'] } as const
const chain = scenario([does, does])
const refusal = scenario([does, refuses])
const parallel = scenario([
  { ...does, after: [] },
  { ...refuses, after: [] },
])
const pivot = scenario([does, { ...does, role: 'pivot' }])
const failures = scenario([{ results: ['fails', 'does'] }], { isCoarse: false, crashes: 0, mayTimeOut: false })

/** It forgets that it has compensated, and does it for whoever asks. */
const compensatesTwice: Rules = {
  ...productRules,
  participant: {
    ...participantSide,
    step: (state, event, around) => {
      const step = participantSide.step(state, event, around)
      if (event.type !== 'abort' || state.state !== 'aborted' || state.reason.message !== 'the transaction was aborted')
        return step
      const { transactionId, branch, sequence } = state
      const forgotten = {
        transactionId,
        branch,
        sequence,
        protocol: 'saga',
        operation: 'work',
        input: '',
        result: '',
      } as const
      const known: PreparedBranch = {
        ...forgotten,
        startedAt: at(0),
        locks: [],
        members: [],
        onePhase: false,
        traceParent: '',
      }
      const { work } = participantSide.step({ state: 'prepared', branch: known, inquiries: 0 }, event, around)
      return { ...step, work }
    },
  },
}
const withoutTombstone = participantMutant((step, before, event) => {
  const isGivenUp = before.state === 'none' && (event.type === 'abort' || event.type === 'status')
  return isGivenUp ? { ...step, state: before, records: [], force: false } : step
})

const unforced = (type: string): Rules => {
  const lax = (step: CoordinatorStep): CoordinatorStep =>
    step.records.some((record) => record.type === type) ? { ...step, force: false } : step
  const rules = coordinatorMutant(lax)
  const begin: typeof coordinatorSide.begin = (facts) => lax(coordinatorSide.begin(facts))
  const submitSaga: typeof coordinatorSide.submitSaga = (...asked) => lax(coordinatorSide.submitSaga(...asked))
  return { ...rules, coordinator: { ...rules.coordinator, begin, submitSaga } }
}

/** As it turns, branches are told in this order instead. */
function compensatingAfter(order: (branch: number, all: Aborting['branches']) => readonly number[]): Rules {
  return coordinatorMutant((step, before) => {
    const { state } = step
    if (before.phase === 'aborting' || state.phase !== 'aborting') return step
    const branches = state.branches.map((branch): Aborting['branches'][number] => {
      const after = order(branch.branch, state.branches).map(BranchNumber)
      return { ...branch, after, progress: after.length === 0 ? 'sent' : 'waiting' }
    })
    const next: Aborting = { ...state, branches }
    return { ...step, state: next, messages: coordinatorSide.step(next, tick, policy).messages }
  })
}
const tick = { type: 'timer', at: at(0), timer: 'resend' } as const

const inForwardOrder = compensatingAfter((number, all) =>
  all.filter(({ branch }) => branch < number).map(({ branch }) => branch),
)

/** What is asked of it is taken as answered: it did nothing. */
const withoutSettling = coordinatorMutant((step) => {
  let settled = step
  while (settled.state.phase === 'running' && settled.state.turning !== undefined) {
    const asked = settled.state.branches.find(({ progress }) => progress === 'asked')
    if (asked === undefined) return settled
    const knowledge = { knows: 'aborted', reason: settled.state.turning } as const
    const from = identityOf(asked.branch)
    const next = coordinatorSide.step(
      settled.state,
      { type: 'status-answer', at: at(0), branch: asked.branch, knowledge, from },
      policy,
    )
    const records = [...settled.records, ...next.records]
    settled = { ...next, records, messages: [...step.messages, ...next.messages] }
  }
  return settled
})

/** The pivot is a branch like any other. */
const compensatesThePivot: Rules = {
  ...productRules,
  coordinator: {
    ...coordinatorSide,
    submitSaga: (facts, branches, ...others) => {
      const plain = branches.map((branch) => ({ ...branch, role: 'compensatable' as const }))
      return coordinatorSide.submitSaga(facts, plain, ...others)
    },
  },
}

/** A failure is one, whatever try it was of. */
const countsStaleTries: Rules = {
  ...productRules,
  coordinator: {
    ...coordinatorSide,
    step: (state, event, ...others) => {
      if (state.phase !== 'running' || event.type !== 'vote' || event.vote.vote !== 'failed') {
        return coordinatorSide.step(state, event, ...others)
      }
      const tryNumber = state.branches.find(({ branch }) => branch === event.branch)?.tryNumber ?? 0
      return coordinatorSide.step(state, { ...event, vote: { ...event.vote, tryNumber } }, ...others)
    },
  },
}

const answersAbortTooEarly = coordinatorMutant((step, before, event) => {
  if (event.type !== 'inquiry' || before.phase !== 'aborting') return step
  return { ...step, replies: [{ type: 'inquiry', branch: event.branch, answer: 'abort' }] }
})

/** As in the other protocols: no decision, no transaction. */
const presumesAbort: Rules = {
  ...productRules,
  coordinator: {
    ...coordinatorSide,
    recover: (recorded) => {
      const state = coordinatorSide.recover(recorded)
      if (state.phase !== 'running' && state.phase !== 'aborting') return state
      const reason = { code: 'COORDINATOR_RESTARTED', message: '', refused: false, retryable: true }
      return { phase: 'ended', facts: recorded.facts, outcome: { outcome: 'aborted', reason }, committed: [] }
    },
  },
}

/** A branch that is aborted when the coordinator asks after its restart needs no Abort. */
const asksAfterRestart: Rules = {
  ...productRules,
  coordinator: {
    ...coordinatorSide,
    recover: (recorded) => {
      const { first } = recorded
      if (first.record !== 'saga' || first.compensating === undefined) return coordinatorSide.recover(recorded)
      const { compensating: turning, ...running } = first
      const state = coordinatorSide.recover({ ...recorded, first: running })
      return state.phase === 'running' ? { ...state, turning } : state
    },
    resume: (state, ...others) => {
      if (state.phase !== 'running' || state.turning === undefined) return coordinatorSide.resume(state, ...others)
      const event = { type: 'abort', at: at(0), reason: state.turning } as const
      return coordinatorSide.step(state, event, policy)
    },
  },
}

/** What is visible is enough for the next one's turn. */
const goesOnWhenVisible = coordinatorMutant((step, before, event) => {
  if (event.type !== 'decision-answer' || before.phase !== 'aborting') return step
  return step.state.phase === 'aborting'
    ? coordinatorSide.step(step.state, { type: 'acked', at: at(0), branch: event.branch }, policy)
    : step
})

const mutants: readonly [name: string, rules: Rules, scenario: Scenario, breaks: RegExp][] = [
  ['double compensation', compensatesTwice, chain, /S2: .* compensated twice/],
  ['compensated without a tombstone', withoutTombstone, chain, /S4/],
  ['the turn is not forced before the first Abort', unforced('compensating'), chain, /S1/],
  ['the branches are not forced before their Prepare', unforced('saga'), chain, /S1/],
  [
    'a called branch is not forced before its Prepare',
    unforced('saga-branch'),
    scenario([does, does], { isInteractive: true }),
    /S1/,
  ],
  ['compensation in forward order', inForwardOrder, refusal, /S7/],
  ['compensation in no order', compensatingAfter(() => []), chain, /S7/],
  ['a pivot is compensated', compensatesThePivot, pivot, /S5/],
  ['no settling: a branch starts after the first compensation', withoutSettling, parallel, /S4/],
  ['a stale try counts', countsStaleTries, failures, /tries were left/],
  ['an inquiry is answered abort before its turn', answersAbortTooEarly, chain, /S7/],
  ['a saga is presumed aborted after a restart', presumesAbort, chain, /S1/],
  ['a compensation that is not durable is taken for done after a restart', asksAfterRestart, chain, /S7/],
  ['the next one is compensated when the last is visible, not durable', goesOnWhenVisible, chain, /S7/],
]

test.each(mutants)('found: %s', (_name, rules, explored, breaks) => {
  const { violation } = explore(explored, rules, breaks)
  expect(violation?.sentence).toMatch(breaks)
})

test.each([...new Set(mutants.map(([, , explored]) => explored))])(
  'and the product does none of it: %#',
  (explored) => {
    expect(explore(explored, productRules).violation).toBeUndefined()
  },
)
