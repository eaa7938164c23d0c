// Mutants of sagas (protocols.md 3.1 and 8.5).

import { coordinatorSide, participantSide } from '../protocol/index.ts'
import {
  like,
  type Mutant,
  type MutantRow,
  withCoordinatorRules,
  withCoordinatorStep,
  withLog,
  withParticipantRules,
} from './mutants.ts'

const compensatesTwice = withParticipantRules({
  step(state, event, around) {
    if (event.type !== 'applied' || event.work.work !== 'abort' || state.state !== 'prepared') {
      return participantSide.step(state, event, around)
    }
    // The first one says that it failed.
    if (event.work.attempt > 1) return participantSide.step(state, event, around)
    return participantSide.step(state, { ...event, result: { applied: 'threw', error: 'no' } }, around)
  },
})

/** Every Abort leaves at once. */
const anyOrder = withCoordinatorRules({
  step(state, event, policy) {
    const step = coordinatorSide.step(state, event, policy)
    if (step.state.phase !== 'aborting' || state.phase === 'aborting') return step
    const branches = step.state.branches.map((one) => ({ ...one, after: [], progress: 'sent' as const }))
    return { ...step, state: { ...step.state, branches } }
  },
})

/** A branch whose result is not known counts as not done. */
const settlesNothing = withCoordinatorRules({
  step(state, event, policy) {
    if (state.phase !== 'running' || event.type !== 'timer' || event.timer !== 'timeout') {
      return coordinatorSide.step(state, event, policy)
    }
    const branches = state.branches.map((one) =>
      one.progress === 'sent' || one.progress === 'failed' ? { ...one, progress: 'no' as const } : one,
    )
    return coordinatorSide.step({ ...state, branches }, event, policy)
  },
})

/** The pivot is like any other branch. */
const turnsAfterPivot = withCoordinatorRules({
  step(state, event, policy) {
    if (state.phase !== 'running' || (event.type !== 'abort' && event.type !== 'timer')) {
      return coordinatorSide.step(state, event, policy)
    }
    const { isForward: _, ...others } = state
    const branches = state.branches.map((one) => ({ ...one, role: 'compensatable' as const }))
    return coordinatorSide.step({ ...others, branches }, event, policy)
  },
})

/** An inquiry is answered abort before it is the branch's turn. */
const answersAbort = withCoordinatorStep((step, before) =>
  before.phase === 'running'
    ? {
        ...step,
        replies: step.replies.map((reply) =>
          reply.type === 'inquiry' && reply.answer === 'in-progress' ? { ...reply, answer: 'abort' } : reply,
        ),
      }
    : step,
)

/** A refusal is not remembered. */
const forgetsNo = withParticipantRules({
  step(state, event, around) {
    const isAskedAgain = event.type === 'prepare' && state.state === 'aborted'
    return participantSide.step(isAskedAgain ? { state: 'none' } : state, event, around)
  },
})

const sendsBeforeForce = withLog((log) =>
  like(log, {
    get forcedTurn() {
      return log.appendedTurn
    },
  }),
)

/** After a restart the saga is taken for finished. */
const forgetsTheRest = withCoordinatorRules({
  recover(recorded) {
    const { first } = recorded
    if (first.record !== 'saga' || first.branches.length < 2) return coordinatorSide.recover(recorded)
    return coordinatorSide.recover({
      ...recorded,
      first: { ...first, branches: first.branches.slice(0, 1), isOpen: false },
    })
  },
})

/** What an earlier branch has found does not go into the input. */
const resolvesNothing = withCoordinatorStep((step) => ({
  ...step,
  messages: step.messages.map((sent) =>
    sent.message.type === 'prepare'
      ? { ...sent, message: { ...sent.message, input: sent.message.input.replace(/"note":-?\d+/, '"note":null') } }
      : sent,
  ),
}))

const saga = (name: string, mutant: Mutant): MutantRow => ({ name, protocol: 'saga', mutant })

export const sagaMutants: readonly MutantRow[] = [
  saga('S1: a Prepare leaves before its branch is forced', sendsBeforeForce),
  saga('S2: a compensation runs twice', compensatesTwice),
  saga('S3: what may still begin is not barred', settlesNothing),
  saga('S3: a tombstone is not remembered', forgetsNo),
  saga('S5: compensated after the pivot', turnsAfterPivot),
  saga('S6: a restart forgets the later branches', forgetsTheRest),
  saga('S7: compensated in any order', anyOrder),
  saga('REFERENCE: an input goes without what it refers to', resolvesNothing),
  saga('an inquiry is answered abort while it runs', answersAbort),
]
