// What one transaction costs under each protocol: counted by letting the protocol's own pure steps play it, coordinator
// and participants, over a network on which nothing is lost. Nothing here is estimated.
//
// A *delay* is one message's way; two make a round. A *forced write* is one that somebody waits for until it is on the
// disk; a *deferred* one becomes durable with the next forced one of the same process. With many transactions at once
// forced writes are shared (group commit): these are the costs of one that is alone.

import {
  Boot,
  BranchNumber,
  coordinatorSide,
  Epoch,
  type Identity,
  Instant,
  LogId,
  ParticipantName,
  type Protocol,
  participantSide,
  refusal,
  StorageId,
  TransactionId,
} from 'concordat/protocol'

export interface Scenario {
  readonly protocol: Protocol
  /** Each at a participant of its own. */
  readonly branches: number
  /** All branches in one request, or one call after another and then commit. */
  readonly style: 'submit' | 'calls'
  /** A saga that is submitted: its branches one after another, or all at once. */
  readonly order?: 'in-order' | 'at-once'
  /** The last branch says no. */
  readonly isRefused?: true
}

export interface Costs {
  readonly outcome: 'committed' | 'aborted'
  /** Between the coordinator and its participants, in both directions; the client's are not counted. */
  readonly messages: number
  /** From the client's first request: until the outcome is decided and durable, and until every participant has applied it. */
  readonly rounds: { readonly decided: number; readonly applied: number }
  /** Forced writes. */
  readonly forced: { readonly coordinator: number; readonly participants: number }
  /** How many of them happen one after another before the outcome is decided: what the client waits for. */
  readonly forcedInARow: number
  /** Records that nobody waits for. */
  readonly deferred: number
}

/** How long something has taken: messages' ways and forced writes, along the longest path. */
interface Taken {
  readonly delays: number
  readonly forces: number
}

const nothing: Taken = { delays: 0, forces: 0 }
const longer = (a: Taken, b: Taken): Taken => ({
  delays: Math.max(a.delays, b.delays),
  forces: Math.max(a.forces, b.forces),
})

const at = Instant(1_000_000)
const logId = LogId('00000000-0000-4000-8000-0000000000c0')
const backoff = { firstMs: 1_000, maxMs: 10_000 }
const coordinatorPolicy: coordinatorSide.Policy = {
  voteTimeoutMs: 5_000,
  appliedWaitMs: 2_000,
  resend: backoff,
  onePhase: true,
  logId,
  roundTimeoutMs: 1_000,
  sagaRetry: { ...backoff, tries: 5 },
}
const participantPolicy: participantSide.Policy = {
  inquiryDelayMs: 2_000,
  inquiryBackoff: backoff,
  retry: backoff,
  lockWaitMs: 2_000,
  roundTimeoutMs: 1_000,
}

