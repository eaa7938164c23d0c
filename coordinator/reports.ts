// What people and programs are told of a transaction: outcomes, changes for those who watch, and the one sentence for
// the operator that says why it is not finished.

import {
  type coordinatorSide,
  type Instant,
  type Outcome,
  type ParticipantName,
  quorumOf,
  type TransactionFacts,
  type Voter,
} from '../protocol/index.ts'
import type { BranchReport, OutcomeReport, TransactionReport, WatchEvent } from '../wire/index.ts'
import type { Directory } from './directory.ts'
import type { InFlight } from './in-flight.ts'

type State = coordinatorSide.State

export function reportOf(facts: TransactionFacts, outcome: OutcomeReport['outcome'], applied: boolean): OutcomeReport {
  const { transactionId, startedAt } = facts
  return { transactionId, outcome, applied, startedAt }
}

export const inProgress = { outcome: 'in-progress' } as const

/** A line for whoever watches; undefined when nothing that people would call a change has happened. */
export function describeChange({ state, facts }: InFlight, before: State, at: Instant): WatchEvent | undefined {
  const { transactionId } = facts
  const event = sentence(before, state)
  if (event === undefined) return undefined
  const outcome = state.phase === 'ended' ? { outcome: reportOf(facts, state.outcome, true) } : {}
  return { transactionId, state: state.phase, at, event, ...outcome }
}

/** The state at the moment somebody begins to watch. */
export function describeNow({ state, facts }: InFlight, at: Instant): WatchEvent {
  const { transactionId } = facts
  const outcome = state.phase === 'ended' ? { outcome: reportOf(facts, state.outcome, true) } : {}
  return { transactionId, state: state.phase, at, event: progressOf(state), ...outcome }
}

function sentence(before: State, state: State): string | undefined {
  switch (state.phase) {
    case 'active':
    case 'preparing': {
      const earlier = 'branches' in before ? before.branches : []
      if (before.phase !== state.phase || state.branches.length !== earlier.length) return progressOf(state)
      const isNews = state.branches.some(
        ({ branch, vote }) =>
          vote !== undefined && !earlier.some((known) => known.branch === branch && 'vote' in known && known.vote),
      )
      return isNews ? progressOf(state) : undefined
    }
    case 'committing': {
      if (before.phase !== 'committing') return 'decided: commit'
      const changed = state.branches.find(
        (branch) => before.branches.find((known) => known.branch === branch.branch)?.progress !== branch.progress,
      )
      return changed === undefined ? undefined : `${changed.participant} ${changed.progress}; ${progressOf(state)}`
    }
    case 'pre-committing': {
      const isNews = before.phase !== state.phase || before.round?.ballot.number !== state.round?.ballot.number
      return isNews ? progressOf(state) : undefined
    }
    case 'running':
    case 'aborting':
      return before.phase === state.phase && progressOf(before) === progressOf(state) ? undefined : progressOf(state)
    case 'delegated':
    case 'ended':
      return before.phase === state.phase ? undefined : progressOf(state)
    default:
      return state satisfies never
  }
}

function progressOf(state: State): string {
  switch (state.phase) {
    case 'active':
      return `open with ${count(state.branches.length, 'branch', 'branches')}`
    case 'preparing': {
      const voted = state.branches.filter(({ vote }) => vote !== undefined).length
      return `${voted} of ${state.branches.length} have voted yes`
    }
    case 'pre-committing': {
      const { round, members } = state
      if (round === undefined) return 'everyone has voted yes; waits to ask the members again'
      const asked = round.choice === undefined ? 'have promised to follow' : `have adopted ${round.choice}`
      return `${round.answered.length} ${asked} (ballot ${round.ballot.number}, a majority is ${quorumOf(members)} members)`
    }
    case 'running': {
      const done = state.branches.filter(({ progress }) => progress === 'yes').length
      const turn = state.turning === undefined ? '' : '; will be compensated'
      return `${done} of ${state.branches.length} branches done${turn}`
    }
    case 'aborting': {
      const done = state.branches.filter(({ progress }) => progress !== 'waiting' && progress !== 'sent').length
      const word = state.facts.protocol === 'saga' ? 'compensated' : 'aborted'
      return `${word} at ${done} of ${state.branches.length}`
    }
    case 'delegated':
      return `${state.branch.participant} was given the decision`
    case 'committing': {
      const done = state.branches.filter(({ progress }) => progress !== 'sent' && progress !== 'hazard').length
      return `committed at ${done} of ${state.branches.length}`
    }
    case 'ended':
      return endOf(state.outcome)
    default:
      return state satisfies never
  }
}

