// Rules whose mutants change no outcome that exploration could see, because another rule still holds: each is a check of
// single steps, and a core in which it is broken on purpose fails it.

import { expect, test } from '@jest/globals'
import { coordinatorSide } from '../../../protocol/index.ts'
import { proposing } from '../../../protocol/three-phase/round.ts'
import {
  at,
  ballotOf,
  enlisted,
  first,
  members,
  policy,
  preCommitted,
  threePhase,
  voter,
} from './three-phase-scenario.ts'

type Core = Pick<typeof coordinatorSide, 'step' | 'recover' | 'resume'>
type PreCommitting = Extract<coordinatorSide.State, { phase: 'pre-committing' }>

const timer = (ms: number): coordinatorSide.Event => ({ type: 'timer', at: at(ms), timer: 'resend' })
const sentAt = (step: coordinatorSide.CoordinatorStep): number[] =>
  step.messages.flatMap(({ message }) =>
    'ballot' in message && message.ballot !== undefined ? [message.ballot.number] : [],
  )
const withFirst = (state: PreCommitting): PreCommitting => ({
  ...state,
  round: proposing(first, state.members, 'pre-commit', at(90_000)),
})

function afterRestart(core: Core): number[] {
  const branches = [1, 2].map((number) => ({
    ...enlisted(number),
    vote: 'yes' as const,
    voter: voter(number),
    result: '',
  }))
  const pledge = { promised: first, adopted: { ballot: first, choice: 'pre-commit' } } as const
  const recorded = { record: 'pre-committed', branches, members: members(2), pledge } as const
  const state = core.recover({ facts: threePhase, first: recorded, hazards: [] })
  return sentAt(core.step(core.resume(state, at(0), policy).state, timer(0), policy))
}

function afterPromise(core: Core): number[] {
  const promised = core.step(preCommitted(2).state, { type: 'collect', at: at(1), ballot: ballotOf(2, 1) }, policy)
  return sentAt(core.step(promised.state, timer(100), policy))
}

test('after a restart the first ballot is never used again', () => {
  const mutant: Core = {
    ...coordinatorSide,
    recover: (recorded) => {
      const state = coordinatorSide.recover(recorded)
      return state.phase === 'pre-committing' ? withFirst(state) : state
    },
  }
  expect({ product: afterRestart(coordinatorSide), mutant: afterRestart(mutant) }).toEqual({
    product: [2, 2],
    mutant: [1, 1],
  })
})

test('nor after a higher one was promised', () => {
  const mutant: Core = {
    ...coordinatorSide,
    step: (state, event, known) => {
      const step = coordinatorSide.step(state, event, known)
      const isPromise = event.type === 'collect' && step.state.phase === 'pre-committing'
      return isPromise ? { ...step, state: withFirst(step.state as PreCommitting) } : step
    },
  }
  expect({ product: afterPromise(coordinatorSide), mutant: afterPromise(mutant) }).toEqual({
    product: [3, 3],
    mutant: [1, 1],
  })
})
