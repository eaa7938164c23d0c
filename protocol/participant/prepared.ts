// A prepared branch: applying the decision, and finding it out when nobody brings it (protocols.md 1.5 and 1.6,
// cooperative termination; design rule 7).

import { after, compareSequences, type Instant, type Sequence } from '../ids.ts'
import type { FromParticipant, InquiryAnswer } from '../messages.ts'
import { type Decision, reason } from '../outcome.ts'
import type { ParticipantRecord } from '../records.ts'
import { backoffMs, unreachable } from '../step.ts'
import * as terminating from '../three-phase/terminating.ts'
import { answer, releaseLocks, stepTo, unchanged } from './pieces.ts'
import type { ApplySource, ApplyWork, Event, Message, ParticipantStep, State, Surroundings } from './state.ts'

type Prepared = Extract<State, { state: 'prepared' }>

/** The decision is known: run the operation's commit or abort. What it came to is the next event of this turn. */
export function decide(state: Prepared, decision: Decision, source: ApplySource, detail: string): ParticipantStep {
  const attempt = (state.applying?.attempt ?? 0) + 1
  return stepTo(state, { work: [{ work: decision, branch: state.branch, source, attempt, detail }] })
}

export function stepPrepared(state: Prepared, event: Event, around: Surroundings): ParticipantStep {
  switch (event.type) {
    case 'timer':
      if (event.timer === 'in-doubt') return inquire(state, event.at, around)
      if (event.timer === 'retry' && state.applying !== undefined) {
        const { decision, source, detail } = state.applying
        return decide(state, decision, source, detail)
      }
      return unchanged(state)
    case 'inquiry-answer':
      if (isStale(state, event)) return unchanged(state)
      return state.applying === undefined ? told(state, event.answer, event.at, around) : unchanged(state)
    case 'no-coordinator':
      return alone(state, event.at, around)
    case 'ballot-answer':
      return isStale(state, event) ? unchanged(state) : terminating.answered(state, event, around)
    case 'member-answer':
      if (state.applying !== undefined || !mayAskMembers(state) || isStale(state, event)) return unchanged(state)
      if (event.knowledge.knows === 'committed') return decide(state, 'commit', 'member', '')
      if (event.knowledge.knows === 'aborted') return decide(state, 'abort', 'member', '')
      // All prepared: blocked, and that is the answer (B2).
      return unchanged(state)
    case 'resolve':
      return state.applying === undefined ? decide(state, event.decision, 'operator', event.detail) : unchanged(state)
    default:
      return unchanged(state)
  }
}

/** The answer to a question of an earlier try of the same id, which has ended and was dropped. */
const isStale = ({ branch }: Prepared, { sequence }: { readonly sequence?: Sequence }): boolean =>
  sequence !== undefined && compareSequences(sequence, branch.sequence) !== 0

function inquire(state: Prepared, at: Instant, around: Surroundings): ParticipantStep {
  if (state.applying !== undefined || state.branch.onePhase) return unchanged(state)
  const { transactionId, branch, sequence } = state.branch
  const inquiries = state.inquiries + 1
  return stepTo(
    { ...state, inquiries },
    {
      messages: [{ to: 'coordinator', inquire: { transactionId, branch, sequence } }],
      timers: [{ timer: 'in-doubt', at: after(at, backoffMs(around.policy.inquiryBackoff, inquiries)) }],
    },
  )
}

function told(state: Prepared, heard: InquiryAnswer, at: Instant, around: Surroundings): ParticipantStep {
  switch (heard) {
    case 'commit':
    case 'abort':
      return decide(state, heard, 'inquiry', '')
    case 'in-progress':
      return unchanged(state)
    case 'unknown-log':
      // Another log's coordinator knows nothing of this transaction: nothing follows from that.
      return alone(state, at, around)
    default:
      return unreachable(heard)
  }
}

/** Nobody with that log can be asked: whether others can help depends on the protocol (design rule 7). */
function alone(state: Prepared, at: Instant, around: Surroundings): ParticipantStep {
  const { protocol, onePhase } = state.branch
  if (state.applying !== undefined || onePhase) return unchanged(state)
  switch (protocol) {
    case 'two-phase':
      return askMembers(state, around)
    case 'three-phase': {
      const step = terminating.terminate(state, at, around)
      return step === 'abandon' ? decide(state, 'abort', 'alone', '') : step
    }
    case 'saga':
      // Only its coordinator knows the others' order.
      return unchanged(state)
    default:
      return unreachable(protocol)
  }
}

/** Three-phase members end a transaction by ballots, sagas ask only their coordinator. */
const mayAskMembers = (state: Prepared): boolean => state.branch.protocol === 'two-phase' && !state.branch.onePhase