const endOf = (outcome: Outcome): string =>
  outcome.outcome === 'committed' ? 'committed' : `${outcome.outcome}: ${outcome.reason.message}`

/** What an operator sees of one transaction. */
export function operatorReport(inFlight: InFlight, directory: Directory, now: Instant): TransactionReport {
  const { facts, state } = inFlight
  const { transactionId, protocol, startedAt } = facts
  const outcome = state.phase === 'ended' ? { outcome: reportOf(facts, state.outcome, true) } : {}
  return {
    transactionId,
    protocol,
    state: state.phase,
    startedAt,
    why: why(inFlight, directory, now),
    branches: branchReports(state),
    ...outcome,
  }
}

/** One sentence: who is waited for, since when, what failed last, what happens next. */
export function why({ state, since }: InFlight, directory: Directory, now: Instant): string {
  const seconds = `${((now - since) / 1_000).toFixed(1)} s`
  switch (state.phase) {
    case 'active':
      return `open for ${seconds}; waits for its client to call or commit, and aborts at its timeout`
    case 'preparing': {
      const missing = state.branches.filter(({ vote }) => vote === undefined).map(({ participant }) => participant)
      return `waits for the ${missing.length === 1 ? 'vote' : 'votes'} of ${whoAndHow(missing, directory)} for ${seconds}; aborts at the vote deadline`
    }
    case 'pre-committing': {
      const missing = state.members.filter(
        ({ storageId }) =>
          state.round?.answered.some((voter) => voter !== 'coordinator' && voter.storageId === storageId) !== true,
      )
      const names = missing.map(({ participant }) => participant)
      const { round, members } = state
      const ballot = round === undefined ? 'waits before it asks again' : `ballot ${round.ballot.number}`
      return `everyone has voted yes; a majority of ${quorumOf(members)} members decides (${ballot}); no answer yet from ${whoAndHow(names, directory)} for ${seconds}; it is asked again until it is decided`
    }
    case 'running':
      return whyRunning(state, directory, seconds)
    case 'aborting': {
      const hazard = state.branches.find(({ progress }) => progress === 'hazard')
      const word = state.facts.protocol === 'saga' ? 'compensates' : 'aborts'
      if (hazard !== undefined) {
        return `${word} (${state.reason.message}); hazard: ${hazard.lastError ?? ''}; Abort is sent on, or resolve it`
      }
      const missing = state.branches.filter(({ progress }) => progress === 'sent' || progress === 'applied')
      const failure = missing.find(({ lastError }) => lastError !== undefined)?.lastError
      const last = failure === undefined ? '' : `; last error: ${failure}`
      const names = missing.map(({ participant }) => participant)
      return `${word}, because ${state.reason.message}; waits for ${whoAndHow(names, directory)} for ${seconds}${last}; Abort is sent again until it is acknowledged`
    }
    case 'delegated': {
      const { participant } = state.branch
      if (state.hazard !== undefined) return `outcome lost? ${state.hazard}; asks on, or resolve it`
      return `one-phase: ${whoAndHow([participant], directory)} decides; asked ${count(state.attempt, 'time', 'times')} in ${seconds}`
    }
    case 'committing': {
      const hazard = state.branches.find(({ progress }) => progress === 'hazard')
      if (hazard !== undefined)
        return `decided to commit; hazard: ${hazard.lastError ?? ''}; Commit is sent on, or resolve it`
      const missing = state.branches.filter(({ progress }) => progress === 'sent' || progress === 'applied')
      const failure = missing.find(({ lastError }) => lastError !== undefined)?.lastError
      const last = failure === undefined ? '' : `; last error: ${failure}`
      const names = missing.map(({ participant }) => participant)
      return `decided to commit; waits for ${whoAndHow(names, directory)} for ${seconds}${last}; Commit is sent again until it is acknowledged`
    }
    case 'ended':
      return endOf(state.outcome)
    default:
      return state satisfies never
  }
}

