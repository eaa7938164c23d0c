// What happens in the worlds of the matrix: one transaction, always the same way, and two more after it, so that what has
// ended is trimmed. Some messages are only sent once something has gone wrong: such a play brings that about first.

import { BranchNumber, ParticipantName, type Protocol } from '../protocol/index.ts'
import { noFaults } from './faults.ts'
import type { Move } from './ledger.ts'
import type { Host } from './network.ts'
import type { DiskPoint, Passing } from './probe.ts'
import { baseConfig, drawSettings, type Settings } from './swarm.ts'
import type { Job } from './work.ts'
import type { World } from './world.ts'

export type PlayName =
  | 'commit'
  | 'no'
  | 'timeout'
  | 'read-only'
  | 'one-phase'
  | 'calls'
  | 'gives-up'
  | 'doubt'
  | 'members'
  | 'recovery'
  | 'pre-abort'
  | 'asked'
  | 'found'
  | 'fails'

/** What goes wrong before the message comes: until `isOver` it is the play's word, and not the cell's. */
export const plays: Readonly<Record<Protocol, readonly PlayName[]>> = {
  'two-phase': [
    'commit',
    'no',
    'timeout',
    'read-only',
    'calls',
    'gives-up',
    'doubt',
    'found',
    'one-phase',
    'asked',
    'members',
  ],
  'three-phase': [
    'commit',
    'no',
    'timeout',
    'read-only',
    'calls',
    'gives-up',
    'doubt',
    'found',
    'members',
    'recovery',
    'pre-abort',
  ],
  saga: ['commit', 'no', 'timeout', 'fails', 'calls', 'gives-up', 'doubt', 'found'],
}

/** With how many participants; with all three numbers where nothing is said. */
export const participantsOf = (play: PlayName): readonly number[] =>
  play === 'one-phase' || play === 'asked' ? [1] : play === 'members' ? [2, 3] : [1, 2, 3]

export interface Prelude {
  /** True: it is lost. */
  leaves?(world: World, passing: Passing, state: PreludeState): boolean
  left?(world: World, passing: Passing, state: PreludeState): void
  /** `types`: the records that have come since the last force. */
  diesAt?(host: Host, point: DiskPoint, types: readonly string[], state: PreludeState): boolean
}

export interface PreludeState {
  done: boolean
  sent: number
  /** Until then whoever has died stays dead. */
  deadUntil: number
  until: number
}

export const newPreludeState = (): PreludeState => ({
  done: false,
  sent: 0,
  deadUntil: 0,
  until: Number.POSITIVE_INFINITY,
})

const isFromCoordinator = ({ from }: Passing): boolean => from.name === 'c'

/** The coordinator is dead for so long that the members must help themselves. */
const longMs = 2_500

const lastOf = (world: World): string => `p${world.participants.length}`

/** The way on which the last one votes is cut, once. */
const cutsTheLastVote = (ms: number): Prelude => ({
  leaves(world, { from, to, words }, state) {
    if (state.done || from.name !== lastOf(world) || !words.some((word) => word.startsWith('vote '))) return false
    state.done = true
    world.network.cut(from, to, ms)
    return false
  },
})

const preludes: Partial<Record<PlayName, Prelude>> = {
  /** The last one's vote does not come through before the deadline. */
  timeout: cutsTheLastVote(1_800),
  /** The last one's Commit is lost until it has inquired. */
  doubt: {
    leaves(world, passing, state) {
      const { now } = world.scheduler
      if (passing.words.includes('inquire answer') || now > state.until) state.done = true
      if (state.done || !isFromCoordinator(passing) || passing.to.name !== lastOf(world) || !isDecision(passing))
        return false
      // It does not go on for ever: whoever learns the decision in another way inquires no more.
      state.until = Math.min(state.until, now + 600)
      return true
    },
  },
  members: {
    left(world, passing, state) {
      const [word] = passing.words
      if (state.done || !isFromCoordinator(passing) || (word !== 'commit' && word !== 'pre-commit')) return
      state.done = true
      state.deadUntil = world.scheduler.now + longMs
      world.coordinator.crash()
    },
  },
  /** Every PreCommit has left, and the coordinator dies. */
  recovery: {
    left(world, passing, state) {
      if (state.done || !isFromCoordinator(passing) || !passing.words.includes('pre-commit')) return
      state.sent += 1
      state.done = state.sent === world.participants.length
      if (state.done) world.coordinator.crash()
    },
  },
  /** PreCommit is recorded, none has left, and the coordinator dies. */
  'pre-abort': {
    diesAt(host, point, types, state) {
      if (state.done || host.name !== 'c' || point !== 'after-force' || !types.includes('pre-committed')) return false
      state.done = true
      return true
    },
  },
  /** The answer to Prepare is lost: the coordinator asks what became of it. */
  asked: cutsTheLastVote(1_700),
  /** The client is not answered, and asks what became of it. */
  found: {
    leaves(_world, { words, isReply }, state) {
      if (state.done || !isReply || !words.includes('submit answer')) return false
      state.sent += 1
      state.done = state.sent === 3
      return true
    },
  },
}

