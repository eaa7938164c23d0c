// A saga at its coordinator, driven event by event; what each event did is kept as words.

import {
  type BranchKnowledge,
  BranchNumber,
  type CoordinatorRecord,
  coordinatorSide,
  type DecisionAnswer,
  type Identity,
  reason,
  refusal,
  type Vote,
} from '../../../protocol/index.ts'
import { recordedIn } from './explore/coordinator.ts'
import { at, enlisted, facts, identityOf, nameOf, policy, storage } from './parties.ts'

type Event = coordinatorSide.Event
type Running = Extract<coordinatorSide.State, { phase: 'running' }>

export const soldOut = refusal('SOLD_OUT', 'none left')
export const broken = reason('OPERATION_FAILED', 'disk on fire')

export class Saga {
  state: coordinatorSide.State
  last: coordinatorSide.CoordinatorStep
  now = 0
  /** All that is in the log; a test may take some of it away. */
  log: CoordinatorRecord[]

  constructor(first: coordinatorSide.CoordinatorStep) {
    this.state = first.state
    this.last = first
    this.log = [...first.records]
  }

  static submitted(...branches: readonly coordinatorSide.EnlistedSagaBranch[]): Saga {
    return new Saga(coordinatorSide.submitSaga(facts, branches, at(0), policy))
  }

  /** 1, 2, … one after the other. */
  static chain(length: number): Saga {
    return Saga.submitted(...Array.from({ length }, (_, index) => enlisted(index + 1)))
  }

  static begun(): Saga {
    return new Saga(coordinatorSide.begin(facts))
  }

  /** The coordinator starts again with what it has logged. */
  restarted(): Saga {
    const recorded = recordedIn(this.log)
    if (recorded === undefined) throw new Error('nothing is recorded')
    const saga = new Saga(coordinatorSide.resume(coordinatorSide.recover(recorded), at(this.now), policy))
    saga.now = this.now
    saga.log = [...this.log, ...saga.last.records]
    return saga
  }

  on(event: Event): this {
    this.last = coordinatorSide.step(this.state, event, policy)
    this.state = this.last.state
    this.log.push(...this.last.records)
    return this
  }

  vote(number: number, vote: Vote, from: Identity = identityOf(number)): this {
    return this.on({ type: 'vote', at: at(this.now), branch: BranchNumber(number), vote, from })
  }
  yes(number: number, result = '"done"', from: Identity = identityOf(number)): this {
    return this.vote(number, { vote: 'yes', result }, from)
  }
  no(number: number): this {
    return this.vote(number, { vote: 'no', reason: soldOut })
  }
  fails(number: number, tryNumber: number): this {
    return this.vote(number, { vote: 'failed', tryNumber, reason: broken })
  }
  knows(
    number: number,
    knows: 'nothing' | 'prepared' | 'aborted' | 'ended',
    from: Identity = identityOf(number),
  ): this {
    const knowledge: BranchKnowledge = knows === 'aborted' ? { knows, reason: broken } : { knows }
    return this.on({ type: 'status-answer', at: at(this.now), branch: BranchNumber(number), knowledge, from })
  }
  /** It has applied the decision, visibly. */
  applied(number: number, answer: DecisionAnswer = { answer: 'applied', turn: 1 }, from = identityOf(number)): this {
    const decision = this.state.phase === 'committing' ? 'commit' : 'abort'
    return this.on({ type: 'decision-answer', at: at(this.now), branch: BranchNumber(number), decision, answer, from })
  }
  acked(number: number): this {
    return this.on({ type: 'acked', at: at(this.now), branch: BranchNumber(number) })
  }
  timer(timer: coordinatorSide.TimerName, after: number): this {
    this.now = after
    return this.on({ type: 'timer', at: at(after), timer })
  }
  abort(): this {
    return this.on({ type: 'abort', at: at(this.now), reason: reason('ABORTED_BY_CLIENT', 'changed my mind') })
  }
  call(number: number, role: 'compensatable' | 'pivot' | 'retriable' = 'compensatable'): this {
    const plan = { role, retry: policy.sagaRetry }
    return this.on({ type: 'call', at: at(this.now), branch: enlisted(number), plan })
  }
  commit(...numbers: readonly number[]): this {
    return this.on({ type: 'commit', at: at(this.now), expected: numbers.map(BranchNumber) })
  }
  connected(number: number): this {
    return this.on({ type: 'connected', at: at(this.now), participant: nameOf(number) })
  }
  storageChanged(number: number): this {
    return this.on({
      type: 'storage-changed',
      at: at(this.now),
      participant: nameOf(number),
      storageId: storage(number, 1),
    })
  }
  resolve(number: number, decision: 'commit' | 'abort'): this {
    return this.on({ type: 'resolve', at: at(this.now), branch: BranchNumber(number), decision, detail: 'looked' })
  }
  inquiry(number: number): string[] {
    return coordinatorSide
      .step(this.state, { type: 'inquiry', branch: BranchNumber(number) }, policy)
      .replies.flatMap((reply) => (reply.type === 'inquiry' ? [reply.answer] : []))
  }

  /** `prepare 1`, `abort 2`, … */
  get sent(): string[] {
    return this.last.messages.map(({ message }) => `${message.type} ${message.branch}`)
  }
  get inputs(): string[] {
    return this.last.messages.flatMap(({ message }) => (message.type === 'prepare' ? [message.input] : []))
  }
  get tries(): number[] {
    return this.last.messages.flatMap(({ message }) =>
      message.type === 'prepare' ? [message.saga?.tryNumber ?? 0] : [],
    )
  }
  get records(): string[] {
    return this.last.records.map(({ type }) => type)
  }
  get replies(): string[] {
    return this.last.replies.flatMap((reply) => {
      if (reply.type === 'call') return [`call ${reply.branch} ${reply.vote.vote}`]
      return reply.type === 'decided' || reply.type === 'applied' ? [`${reply.type} ${reply.outcome.outcome}`] : []
    })
  }
  /** The phase; what became of it once it has ended; and why it turns. */
  get is(): string {
    const { state } = this
    if (state.phase === 'running' && state.turning !== undefined) return `turning ${state.turning.code}`
    if (state.phase !== 'ended') return state.phase
    return state.outcome.outcome === 'committed' ? 'committed' : `${state.outcome.outcome} ${state.outcome.reason.code}`
  }
  get running(): Running {
    if (this.state.phase !== 'running') throw new Error(`is ${this.state.phase}`)
    return this.state
  }
  armed(timer: coordinatorSide.TimerName): number | 'never' | undefined {
    const found = this.last.timers.findLast((armed) => armed.timer === timer)?.at
    return typeof found === 'number' ? found - at(0) : found
  }
}

export const pivot = { role: 'pivot' } as const
export const retriable = { role: 'retriable' } as const