function whyRunning(
  { branches, turning, isOpen }: Extract<State, { phase: 'running' }>,
  directory: Directory,
  seconds: string,
): string {
  const busy = branches.filter(({ progress }) => progress === 'sent' || progress === 'failed' || progress === 'asked')
  const names = busy.map(({ participant }) => participant)
  const failure = busy.find(({ lastError }) => lastError !== undefined)
  const last =
    failure === undefined ? '' : `; ${failure.participant} failed on try ${failure.tryNumber}: ${failure.lastError}`
  if (turning !== undefined) {
    return `will be compensated, because ${turning.message}; finds out what ${whoAndHow(names, directory)} has done, for ${seconds}${last}`
  }
  if (names.length > 0) return `waits for ${whoAndHow(names, directory)} for ${seconds}${last}; it is asked again`
  return isOpen
    ? `open for ${seconds}; waits for its client to call or commit, and is compensated at its timeout`
    : `goes on`
}

function whoAndHow(participants: readonly ParticipantName[], directory: Directory): string {
  return [...new Set(participants)]
    .map((participant) => {
      const known = directory.get(participant)
      if (known?.refused !== undefined) return `${participant} (refused: ${known.refused})`
      return known?.isConnected === true
        ? participant
        : `${participant} (not reachable: ${known?.lastError ?? 'unknown'})`
    })
    .join(', ')
}

function branchReports(state: State): BranchReport[] {
  switch (state.phase) {
    case 'active':
    case 'preparing':
      return state.branches.map(({ branch, participant, operation, vote, attempt }) => ({
        branch,
        participant,
        operation,
        state: vote?.vote ?? 'waiting',
        attempts: attempt,
        lastError: '',
        locks: [],
      }))
    case 'committing':
      return state.branches.map(({ branch, participant, operation, progress, lastError }) => ({
        branch,
        participant,
        operation,
        state: progress === 'sent' ? 'committing' : progress,
        attempts: state.attempt,
        lastError: lastError ?? '',
        locks: [],
      }))
    case 'pre-committing':
      return state.branches.map(({ branch, participant, operation, voter }) => {
        const { round } = state
        const isOwn = (other: Voter): boolean =>
          other !== 'coordinator' && other.storageId === voter.storageId && other.branch === branch
        const progress = round?.answered.some(isOwn) === true ? (round.choice ?? 'promised') : 'yes'
        return { branch, participant, operation, state: progress, attempts: state.attempt, lastError: '', locks: [] }
      })
    case 'running':
      return state.branches.map(({ branch, participant, operation, progress, tryNumber, lastError }) => ({
        branch,
        participant,
        operation,
        state: progress,
        attempts: tryNumber,
        lastError: lastError ?? '',
        locks: [],
      }))
    case 'aborting':
      return state.branches.map(({ branch, participant, operation, progress, lastError }) => ({
        branch,
        participant,
        operation,
        state: progress === 'sent' ? 'aborting' : progress === 'acked' ? 'aborted' : progress,
        attempts: state.attempt,
        lastError: lastError ?? '',
        locks: [],
      }))
    case 'delegated': {
      const { branch, participant, operation } = state.branch
      const { attempt: attempts, hazard } = state
      const at = hazard === undefined ? 'waiting' : 'hazard'
      return [{ branch, participant, operation, state: at, attempts, lastError: hazard ?? '', locks: [] }]
    }
    case 'ended':
      return []
    default:
      return state satisfies never
  }
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`
