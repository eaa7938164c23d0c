// Which requests are let in, and whom they belong to: ids, epochs, idempotency keys, limits (design rules 10 and 11).
//
// A1 A request for an older epoch starts and changes nothing.
// A2 One id, one transaction, for ever: an id that was told "aborted" is barred for the rest of the epoch.
// A3 One idempotency key, at most one committed transaction: while one is in flight a second request attaches to it.
// A4 Everything runs inside a turn; what has to be read from the log comes back as an arrival.

import type { RecordedTransaction } from '../log/index.ts'
import {
  after,
  coordinatorSide,
  type Instant,
  type Outcome,
  type Protocol,
  reason,
  type TransactionFacts,
  type TransactionId,
} from '../protocol/index.ts'
import {
  type BeginAnswer,
  type BeginCommand,
  digestOf,
  type OutcomeReport,
  type RequestedBranch,
  type SubmitCommand,
  type TransactionOptions,
} from '../wire/index.ts'
import { type Answer, type Answered, failed, ok } from './answer.ts'
import type { Coordinator } from './coordinator.ts'
import type { InFlight } from './in-flight.ts'
import { reportOf } from './reports.ts'
import { planned, problemOfSaga } from './saga-plan.ts'

/** What a request met: a transaction in memory, or one that the log has ended. */
export type Existing =
  | { readonly in: 'memory'; readonly inFlight: InFlight }
  | { readonly in: 'log'; readonly recorded: RecordedTransaction }

/** Barred ids are kept for the whole epoch; past this many no more unknown ids are answered. */
const barredMax = 1_000_000

export class Admission {
  readonly #coordinator: Coordinator
  readonly #barred = new Set<TransactionId>()
  /** Requests that wait until another one with the same key or id has looked into the log. */
  readonly #looking = new Map<string, (() => void)[]>()
  /** How many messages wait for a participant. */
  readonly #backlog: (branch: RequestedBranch) => number
  isDraining = false

  constructor(coordinator: Coordinator, backlog: (branch: RequestedBranch) => number) {
    this.#coordinator = coordinator
    this.#backlog = backlog
  }

