// The coordinator inside its driver: the real steps, a log that loses what is not forced, one transaction.

import {
  BranchNumber,
  type CoordinatorRecord,
  type coordinatorSide,
  Epoch,
  type Sequence,
  type TransactionFacts,
} from '../../../protocol/index.ts'
import { recordedIn } from '../explore/coordinator-log.ts'
import { coordinatorPlace, type Envelope, type Outgoing, type Party, type Reaction } from '../explore/process.ts'
import { coordinatorPolicy, enlisted, facts, identityOf, numberOf } from '../parties.ts'
import { late, onTime, ownMoves, type Process, perform, submitAgainMove } from './process.ts'
import type { Rules, Scenario } from './scenario.ts'

type State = coordinatorSide.State
type Step = coordinatorSide.CoordinatorStep

export interface CoordinatorProcess extends Process<State | undefined, CoordinatorRecord> {
  /** The first epoch, or a later one. */
  readonly epoch: number
  /** Somebody was told in this epoch that the unknown transaction has aborted (design rule 10). */
  readonly isBarred: boolean
}

type Reacted = readonly Reaction<CoordinatorProcess>[]

export function coordinatorParty(scenario: Scenario, rules: Rules): Party<CoordinatorProcess> {
  const { coordinator } = rules
  const numbers = scenario.results.map((_, index) => index + 1)

  function submit(process: CoordinatorProcess): Reaction<CoordinatorProcess> {
    const branches = numbers.map((number) => {
      const { identity, ...others } = enlisted(number)
      return scenario.isKnown && identity !== undefined ? { ...others, identity } : others
    })
    return taken(process, coordinator.submit(factsIn(process.epoch), branches, onTime, coordinatorPolicy))
  }

  function taken(process: CoordinatorProcess, step: Step, more: readonly Outgoing[] = []) {
    const sent = step.messages.map((message) => envelope(process, message))
    // The two deferred rows serve people who look; losing one changes no answer.
    const records = step.records.filter(({ type }) => type !== 'aborted' && type !== 'end')
    const { process: after, out } = perform(process, plain(step.state), { ...step, records }, sent, newest)
    const armed = step.state.phase === 'ended' ? [] : after.armed
    return { process: { ...after, armed }, out: [...out, ...told(step), ...more] }
  }

  const stepped = (process: CoordinatorProcess, event: coordinatorSide.Event): Reacted =>
    process.state === undefined ? [] : [taken(process, coordinator.step(process.state, event, coordinatorPolicy))]

  function crashed(before: CoordinatorProcess, keeps: number): Reaction<CoordinatorProcess> {
    const durable = newest([...before.durable, ...before.tail.slice(0, keeps)])
    const fresh: CoordinatorProcess = { ...empty, durable, epoch: 2 }
    const recorded = recordedIn(durable)
    if (recorded === undefined) return { process: fresh, out: watermarks(fresh) }
    const state = coordinator.recover(recorded)
    return taken({ ...fresh, state }, coordinator.resume(state, onTime, coordinatorPolicy))
  }

  /** All of earlier epochs has ended, having no record. */
  const watermarks = (process: CoordinatorProcess): Outgoing[] =>
    scenario.submitsAgain === 0 ? [] : numbers.map((to) => send(process, to, { type: 'watermark', epoch: 1 }))

  function inquired(process: CoordinatorProcess, from: Envelope): Reacted {
    if (process.state === undefined) {
      const answer = send(process, from.from, { type: 'inquiry-answer', answer: 'abort' })
      return [{ process: { ...process, isBarred: true }, out: [answer] }]
    }
    const step = coordinator.step(
      process.state,
      { type: 'inquiry', branch: BranchNumber(from.from) },
      coordinatorPolicy,
    )
    const answers = step.replies.flatMap((reply) =>
      reply.type === 'inquiry' ? [send(process, from.from, { type: 'inquiry-answer', answer: reply.answer })] : [],
    )
    return [taken(process, step, answers)]
  }

  /** Another member asks. Without a record the transaction has aborted, and cannot be begun any more. */
  function asked(process: CoordinatorProcess, from: Envelope): Reacted {
    const { body, about } = from
    if (body.type !== 'collect' && body.type !== 'pre-commit' && body.type !== 'pre-abort') return []
    const { transactionId, branch, ballot } = body
    const reply = (answer: Extract<coordinatorSide.Reply, { type: 'ballot' }>['answer']): Envelope => ({
      ...send(process, from.from, { type: 'ballot-answer', transactionId, branch, to: body.type, ballot, answer }),
      about: body.sequence,
    })
    if (process.state === undefined)
      return [{ process: { ...process, isBarred: true }, out: [reply({ answer: 'aborted' })] }]
    const sequence: { readonly sequence?: Sequence } =
      rules.tellsSequences && about !== undefined ? { sequence: about } : {}
    const event = { type: body.type, at: onTime, ballot, ...sequence } as const
    const step = coordinator.step(process.state, event, coordinatorPolicy)
    return [
      taken(
        process,
        step,
        step.replies.flatMap((one) => (one.type === 'ballot' ? [reply(one.answer)] : [])),
      ),
    ]
  }

  function received(process: CoordinatorProcess, envelope: Envelope): Reacted {
    const { body, only, storage } = envelope
    const branch = BranchNumber(envelope.from)
    const from = identityOf(envelope.from, 1, rules.tellsStorages ? storage : 0)
    const at = onTime
    if (only !== undefined && only !== process.epoch) return []
    switch (body.type) {
      case 'vote':
        return stepped(process, { type: 'vote', at, branch, vote: body.vote, from })
      case 'ballot-answer': {
        const { to, ballot, answer } = body
        return stepped(process, { type: 'ballot-answer', at, branch, to, ballot, answer, from })
      }
      case 'inquire':
        return inquired(process, envelope)
      case 'decision-answer': {
        const { decision, answer } = body
        const answered = stepped(process, { type: 'decision-answer', at, branch, decision, answer, from })
        if (answer.answer !== 'applied') return answered
        return answered.flatMap((one) =>
          stepped(one.process, { type: 'acked', at, branch }).map((then) => ({
            ...then,
            out: [...one.out, ...then.out],
          })),
        )
      }
      default:
        return asked(process, envelope)
    }
  }

  function onTimer(process: CoordinatorProcess, timer: string): Reacted {
    const fired = { ...process, armed: process.armed.filter((name) => name !== timer) }
    return stepped(fired, { type: 'timer', at: late, timer: timer as coordinatorSide.TimerName })
  }

  return {
    start: submit(empty),
    moves: (process) => [
      ...ownMoves({ ...process, armed: process.armed.filter((timer) => timer !== 'applied-wait') }),
      ...(process.state === undefined && !process.isBarred ? [submitAgainMove] : []),
    ],
    isSettled: () => false,
    react(process, move) {
      switch (move.move) {
        case 'deliver':
          return received(process, move.envelope)
        case 'timer':
          return onTimer(process, move.timer)
        case 'force':
          return [
            { process: { ...process, durable: newest([...process.durable, ...process.tail]), tail: [] }, out: [] },
          ]
        case 'crash':
          return [crashed(process, move.keeps)]
        case 'submit again':
          return [submit(process)]
        default:
          return []
      }
    },
  }
}

