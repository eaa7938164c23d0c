// Mutants of three-phase: each breaks one of the rules that ballots rest on (protocols.md 2.4 and 8.5).

import { coordinatorSide, type Pledge, participantSide } from '../protocol/index.ts'
import {
  type Mutant,
  type MutantRow,
  withCoordinatorRules,
  withCoordinatorStep,
  withParticipantRules,
  withParticipantStep,
} from './mutants.ts'

type Prepared = Extract<participantSide.State, { state: 'prepared' }>

const withPledge = (state: Prepared, pledge: Pledge): Prepared => ({ ...state, branch: { ...state.branch, pledge } })

/** Skeen's timeouts: in doubt and nobody answers, so it decides alone. */
const timeoutOnly = withParticipantRules({
  step(state, event, around) {
    const isAlone = event.type === 'no-coordinator' && state.state === 'prepared' && state.branch.pledge !== undefined
    if (!isAlone) return participantSide.step(state, event, around)
    const { branch } = state
    const answer = branch.pledge?.adopted?.choice === 'pre-commit' ? 'commit' : 'abort'
    const { sequence } = branch
    return participantSide.step(state, { type: 'inquiry-answer', at: event.at, answer, sequence }, around)
  },
})

/** What was promised or adopted is forgotten by a restart. */
const volatilePledge = withParticipantRules({
  recover(record) {
    const state = participantSide.recover(record)
    if (state.state !== 'prepared' || state.branch.pledge === undefined) return state
    return withPledge(state, { promised: { ...state.branch.pledge.promised, number: 1, branch: 0 } })
  },
})

/** A lower ballot than the promised one is answered, too. */
const noPromise = withParticipantRules({
  step(state, event, around) {
    const isAsked = event.type === 'pre-commit' || event.type === 'pre-abort'
    if (!isAsked || state.state !== 'prepared' || state.branch.pledge === undefined) {
      return participantSide.step(state, event, around)
    }
    const { pledge } = state.branch
    return participantSide.step(withPledge(state, { ...pledge, promised: event.message.ballot }), event, around)
  },
})

/** The first that has adopted is taken for a majority. */
const decidesEarly = withCoordinatorRules({
  step(state, event, policy) {
    const isFirst = event.type === 'ballot-answer' && event.to === 'pre-commit' && event.answer.answer === 'adopted'
    if (!isFirst) return coordinatorSide.step(state, event, policy)
    return coordinatorSide.step(state, { ...event, answer: { answer: 'committed' } }, policy)
  },
})

/** After a restart the coordinator speaks at its first ballot again. */
const sameBallot = withCoordinatorRules({
  recover(recorded) {
    const state = coordinatorSide.recover(recorded)
    if (state.phase !== 'pre-committing') return state
    const promised = { ...state.pledge.promised, number: 0 }
    return { ...state, seen: 0, pledge: { ...state.pledge, promised } }
  },
})

const neverTerminates = withParticipantStep((step) => ({
  ...step,
  messages: step.messages.filter(({ to }) => to !== 'member' && to !== 'voting-coordinator'),
}))

/** Whoever has not adopted anything says that it adopted pre-abort: "pre-commit if any" turned around. */
const forgetsAdopted = withParticipantStep((step) => ({
  ...step,
  messages: step.messages.map((sent) => {
    if (sent.to !== 'asker' || sent.message.type !== 'ballot-answer') return sent
    const { answer } = sent.message
    return answer.answer === 'promised'
      ? { ...sent, message: { ...sent.message, answer: { answer: 'promised' as const } } }
      : sent
  }),
}))

/** The decision to abort is presumed although PreCommit may have left. */
const presumesAbort = withCoordinatorStep((step, before) =>
  before.phase === 'pre-committing'
    ? {
        ...step,
        replies: step.replies.map((reply) =>
          reply.type === 'inquiry' && reply.answer === 'in-progress' ? { ...reply, answer: 'abort' } : reply,
        ),
      }
    : step,
)

const three = (name: string, mutant: Mutant): MutantRow => ({ name, protocol: 'three-phase', mutant })

export const threePhaseMutants: readonly MutantRow[] = [
  three('TIMEOUT-ONLY: a member in doubt decides alone', timeoutOnly),
  three('VOLATILE: what was promised does not survive a restart', volatilePledge),
  three('NO-PROMISE: a lower ballot is answered', noPromise),
  three('QUORUM: one member is taken for a majority', decidesEarly),
  three('SAME-BALLOT: a ballot is used again after a restart', sameBallot),
  three('FORGETS-ADOPTED: what was adopted is not told', forgetsAdopted),
  three('BLOCKED: members never end it by themselves', neverTerminates),
  three('an inquiry is answered abort after PreCommit', presumesAbort),
]
