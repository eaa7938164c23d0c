// One branch at its participant, driven event by event. Work is run at once with the result that the test names.

import {
  type Abort,
  BranchNumber,
  type Commit,
  type Member,
  ParticipantName,
  type Prepare,
  type PreparedBranch,
  participantSide,
  type Status,
} from '../../../protocol/index.ts'
import { at, facts, storage, voter } from './coordinator-scenario.ts'

export const policy: participantSide.Policy = {
  inquiryDelayMs: 2_000,
  inquiryBackoff: { firstMs: 100, maxMs: 10_000 },
  retry: { firstMs: 50, maxMs: 10_000 },
  lockWaitMs: 1_000,
  roundTimeoutMs: 1_000,
}
export const around = (more: Partial<participantSide.Surroundings> = {}): participantSide.Surroundings => ({
  identity: voter(1),
  turn: 42,
  hasEnded: () => false,
  policy,
  ...more,
})
const address = { transactionId: facts.transactionId, branch: BranchNumber(1), sequence: facts.sequence }
export const other: Member = {
  participant: ParticipantName('b'),
  address: 'b:1',
  branches: [BranchNumber(2)],
  ...voter(2),
}
const self: Member = { participant: ParticipantName('a'), address: 'a:1', branches: [BranchNumber(1)], ...voter(1) }

export const prepare = (more: Partial<Prepare> = {}): Prepare => ({
  type: 'prepare',
  ...address,
  protocol: 'two-phase',
  operation: 'work',
  input: '{}',
  expectedStorageId: storage(1),
  startedAt: at(0),
  voteBy: at(5_000),
  onePhase: false,
  members: [self, other],
  traceParent: '',
  attempt: 1,
  ...more,
})
export const commit: Commit = { type: 'commit', ...address, expectedStorageId: storage(1) }
export const abort: Abort = { type: 'abort', ...address }
export const status = (more: Partial<Status> = {}): Status => ({
  type: 'status',
  ...address,
  abortIfNone: true,
  expected: voter(1),
  ...more,
})

export const branchOf = (more: Partial<PreparedBranch> = {}): PreparedBranch => ({
  ...address,
  protocol: 'two-phase',
  operation: 'work',
  input: '{}',
  result: '"done"',
  startedAt: at(0),
  locks: ['k'],
  members: [self, other],
  onePhase: false,
  traceParent: '',
  ...more,
})

type Event = participantSide.Event

export class Branch {
  state: participantSide.State = { state: 'none' }
  last: participantSide.ParticipantStep | undefined
  around: participantSide.Surroundings
  now = 0
  /** Everything that the operation was made to do. */
  readonly worked: string[] = []
  /** What running the operation comes to. */
  outcome: participantSide.Prepared = { prepared: 'yes', result: '"done"', locks: ['k'] }
  throws: string | undefined

  constructor(more: Partial<participantSide.Surroundings> = {}) {
    this.around = around(more)
  }

  static prepared(more: Partial<Prepare> = {}): Branch {
    return new Branch().prepare(more)
  }

  on(event: Event): this {
    const { state, turn } = { state: this.state, turn: this.around.turn }
    let step = participantSide.step(state, event, this.around)
    this.state = step.state
    for (const work of step.work) {
      if (work.work === 'release-locks') continue
      this.worked.push(work.work)
      step =
        work.work === 'prepare'
          ? participantSide.step(this.state, { type: 'prepared', at: at(this.now), result: this.outcome }, this.around)
          : participantSide.step(
              this.state,
              { type: 'applied', at: at(this.now), result: this.#applied(), work },
              this.around,
            )
      this.state = step.state
      // One-phase: prepare leads on to commit in the same turn.
      for (const next of step.work) {
        if (next.work !== 'commit') continue
        this.worked.push(next.work)
        step = participantSide.step(
          this.state,
          { type: 'applied', at: at(this.now), result: this.#applied(), work: next },
          this.around,
        )
        this.state = step.state
      }
    }
    this.last = step
    this.around = { ...this.around, turn: turn + 1 }
    return this
  }

  #applied(): participantSide.Applied {
    return this.throws === undefined ? { applied: 'ok' } : { applied: 'threw', error: this.throws }
  }

  prepare(more: Partial<Prepare> = {}): this {
    return this.on({ type: 'prepare', at: at(this.now), message: prepare(more) })
  }
  commit(): this {
    return this.on({ type: 'commit', at: at(this.now), message: commit })
  }
  abort(): this {
    return this.on({ type: 'abort', at: at(this.now), message: abort })
  }
  status(more: Partial<Status> = {}): this {
    return this.on({ type: 'status', at: at(this.now), message: status(more) })
  }
  timer(timer: participantSide.TimerName, ms: number): this {
    this.now = ms
    return this.on({ type: 'timer', at: at(ms), timer })
  }

  /** What was said, and to whom if not to the one who asked. */
  get said(): string[] {
    return (this.last?.messages ?? []).map((sent) => {
      if (sent.to === 'coordinator') return 'inquire'
      if (sent.to === 'voting-coordinator') return `${sent.message.type} to coordinator`
      if (sent.to === 'member') return `${sent.message.type} to ${sent.member.participant}`
      const { message } = sent
      if (message.type === 'vote')
        return message.vote.vote === 'no' ? `no ${message.vote.reason.code}` : message.vote.vote
      if (message.type === 'status-answer') return `knows ${message.knowledge.knows}`
      return message.answer.answer
    })
  }
  get records(): string[] {
    return (this.last?.records ?? []).map(({ type }) => type)
  }
  get isForced(): boolean {
    return this.last?.force ?? false
  }
  armed(timer: participantSide.TimerName): number | 'never' | undefined {
    const found = this.last?.timers.find((armed) => armed.timer === timer)?.at
    return typeof found === 'number' ? found - at(0) : found
  }
}
