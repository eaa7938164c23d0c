// A transaction at its coordinator, driven event by event; what each event did is kept as words.

import {
  Boot,
  BranchNumber,
  coordinatorSide,
  type Decision,
  type DecisionAnswer,
  Epoch,
  type Identity,
  Instant,
  LogId,
  ParticipantName,
  type Reason,
  StorageId,
  type TransactionFacts,
  TransactionId,
  type Vote,
} from '../../../protocol/index.ts'

export const at = (ms: number): Instant => Instant(1_000_000 + ms)
export const logId = LogId('00000000-0000-4000-8000-0000000000c0')
export const policy: coordinatorSide.Policy = {
  voteTimeoutMs: 5_000,
  appliedWaitMs: 1_000,
  resend: { firstMs: 100, maxMs: 10_000 },
  onePhase: true,
  logId,
  roundTimeoutMs: 1_000,
  sagaRetry: { tries: 3, firstMs: 100, maxMs: 10_000 },
}
export const facts: TransactionFacts = {
  transactionId: TransactionId('01900000-0000-7000-8000-000000000001'),
  sequence: { epoch: Epoch(1), number: 7 },
  protocol: 'two-phase',
  startedAt: at(0),
  timeoutAt: at(60_000),
  digest: '',
  traceParent: '',
}
const names = ['a', 'b', 'c'].map(ParticipantName)
export const storage = (digit: number): StorageId => StorageId(`00000000-0000-4000-8000-00000000000${digit}`)
export const voter = (digit: number, boot = 1): Identity => ({ storageId: storage(digit), boot: Boot(boot) })

/** Branch n is at participant a, b or c, whose storage has the digit n. */
export function enlisted(number: number, at_ = number): coordinatorSide.EnlistedBranch {
  const participant = names[at_ - 1] ?? ParticipantName('x')
  return {
    branch: BranchNumber(number),
    participant,
    operation: 'work',
    input: '{}',
    address: `${participant}:1`,
    identity: voter(at_),
  }
}

type Event = coordinatorSide.Event

export class Scenario {
  state: coordinatorSide.State
  last: coordinatorSide.CoordinatorStep
  now = 0

  constructor(first: coordinatorSide.CoordinatorStep) {
    this.state = first.state
    this.last = first
  }

  static submitted(...branches: readonly coordinatorSide.EnlistedBranch[]): Scenario {
    return new Scenario(coordinatorSide.submit(facts, branches, at(0), policy))
  }

  static begun(): Scenario {
    return new Scenario(coordinatorSide.begin(facts))
  }

  /** Both have voted yes: the decision has been made. */
  static decided(): Scenario {
    return Scenario.submitted(enlisted(1), enlisted(2)).vote(1).vote(2)
  }

  on(event: Event): this {
    this.last = coordinatorSide.step(this.state, event, policy)
    this.state = this.last.state
    return this
  }

  vote(number: number, vote: Vote['vote'] | Vote = 'yes', from: Identity = voter(number)): this {
    return this.on({ type: 'vote', at: at(this.now), branch: BranchNumber(number), vote: voteOf(vote), from })
  }

  answer(
    number: number,
    answer: DecisionAnswer | 'applied',
    decision: Decision = 'commit',
    from = voter(number),
  ): this {
    const told = answer === 'applied' ? ({ answer, turn: 1 } as const) : answer
    return this.on({
      type: 'decision-answer',
      at: at(this.now),
      branch: BranchNumber(number),
      decision,
      answer: told,
      from,
    })
  }

  acked(number: number): this {
    return this.on({ type: 'acked', at: at(this.now), branch: BranchNumber(number) })
  }

  timer(timer: coordinatorSide.TimerName, after: number): this {
    this.now = after
    return this.on({ type: 'timer', at: at(after), timer })
  }

  inquiry(number: number): this {
    return this.on({ type: 'inquiry', branch: BranchNumber(number) })
  }

  call(number: number): this {
    return this.on({ type: 'call', at: at(this.now), branch: enlisted(number) })
  }

  commit(...numbers: readonly number[]): this {
    return this.on({ type: 'commit', at: at(this.now), expected: numbers.map(BranchNumber) })
  }

  get sent(): string[] {
    return this.last.messages.map(({ to, message }) => `${message.type} ${to}`)
  }
  get records(): string[] {
    return this.last.records.map(({ type }) => type)
  }
  get replies(): string[] {
    return this.last.replies.map((reply) => {
      switch (reply.type) {
        case 'call':
          return `call ${reply.vote.vote}`
        case 'inquiry':
          return reply.answer
        case 'ballot':
          return reply.answer.answer
        default:
          return `${reply.type} ${reply.outcome.outcome}`
      }
    })
  }
  /** What an ended transaction, or the newest reply, says came of it. */
  get outcome(): string {
    if (this.state.phase !== 'ended') return this.state.phase
    const { outcome } = this.state
    return outcome.outcome === 'committed' ? 'committed' : `${outcome.outcome} ${outcome.reason.code}`
  }
  armed(timer: coordinatorSide.TimerName): number | 'never' | undefined {
    const found = this.last.timers.find((armed) => armed.timer === timer)?.at
    return typeof found === 'number' ? found - at(0) : found
  }
}

const refused: Reason = { code: 'SOLD_OUT', message: 'none left', refused: true, retryable: false }

function voteOf(vote: Vote['vote'] | Vote): Vote {
  if (typeof vote !== 'string') return vote
  if (vote === 'no') return { vote, reason: refused }
  if (vote === 'failed') return { vote, tryNumber: 1, reason: refused }
  return { vote, result: '"done"' }
}