const empty: CoordinatorProcess = { state: undefined, durable: [], tail: [], armed: [], epoch: 1, isBarred: false }

/** Of several pledges only the newest counts. */
const newest = (rows: readonly CoordinatorRecord[]): readonly CoordinatorRecord[] =>
  rows.filter((row, index) => row.type !== 'pledged' || !rows.slice(index + 1).some(({ type }) => type === 'pledged'))

const factsIn = (epoch: number): TransactionFacts => ({
  ...facts,
  protocol: 'three-phase',
  sequence: { epoch: Epoch(epoch), number: facts.sequence.number },
})

const send = ({ epoch }: CoordinatorProcess, to: number, body: Envelope['body']): Envelope => ({
  from: coordinatorPlace,
  to,
  incarnation: epoch,
  storage: 0,
  body,
})

function envelope(process: CoordinatorProcess, { to, message }: coordinatorSide.Sent): Envelope {
  return send(process, numberOf(to), message.type === 'prepare' ? { ...message, attempt: 1 } : message)
}

/** Counts of tries and deadlines of rounds make no difference to what can happen next. */
function plain(state: State): State {
  switch (state.phase) {
    case 'active':
    case 'preparing':
      return { ...state, branches: state.branches.map((branch) => ({ ...branch, attempt: 1 })) }
    case 'pre-committing':
      return {
        ...state,
        attempt: 1,
        ...(state.round === undefined ? {} : { round: { ...state.round, until: onTime } }),
      }
    case 'committing':
    case 'aborting':
      return { ...state, attempt: 1 }
    case 'ended':
      return state
    default:
      throw new Error(`no three-phase transaction is ${state.phase}`)
  }
}

const told = (step: Step): Outgoing[] =>
  step.replies.flatMap((reply) =>
    reply.type === 'decided' || reply.type === 'applied' ? [{ told: reply.outcome.outcome }] : [],
  )
