// Each rule as a check of single steps, and a core in which it is broken on purpose. A rule that its mutant passes, or that
// the product fails, fails here. test/protocol/mutants.test.ts finds what such mutants do to whole worlds.

import { describe, expect, test } from '@jest/globals'
import { coordinatorSide, participantSide, reason } from '../../../protocol/index.ts'
import { at, enlisted, facts, policy, voter } from './coordinator-scenario.ts'
import { abort, around, commit, prepare, status } from './participant-scenario.ts'

type Coordinator = Pick<typeof coordinatorSide, 'step' | 'recover'>
type Participant = Pick<typeof participantSide, 'step'>
type CoordinatorStep = coordinatorSide.CoordinatorStep
type ParticipantStep = participantSide.ParticipantStep

/** A mutant: the product's step, with its result altered. */
const coordinator = (
  mutate: (step: CoordinatorStep, before: coordinatorSide.State, event: coordinatorSide.Event) => CoordinatorStep,
): Coordinator => ({
  ...coordinatorSide,
  step: (state, event, known) => mutate(coordinatorSide.step(state, event, known), state, event),
})
const participant = (
  mutate: (step: ParticipantStep, before: participantSide.State, event: participantSide.Event) => ParticipantStep,
): Participant => ({
  step: (state, event, known) => mutate(participantSide.step(state, event, known), state, event),
})

const branch = (number: number) => enlisted(number).branch
const vote = (number: number): coordinatorSide.Event => {
  const cast = { vote: 'yes', result: '' } as const
  return { type: 'vote', at: at(1), branch: branch(number), vote: cast, from: voter(number) }
}
const acked = (number: number): coordinatorSide.Event => ({ type: 'acked', at: at(2), branch: branch(number) })

/** All steps of a transaction with two branches, driven by these events. */
function runCoordinator(mutant: Coordinator, events: readonly coordinatorSide.Event[]): CoordinatorStep[] {
  const steps = [coordinatorSide.submit(facts, [enlisted(1), enlisted(2)], at(0), policy)]
  for (const event of events) steps.push(mutant.step(last(steps).state, event, policy))
  return steps
}

/** All steps of a branch; its operation does what `result` says, and a decision is applied at once. */
function runBranch(
  mutant: Participant,
  events: readonly participantSide.Event[],
  result: participantSide.Prepared = { prepared: 'yes', result: '', locks: [] },
  known = around(),
): ParticipantStep[] {
  const steps: ParticipantStep[] = []
  const queue = [...events]
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    const step = mutant.step(steps.at(-1)?.state ?? { state: 'none' }, event, known)
    steps.push(step)
    for (const work of step.work) {
      if (work.work === 'prepare') queue.unshift({ type: 'prepared', at: at(1), result })
      else if (work.work !== 'release-locks') {
        queue.unshift({ type: 'applied', at: at(1), result: { applied: 'ok' }, work })
      }
    }
  }
  return steps
}

function last<T>(items: readonly T[]): T {
  const item = items.at(-1)
  if (item === undefined) throw new Error('nothing happened')
  return item
}

/** What a branch said, step by step, to whoever asked. */
const said = (steps: readonly ParticipantStep[]): string[] =>
  steps.flatMap(({ messages }) =>
    messages.flatMap((sent) => {
      if (sent.to !== 'asker') return []
      const { message } = sent
      if (message.type === 'vote') return [message.vote.vote]
      return [message.type === 'status-answer' ? message.knowledge.knows : message.answer.answer]
    }),
  )

const prepareEvent = { type: 'prepare', at: at(0), message: prepare() } as const
const commitEvent = { type: 'commit', at: at(2), message: commit } as const
const abortEvent = { type: 'abort', at: at(2), message: abort } as const
const statusEvent = { type: 'status', at: at(2), message: status() } as const
const no: participantSide.Prepared = { prepared: 'no', reason: reason('OPERATION_FAILED', 'broken') }
const blank: participantSide.State = { state: 'none' }

interface CoordinatorRule {
  readonly name: string
  readonly holds: (core: Coordinator) => boolean
  readonly mutant: Coordinator
}
interface ParticipantRule {
  readonly name: string
  readonly holds: (core: Participant) => boolean
  readonly mutant: Participant
}

