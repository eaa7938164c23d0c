// The mutants of two-phase and of the drivers; those of the other protocols are in mutants-three-phase.ts and mutants-saga.ts.

import { Coordinator } from '../coordinator/coordinator.ts'
import { coordinatorSide, participantSide } from '../protocol/index.ts'
import {
  like,
  type Mutant,
  type MutantRow,
  product,
  withCoordinatorRules,
  withCoordinatorStep,
  withLog,
  withParticipantRules,
  withParticipantStep,
  withStore,
} from './mutants.ts'

const sendsBeforeForce = withLog((log) =>
  like(log, {
    get forcedTurn() {
      return log.appendedTurn
    },
  }),
)

/** `synchronous = NORMAL`: what it calls durable is only written. */
const neverForces = withStore((store) => {
  let turn = 0
  return like(store, {
    get forcedTurn() {
      return turn
    },
    runTurn(number, _expectForce, body) {
      const end = store.runTurn(number, false, (local) => {
        body(local)
        return false
      })
      if (end.end === 'committed') turn = number
      return end
    },
  })
})

/** Votes are forced, and what is told as durable beside them is not. */
const acksBeforeForce = withStore((store) => {
  let turn = 0
  return like(store, {
    get forcedTurn() {
      return Math.max(turn, store.forcedTurn)
    },
    runTurn(number, expectForce, body) {
      const end = store.runTurn(number, expectForce, body)
      if (end.end === 'committed') turn = number
      return end
    },
  })
})

const forgetsEarly = withCoordinatorRules({
  step(state, event, policy) {
    if (state.phase !== 'committing' || event.type !== 'acked') return coordinatorSide.step(state, event, policy)
    const branches = state.branches.map((one) =>
      one.branch === event.branch ? one : { ...one, progress: 'acked' as const },
    )
    return coordinatorSide.step({ ...state, branches }, event, policy)
  },
})

/** Whoever said no and is asked again says what it likes. */
const forgetsNo = withParticipantRules({
  step(state, event, around) {
    const isAskedAgain = event.type === 'prepare' && state.state === 'aborted'
    return participantSide.step(isAskedAgain ? { state: 'none' } : state, event, around)
  },
})

const inquiresNever = withParticipantStep((step) => ({
  ...step,
  messages: step.messages.filter(({ to }) => to !== 'coordinator'),
}))

/** The watermark passes what has only begun. */
const runsAhead: Mutant = {
  ...product,
  coordinator: (...parts) => {
    const coordinator = new Coordinator(...parts)
    const { watermark, log } = coordinator
    const begin = watermark.begin.bind(watermark)
    let next = 1
    watermark.begin = (at) => {
      const sequence = begin(at)
      next = sequence.number + 1
      return sequence
    }
    Object.defineProperty(watermark, 'current', {
      get: () => ({ below: { epoch: log.epoch, number: next }, open: [] }),
    })
    return coordinator
  },
}

const locksNotAgain = withParticipantRules({
  recover(record) {
    const state = participantSide.recover(record)
    return state.state === 'prepared' ? { ...state, branch: { ...state.branch, locks: [] } } : state
  },
})

/** Strict two-phase locking is not needed, it thinks. */
const releasesEarly = withParticipantStep((step, before, event) =>
  event.type === 'prepared' && before.state === 'active' && step.state.state === 'prepared'
    ? { ...step, work: [...step.work, { work: 'release-locks' }] }
    : step,
)

const answersAbort = withCoordinatorStep((step) => ({
  ...step,
  replies: step.replies.map((reply) =>
    reply.type === 'inquiry' && reply.answer === 'in-progress' ? { ...reply, answer: 'abort' } : reply,
  ),
}))

const resendsNever = withCoordinatorStep((step, before, event) =>
  before.phase === 'committing' && event.type === 'timer' ? { ...step, timers: [] } : step,
)

const countsNoAsYes = withCoordinatorRules({
  step(state, event, policy) {
    if (event.type !== 'vote' || event.vote.vote !== 'no') return coordinatorSide.step(state, event, policy)
    return coordinatorSide.step(state, { ...event, vote: { vote: 'yes', result: '' } }, policy)
  },
})

/** A restarted coordinator takes a delegated transaction for one that it never decided. */
const presumesDelegated = withCoordinatorStep((step, before, event) => {
  const isAsked = event.type === 'timer' || event.type === 'connected'
  if (before.phase !== 'delegated' || before.request !== undefined || !isAsked) return step
  const { facts } = before
  const reason = { code: 'COORDINATOR_RESTARTED', message: '', refused: false, retryable: true }
  const outcome = { outcome: 'aborted', reason } as const
  return {
    ...step,
    state: { phase: 'ended', facts, outcome, committed: [] },
    records: [{ type: 'end', transactionId: facts.transactionId, outcome }],
    messages: [],
    replies: [{ type: 'decided', outcome, applied: true }],
    timers: [],
  }
})

/** BLANKYES: whoever has no record says that it has applied. */
const acksWithoutRecord = withParticipantStep((step) => ({
  ...step,
  messages: step.messages.map((sent) =>
    sent.to === 'asker' && sent.message.type === 'decision-answer' && sent.message.answer.answer === 'no-record'
      ? { ...sent, message: { ...sent.message, answer: { answer: 'applied', turn: 0 } } }
      : sent,
  ),
}))

/** What an operator did against the decision is answered as if it had been done. */
const hidesHeuristics = withParticipantStep((step) => ({
  ...step,
  messages: step.messages.map((sent) =>
    sent.to === 'asker' && sent.message.type === 'decision-answer' && sent.message.answer.answer === 'heuristic'
      ? { ...sent, message: { ...sent.message, answer: { answer: 'applied', turn: 0 } } }
      : sent,
  ),
}))

/** Commit is run again although it was run already. */
const appliesTwice = withParticipantRules({
  step(state, event, around) {
    if (event.type !== 'commit' || state.state !== 'committed') return participantSide.step(state, event, around)
    return participantSide.step({ state: 'prepared', branch: state.branch, inquiries: 0 }, event, around)
  },
})

/** A member that was asked says aborted, and might still say yes. */
const leavesNoTombstone = withParticipantStep((step, before, event) =>
  event.type === 'abort' && before.state === 'none' ? { ...step, state: before, records: [] } : step,
)

const two = (name: string, mutant: Mutant): MutantRow => ({ name, protocol: 'two-phase', mutant })

export const twoPhaseMutants: readonly MutantRow[] = [
  two('SENDB4FORCE: the decision is told before it is forced', sendsBeforeForce),
  two('NORMAL: votes are written and not forced', neverForces),
  two('ACKB4FORCE: an ack before the force', acksBeforeForce),
  two('FORGETEARLY: forgotten after the first ack', forgetsEarly),
  two('FORGETNO: a no is not remembered', forgetsNo),
  two('NOINQ: nobody inquires', inquiresNever),
  two('GCPART: dropped while still open', runsAhead),
  two('no locks after a restart', locksNotAgain),
  two('locks are let go with the yes', releasesEarly),
  two('an inquiry is answered abort too early', answersAbort),
  two('Commit is not sent again', resendsNever),
  two('a no counts as a yes', countsNoAsYes),
  two('a delegation is presumed aborted', presumesDelegated),
  two('a duplicate Commit is applied again', appliesTwice),
  two('no tombstone', leavesNoTombstone),
  two('BLANKYES: whoever has no record says that it has applied', acksWithoutRecord),
  two('HEURISTIC: what an operator did against the decision is not told', hidesHeuristics),
]