  submit(command: SubmitCommand, answer: Answer<OutcomeReport>): void {
    const { options, branches, transactionId } = command
    const digest = digestOf(branches, options.protocol)
    this.#admit(command, digest, answer, {
      existing: (existing) => this.#attach(existing, options.waitFor, answer),
      fresh: () => {
        const enlisted = branches.map((branch) => this.enlist(branch, options.protocol))
        const refused = enlisted.find((each) => !each.ok)
        if (refused !== undefined && !refused.ok) return answer(refused)
        const ready = enlisted.flatMap((each) => (each.ok ? [each.value] : []))
        const { clock, policy } = this.#coordinator
        const saga = options.protocol === 'saga' ? ready.map((branch) => planned(branch, policy)) : undefined
        const problem = saga === undefined ? undefined : problemOfSaga(saga)
        if (problem !== undefined) return answer(failed('BRANCH_INVALID', problem))
        const facts = this.#facts(transactionId, options, digest)
        const step =
          saga === undefined
            ? coordinatorSide.submit(facts, ready, clock.now(), policy)
            : coordinatorSide.submitSaga(facts, saga, clock.now(), policy)
        this.#coordinator.start(facts, step).waiters.push({ waitFor: options.waitFor, answer })
      },
    })
  }

  begin(command: BeginCommand, answer: Answer<BeginAnswer>): void {
    const { options, transactionId } = command
    const fail: Answer<OutcomeReport> = (answered) => {
      if (!answered.ok) return answer(answered)
      answer(ok({ existing: answered.value, startedAt: answered.value.startedAt }))
    }
    this.#admit(command, '', fail, {
      existing: (existing) => {
        const isOpen = existing.in === 'memory' && existing.inFlight.facts.transactionId === transactionId
        if (isOpen && isOpenState(existing.inFlight.state)) {
          const { needs, facts } = existing.inFlight
          this.#coordinator.turns.release(needs, () => answer(ok({ startedAt: facts.startedAt })))
          return
        }
        this.#attach(existing, 'decided', (answered) => {
          // The one that held the key has aborted: once it has ended the key is free again (design rule 10).
          const isOther = answered.ok && answered.value.transactionId !== transactionId
          const hasEnded = existing.in === 'log' || existing.inFlight.state.phase === 'ended'
          if (isOther && hasEnded && answered.value.outcome.outcome === 'aborted') {
            this.#coordinator.turns.arrive(() => this.begin(command, answer))
          } else fail(answered)
        })
      },
      fresh: () => {
        const facts = this.#facts(transactionId, options, '')
        const { turns } = this.#coordinator
        const { needs } = this.#coordinator.start(facts, coordinatorSide.begin(facts))
        // A saga is recorded before its client is told that it may call.
        turns.release(needs, () => answer(ok({ startedAt: facts.startedAt })))
      },
    })
  }

  /** The coordinator's answer for an id that it has never seen and now never will (A2). */
  bar(transactionId: TransactionId): Answered<OutcomeReport> {
    if (this.#barred.size >= barredMax) return failed('OVERLOADED', 'too many unknown ids were asked for')
    this.#barred.add(transactionId)
    const at = this.#coordinator.clock.now()
    const isFromBefore = timeOf(transactionId) < this.#coordinator.startedAt
    const because = isFromBefore
      ? reason('COORDINATOR_RESTARTED', 'the coordinator restarted before it had decided')
      : reason('UNKNOWN_TRANSACTION', 'there is no record of it, and there never will be')
    const outcome: Outcome = { outcome: 'aborted', reason: because }
    return ok({ transactionId, outcome, applied: true, startedAt: at })
  }

  /** What every request that starts or changes something must pass. */
  refusal(epoch: number): Answered<never> | undefined {
    const { conditions, log } = this.#coordinator
    const restored = conditions.get('restored')
    if (restored !== undefined) return failed('RESTORED_BACKUP', restored)
    if (epoch === log.epoch) return undefined
    const sentence = `the request is for epoch ${epoch}, the coordinator is in epoch ${log.epoch}`
    return failed('STALE_EPOCH', sentence, { epoch: log.epoch })
  }

  enlist(branch: RequestedBranch, protocol: Protocol): Answered<coordinatorSide.EnlistedBranch & RequestedBranch> {
    const { directory, config } = this.#coordinator
    const { participant, operation } = branch
    const known = directory.get(participant)
    if (known === undefined) return failed('PARTICIPANT_UNKNOWN', `there is no participant '${participant}'`)
    const { operations, protocols, address } = known.facts
    // The text that is known already is kept, not another one of each request.
    const offered = operations.find((one) => one === operation)
    if (known.isConnected && offered === undefined) {
      const sentence = `${participant} offers no operation '${operation}'; it offers ${operations.join(', ')}`
      return failed('OPERATION_UNKNOWN', sentence)
    }
    if (known.isConnected && !protocols.includes(protocol)) {
      return failed('PROTOCOL_UNSUPPORTED', `${participant} cannot take part in ${protocol}`)
    }
    if (this.#backlog(branch) > config.laneMessagesMax) {
      return failed('OVERLOADED', `too many messages wait for ${participant}`)
    }
    const identity = directory.identityOf(known)
    // Written out: what is added to a spread goes to a second object.
    return ok({
      branch: branch.branch,
      participant,
      operation: offered ?? operation,
      input: branch.input,
      address,
      identity,
      ...(branch.saga === undefined ? {} : { saga: branch.saga }),
    })
  }

  #admit(
    command: BeginCommand,
    digest: string,
    answer: Answer<OutcomeReport>,
    next: { readonly existing: (existing: Existing) => void; readonly fresh: () => void },
  ): void {
    const { transactionId, options, epoch } = command
    const refused = this.refusal(epoch)
    if (refused !== undefined) return answer(refused)
    if (this.#barred.has(transactionId)) return answer(this.bar(transactionId))
    const known = this.#inMemory(transactionId, options.idempotencyKey)
    if (known !== undefined) {
      const reused = reuse(known.facts, transactionId, digest)
      return reused === undefined ? next.existing({ in: 'memory', inFlight: known }) : answer(reused)
    }
    const full = this.#full()
    if (full !== undefined) return answer(full)
    if (this.isTrimmed(transactionId)) return answer(failed('OUTCOME_EXPIRED', undefined, { transactionId }))
    this.#inLog(transactionId, options.idempotencyKey, (recorded) => {
      // Meanwhile another request may have begun it.
      if (this.#inMemory(transactionId, options.idempotencyKey) !== undefined) {
        return this.#admit(command, digest, answer, next)
      }
      if (this.#barred.has(transactionId)) return answer(this.bar(transactionId))
      if (recorded === undefined) return next.fresh()
      const reused = reuse(recorded.facts, transactionId, digest)
      return reused === undefined ? next.existing({ in: 'log', recorded }) : answer(reused)
    })
  }

  #full(): Answered<never> | undefined {
    const { transactions, config } = this.#coordinator
    if (this.isDraining) return failed('DRAINING')
    if (transactions.size < config.inFlightMax) return undefined
    return failed('OVERLOADED', `${transactions.size} transactions are in flight, the limit is ${config.inFlightMax}`)
  }

  #inMemory(transactionId: TransactionId, key: string | undefined): InFlight | undefined {
    const { transactions } = this.#coordinator
    const byId = transactions.get(transactionId) ?? transactions.recent(transactionId)
    return byId ?? (key === undefined ? undefined : transactions.byKey(key))
  }

  /** The log knows what ended long ago, or in an earlier epoch. An id's own time is its client's, and proves nothing. */
  #inLog(
    transactionId: TransactionId,
    key: string | undefined,
    found: (recorded: RecordedTransaction | undefined) => void,
  ): void {
    const { turns, log } = this.#coordinator
    const isNew = !log.mayHave(transactionId)
    if (isNew && key === undefined) return found(undefined)
    const reserved = key ?? transactionId
    const others = this.#looking.get(reserved)
    if (others !== undefined) {
      others.push(() => this.#inLog(transactionId, key, found))
      return
    }
    this.#looking.set(reserved, [])
    const finish = (recorded: RecordedTransaction | undefined): void =>
      turns.arrive(() => {
        const waiting = this.#looking.get(reserved) ?? []
        this.#looking.delete(reserved)
        found(recorded)
        for (const again of waiting) again()
      })
    if (isNew && key !== undefined) {
      this.#coordinator.lookUp({ by: 'idempotency-key', key }, ([byKey]) => finish(byKey))
      return
    }
    this.#coordinator.lookUp({ by: 'transaction', transactionId }, ([recorded]) => {
      if (recorded !== undefined || key === undefined) finish(recorded)
      else log.lookUp({ by: 'idempotency-key', key }, ([byKey]) => finish(byKey))
    })
  }

  /** So old that the log may have dropped it: nothing can be said of it any more. */
  isTrimmed(transactionId: TransactionId): boolean {
    const { clock, config } = this.#coordinator
    return timeOf(transactionId) < clock.now() - config.retentionMs
  }

  #attach(existing: Existing, waitFor: 'decided' | 'applied', answer: Answer<OutcomeReport>): void {
    if (existing.in === 'log') return answer(reportRecorded(existing.recorded))
    const { inFlight } = existing
    const { state, facts } = inFlight
    const { turns, clock } = this.#coordinator
    if (state.phase === 'ended') {
      const { outcome } = state
      turns.release(inFlight.needs, () => answer(ok(reportOf(facts, outcome, true))))
      return
    }
    inFlight.waiters.push({ waitFor, answer })
    // A decided one answers at once; of the others the answer comes when there is one.
    if (state.phase === 'committing' || state.phase === 'delegated' || state.phase === 'aborting')
      this.#coordinator.step(inFlight, { type: 'commit', at: clock.now(), expected: [] })
  }

  #facts(transactionId: TransactionId, options: TransactionOptions, digest: string): TransactionFacts {
    const { clock, config, watermark } = this.#coordinator
    const now = clock.now()
    const { protocol, idempotencyKey, firstStartedAt = now, traceParent } = options
    const usualTimeoutMs = protocol === 'saga' ? config.sagaTimeoutMs : config.transactionTimeoutMs
    const facts = {
      transactionId,
      sequence: watermark.begin(now),
      protocol,
      startedAt: Math.min(firstStartedAt, now) as Instant,
      timeoutAt: after(now, options.timeoutMs === 0 ? usualTimeoutMs : options.timeoutMs),
      digest,
      traceParent,
    }
    return idempotencyKey === undefined ? facts : { ...facts, idempotencyKey }
  }
}