const coordinatorRules: readonly CoordinatorRule[] = [
  {
    name: 'SENDB4FORCE: the step that first sends Commit forces the decision',
    holds: (core) => {
      const first = runCoordinator(core, [vote(1), vote(2)]).find(({ messages }) =>
        messages.some(({ message }) => message.type === 'commit'),
      )
      return first?.force === true && first.records.some(({ type }) => type === 'decision')
    },
    mutant: coordinator((step) => ({ ...step, force: false })),
  },
  {
    name: 'ACKB4FORCE: what is only applied is sent Commit again, and ends nothing',
    holds: (core) => {
      const applied = (number: number): coordinatorSide.Event => {
        const answer = { answer: 'applied', turn: 1 } as const
        return {
          type: 'decision-answer',
          at: at(2),
          branch: branch(number),
          decision: 'commit',
          answer,
          from: voter(number),
        }
      }
      const resend = { type: 'timer', at: at(100), timer: 'resend' } as const
      const steps = runCoordinator(core, [vote(1), vote(2), applied(1), applied(2), resend])
      return last(steps).messages.length === 2
    },
    mutant: coordinator((step, _before, event) =>
      event.type === 'decision-answer' ? coordinatorSide.step(step.state, { ...event, type: 'acked' }, policy) : step,
    ),
  },
  {
    name: 'FORGETEARLY: end is recorded with the last ack, not with the first',
    holds: (core) => {
      const ends = runCoordinator(core, [vote(1), vote(2), acked(1), acked(2)]).map(({ records }) =>
        records.some(({ type }) => type === 'end'),
      )
      return ends.join() === 'false,false,false,false,true'
    },
    mutant: coordinator((step, before, event) => {
      if (before.phase !== 'committing' || event.type !== 'acked') return step
      const outcome = coordinatorSide.outcomeOf(before)
      const records = [{ type: 'end', transactionId: facts.transactionId, outcome } as const]
      return { ...step, state: { phase: 'ended', facts, outcome, committed: [] }, records }
    }),
  },
  {
    name: 'an inquiry while votes are missing is not answered abort, because commit may follow',
    holds: (core) => {
      const steps = runCoordinator(core, [vote(1), { type: 'inquiry', branch: branch(1) }, vote(2)])
      const isAborted = steps.some(({ replies }) =>
        replies.some((reply) => reply.type === 'inquiry' && reply.answer === 'abort'),
      )
      return !isAborted && last(steps).state.phase === 'committing'
    },
    mutant: coordinator((step) => ({
      ...step,
      replies: step.replies.map((reply) => (reply.type === 'inquiry' ? { ...reply, answer: 'abort' } : reply)),
    })),
  },
  {
    name: 'a delegation is asked for after a restart, never presumed aborted',
    holds: (core) => {
      const { storageId } = voter(1)
      const first = { record: 'delegated', branch: { ...enlisted(1), storageId } } as const
      const state = core.recover({ facts, first, hazards: [] })
      const { messages } = core.step(state, { type: 'timer', at: at(100), timer: 'resend' }, policy)
      return state.phase === 'delegated' && messages.some(({ message }) => message.type === 'status')
    },
    mutant: {
      ...coordinatorSide,
      recover: () => {
        const outcome = { outcome: 'aborted', reason: reason('COORDINATOR_RESTARTED', '') } as const
        return { phase: 'ended', facts, outcome, committed: [] }
      },
    },
  },
]

const participantRules: readonly ParticipantRule[] = [
  {
    name: 'SENDB4FORCE: the step that says yes forces its record',
    holds: (core) => {
      const steps = runBranch(core, [prepareEvent])
      return last(steps).force && last(steps).records[0]?.type === 'prepared' && said(steps).join() === 'yes'
    },
    mutant: participant((step) => ({ ...step, force: false })),
  },
  {
    name: 'FORGETNO: the same question gets the same no',
    holds: (core) => {
      const refused = runBranch(core, [prepareEvent, prepareEvent], no)
      return said(refused).join() === 'no,no' && refused.filter(({ work }) => work[0]?.work === 'prepare').length === 1
    },
    mutant: participant((step, _before, event) =>
      event.type === 'prepared' && step.state.state === 'aborted' ? { ...step, state: blank, records: [] } : step,
    ),
  },
  {
    name: 'BLANKYES: Commit without a record is not acknowledged',
    holds: (core) => said(runBranch(core, [commitEvent])).join() === 'no-record',
    mutant: participant((step, before, event) => {
      if (event.type !== 'commit' || before.state !== 'none') return step
      const { transactionId, branch: number } = event.message
      const answer = { answer: 'applied', turn: 1 } as const
      const message = { type: 'decision-answer', transactionId, branch: number, decision: 'commit', answer } as const
      return { ...step, messages: [{ to: 'asker', message }] }
    }),
  },
  {
    name: 'a member that says aborted has forced a tombstone, and refuses the late Prepare',
    holds: (core) => {
      const steps = runBranch(core, [statusEvent, prepareEvent])
      const [asked] = steps
      return asked?.force === true && asked.records[0]?.type === 'aborted' && said(steps).join() === 'aborted,no'
    },
    mutant: participant((step, before, event) =>
      event.type === 'status' && before.state === 'none' ? { ...step, state: before, records: [], force: false } : step,
    ),
  },
  {
    name: 'a member in another boot than the one named knows nothing: it may have forgotten a vote',
    holds: (core) => said(runBranch(core, [statusEvent], no, around({ identity: voter(1, 2) }))).join() === 'nothing',
    mutant: {
      step: (state, event, known) => {
        if (event.type !== 'status') return participantSide.step(state, event, known)
        return participantSide.step(state, { ...event, message: status({ expected: known.identity }) }, known)
      },
    },
  },
  {
    name: 'a Prepare that comes after the Abort is refused',
    holds: (core) => {
      const late = runBranch(core, [abortEvent, prepareEvent, prepareEvent])
      return said(late).join() === 'applied,no,no' && late.every(({ work }) => work[0]?.work !== 'prepare')
    },
    mutant: {
      step: (state, event, known) =>
        participantSide.step(event.type === 'prepare' && state.state === 'aborted' ? blank : state, event, known),
    },
  },
]

describe('coordinator', () => {
  test.each(coordinatorRules)('$name', ({ holds, mutant }) => {
    expect({ product: holds(coordinatorSide), mutant: holds(mutant) }).toEqual({ product: true, mutant: false })
  })
})

describe('participant', () => {
  test.each(participantRules)('$name', ({ holds, mutant }) => {
    expect({ product: holds(participantSide), mutant: holds(mutant) }).toEqual({ product: true, mutant: false })
  })
})
