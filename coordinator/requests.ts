// Requests for transactions that exist, or are said to: call, commit, abort, get, watch, inquire (design rules 10, 11).

import type { RecordedTransaction } from '../log/index.ts'
import {
  type BallotAnswer,
  type Collect,
  compareSequences,
  coordinatorSide,
  type InquiryAnswer,
  type Outcome,
  type Propose,
  type Reason,
  reason,
  type TransactionId,
} from '../protocol/index.ts'
import type {
  AbortCommand,
  AnsweredInquiry,
  CallAnswer,
  CallCommand,
  CommitCommand,
  GetCommand,
  InDoubtBranch,
  OutcomeReport,
  WatchCommand,
  WatchEvent,
} from '../wire/index.ts'
import { type Admission, reportRecorded } from './admission.ts'
import { type Answer, type Answered, failed, ok } from './answer.ts'
import type { Coordinator } from './coordinator.ts'
import type { InFlight } from './in-flight.ts'
import { describeNow, inProgress, reportOf } from './reports.ts'
import { planOf, problemOfRetry } from './saga-plan.ts'
import { crashOnArrival } from './sending.ts'

export class Requests {
  readonly #coordinator: Coordinator
  readonly #admission: Admission

  constructor(coordinator: Coordinator, admission: Admission) {
    this.#coordinator = coordinator
    this.#admission = admission
  }

  call(command: CallCommand, answer: Answer<CallAnswer>): void {
    const refused = this.#admission.refusal(command.epoch)
    if (refused !== undefined) return answer(refused)
    const { transactionId, branch } = command
    const inFlight = this.#find(transactionId)
    if (inFlight === undefined) return answer(failed('TRANSACTION_NOT_FOUND', undefined, { transactionId }))
    const { state, facts } = inFlight
    const { startedAt } = facts
    const { turns, clock, policy } = this.#coordinator
    if (branch.saga !== undefined && facts.protocol !== 'saga') {
      return answer(
        failed('BRANCH_INVALID', 'only a branch of a saga has a role, an order or tries', { transactionId }),
      )
    }
    const because = whyAborted(state)
    if (because !== undefined) {
      return turns.release(inFlight.needs, () => answer(ok({ answer: 'no', reason: because, startedAt })))
    }
    if (state.phase !== 'active' && state.phase !== 'running') {
      return answer(failed('TRANSACTION_CLOSED', undefined, { transactionId }))
    }
    const known = state.branches.find((called) => called.branch === branch.branch)
    const result = resultOf(known)
    if (result !== undefined) {
      return turns.release(inFlight.needs, () => answer(ok({ answer: 'result', result, startedAt })))
    }
    if (known === undefined && state.phase === 'running' && !state.isOpen && state.turning === undefined) {
      return answer(failed('TRANSACTION_CLOSED', undefined, { transactionId }))
    }
    const plan = planOf(branch, policy)
    const problem = problemOfRetry([{ branch: branch.branch, ...plan }])
    if (problem !== undefined) return answer(failed('BRANCH_INVALID', problem, { transactionId }))
    inFlight.calls ??= new Map()
    inFlight.calls.set(branch.branch, [...(inFlight.calls.get(branch.branch) ?? []), answer])
    // A saga's branch that is known may be asked for again, after a restart: now somebody waits for it.
    if (known !== undefined && state.phase === 'active') return
    const enlisted = this.#enlist(inFlight, command)
    if (enlisted === undefined) return
    this.#coordinator.step(inFlight, { type: 'call', at: clock.now(), branch: enlisted, plan })
  }