const identityOf = (number: number): Identity => ({
  storageId: StorageId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`),
  boot: Boot(1),
})

const enlisted = (number: number) => ({
  branch: BranchNumber(number),
  participant: ParticipantName(`participant-${number}`),
  operation: 'work',
  input: '{}',
  address: `participant-${number}:7400`,
  identity: identityOf(number),
})

export function costsOf(scenario: Scenario): Costs {
  return new Play(scenario).costs()
}

/** One transaction, from the client's first request until nothing is left to do. */
class Play {
  readonly #scenario: Scenario
  readonly #numbers: readonly number[]
  #coordinator: coordinatorSide.State | undefined
  #heard = nothing
  readonly #branches = new Map<number, { state: participantSide.State; heard: Taken }>()
  /** What is on its way. All ways are equally long, so that what was sent first arrives first. */
  readonly #underway: (() => void)[] = []
  #decided: Taken | undefined
  #applied: Taken | undefined
  #outcome: Costs['outcome'] | undefined
  #messages = 0
  #deferred = 0
  readonly #forced = { coordinator: 0, participants: 0 }

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#numbers = Array.from({ length: scenario.branches }, (_, index) => index + 1)
  }

  costs(): Costs {
    this.#request()
    for (const arrive of this.#underway) arrive()
    const phase = this.#coordinator?.phase
    if (phase !== 'ended' || this.#decided === undefined || this.#outcome === undefined) {
      throw new Error(`the transaction is still ${phase}`)
    }
    return {
      outcome: this.#outcome,
      messages: this.#messages,
      rounds: { decided: this.#decided.delays / 2, applied: (this.#applied ?? this.#decided).delays / 2 },
      forced: this.#forced,
      forcedInARow: this.#decided.forces,
      deferred: this.#deferred,
    }
  }

  #request(): void {
    const { protocol, style, order } = this.#scenario
    const facts: coordinatorSide.State['facts'] = {
      transactionId: TransactionId('018f0000-0000-7000-8000-000000000001'),
      sequence: { epoch: Epoch(1), number: 1 },
      protocol,
      startedAt: at,
      timeoutAt: Instant(at + 60_000),
      digest: '',
      traceParent: '',
    }
    const branches = this.#numbers.map(enlisted)
    if (style === 'calls') {
      this.#perform(coordinatorSide.begin(facts), nothing)
      this.#callNext(nothing)
    } else if (protocol === 'saga') {
      const planned = order === 'at-once' ? branches.map((branch) => ({ ...branch, after: [] })) : branches
      this.#perform(coordinatorSide.submitSaga(facts, planned, at, coordinatorPolicy), nothing)
    } else {
      this.#perform(coordinatorSide.submit(facts, branches, at, coordinatorPolicy), nothing)
    }
  }

  /** The client's next call, when it has the answer to the one before; after the last one, commit. */
  #callNext(since: Taken): void {
    const called = this.#branches.size
    const number = this.#numbers[called]
    if (number === undefined) {
      this.#tell({ type: 'commit', at, expected: this.#numbers.map(BranchNumber) }, since)
    } else {
      this.#tell({ type: 'call', at, branch: enlisted(number) }, since)
    }
  }

  #tell(event: coordinatorSide.Event, since: Taken): void {
    if (this.#coordinator === undefined) throw new Error('nothing was begun')
    this.#perform(coordinatorSide.step(this.#coordinator, event, coordinatorPolicy), since)
  }

  /** As the coordinator's driver does: records, one force, and only then messages and replies. */
  #perform(step: coordinatorSide.CoordinatorStep, since: Taken): void {
    this.#coordinator = step.state
    this.#heard = longer(this.#heard, since)
    if (step.force) {
      this.#forced.coordinator += 1
      this.#heard = { ...this.#heard, forces: this.#heard.forces + 1 }
    } else {
      this.#deferred += step.records.length
    }
    const now = this.#heard
    for (const { message } of step.messages) this.#send(now, (then) => this.#toParticipant(message, then))
    for (const reply of step.replies) this.#reply(reply, now)
  }

  #reply(reply: coordinatorSide.Reply, now: Taken): void {
    switch (reply.type) {
      case 'decided':
      case 'applied':
        this.#decided ??= now
        if (reply.applied) this.#applied ??= now
        this.#outcome = reply.outcome.outcome === 'committed' ? 'committed' : 'aborted'
        return
      case 'call':
        // The client hears it and goes on at once: its own ways are not counted.
        if (reply.vote.vote === 'yes') this.#underway.push(() => this.#callNext(now))
        return
      case 'inquiry':
      case 'ballot':
    }
  }

  #send(now: Taken, arrive: (then: Taken) => void): void {
    this.#messages += 1
    this.#underway.push(() => arrive({ ...now, delays: now.delays + 1 }))
  }

  #toParticipant(message: coordinatorSide.CoordinatorStep['messages'][number]['message'], since: Taken): void {
    const known = this.#branches.get(message.branch)
    const before = known ?? { state: { state: 'none' }, heard: nothing }
    const turn = runTurn(before.state, { type: message.type, at, message } as participantSide.Event, {
      around: this.#around(message.branch),
      refuses: this.#scenario.isRefused === true && message.branch === this.#numbers.length,
    })
    let heard = longer(before.heard, since)
    if (turn.force) {
      this.#forced.participants += 1
      heard = { ...heard, forces: heard.forces + 1 }
    } else {
      this.#deferred += turn.records
    }
    this.#branches.set(message.branch, { state: turn.state, heard })
    for (const answer of turn.answers) this.#send(heard, (then) => this.#toCoordinator(answer, then))
  }

  #toCoordinator(answer: Answer, since: Taken): void {
    const from = identityOf(answer.branch)
    this.#tell({ ...answer, at, from }, since)
    if (answer.type !== 'decision-answer' || answer.answer.answer !== 'applied') return
    // That it has become durable is told in the header of whatever is sent next: no message of its own.
    this.#underway.push(() => this.#tell({ type: 'acked', at, branch: answer.branch }, since))
  }

  #around(branch: number): participantSide.Surroundings {
    return { identity: identityOf(branch), turn: 1, hasEnded: () => false, policy: participantPolicy }
  }
}

type Answer = Extract<participantSide.Message, { to: 'asker' }>['message']

interface Turn {
  readonly state: participantSide.State
  readonly records: number
  readonly force: boolean
  readonly answers: readonly Answer[]
}

/** As the participant's driver does: the step, the work that it asks for, and the steps that follow, in one local transaction. */
function runTurn(
  state: participantSide.State,
  event: participantSide.Event,
  how: { readonly around: participantSide.Surroundings; readonly refuses: boolean },
): Turn {
  const step = participantSide.step(state, event, how.around)
  let turn: Turn = {
    state: step.state,
    records: step.records.length,
    force: step.force,
    answers: step.messages.flatMap((sent) => (sent.to === 'asker' ? [sent.message] : [])),
  }
  for (const work of step.work) {
    const result = resultOf(work, how.refuses)
    if (result === undefined) continue
    const next = runTurn(turn.state, result, how)
    turn = {
      state: next.state,
      records: turn.records + next.records,
      force: turn.force || next.force,
      answers: [...turn.answers, ...next.answers],
    }
  }
  return turn
}

/** What running the operation comes to. */
function resultOf(work: participantSide.Work, refuses: boolean): participantSide.Event | undefined {
  switch (work.work) {
    case 'prepare':
      return refuses
        ? { type: 'prepared', at, result: { prepared: 'no', reason: refusal('SOLD_OUT', 'nothing is left') } }
        : { type: 'prepared', at, result: { prepared: 'yes', result: '{}', locks: [] } }
    case 'commit':
    case 'abort':
      return { type: 'applied', at, result: { applied: 'ok' }, work }
    case 'release-locks':
      return undefined
  }
}