/** Branches may still be called. */
const isOpenState = (state: coordinatorSide.State): boolean =>
  state.phase === 'active' || (state.phase === 'running' && state.isOpen)

/** The same id or key for other content. Whoever begins says nothing of its content, and is told what there is. */
function reuse(known: TransactionFacts, transactionId: TransactionId, digest: string): Answered<never> | undefined {
  if (digest === '' || known.digest === digest) return undefined
  if (known.transactionId === transactionId) return failed('TRANSACTION_EXISTS')
  const content = known.digest === '' ? 'that was called branch by branch' : 'with other content'
  return failed('IDEMPOTENCY_KEY_REUSED', `the key belongs to transaction ${known.transactionId} ${content}`)
}

export function reportRecorded({ facts, outcome }: RecordedTransaction): Answered<OutcomeReport> {
  const { transactionId, startedAt } = facts
  if (outcome !== undefined) return ok({ transactionId, outcome, applied: true, startedAt })
  return ok({ transactionId, outcome: { outcome: 'in-progress' }, applied: false, startedAt })
}

/** A UUIDv7 begins with the time it was made, in milliseconds. */
export const timeOf = (transactionId: TransactionId): number =>
  Number.parseInt(transactionId.slice(0, 8) + transactionId.slice(9, 13), 16)