const isDecision = ({ words }: Passing): boolean => words.includes('commit') || words.includes('abort')

export const preludeOf = (play: PlayName): Prelude => preludes[play] ?? {}

function move(branch: number, amount: number, fate: Move['fate'], isReader = false): Job['branches'][number] {
  const input: Move = { account: 0, amount, locks: !isReader, fate }
  const participant = ParticipantName(`p${branch}`)
  const operation = isReader ? 'look' : 'move'
  return { branch: BranchNumber(branch), participant, operation, input: JSON.stringify(input) }
}

/** What becomes of the last one's Prepare. */
const fates: Partial<Record<PlayName, Move['fate']>> = { no: 'refuse', 'gives-up': 'refuse', fails: 'throw' }

const amounts: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [-1, 1], 3: [-2, 1, 1] }

function job(protocol: Protocol, play: PlayName, participants: number): Job {
  const branches = (amounts[participants] ?? []).map((amount, index) => {
    const isLast = index === participants - 1
    // A reader takes nothing, so that the others may take and give nothing either.
    const fate = isLast ? (fates[play] ?? 'ok') : 'ok'
    return move(index + 1, play === 'read-only' ? 0 : amount, fate, play === 'read-only' && isLast)
  })
  const isInteractive = play === 'calls' || play === 'gives-up'
  return {
    isInteractive,
    options: { protocol, timeoutMs: 0, waitFor: 'applied', traceParent: '' },
    branches,
    givesUp: false,
    sentence: `${isInteractive ? 'call' : 'submit'} at ${participants}`,
  }
}

/** The transaction of the play, and so many after it. */
export function jobsOf(protocol: Protocol, play: PlayName, participants: number, after: number): Job[] {
  const next = job(protocol, 'commit', participants)
  return [job(protocol, play, participants), ...Array.from({ length: after }, () => next)]
}

const known = new Map<string, Settings>()

export function settingsOf(protocol: Protocol, play: PlayName, participants: number, isUnary: boolean): Settings {
  const name = `${protocol} ${play} ${participants} ${isUnary}`
  const made = known.get(name) ?? makeSettings(protocol, play, participants, isUnary)
  known.set(name, made)
  return made
}

function makeSettings(protocol: Protocol, play: PlayName, participants: number, isUnary: boolean): Settings {
  const drawn = drawSettings(1, protocol, 'small')
  const { participantConfig } = drawn
  const coordinatorConfig = baseConfig(participants)
  const backoff = { firstMs: 20, maxMs: 160 }
  // Where the coordinator is to ask again, the members must not have helped themselves before.
  const inquiryDelayMs = play === 'recovery' || play === 'pre-abort' ? 1_500 : 150
  return {
    ...drawn,
    participants,
    accounts: 1,
    clients: 1,
    jobs: 3,
    safetyMs: 20_000,
    afterMs: 100,
    minMs: 1,
    meanMs: 0,
    unary: isUnary ? 1 : 0,
    forceMs: 1,
    requestTimeoutMs: 400,
    restartMs: 30,
    aloneMs: 0,
    rates: noFaults,
    coordinatorConfig: {
      ...coordinatorConfig,
      transactionTimeoutMs: 1_500,
      sagaTimeoutMs: 1_500,
      inFlightMax: 1_000,
      reconnect: { firstMs: 10, maxMs: 100 },
      policy: {
        ...coordinatorConfig.policy,
        voteTimeoutMs: 200,
        appliedWaitMs: 200,
        resend: backoff,
        onePhase: play === 'one-phase' || play === 'asked',
        roundTimeoutMs: 100,
        sagaRetry: { tries: 3, ...backoff },
      },
    },
    participantConfig: {
      ...participantConfig,
      inquiryDelayMs,
      inquiryTimeoutMs: 100,
      roundTimeoutMs: 100,
      lockWaitMs: 20,
      voteMarginMs: 0,
      retryFirstMs: 20,
      retryMaxMs: 160,
      idleForceMs: 5,
      eventsPerTurnMax: 1_000,
      endedInMemoryMax: 1_000,
      dropsPerTurnMax: 1_000,
    },
  }
}