function askMembers(state: Prepared, around: Surroundings): ParticipantStep {
  if (state.applying !== undefined || !mayAskMembers(state)) return unchanged(state)
  const { transactionId, sequence, members } = state.branch
  const others = members.filter((member) => member.storageId !== around.identity.storageId)
  const messages: Message[] = others.flatMap((member) =>
    member.branches.map((branch) => ({
      to: 'member',
      member,
      message: {
        type: 'status',
        transactionId,
        branch,
        sequence,
        abortIfNone: true,
        expected: { storageId: member.storageId, boot: member.boot },
      },
    })),
  )
  return stepTo(state, { messages })
}

/** The operation's commit or abort ran, in the local transaction that the record goes into. */
export function applied(
  state: State,
  event: Extract<Event, { type: 'applied' }>,
  around: Surroundings,
): ParticipantStep {
  if (state.state !== 'prepared') return unchanged(state)
  const { work, result } = event
  // It has not given itself up while that is not recorded: it may be sealed before it tries again.
  if (work.source === 'alone' && result.applied === 'threw') return unchanged(state)
  if (result.applied === 'threw') return retryLater(state, work, result.error, event.at, around)
  const ended = record(work)
  return stepTo(ended.state, {
    work: releaseLocks,
    records: [ended.record],
    force: isOwnDecision(work),
    messages: answers(work, around),
    timers: calm,
  })
}

/** An ended branch waits for nothing. */
const calm: ParticipantStep['timers'] = [
  { timer: 'in-doubt', at: 'never' },
  { timer: 'retry', at: 'never' },
]

/** Nobody else could say it again after a crash: what was told because of it must not become untrue. */
const isOwnDecision = ({ source }: ApplyWork): boolean =>
  source === 'one-phase' || source === 'operator' || source === 'alone'

function record(work: ApplyWork): { state: State; record: ParticipantRecord } {
  const { branch, detail } = work
  if (work.source === 'operator') {
    const facts = { branch, did: work.work, detail }
    return { state: { state: 'heuristic', ...facts }, record: { type: 'heuristic', ...facts } }
  }
  if (work.work === 'commit') return { state: { state: 'committed', branch }, record: { type: 'committed', branch } }
  const facts = {
    transactionId: branch.transactionId,
    branch: branch.branch,
    sequence: branch.sequence,
    reason: reason('TOMBSTONE', 'the transaction was aborted'),
    // Two-phase, without members: it was prepared in a boot that the transaction does not count on (isCountedBoot):
    // perhaps only its own work was given up, and the transaction committed.
    isEvidence: branch.protocol !== 'two-phase' || branch.members.length > 0,
  }
  return { state: { state: 'aborted', ...facts }, record: { type: 'aborted', ...facts } }
}

/** Who brought the decision is answered; who was asked for it is not. */
function answers(work: ApplyWork, around: Surroundings): Message[] {
  const { transactionId, branch, result } = work.branch
  switch (work.source) {
    case 'coordinator': {
      const message: FromParticipant = {
        type: 'decision-answer',
        transactionId,
        branch,
        decision: work.work,
        answer: { answer: 'applied', turn: around.turn },
      }
      return [answer(message)]
    }
    case 'one-phase':
      return [answer({ type: 'vote', transactionId, branch, vote: { vote: 'committed', result } })]
    case 'inquiry':
    case 'member':
    case 'operator':
    case 'alone':
      return []
    default:
      return unreachable(work.source)
  }
}

/** A commit or abort that throws is never swallowed: it is tried again, and shown until it succeeds. */
function retryLater(
  state: Prepared,
  work: ApplyWork,
  error: string,
  at: Instant,
  around: Surroundings,
): ParticipantStep {
  const { transactionId, branch } = work.branch
  const isFirst = work.attempt === 1
  const { source, attempt, detail } = work
  const applying = { decision: work.work, source, attempt, lastError: error, detail }
  const retrying: FromParticipant = {
    type: 'decision-answer',
    transactionId,
    branch,
    decision: work.work,
    answer: { answer: 'retrying', detail: error },
  }
  return stepTo(
    { ...state, applying },
    {
      // A one-phase branch becomes a prepared one that has decided: its work must survive until commit succeeds.
      records: work.source === 'one-phase' && isFirst ? [{ type: 'prepared', branch: work.branch }] : [],
      force: work.source === 'one-phase' && isFirst,
      messages: work.source === 'coordinator' ? [answer(retrying)] : [],
      timers: [
        { timer: 'in-doubt', at: 'never' },
        { timer: 'retry', at: after(at, backoffMs(around.policy.retry, work.attempt)) },
      ],
    },
  )
}