  commit(command: CommitCommand, answer: Answer<OutcomeReport>): void {
    const refused = this.#admission.refusal(command.epoch)
    if (refused !== undefined) return answer(refused)
    const { transactionId, waitFor, branches: expected } = command
    const inFlight = this.#find(transactionId)
    if (inFlight === undefined) {
      return this.#recorded(
        transactionId,
        answer,
        () => this.commit(command, answer),
        () => failed('TRANSACTION_NOT_FOUND', undefined, { transactionId }),
      )
    }
    inFlight.waiters.push({ waitFor, answer })
    this.#coordinator.step(inFlight, { type: 'commit', at: this.#coordinator.clock.now(), expected })
  }

  abort(command: AbortCommand, answer: Answer<OutcomeReport>): void {
    const refused = this.#admission.refusal(command.epoch)
    if (refused !== undefined) return answer(refused)
    const { transactionId, message } = command
    const inFlight = this.#find(transactionId)
    if (inFlight === undefined) {
      // An abort that overtakes its begin must win: the id is barred.
      return this.#recorded(
        transactionId,
        answer,
        () => this.abort(command, answer),
        () => this.#unknown(transactionId),
      )
    }
    inFlight.waiters.push({ waitFor: 'decided', answer })
    const because = reason('ABORTED_BY_CLIENT', message === '' ? 'the client asked for it' : message)
    this.#coordinator.step(inFlight, { type: 'abort', at: this.#coordinator.clock.now(), reason: because })
  }

  get(command: GetCommand, answer: Answer<OutcomeReport>): void {
    const restored = this.#coordinator.conditions.get('restored')
    if (restored !== undefined) return answer(failed('RESTORED_BACKUP', restored))
    const { transactionId, waitMs } = command
    const inFlight = this.#find(transactionId)
    if (inFlight === undefined) {
      return this.#recorded(
        transactionId,
        answer,
        () => this.get(command, answer),
        () => this.#unknown(transactionId),
      )
    }
    const { state, facts } = inFlight
    const { turns, clock } = this.#coordinator
    if (state.phase === 'ended' || state.phase === 'committing' || state.phase === 'aborting') {
      const outcome = outcomeOf(state)
      const applied = state.phase === 'ended'
      turns.release(inFlight.needs, () => answer(ok(reportOf(facts, outcome, applied))))
      return
    }
    const lost = state.phase === 'delegated' ? coordinatorSide.hazardOf(state) : undefined
    if (lost !== undefined) {
      turns.release(inFlight.needs, () => answer(ok(reportOf(facts, lost, false))))
      return
    }
    if (waitMs === 0) return answer(ok(reportOf(facts, inProgress, false)))
    const waiter = { waitFor: 'decided' as const, answer: settled }
    const cancel = clock.wakeAt((clock.now() + waitMs) as typeof facts.startedAt, () => {
      inFlight.waiters = inFlight.waiters.filter((other) => other !== waiter)
      answer(ok(reportOf(facts, inProgress, false)))
    })
    function settled(answered: Answered<OutcomeReport>): void {
      cancel()
      answer(answered)
    }
    inFlight.waiters.push(waiter)
  }

  /** Tells each change until the end; returns how to stop. */
  watch(
    command: WatchCommand,
    tell: (event: WatchEvent) => void,
    fail: (answered: Answered<never>) => void,
  ): () => void {
    const { transactionId } = command
    const inFlight = this.#find(transactionId)
    const { turns, clock } = this.#coordinator
    if (inFlight !== undefined) {
      const now = describeNow(inFlight, clock.now())
      turns.release(inFlight.needs, () => tell(now))
      if (inFlight.state.phase === 'ended') return () => {}
      inFlight.watchers ??= new Set()
      inFlight.watchers.add(tell)
      return () => inFlight.watchers?.delete(tell)
    }
    const report: Answer<OutcomeReport> = (answered) => {
      if (!answered.ok) return fail(answered)
      const { outcome } = answered.value.outcome
      tell({ transactionId, state: 'ended', at: clock.now(), event: outcome, outcome: answered.value })
    }
    let isStopped = false
    let stop = (): void => {}
    const again = (): void => {
      if (!isStopped) stop = this.watch(command, tell, fail)
    }
    this.#recorded(transactionId, report, again, () => this.#unknown(transactionId))
    return () => {
      isStopped = true
      stop()
    }
  }

  /** Each branch by itself: what its participant has to do. Presumed abort answers for what is not there. */
  inquire(branches: readonly InDoubtBranch[], answer: Answer<readonly AnsweredInquiry[]>): void {
    const restored = this.#coordinator.conditions.get('restored')
    if (restored !== undefined) return answer(failed('RESTORED_BACKUP', restored))
    const answers: AnsweredInquiry[] = []
    const one = (asked: InDoubtBranch, told: InquiryAnswer): void => {
      answers.push({ transactionId: asked.transactionId, branch: asked.branch, answer: told })
      if (answers.length === branches.length) answer(ok(answers))
    }
    if (branches.length === 0) return answer(ok([]))
    for (const asked of branches) this.#inquireOne(asked, (told) => one(asked, told))
  }

  #inquireOne(asked: InDoubtBranch, told: (answer: InquiryAnswer) => void): void {
    const { transactionId, branch, sequence } = asked
    crashOnArrival('inquiry')
    const inFlight = this.#find(transactionId)
    if (inFlight !== undefined) {
      // An earlier try of the same id left no record: it has aborted, whatever becomes of this one.
      if (compareSequences(inFlight.facts.sequence, sequence) !== 0) return told('abort')
      return this.#coordinator.step(inFlight, { type: 'inquiry', branch }, { inquiry: told })
    }
    this.#recordedState(transactionId, (found) => {
      if (found === 'again') return this.#inquireOne(asked, told)
      if (found === 'full') return told('in-progress')
      const isSame = found !== undefined && compareSequences(found.facts.sequence, sequence) === 0
      told(isSame && found.phase === 'ended' && found.committed.includes(branch) ? 'commit' : 'abort')
    })
  }

  /** A member of a three-phase transaction asks the coordinator as one of the voting set. */
  ballot(message: Collect | Propose, answer: Answer<BallotAnswer>): void {
    const restored = this.#coordinator.conditions.get('restored')
    if (restored !== undefined) return answer(failed('RESTORED_BACKUP', restored))
    const { transactionId, sequence, ballot, type } = message
    crashOnArrival(type)
    const told = (answered: BallotAnswer): void => answer(ok(answered))
    const inFlight = this.#find(transactionId)
    if (inFlight !== undefined) {
      const at = this.#coordinator.clock.now()
      return this.#coordinator.step(inFlight, { type, at, ballot, sequence }, { ballot: told })
    }
    this.#recordedState(transactionId, (found) => {
      if (found === 'again') return this.ballot(message, answer)
      if (found === 'full') return told({ answer: 'nothing' })
      const isSame = found !== undefined && compareSequences(found.facts.sequence, sequence) === 0
      told({ answer: isSame && found.phase === 'ended' && isCommit(found.outcome) ? 'committed' : 'aborted' })
    })
  }

  /**
   * What the log says of one that is not in memory. Where it says nothing the answer is abort, and stays true: the id is
   * barred (design rule 10). `again`: meanwhile somebody has begun it; `full`: no more ids can be barred.
   */
  #recordedState(
    transactionId: TransactionId,
    tell: (found: coordinatorSide.State | undefined | 'again' | 'full') => void,
  ): void {
    const { turns } = this.#coordinator
    this.#coordinator.lookUp({ by: 'transaction', transactionId }, ([recorded]) =>
      turns.arrive(() => {
        if (this.#find(transactionId) !== undefined) return tell('again')
        if (recorded !== undefined) return tell(coordinatorSide.recover(recorded))
        tell(this.#admission.bar(transactionId).ok ? undefined : 'full')
      }),
    )
  }

  #find(transactionId: TransactionId): InFlight | undefined {
    const { transactions } = this.#coordinator
    return transactions.get(transactionId) ?? transactions.recent(transactionId)
  }

  #enlist(inFlight: InFlight, { branch }: CallCommand): coordinatorSide.EnlistedBranch | undefined {
    const enlisted = this.#admission.enlist(branch, inFlight.facts.protocol)
    if (enlisted.ok) return enlisted.value
    const callers = inFlight.calls?.get(branch.branch) ?? []
    inFlight.calls?.delete(branch.branch)
    for (const caller of callers) caller(enlisted)
    return undefined
  }

  /** Not in memory: the log knows what has ended, or nothing. `again`: it was begun while the log was being read. */
  #recorded(
    transactionId: TransactionId,
    answer: Answer<OutcomeReport>,
    again: () => void,
    otherwise: () => Answered<OutcomeReport>,
  ): void {
    const { turns } = this.#coordinator
    this.#coordinator.lookUp({ by: 'transaction', transactionId }, ([recorded]: readonly RecordedTransaction[]) =>
      turns.arrive(() => {
        if (this.#find(transactionId) !== undefined) return again()
        answer(recorded === undefined ? otherwise() : reportRecorded(recorded))
      }),
    )
  }

  #unknown(transactionId: TransactionId): Answered<OutcomeReport> {
    return this.#admission.isTrimmed(transactionId)
      ? failed('OUTCOME_EXPIRED', undefined, { transactionId })
      : this.#admission.bar(transactionId)
  }
}

/** Why nothing more of it can be called: it has aborted, or is being compensated. */
function whyAborted(state: coordinatorSide.State): Reason | undefined {
  if (state.phase === 'aborting') return state.reason
  return state.phase === 'ended' && state.outcome.outcome === 'aborted' ? state.outcome.reason : undefined
}

/** What a branch that was called has said already. */
function resultOf(branch: coordinatorSide.UndecidedBranch | coordinatorSide.RunningBranch | undefined) {
  if (branch === undefined) return undefined
  return 'progress' in branch ? branch.result : branch.vote?.result
}

function outcomeOf(state: Extract<coordinatorSide.State, { phase: 'ended' | 'committing' | 'aborting' }>) {
  switch (state.phase) {
    case 'ended':
      return state.outcome
    case 'committing':
      return coordinatorSide.outcomeOf(state)
    case 'aborting':
      return coordinatorSide.abortedOutcomeOf(state)
    default:
      return state satisfies never
  }
}

const isCommit = (outcome: Outcome): boolean =>
  outcome.outcome === 'committed' || (outcome.outcome !== 'aborted' && outcome.decision === 'commit')
